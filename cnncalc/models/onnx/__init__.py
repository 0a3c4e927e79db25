"""ONNX, read and written without a package, and read without a look at weights that are not needed.

- `wire`, `records`, `tensor_records`: the bytes of a file as messages; graphs and nodes; tensors
- `onnx_model`: a file as a `Model`; `inlining`: functions of the model; `layout`: inputs with their channels last
- `translation`: the walk over the nodes; `building`: the network so far
- `refusal`, `opaque`: what is no layer here, all of it told at once, or kept with its shape alone
- `reading`: what a function that reads an operator gets
- `operators`: both directions of each operator, a module a family, their table, and how one is added
- `writing`: a layer as nodes
- `target`: the records of the file that is written
- `encoding`: the wire format, written
- `recorded`: layers that a file of our own names, held against its nodes
- `idioms`: several nodes that are one layer
- `flows`: tensors of the network, with the places of their axes in the file
- `scales`: what tensors of whole numbers count in
- `constants`, `stored_tensor`, `external`: what is known before the network runs; values in the file, and in others
- `constant_folding`: the constants that nodes are whose inputs are known
- `naming`: names of layers; `counting`: how many numbers the file stores, which the layers are held against
"""
