"""What units see of the inputs: propagated forward for every layer, and walked backward for one unit.

- `passages`: forward propagation through the layers, one field for each tensor, input and axis
- `paths`, `sliding`, `relaying`, `following`: fields along axes that are permuted, cut, joined or read in part
- `hulls`, `hull_figures`: the figures of several paths together
- `influence`: the exact pixels that can change a unit, walked backward; `liveness` bounds the walk
- `extents`: the exact ends of what whole tensors see
"""
