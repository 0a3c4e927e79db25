"""Counts as other tools count them: a table for each tool, from the kind of an operation to a number.

- `registry`: the tools by name
- `counting`: from a network and a convention to the differences, by kind
- `operations`: a network as the calls of which its program in PyTorch consists
- `programs`: what is known of torchvision's programs and cannot be seen in a graph
- `rules`: what a convention is made of; `attention`: what of multi-head attention
- `results`: the counts, as plain data
- `torchinfo`, `fvcore`, `ptflops`, `thop`, `ultralytics_thop`, `flop_counter`, `calflops`, `deepspeed`, `onnx_tool`,
  `onnx_initialisers`: the tables; `recurrent`: what all of them have of recurrent modules
"""
