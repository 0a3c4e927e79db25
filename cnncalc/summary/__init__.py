"""Every figure of every layer, and the totals.

- `analysis`: from a network to its report
- `totals`: sums over layers, and the peak of live tensors
- `results`: the report, as plain data
- `size_notes`: layers whose parameters follow the input size
"""
