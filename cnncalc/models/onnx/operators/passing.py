"""Layers that pass on what arrives, but in training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.models.onnx.constants import Constant
from cnncalc.models.onnx.tensor_records import DTYPES

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


def read_identity(node: Reading) -> Flow:
    """`Identity`: the same tensor."""
    return node.any_flow()


_ROUNDED: Final = frozenset({"Floor", "Ceil", "Round", "Sign"})
"""The operators that give whole numbers, whatever the type of their values."""


def read_cast(node: Reading) -> Flow:
    """`Cast` and `CastLike`: the same tensor, which is one of whole numbers only where it was, or for a look-up."""
    x, name = node.any_flow(), node.node.inputs[0]
    to, types = _type_after(node), node.network.types
    if to.startswith(("float", "bfloat")) or not to or to == types.get(name):
        return x
    producer = node.network.producers.get(name)
    is_whole = types.get(name, "").startswith(("int", "uint")) or (producer is not None and producer.op in _ROUNDED)
    readers = node.readers(next(iter(node.node.outputs), ""))
    looks_up = bool(readers) and all(each.op == "Gather" and each.inputs[1:] == node.node.outputs for each in readers)
    if to.startswith(("int", "uint")) and (is_whole or looks_up):
        return x
    raise node.refuse(f"it makes values of type {to} of others, which are not all of these")


def _type_after(node: Reading) -> str:
    """The type of what a cast gives; empty where the file does not say it."""
    if node.op == "Cast":
        return DTYPES.get(node.integer("to"), f"number {node.integer('to')}")
    like, names = node.input(1), node.node.inputs
    return like.dtype if isinstance(like, Constant) else node.network.types.get(names[-1], "")


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
