"""Checks whether specs are valid, and whether their totals are as expected and within budgets.

- `check`: checks one spec after the other
- `figures`: what a spec says of its figures, held against them
- `verdict`: what is said of a figure
- `results`: the result of a check, as plain data
"""
