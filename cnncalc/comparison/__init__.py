"""Networks side by side: their totals, fields and depths, and the layers in which two versions of one differ.

- `compare`: builds the networks and holds each against the first
- `depth`: how many weighted layers the longest path has
- `layer_changes`: the layers that one of two networks has and the other has not, or has otherwise
- `results`: the comparison, as plain data
"""
