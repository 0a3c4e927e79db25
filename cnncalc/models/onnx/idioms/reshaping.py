"""Nodes that take values out and lay them anew, and in truth leave all of them where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.models.onnx.constants import MOST_NUMBERS, Constant
from cnncalc.models.onnx.flows import Flow
from cnncalc.models.onnx.operators.reshaping import laid_out

if TYPE_CHECKING:
    from cnncalc.models.onnx.reading import Reading


def gather_of_all(node: Reading) -> Flow | None:
    """`Gather` of every value of a row in its order, which is how PyTorch's exporter writes `as_strided`."""
    x, indices = node.input(0), node.input(1)
    if not (isinstance(x, Flow) and isinstance(indices, Constant)) or len(x.axes) != 1 or node.integer("axis"):
        return None
    if indices.size != x.dims[0] or indices.size > MOST_NUMBERS or indices.numbers() != list(range(indices.size)):
        return None
    return laid_out(node, x, indices.shape, [False] * len(indices.shape))
