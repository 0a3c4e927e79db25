"""Networks executed by another engine than NumPy, and its values held against ours.

- `runtime`: a model in ONNX Runtime, with every tensor that is wanted, and how long each node took
- `execution`: a network that is written as ONNX and executed there, layer by layer, as `execution` does it here
- `session`: a network prepared there, to be run again and again
- `checking`: an imported model, executed there as it is, against the network that was made of it
- `results`: what such a check came to, as plain data
"""
