"""Normalisations that are written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Constant, decimal
from cnncalc.models.onnx.flows import BATCH, Flow
from cnncalc.models.onnx.idioms.matching import chain, number_of, reduced_axes
from cnncalc.models.onnx.idioms.reshaping import target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.records import Node


def layer_norm(node: Reading) -> Flow | None:
    """``(x - mean) / sqrt(variance + eps)`` over any axes but the batch, with or without weights."""
    x, axes = node.input(0), reduced_axes(node, node.node)
    if not isinstance(x, Flow) or not axes or not node.node.attributes.get("keepdims", 1):
        return None
    dims = [x.axes[axis] for axis in axes if -len(x.axes) <= axis < len(x.axes)]
    if len(dims) != len(axes) or BATCH in dims:
        return None
    steps = _normalised(node, node.node.inputs[0], axes)
    if steps is None:
        return None
    nodes, eps = steps
    weight, weighted = _by_axes(node, nodes[-1], "Mul", x, dims)
    bias, biased = _by_axes(node, weighted or nodes[-1], "Add", x, dims)
    arrays = {name: array for name, array in (("weight", weight), ("bias", bias)) if array is not None}
    options = {"dims": sorted(dims), **_norm_options(eps, arrays)}
    node.consume([*nodes, *(each for each in (weighted, biased) if each is not None)])
    return node.layer("layer_norm", options, [x], arrays)


def _norm_options(eps: float, arrays: Mapping[str, Constant]) -> dict[str, Any]:
    """The options of a norm that follow from its small number, and from which of its two arrays are there."""
    options: dict[str, Any] = {} if eps == 1e-5 else {"eps": eps}
    if not arrays:
        return {**options, "affine": False}
    return options | {name: False for name in ("weight", "bias") if name not in arrays}


def _normalised(node: Reading, tensor: str, axes: list[int]) -> tuple[list[Node], float] | None:
    """The nodes from the mean to the quotient, and the small number under the root."""
    centred = node.sole_reader()
    if centred is None or centred.op != "Sub" or centred.inputs != [tensor, node.node.outputs[0]]:
        return None
    name = centred.outputs[0]
    readers = {each.op: each for each in node.readers(name)}
    square = readers.get("Pow") or readers.get("Mul")
    if name in node.network.outputs or len(readers) != 2 or square is None or "Div" not in readers:
        return None
    squares = number_of(node, square, name) == 2 if square.op == "Pow" else square.inputs == [name, name]
    found = chain(node, square, ("ReduceMean", "Add", "Sqrt", "Div"))
    if (
        found is None
        or not squares
        or reduced_axes(node, found[0]) != axes
        or not found[0].attributes.get("keepdims", 1)
    ):
        return None
    eps = number_of(node, found[1], found[0].outputs[0])
    if eps is None or found[3] is not readers["Div"] or found[3].inputs != [name, found[2].outputs[0]]:
        return None
    return [centred, square, *found], decimal(eps)


def _by_axes(
    node: Reading, before: Node, operator: str, x: Flow, dims: list[int]
) -> tuple[Constant | None, Node | None]:
    """A constant with a value for each place along some axes of ours, which the next node adds or multiplies by."""
    follower = node.sole_reader(before)
    if follower is None or follower.op != operator or follower.attributes:
        return None, None
    other = node.other(follower, before.outputs[0])
    if not isinstance(other, Constant) or not other.is_float or len(other.shape) > len(x.axes):
        return None, None
    padded = (1,) * (len(x.axes) - len(other.shape)) + other.shape
    if padded != tuple(size if axis in dims else 1 for size, axis in zip(x.dims, x.axes, strict=True)):
        return None, None
    wanted = sorted(dims)
    order = [x.axes.index(axis) for axis in wanted]
    rest = [at for at in range(len(padded)) if at not in order]
    moved = other.reshaped(padded).transposed([*rest, *order])
    return moved.reshaped(tuple(x.shape[axis] for axis in wanted)), follower


def group_norm(node: Reading) -> Flow | None:
    """An instance norm of groups of channels laid out as one, as exporters write group norm before opset 21."""
    x = node.input(0)
    found = chain(node, node.node, ("InstanceNormalization", "Reshape"))
    if found is None or not isinstance(x, Flow) or not x.is_plain or len(x.shape) < 2:
        return None
    norm, back = found
    grouped = target_of(node, node.node, x.dims)
    if grouped is None or grouped[0] != x.batch or len(grouped) < 3 or x.shape[0] % grouped[1]:
        return None
    if not all(_is_uniform(node, name, value) for name, value in zip(norm.inputs[1:], (1, 0), strict=True)):
        return None
    if not _is_shape_of(node, back, x, grouped):
        return None
    weight, weighted = _by_axes(node, back, "Mul", x, [0])
    bias, biased = _by_axes(node, weighted or back, "Add", x, [0])
    arrays = {name: array for name, array in (("weight", weight), ("bias", bias)) if array is not None}
    eps = decimal(norm.attributes.get("epsilon", 1e-5))
    options = {"num_groups": grouped[1], **_norm_options(eps, arrays)}
    node.consume([*found, *(each for each in (weighted, biased) if each is not None)])
    return node.layer("group_norm", options, [x], arrays)


def _is_shape_of(node: Reading, back: Node, x: Flow, grouped: tuple[int, ...]) -> bool:
    """Whether a `Reshape` gives a tensor its sizes again, which may be asked of it by a node in between."""
    if target_of(node, back, grouped) == x.dims:
        return True
    return any(each.op == "Shape" and each.outputs[0] == back.inputs[1] for each in node.readers(node.node.inputs[0]))


def _is_uniform(node: Reading, name: str, value: float) -> bool:
    """Whether a constant is this number everywhere."""
    constant = node.known(name)
    if not isinstance(constant, Constant):
        return False
    return constant.uniform == value or (constant.size < 2**16 and set(constant.numbers()) == {value})
