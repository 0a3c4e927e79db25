"""The forward pass with NumPy, and the check of every computed shape by it.

- `executor`: executes every layer, and checks computed shapes and weight counts against the real arrays
- `nodes`: the output of one node, and which of its arrays are read
- `weights`, `drawing`: how weights are drawn, and random arrays of any size
- `expectation`, `branches`: the statistics of tensors that weights are scaled by, and the size of branches that are
  added up
- `tensors`: how inputs and outputs are converted
- `assignment`, `misfits`, `stored_weights`: arrays of a file, which layers they are of, what does not
  fit, and how they are read
- `indices`: which inputs are whole numbers that an embedding looks up
- `values`: the values of a tensor, as far as a person can read them
- `differences`: how far the values of two executions are apart
- `threads`: how many threads compute, those of BLAS too
- `resources`: whether a network fits in memory, and ends within hours
- `results`: the result of an execution, as plain data
"""
