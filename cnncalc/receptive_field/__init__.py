"""What units see of the inputs: propagated forward for every layer, and walked backward for one unit.

- `propagation`: forward through the layers, one `field` for each tensor, input and axis
- `layer_reads`: what a layer reads of its inputs
- `paths`, `path_propagation`, `path_windows`, `moved_axes`: fields where axes are permuted, cut or joined;
  `moved_windows`: where windows are laid out
- `hulls`, `hull_figures`: several paths together; `misalignment`: where paths with different centres meet
- `every_unit`: the same of every unit of every layer at once, forward: `axis_tables` of the sets along an axis, kept
  once each in `tables`; `table_parts` of what paths see, `table_passing` them on by layers, and `table_cuts` where
  reshaping needs several
- `dependency`: the exact pixels that can change a unit, walked backward; `bounding_boxes` keeps the walk short
- `extents`: the exact ends of what whole tensors see
- `channel_maps`, `proof`: the pixels proven by execution, on masks in which channels that are alike are held once
- `fan`: what a unit reads of every layer along one axis, in rows (`fan_rows`, `fan_drafts`) of units at their places
  (`fan_places`), as plain data (`fan_results`)
- `measure`, `figures`, `results`: what is asked, the figures of a field, and plain data
"""
