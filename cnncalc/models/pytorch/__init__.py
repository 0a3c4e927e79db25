"""PyTorch modules: one pass is recorded, without values, and its calls become layers.

- `recording`: what a pass was, in plain records that JSON can hold: tensors, calls of modules and functions
- `recorder`, `modules`, `creation`, `frames`: make it of a live module; `recorder` alone imports PyTorch
- `keeping`, `memory`, `failures`: the module as it was afterwards; which tensors share memory; errors of its code
- `model`: a module as a model, recorded again at other sizes; `given`: the inputs that a caller gives
- `batches`, `values`: where the samples of a batch lie in a tensor; what a tensor of the recording is here
- `translation`: the calls in their order, as layers; `builder`, `arrays`, `relaying`, `naming`: what it is built with
- `notes`: what a user is told of a pass
- `operators`: a family of functions a file
- `importing`: a module that is named on the command line, as ``torchvision.models:resnet18``
"""
