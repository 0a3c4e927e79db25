"""Pools that are written as the places of their windows, gathered and averaged."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from cnncalc.models.onnx.constants import MOST_NUMBERS, Constant
from cnncalc.models.onnx.flows import BATCH, Flow, plain_axes
from cnncalc.models.onnx.idioms.matching import chain, reduced_axes

if TYPE_CHECKING:
    from cnncalc.models.onnx.reading import Reading


def adaptive_average(node: Reading) -> Flow | None:
    """An adaptive average pool whose windows are all of one size, as PyTorch's exporter by `dynamo` writes it.

    The axes of the map are brought to the front, the pixels of each window gathered to (H_out, h, W_out, w), brought
    back behind the channels, and averaged over h and w.
    """
    x, indices = node.input(0), node.input(1)
    if not (isinstance(x, Flow) and isinstance(indices, Constant)) or node.integer("batch_dims"):
        return None
    found = chain(node, node.node, ("Transpose", "ReduceMean"))
    if found is None or x.axes != (1, 2, BATCH, 0) or found[0].attributes.get("perm") != [4, 5, 0, 1, 2, 3]:
        return None
    averaged = {axis % 6 for axis in reduced_axes(node, found[1])} == {3, 5}
    if not averaged or found[1].attributes.get("keepdims", 1) or len(indices.shape) != 5 or indices.size > MOST_NUMBERS:
        return None
    rows, height, columns, width, _ = indices.shape
    below, right = _starts(x.shape[1], rows, height), _starts(x.shape[2], columns, width)
    if below is None or right is None:
        return None
    places = product(below, range(height), right, range(width))
    if indices.numbers() != [place for top, y, left, x_ in places for place in (top + y, left + x_)]:
        return None
    node.consume(found)
    return node.layer("adaptive_avg_pool2d", {"output_size": [rows, columns]}, [x], axes=plain_axes(len(x.shape)))


def _starts(size: int, count: int, length: int) -> list[int] | None:
    """Where the windows of an adaptive pool begin on an axis; None where one is not of that length.

    >>> _starts(14, 4, 4), _starts(14, 4, 3)
    ([0, 3, 7, 10], None)
    """
    starts = [at * size // count for at in range(count)]
    ends = [-(-(at + 1) * size // count) for at in range(count)]
    return starts if all(end - start == length for start, end in zip(starts, ends, strict=True)) else None
