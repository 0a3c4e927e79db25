"""The forward pass with NumPy, and what is held against it.

- `executor`: executes every layer, and holds what comes out against what was computed
- `weights`, `tensors`: the arrays that are drawn, and tensors on their way in and out
- `resources`: how much memory there is, and how many operations take hours
- `results`: what came of it, as plain data
"""
