"""One axis at a time: windows, which positions a unit reads, and sets of positions.

- `window`: the arithmetic of a sliding window, and of the transposed one
- `axis_map`: which positions of an earlier axis each unit of a later one reads, and composing such maps
- `index_set`: exact sets of positions, made of `periodic` patterns of `bits`; `progressions` is their arithmetic
- `access`: the ways in which units read an axis; those of windows in `window_access`, of groups of channels in
  `group_access`, of adaptive pools and resampling in `quotient_access`, for which `quotient_windows` gathers
- `reading`: how a tensor is read, axis by axis or rearranged; by attention, `token_reading`; of a
  sequence of maps by a recurrence that spreads, `frame_reading`
- `window_moves`: windows laid out as columns, and columns put together
- `boxes`: products of sets, one an axis, and their unions
"""
