"""Products of tensors, and of a constant matrix with one; rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Constant
from cnncalc.models.onnx.flows import BATCH, Flow, plain_axes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


def product(node: Reading) -> Flow:
    """`MatMul` of two tensors, whose matrices are the last two axes in the file."""
    left, right = node.flow(0), node.flow(1)
    if min(len(left.shape), len(right.shape)) < 2:
        raise node.refuse("it multiplies samples of the batch with each other")
    if len(left.shape) != len(right.shape):
        raise node.refuse(f"its tensors have {len(left.axes)} and {len(right.axes)} axes")
    return node.layer("matmul", {}, [left, right])


def times_from_left(node: Reading, matrix: Constant, x: Flow) -> Flow:
    """`MatMul` with a constant matrix on the left: a linear layer along the last axis but one in the file."""
    if len(matrix.shape) != 2 or len(x.axes) < 2 or x.axes[-2] == BATCH:
        raise node.refuse(f"its first operand is a constant of {list(matrix.shape)}")
    axis = x.axes[-2]
    options: dict[str, Any] = {"out_features": matrix.shape[0], "bias": False}
    if len(x.shape) > 1:
        options["dim"] = axis
    return node.layer("linear", options, [x], {"weight": matrix})


def read_einsum(node: Reading) -> Flow:
    """`Einsum` of two operands that sums over one index: a product of matrices, or a linear layer."""
    terms, output = _terms(node)
    if isinstance(node.input(1), Constant):
        return _linear(node, terms, output)
    flows = [node.flow(0), node.flow(1)]
    first, second = terms
    shared = [index for index in first if index in second]
    summed = [index for index in shared if index not in output]
    kept = [index for index in shared if index in output]
    rows, columns = ([index for index in term if index not in shared] for term in terms)
    if len(first) != len(flows[0].axes) or len(second) != len(flows[1].axes):
        raise node.refuse("its indices are not those of its operands")
    if not (len(summed) == len(rows) == len(columns) == 1) or set(output) != {*kept, *rows, *columns}:
        raise node.refuse("it is no product of matrices")
    if not kept or kept[0] != first[0] or first[0] != second[0]:
        raise node.refuse("it multiplies samples of the batch with each other")
    inner = kept[1:]
    left = _ordered(node, flows[0], first, [*inner, *rows, *summed])
    right = _ordered(node, flows[1], second, [*inner, *summed, *columns])
    order = [kept[0], *inner, *rows, *columns]
    return node.layer(
        "matmul", {}, [left, right], axes=tuple(BATCH if i == kept[0] else order.index(i) - 1 for i in output)
    )


def _terms(node: Reading) -> tuple[list[str], str]:
    """The indices of the two operands, and of the output."""
    equation = node.word("equation").replace(" ", "")
    before, arrow, output = equation.partition("->")
    terms = before.split(",")
    letters = "".join([*terms, output])
    if not arrow or len(terms) != 2 or not letters.isalpha() or any(len(set(term)) < len(term) for term in terms):
        raise node.refuse(f"its equation is `{equation[:40]}`")
    return terms, output


def _ordered(node: Reading, x: Flow, term: str, wanted: Sequence[str]) -> Flow:
    """A tensor with its axes, but for the batch, in the order of some indices."""
    order = [term.index(index) - 1 for index in wanted]
    if order == list(range(len(order))):
        return x
    return node.layer("permute", {"dims": order}, [x], axes=plain_axes(len(order)), tensor="")


def _linear(node: Reading, terms: Sequence[str], output: str) -> Flow:
    """A sum over one axis of a tensor with a constant matrix."""
    x, weight = node.any_flow(0), node.constant(1)
    first, second = terms
    if len(second) != 2 or len(first) != len(x.axes) or len(weight.shape) != 2:
        raise node.refuse("it is no product with a matrix")
    summed = [index for index in second if index in first and index not in output]
    made = [index for index in second if index not in first and index in output]
    if len(summed) != 1 or len(made) != 1 or sorted(output) != sorted(first.replace(summed[0], made[0])):
        raise node.refuse("it is no product with a matrix")
    axis = x.axes[first.index(summed[0])]
    if axis == BATCH:
        raise node.refuse("it sums over the batch")
    matrix = weight if second[0] == made[0] else weight.transposed((1, 0))
    options: dict[str, Any] = {"out_features": matrix.shape[0], "bias": False}
    if len(x.shape) > 1:
        options["dim"] = axis
    places = first.replace(summed[0], made[0])
    axes = tuple(x.axes[places.index(index)] for index in output)
    return node.layer("linear", options, [x], {"weight": matrix}, axes=axes)


def write_matmul(w: LayerWriting) -> str:
    """MatMul, with the axes in the order in which the spec writes them."""
    written = w.layer.layout.external(tuple(range(len(w.shape))))
    order = w.layer.layout.internal(tuple(range(len(w.shape))))
    sides = [w.permuted(x, written, shape) for x, shape in zip(w.inputs, w.input_shapes, strict=True)]
    product = tuple(w.output_shape[axis] for axis in written)
    return w.permuted(w.node("MatMul", sides, product), order, product)
