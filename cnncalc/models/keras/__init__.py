"""Models of Keras 2 and 3, from their configurations, with the weights beside them.

- `files`: the configuration in a `.keras` archive, an HDF5 file (`hdf5`, `hdf5_messages`, `hdf5_chunks`) or JSON,
  within bounds
- `configs`: layers and their calls, as either generation of Keras writes them
- `model`, `walk`: the model and its free sizes; nested models laid out flat, each layer with what it takes
- `arguments`, `options`: tensors and numbers that calls are given; options with the axes of this network
- `translator`: what a layer becomes, its shape and its name; all that cannot be translated, told at once
- `layers`, `sequences`, `operations`: what takes more than a row of `frameworks.keras`: a function a class
  of layers, or of functions of `keras.ops` and TensorFlow, with `elementwise` for those that compute value by value,
  and `shaping` for those that turn, cut and lay out axes
- `weights`, `arrays`: which arrays of a file are a layer's; their values, laid out as ours
- `names`: layers' names as ours
- `activations`: functions and layers as a layer's own activation
"""
