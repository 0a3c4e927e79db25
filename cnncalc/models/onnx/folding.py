"""What nodes give whose inputs are known: shapes, and what exporters compute of them and of weights.

A few whole numbers are computed without NumPy, which takes longer to import than a network to translate. Weights are
not looked at where a node only lays them out anew.
"""

from __future__ import annotations

from math import ceil, floor, prod, sqrt
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx import masks
from cnncalc.models.onnx.constants import (
    MOST_COMPUTED,
    NOT_COMPUTED,
    Absent,
    Constant,
    Filled,
    Following,
    Numbers,
    Stored,
)
from cnncalc.models.onnx.flows import BATCH, Flow
from cnncalc.models.onnx.records import DTYPES, SparseTensor, Tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.models.onnx.reading import Reading

MOST_BY_HAND: Final = 64
"""More values than this are computed with NumPy."""


def folded(node: Reading) -> Any:
    """The constant, or the list of constants, that a node gives; None where it is no constant."""
    if node.op in _MAKERS:
        return _MAKERS[node.op](node)
    known = node.network.values
    inputs = []
    for name in node.node.inputs:
        found = node.known(name) if name and name not in known else known.get(name)
        if isinstance(found, Flow):
            return None
        inputs.append(found)
    if not inputs or not isinstance(inputs[0], Constant):
        return None
    return _of_constants(node, inputs, inputs[0])


def _of_constants(node: Reading, inputs: list[Any], first: Constant) -> Any:
    """What a node gives of constants; None where it is not known how."""
    if any(isinstance(each, masks.Mask) for each in inputs):
        return masks.folded(node, inputs)
    if node.op in _VIEWS:
        return _VIEWS[node.op](node, first)
    if node.op in _BY_HAND and all(isinstance(each, Constant) and _small(each) for each in inputs):
        try:
            found = _BY_HAND[node.op](node, *inputs)
        except NOT_COMPUTED:
            found = None  # NumPy may know better: it has infinities, and refuses what has too few inputs
        if found is not None:
            return found
    from cnncalc.models.onnx.array_folding import computed

    return computed(node, inputs)


def _small(constant: Constant) -> bool:
    """Whether it is a number or a row of a few."""
    return len(constant.shape) <= 1 and constant.size <= MOST_BY_HAND


def _shape(node: Reading) -> Constant | None:
    """`Shape`: sizes, of which those that follow the input's are marked."""
    x = node.input(0)
    if isinstance(x, Constant):
        sizes = list(x.shape)
    elif isinstance(x, Flow):
        free = 1 if len(x.shape) > 1 else 0
        sizes = [x.batch if a == BATCH else Following(x.shape[a]) if a >= free else x.shape[a] for a in x.axes]
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
    return Numbers([number if isinstance(x, Constant) else Following(number)], (), "int64")


def _constant(node: Reading) -> Constant:
    """`Constant`, in all its forms."""
    attributes = node.node.attributes
    value = attributes.get("value")
    if isinstance(value, Tensor):
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
    if isinstance(value, Tensor):
        stored = Stored(value, node.network.folder)
        if stored.size != 1:
            raise node.refuse("its value is not one number")
        number, dtype = stored.numbers()[0], stored.dtype
    return Filled(number, shape, dtype, node.node.outputs[0])


_MAKERS: Final[dict[str, Callable[[Reading], Any]]] = {
    "Shape": _shape,
    "Size": _size,
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "RandomUniformLike": masks.drawn,
    "RandomUniform": masks.drawn,
}
"""Nodes that are constants whatever their input is."""


def _cast(node: Reading, x: Constant) -> Any:
    """`Cast`, which leaves weights as they are stored: they are read as any type."""
    dtype = DTYPES.get(node.integer("to"), "")
    if x.dtype == dtype:
        return x
    if _small(x):
        whole = not dtype.startswith(("float", "bfloat"))
        row = [number if isinstance(number, Following) else int(number) if whole else number for number in x.numbers()]
        if not whole:
            row = [number if isinstance(number, Following) else float(number) for number in row]
        if dtype == "bool":
            row = [bool(number) for number in row]
        return Numbers(row, x.shape, dtype)
    if x.is_float and dtype in ("float32", "float16", "float64", "bfloat16"):
        return x
    from cnncalc.models.onnx.array_folding import computed

    return computed(node, [x])


def _reshape(node: Reading, x: Constant) -> Any:
    """`Reshape` of a constant."""
    sizes = node.integers("shape") or node.whole_numbers(1) or []
    sizes = [x.shape[at] if size == 0 and at < len(x.shape) else size for at, size in enumerate(sizes)]
    known = prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and known > 0:
        sizes[sizes.index(-1)] = x.size // known
    if prod(sizes) != x.size or any(size < 0 for size in sizes):
        raise node.refuse(f"{x.size} values cannot have the shape {sizes}")
    return x.reshaped(tuple(sizes))


def _unsqueeze(node: Reading, x: Constant) -> Any:
    """`Unsqueeze` of a constant."""
    axes = node.integers_of("axes", 1) or []
    rank = len(x.shape) + len(axes)
    if rank > 32:
        raise node.refuse(f"it would have {rank} axes")
    new = {axis % rank for axis in axes}
    old = iter(x.shape)
    return x.reshaped(tuple(1 if at in new else next(old, 1) for at in range(rank)))


def _squeeze(node: Reading, x: Constant) -> Any:
    """`Squeeze` of a constant."""
    axes = node.integers_of("axes", 1)
    gone = {axis % len(x.shape) for axis in axes} if axes else {at for at, size in enumerate(x.shape) if size == 1}
    if any(x.shape[at] != 1 for at in gone):
        raise node.refuse("it leaves out an axis that is larger than 1")
    return x.reshaped(tuple(size for at, size in enumerate(x.shape) if at not in gone))


def _transpose(node: Reading, x: Constant) -> Any:
    """`Transpose` of a constant."""
    order = node.integers("perm") or list(range(len(x.shape)))[::-1]
    if sorted(order) != list(range(len(x.shape))):
        raise node.refuse(f"its `perm` is {order} for {len(x.shape)} axes")
    return x.transposed(order)


def _flatten(node: Reading, x: Constant) -> Any:
    """`Flatten` of a constant."""
    axis = node.integer("axis", 1)
    rows = prod(x.shape[:axis])
    return x.reshaped((rows, x.size // rows if rows else 0))


_VIEWS: Final[dict[str, Callable[[Reading, Constant], Any]]] = {
    "Identity": lambda _, x: x,
    "Cast": _cast,
    "CastLike": lambda _, x: x,
    "Reshape": _reshape,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Flatten": _flatten,
    "Dropout": lambda _, x: x,
}
"""Nodes that lay a constant out anew."""


def _kept(results: list[Any], *inputs: Constant) -> list[Any]:
    """Whole numbers, marked where one that they are computed of is."""
    marked = [any(isinstance(each, Following) for each in row) for row in _rows(inputs, len(results))]
    return [Following(n) if mark and isinstance(n, int) else n for n, mark in zip(results, marked, strict=True)]


def _rows(inputs: tuple[Constant, ...], length: int) -> list[tuple[Any, ...]]:
    """The values at each place, of operands of one value or of so many."""
    rows = [each.numbers() * (length if each.size == 1 else 1) for each in inputs]
    return list(zip(*rows, strict=True))


def _by_value(function: Callable[..., Any]) -> Callable[..., Constant | None]:
    """A folding of values one by one, of operands that are numbers or rows of one length."""

    def fold(node: Reading, *inputs: Constant) -> Constant | None:
        del node
        lengths = {each.size for each in inputs if each.shape} or {1}
        length = max(lengths)
        if lengths - {1, length} or 0 in lengths:
            return None
        results = [function(*row) for row in _rows(inputs, length)]
        dtype = "bool" if results and isinstance(results[0], bool) else inputs[-1].dtype
        shape = (length,) if any(each.shape for each in inputs) else ()
        return Numbers(_kept(results, *inputs), shape, dtype)

    return fold


def _divide(a: Any, b: Any) -> Any:
    """ONNX's division, which cuts whole numbers off towards 0."""
    if isinstance(a, int) and isinstance(b, int):
        whole = abs(a) // abs(b)
        return whole if (a < 0) == (b < 0) else -whole
    return a / b


def _gather(node: Reading, x: Constant, indices: Constant) -> Constant | None:
    """`Gather` from a row."""
    if len(x.shape) != 1:
        return None
    row = x.numbers()
    if any(not -len(row) <= int(at) < len(row) for at in indices.numbers()):
        raise node.refuse(f"it takes {indices.numbers()[:5]} of {len(row)} values")
    return Numbers([row[int(at)] for at in indices.numbers()], indices.shape, x.dtype)


def _slice(node: Reading, x: Constant, *_: Constant) -> Constant | None:
    """`Slice` of a row."""
    if len(x.shape) != 1:
        return None
    starts, ends = node.integers_of("starts", 1), node.integers_of("ends", 2)
    steps = [1] if node.has("starts") else node.whole_numbers(4) or [1]
    if starts is None or ends is None or len(starts) != 1 or len(ends) != 1 or not steps[0]:
        return None
    row = x.numbers()[slice(starts[0], ends[0] if ends[0] >= -len(x.numbers()) else None, steps[0])]
    return Numbers(row, (len(row),), x.dtype)


def _concat(node: Reading, *inputs: Constant) -> Constant | None:
    """`Concat` of rows."""
    del node
    if any(len(each.shape) != 1 for each in inputs):
        return None
    row = [number for each in inputs for number in each.numbers()]
    return Numbers(row, (len(row),), inputs[0].dtype)


def _range(node: Reading, *inputs: Constant) -> Constant | None:
    """`Range` of whole numbers."""
    start, limit, step = (each.numbers()[0] for each in inputs)
    if not all(isinstance(each, int) for each in (start, limit, step)) or not step:
        return None
    numbers = range(start, limit, step)
    if len(numbers) > MOST_BY_HAND:
        return None
    del node
    return Numbers(list(numbers), (len(numbers),), inputs[0].dtype)


def _product(node: Reading, x: Constant, *_: Constant) -> Constant:
    """`ReduceProd` of a row."""
    results = [prod(x.numbers())]
    follows = any(isinstance(number, Following) for number in x.numbers())
    shape = (1,) if node.integer("keepdims", 1) and x.shape else ()
    return Numbers([Following(n) if follows and isinstance(n, int) else n for n in results], shape, x.dtype)


def _where(node: Reading, *inputs: Constant) -> Constant | None:
    """`Where`: the second or the third value, by the first."""
    return _by_value(lambda condition, a, b: a if condition else b)(node, *inputs)


_BY_HAND: Final[dict[str, Callable[..., Constant | None]]] = {
    "Add": _by_value(lambda a, b: a + b),
    "Sub": _by_value(lambda a, b: a - b),
    "Mul": _by_value(lambda a, b: a * b),
    "Div": _by_value(_divide),
    "Max": _by_value(lambda *row: max(row)),
    "Min": _by_value(lambda *row: min(row)),
    "Neg": _by_value(lambda a: -a),
    "Floor": _by_value(lambda a: float(floor(a))),
    "Ceil": _by_value(lambda a: float(ceil(a))),
    "Sqrt": _by_value(sqrt),
    "Equal": _by_value(lambda a, b: bool(a == b)),
    "Greater": _by_value(lambda a, b: bool(a > b)),
    "Less": _by_value(lambda a, b: bool(a < b)),
    "Not": _by_value(lambda a: not a),
    "And": _by_value(lambda a, b: bool(a and b)),
    "Or": _by_value(lambda a, b: bool(a or b)),
    "Where": _where,
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Range": _range,
    "ReduceProd": _product,
}
"""Nodes of a few whole numbers."""
