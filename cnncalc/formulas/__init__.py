"""A network explained: the formulas of shapes, counts and receptive fields, worked out."""
