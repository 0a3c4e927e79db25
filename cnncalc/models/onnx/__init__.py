"""ONNX files, read without the package of that name, and without a look at weights that are not needed.

- `wire`, `records`: the bytes of a file as messages; graphs, nodes, tensors
- `onnx_model`: a file as a `Model`; `inlining`: functions of the model; `layout`: inputs with their channels last
- `translation`: the walk over the nodes; `building`: the network so far
- `reading`: what a function that reads an operator gets
- `operators`: what each operator is here, a module a family, and how one is added
- `idioms`: several nodes that are one layer
- `flows`: tensors of the network, with the places of their axes in the file
- `constants`, `external`: weights and small numbers; values in other files
- `folding`, `array_folding`: what nodes give whose inputs are known
- `naming`: names of layers
"""
