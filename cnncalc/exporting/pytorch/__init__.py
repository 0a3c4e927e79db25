"""Networks as PyTorch code.

- `program`: the file of code: classes for scopes, helpers, what it imports
- `containers`: lists, dicts and sequences of modules, and which names are attributes
- `modules`: the scopes of a network as modules: what each makes, and its forward pass
- `table`: what each layer type is, by a function in the module of its family, and why others are not written
- `written`: what such a function gives: a module, a function, or both
- `convolutional`, `pooling`, `normalization`, `activations`, `merging`, `reshaping`: the families
- `helpers`: the text of classes and functions for what PyTorch has no word for
"""
