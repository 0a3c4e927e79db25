"""Tensors in one piece of memory, each while it is needed.

- `arena`: the activation arena of a network, and `results`, which has it as plain data
- `placement`: where things begin in a memory of which each takes some for a while
- `occupancy`, `spans`: which parts of a memory are taken at which steps
"""
