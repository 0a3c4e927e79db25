"""Files in and out.

- `output_files`: regular files are written whole or not at all; `interruption`: what a signal must not leave behind
- `arrays`: tensors in .npy files and images; `archives`: several by name in an .npz file
- `text_arrays`: small arrays as text, in .csv files and on the command line
- `pictures`: tensors as images, and their channels as a grid of maps
- `photographs`: what units look at, upright and small
- `output_arrays`: the outputs of a network as such files
- `darknet_weights`: numbers without names, in the order of the layers
- `weight_files`, `safetensors`, `npy_header`: weights by name in files; `weight_writing`: such files written an array
  at a time; `foreign_weights`: files that are not read; `weight_arrays`: arrays that are given in Python
- `input_files`: the inputs of a network from files and lists, checked against the spec
"""
