"""Layers that pass on what arrives, but in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.models.onnx.constants import Constant
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


def read_alias(node: Reading) -> Flow:
    """`Identity`, and `Cast` between types of numbers: the same tensor."""
    return node.any_flow()


def read_dropout(node: Reading) -> list[Flow | Constant | None]:
    """`Dropout`, whose ratio is an attribute before opset 12 and an input since."""
    ratio = node.real("ratio", 0.5) if node.has("ratio") or node.opset < 12 else node.number(1, 0.5)
    if len(node.node.outputs) > 1 and node.node.outputs[1] and node.readers(node.node.outputs[1]):
        raise node.refuse("its mask is read")
    return [node.layer("dropout", {} if ratio == 0.5 else {"p": ratio}, [node.any_flow()])]


def write_identity(w: LayerWriting) -> str:
    """Identity."""
    return w.node("Identity", w.x)


def write_dropout(w: LayerWriting) -> str:
    """Dropout, which does nothing unless it is told to train."""
    if w.layer.p >= 1:  # a ratio is below 1 there
        return write_identity(w)
    return w.node("Dropout", [w.x, w.number(w.layer.p)])
