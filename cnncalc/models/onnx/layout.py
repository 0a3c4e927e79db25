"""Which inputs of a graph have their channels last, or their batch behind the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.models.onnx.flows import BATCH, plain_axes

if TYPE_CHECKING:
    from cnncalc.models.onnx.records import Graph, Node

MOST_LOOKED_AT: Final = 64
"""The most nodes that are looked at behind an input."""

_BY_VALUE: Final = frozenset(
    {"Add", "Sub", "Mul", "Div", "Cast", "Identity", "Pad", "Clip", "Relu", "Sqrt", "Neg", "Abs", "QuantizeLinear"}
    | {"DequantizeLinear", "Min", "Max", "Resize", "Upsample"}
)
"""Operators that leave the axes where they are."""
_CHANNELS_SECOND: Final = frozenset(
    {"Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "BatchNormalization"}
)
_STEPS_FIRST: Final = frozenset({"LSTM", "GRU", "RNN"})


def file_axes(graph: Graph, nodes: list[Node], name: str, dims: tuple[int | str, ...]) -> tuple[int, ...]:
    """Our axis for each axis of an input in the file.

    The channels are its last where it is transposed before use; the batch is its second where a recurrence takes it.
    """
    rank = len(dims)
    usual = plain_axes(rank - 1)
    if rank < 3:
        return usual
    del graph
    last = (BATCH, *range(1, rank - 1), 0)
    readers: dict[str, list[Node]] = {}
    for node in nodes[: MOST_LOOKED_AT * 4]:
        for each in node.inputs[:2]:
            readers.setdefault(each, []).append(node)
    waiting = [name]
    for _ in range(MOST_LOOKED_AT):
        if not waiting:
            break
        for node in readers.get(waiting.pop(0), []):
            if node.op in _CHANNELS_SECOND:
                return usual
            if node.op in _STEPS_FIRST:
                return usual if node.attributes.get("layout") or rank != 3 else (0, BATCH, 1)
            if node.op == "Transpose":
                return last if node.attributes.get("perm") == [0, rank - 1, *range(1, rank - 1)] else usual
            if node.op in _BY_VALUE:
                waiting += node.outputs[:1]
    return usual
