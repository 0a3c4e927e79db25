"""Every figure of every layer, and the totals.

- `analysis`: from a network to its report
- `totals`: the totals alone, of many networks, and the sums of single layers
- `results`: the report, as plain data
- `size_notes`: layers whose parameters follow the input size
"""
