"""One axis at a time: windows, which positions a unit reads, and sets of positions.

- `window`: the arithmetic of a sliding window, and of the transposed one
- `axis_map`: which positions of an earlier axis each unit of a later one reads, and composing such maps
- `index_set`: exact sets of positions, made of `periodic` patterns of `bits`; `progressions` is their arithmetic
- `quotient_windows`: what windows read whose places follow from a quotient, as those of adaptive pools
- `boxes`: products of sets, one an axis, and their unions
"""
