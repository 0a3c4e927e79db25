"""Networks written for other programs, with their weights.

- `targets`: what a network can be written as, by the endings of files
- `code`: a network written as a file of code, by `pytorch` and `keras`; `source` has what all such programs share
- `onnx`: a network written as ONNX, to a file or as bytes
- `onnx_graph`: the nodes and tensors that a network is in ONNX
- `onnx_file`: the file of them, whose weights are drawn or read as they are written
"""
