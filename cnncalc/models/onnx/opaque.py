"""Nodes that are no layers here, kept as layers of which nothing but the shape is known."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.constants import Constant
from cnncalc.models.onnx.flows import BATCH, Flow, Places, plain_axes
from cnncalc.models.onnx.naming import cleaned
from cnncalc.models.untranslatable import UntranslatableError
from cnncalc.shapes import MAX_RANK, MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.models.onnx.reading import Reading
    from cnncalc.shapes import Shape

_BROADCASTS: Final = frozenset(
    {"Where", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor", "Not", "Mod", "BitShift"}
    | {"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "PRelu", "Clip", "CumSum", "Trilu", "Hardmax"}
    | {"IsNaN", "IsInf", "Sinh", "Cosh", "Tan", "Asin", "Acos", "Atan", "Asinh", "Acosh", "Atanh", "Shrink", "Selu"}
    | {"Softmax", "LogSoftmax", "LpNormalization", "MeanVarianceNormalization", "LayerNormalization", "Swish"}
    | {"QuantizeLinear", "DequantizeLinear", "RotaryEmbedding", "RandomUniformLike", "RandomNormalLike", "Bernoulli"}
)
"""Operators whose output has the shape to which their inputs broadcast."""


def opaque(node: Reading) -> list[Flow | None]:
    """A layer for each output that is read; raises `UntranslatableError` where no shape is known of one."""
    network = node.network
    flows, arrays = _inputs(node)
    if not flows:
        flows = list(network.inputs)[:1]
    found: list[Flow | None] = []
    for name in node.node.outputs:
        if not name or not (node.readers(name) or name in network.outputs):
            found.append(None)
            continue
        dims = _dims(node, name, flows)
        if dims is None:
            raise UntranslatableError("the file does not say the shape of its output")
        shape, axes = _ours(dims, flows)
        options: dict[str, Any] = {"shape": list(shape), "operator": node.op}
        if arrays:
            options["parameters"] = {key: list(constant.shape) for key, constant in arrays.items()}
        macs = _macs(node, dims) if name == node.node.outputs[0] else 0
        if macs:
            options["known_macs"] = macs // flows[0].batch if BATCH in axes else macs
        found.append(node.layer("opaque", options, flows, arrays, axes=axes, tensor=name))
        arrays = {}
    return found


_OPERANDS: Final = {
    **dict.fromkeys(("MatMul", "Gemm", "Conv", "ConvTranspose", "DeformConv", "MatMulInteger", "ConvInteger"), (0, 1)),
    **dict.fromkeys(("QLinearMatMul", "QLinearConv"), (0, 3)),
}
"""Products and convolutions, and which inputs are multiplied."""


def _macs(node: Reading, output: Shape) -> int:
    """The multiply-accumulates that the shapes tell, the file's batch included; 0 for what is no product.

    Each value of the output sums over the last axis of the first operand, or over all axes of a filter but the first;
    of a transposed convolution, each value of the input is multiplied with as many.
    """
    places = _OPERANDS.get(node.op)
    values = [node.input(at) for at in places or ()]
    shapes = [
        each.dims if isinstance(each, Flow) else each.shape for each in values if isinstance(each, Flow | Constant)
    ]
    if len(shapes) != 2 or not all(shapes):
        return 0
    first, second = shapes
    if "Conv" not in node.op:
        return prod(output) * first[0 if node.op == "Gemm" and node.integer("transA") else -1]
    return prod(first if node.op == "ConvTranspose" else output) * prod(second[1:])


def _inputs(node: Reading) -> tuple[list[Flow], dict[str, Constant]]:
    """The tensors that a node takes, each once, and its weights by names of their own."""
    flows: dict[str, Flow] = {}
    arrays: dict[str, Constant] = {}
    for at, given in enumerate(node.inputs):
        value = given.pooled if isinstance(given, Places) else given
        if isinstance(value, Flow):
            flows.setdefault(value.source, value)
        elif isinstance(value, Constant) and value.is_float and value.shape and value.size:
            written = cleaned(node.node.inputs[at]).rpartition(".")[2]
            name = written if written and written not in arrays else f"input_{at}"
            arrays[name] = value
    return list(flows.values()), arrays


def _dims(node: Reading, name: str, flows: list[Flow]) -> Shape | None:
    """The sizes of an output in the file's order; None where they are not known."""
    info = node.network.graph.infos.get(name)
    if info is not None and info.dims is not None and all(isinstance(size, int) for size in info.dims):
        if node.network.claims:
            return tuple(size for size in info.dims if isinstance(size, int))
    elif info is not None and info.dims:
        batch = flows[0].batch if flows else 1
        sizes = node.network.free_sizes
        known = [
            size if isinstance(size, int) else sizes.get(size or "", batch if not at else None)
            for at, size in enumerate(info.dims)
        ]
        if all(size is not None for size in known):
            node.network.follows_sizes = True
            return tuple(size for size in known if size is not None)
    if node.op in _BROADCASTS:
        node.network.follows_sizes = True
        return _broadcast(node)
    return None


def _broadcast(node: Reading) -> Shape | None:
    """The shape to which all inputs broadcast."""
    shapes = [
        value.dims if isinstance(value, Flow) else value.shape
        for value in node.inputs
        if isinstance(value, (Flow, Constant))
    ]
    rank = max(map(len, shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    found = tuple(map(max, zip(*padded, strict=True)))
    return (
        found if all(size in (1, most) for shape in padded for size, most in zip(shape, found, strict=True)) else None
    )


def _ours(dims: Shape, flows: list[Flow]) -> tuple[Shape, tuple[int, ...]]:
    """The shape of a tensor as ours, and which of our axes each of the file's is; raises `UntranslatableError`."""
    first = flows[0] if flows else None
    if any(not 0 < size <= MAX_SIZE for size in dims):
        raise UntranslatableError(f"its output is {list(dims)}")
    if first is not None and len(first.axes) == len(dims) and first.has_batch:
        axes = first.axes
    elif first is not None and dims and dims[0] == first.batch:
        axes = plain_axes(len(dims) - 1)
    else:
        axes = tuple(range(len(dims)))
    own = [axis for axis in axes if axis != BATCH]
    if len(own) > MAX_RANK + 1:
        raise UntranslatableError(f"its output has {len(dims)} axes")
    if BATCH in axes and dims[axes.index(BATCH)] != (first.batch if first else 1):
        axes, own = tuple(range(len(dims))), list(range(len(dims)))
    if not own:
        return (1,), axes
    return tuple(dims[axes.index(axis)] for axis in range(len(own))), axes


def attributes_not_read(node: Reading) -> Iterator[str]:
    """The attributes of a node that say what nothing here has looked at."""
    passed_over = ANYWAY | _OF.get(node.op, frozenset())
    yield from (name for name in node.node.attributes if name not in node.asked and name not in passed_over)


ANYWAY: Final = frozenset(
    {"pads", "kernel_shape", "seed", "momentum", "training_mode", "is_test", "consumed_inputs", "stash_type"}
)
"""Attributes that change nothing here: those of training, and those that others make needless."""

_OF: Final = {
    "Cast": frozenset({"to", "saturate", "round_mode"}),
    "CastLike": frozenset({"saturate", "round_mode"}),
    "Dropout": frozenset({"ratio"}),
    "Gemm": frozenset({"broadcast"}),
    "Resize": frozenset(
        {"cubic_coeff_a", "exclude_outside", "extrapolation_value", "keep_aspect_ratio_policy"}
        | {"antialias", "nearest_mode", "coordinate_transformation_mode"}
    ),
    "GRU": frozenset({"output_sequence"}),
    "LSTM": frozenset({"output_sequence"}),
    "RNN": frozenset({"output_sequence"}),
    "QuantizeLinear": frozenset({"axis", "block_size", "output_dtype", "precision", "saturate"}),
    "DequantizeLinear": frozenset({"axis", "output_dtype"}),
    "QLinearLeakyRelu": frozenset({"channels_last"}),
}
"""Those of single operators."""
