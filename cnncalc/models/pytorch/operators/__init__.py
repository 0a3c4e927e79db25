"""The functions and modules of PyTorch that layers of ours are, a family a file.

- `functions`: what a row of a table is: the parameters of a function, and what makes layers of a call
- `table`: which file has which function
- `classes`: modules of `torch.nn`, and functions that do what one of them does
- `weighted`: convolutions, linear layers and normalisations as functions, with their arrays as arguments
- `pooling`: pools by a norm, borders of max pools
- `recurrent`: LSTM and its like
- `arithmetic`: operators on numbers and tensors; `matrices`: products of tensors
- `attention`: attention with and without masks; `masking`: what constant masks choose
- `layout`: reshaping, permuting and repeating; `indexing`: parts of tensors, and tensors of parts
- `reducing`: sums and means along axes; `sampling`: padding and interpolation
"""

from cnncalc.models.pytorch.operators.classes import call_module
from cnncalc.models.pytorch.operators.table import find

__all__ = ["call_module", "find"]
