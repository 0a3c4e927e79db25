"""Networks as other programs keep them, in files and in memory, and the networks of ours that they are.

Nothing here knows specs or graphs: a reader gives layer types, options and the names of what goes into each layer, as
plain values, and a spec is made of them elsewhere (`spec.model_specs`).

- `model`, `imported`: a model, which may have inputs of free sizes; the network that it is at given sizes
- `recognition`: which reader a file is for, by what it begins with
- `onnx`, `keras`, `darknet`, `pytorch`: ONNX files; models of Keras 2 and 3; networks of darknet; live modules
- `untranslatable`: what is said of a part of a model that no layer of ours is
- `stored_arrays`, `float_values`: arrays by name, read when they are needed; floating-point numbers of any format
"""
