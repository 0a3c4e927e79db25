"""Operators of ONNX by family, each in both directions: nodes that become layers, and layers that become nodes.

- `table`: what each family reads and writes, and the functions that do it
- `rows`: operators that differ from our types in nothing but names
- `activations`, `functions`, `arithmetic`, `masking`: value by value
- `convolution`, `linear`, `pooling`, `normalization`, `reduction`, `recurrence`: with windows, weights or statistics
- `reshaping`, `rearranging`, `resampling`, `slicing`, `borders`, `repetition`, `passing`: values that move, or stay
- `products`, `attention`, `sampling`, `regions`, `quantized`: tensors that multiply, weigh or look up others, whole
  numbers with a scale
- `folding`, `adaptive_pooling`, `fractional_pooling`, `convolutional_recurrence`, `response_normalization`: layers of
  which most are several nodes, as ONNX has no operator for them
- `whole_numbers`: by which scale tensors of whole numbers stand for values
- `windows`: what convolutions and pools say of their windows

**To add an operator**: write `read_it(node: Reading)` in the module of its family, and its name in `table`. It
asks `node` for inputs (`flow`, `constant`, `whole_numbers`), which may refuse, and for attributes; it returns what
`node.layer(type, options, inputs, arrays)` gives, a `Constant`, another view of a `Flow`, or a list of these, one for
each output. Whatever a layer of ours cannot say is refused with `raise node.refuse("a few words")`: what is not wholly
understood must never become a number. What one row can say in both directions, such as most activations, is a
line of `rows`.

**To write a layer type**: write `write_TYPE(w: LayerWriting)` beside the function that reads its operator, and its name
in `table`. It makes nodes with `w.node`, and returns the name of the tensor that is the layer's output.

A layer's own shape rule says the output's shape. `Flow.axes` says where the file has the axes of our tensor:
`node.flow` gives a tensor in ONNX's usual order, `node.any_flow` one in any, for operators that work value by value.
"""
