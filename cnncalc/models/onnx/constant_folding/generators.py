"""Nodes that are constants whatever their input is."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.constant_folding import masks
from cnncalc.models.onnx.constants import MOST_COMPUTED, Absent, Constant, DynamicInt, Filled, Numbers
from cnncalc.models.onnx.flows import BATCH, Flow
from cnncalc.models.onnx.stored_tensor import Stored
from cnncalc.models.onnx.tensor_records import SparseTensor, TensorRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.models.onnx.reading import Reading


def _shape(node: Reading) -> Constant | None:
    """`Shape`: sizes, of which those that follow the input's are marked."""
    x = node.input(0)
    if isinstance(x, Constant):
        sizes = list(x.shape)
    elif isinstance(x, Flow):
        free = 1 if len(x.shape) > 1 else 0
        sizes = [x.batch if a == BATCH else DynamicInt(x.shape[a]) if a >= free else x.shape[a] for a in x.axes]
    else:
        return None
    rank = len(sizes)
    start, end = node.integer("start", 0), node.integer("end", rank)
    sizes = sizes[slice(start, end)]
    return Numbers(sizes, (len(sizes),), "int64")


def _size(node: Reading) -> Constant:
    """`Size`: the number of values."""
    x = node.input(0)
    sizes = x.shape if isinstance(x, Constant) else node.any_flow().dims
    number = prod(sizes)
    return Numbers([number if isinstance(x, Constant) else DynamicInt(number)], (), "int64")


def _constant(node: Reading) -> Constant:
    """`Constant`, in all its forms."""
    attributes = node.node.attributes
    value = attributes.get("value")
    if isinstance(value, TensorRecord):
        value.name = value.name or node.node.outputs[0]
        stored = Stored(value, node.network.folder)
        stored.key = node.node.outputs[0]  # names of tensors in attributes need not differ
        return stored
    for name, dtype in (("value_int", "int64"), ("value_float", "float32")):
        if name in attributes:
            return Numbers([attributes[name]], (), dtype)
    for name, dtype in (("value_ints", "int64"), ("value_floats", "float32")):
        if name in attributes:
            return Numbers(attributes[name], (len(attributes[name]),), dtype)
    sparse = attributes.get("sparse_value")
    if isinstance(sparse, SparseTensor) and sparse.values is not None and sparse.values.dims == (0,):
        return Absent(sparse.dims, sparse.values.dtype, node.node.outputs[0])
    raise node.refuse("it is a constant of no numbers")


def _constant_of_shape(node: Reading) -> Constant:
    """`ConstantOfShape`: one value everywhere."""
    shape = tuple(node.whole_numbers(0) or ())
    if any(size < 0 for size in shape) or prod(shape) > MOST_COMPUTED * 8:
        raise node.refuse(f"it would have the shape {list(shape)}")
    value = node.node.attributes.get("value")
    number, dtype = 0, "float32"
    if isinstance(value, TensorRecord):
        stored = Stored(value, node.network.folder)
        if stored.size != 1:
            raise node.refuse("its value is not one number")
        number, dtype = stored.numbers()[0], stored.dtype
    return Filled(number, shape, dtype, node.node.outputs[0])


GENERATORS: Final[dict[str, Callable[[Reading], Any]]] = {
    "Shape": _shape,
    "Size": _size,
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "RandomUniformLike": masks.drawn,
    "RandomUniform": masks.drawn,
}
"""Nodes that are constants whatever their input is."""
