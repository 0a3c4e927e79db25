"""Sweeps: the totals of a spec at every point of a grid of variants, parameters and input shapes.

- `values`: lists and ranges of values as they are written
- `grid`: the axes of a grid, and the point of each number
- `points`: the totals at one point after the other, with what they have in common computed once
- `sweep`: all points in turn, or by an executor in other processes or on other machines
- `processes`: worker processes on this machine
- `results`: what comes of a point, as plain data
"""
