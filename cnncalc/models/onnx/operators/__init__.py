"""Operators of ONNX by family, each in both directions: nodes that become layers, and layers that become nodes.

- `activations`, `functions`, `arithmetic`: value by value
- `convolution`, `linear`, `pooling`, `normalization`, `reduction`, `recurrence`: with windows, weights or statistics
- `reshaping`, `rearranging`, `resampling`, `passing`: values that move, or stay
"""
