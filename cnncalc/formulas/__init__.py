"""A network explained: the formulas of shapes, counts and receptive fields, worked out.

- `explanation`: each layer of a network, and the totals
- `node_formulas`: shape, parameters, operations and memory of a node, from its own computation
- `field_formulas`: the receptive field of a layer from those of its inputs
- `rounding_note`: what the rounding of windows drops, adds or leaves out, in words
"""
