"""ONNX, read and written; neither needs a package.

- `writing`, `writers`: a layer as nodes, and which function of `operators` makes them of each type
- `encoding`: the wire format, written
- `operators`: both directions of each operator, a module a family
"""
