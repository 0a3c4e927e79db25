"""One axis at a time: windows, which positions a unit reads, and sets of positions.

- `window`: the arithmetic of a sliding window, and of the transposed one
- `receptive`: maps from units to the positions that they read, and fields of one axis
- `positions`: exact sets of positions along an axis, made of periodic `pieces` of `bits` (`progressions` builds them)
- `boxes`: products of sets, one an axis, and their unions; `gathering` collects what many windows read
"""
