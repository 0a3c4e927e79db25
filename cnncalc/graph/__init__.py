"""The network as a graph: nodes in the order of execution, wired by tensor, with the shape of each.

- `graph`: the graph, its names and counts, and what it may ask of what it was built from
- `node`: a layer at its place with its steps, and the tensor that it gives
- `liveness`: which tensors a tensor depends on, and how long each is needed
- `restriction`: the part of a graph that some outputs need
- `notes`: what nobody uses
- `opaque`: layers of which only the output's shape is known, and what cannot be asked past them
- `resizing`: the same layers at other sizes of the inputs
- `traced_node`: a node asked with numbers that remember how they were computed
- `window_figures`: the window of a node as plain data
"""
