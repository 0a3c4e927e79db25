"""A network prepared once and run again and again: on all processors, and in memory that is taken once.

- `session`: the network with its weights, run on arrays; its results are those of `execution`, within rounding
- `operations`: what a network is run as, which is less than its layers
- `lowering`, `layer_operations`, `fusion`: a network as operations: that of each type of layer, and how norms and last
  steps become part of another operation
- `rule`, `budget`: which kernel a convolution is given, by its shape, and how much more memory weights may take for it
- `places`: where each tensor lies: with a border, inside another, in memory that is used again
- `memory`: the memory of all tensors
- `binding`: operations as kernels, bound to the places of their tensors
- `program`, `accesses`: the calls of each thread, and where threads wait for each other
- `team`: the threads
- `results`, `planning`: the plan, as plain data, and how it is told
- `measuring`, `comparing`: a session that is run, timed, and held against a pass layer by layer
"""
