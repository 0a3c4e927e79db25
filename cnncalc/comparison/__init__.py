"""Networks side by side: their totals, fields and depths, and the layers in which two versions of one differ.

- `compare`: builds the networks and holds each against the first
- `depth`: how many weighted layers the longest path has
- `alignment`: two sequences side by side
- `pairing`: which layer of one network is which of another
- `layer_changes`: the layers that one of two networks has and the other has not, or has otherwise
- `results`: the comparison, as plain data
"""
