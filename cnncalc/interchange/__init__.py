"""Files in and out.

- `output_files`: regular files are written whole or not at all; `interruption`: what a signal must not leave behind
- `arrays`: tensors in .npy files and images
- `input_files`: the inputs of a network from files, checked against the spec
"""
