"""Operators that let pass what arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.models.onnx.constants import Constant
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading


def read_alias(node: Reading) -> Flow:
    """`Identity`, and `Cast` between types of numbers: the same tensor."""
    return node.any_flow()


def read_dropout(node: Reading) -> list[Flow | Constant | None]:
    """`Dropout`, whose ratio is an attribute before opset 12 and an input since."""
    ratio = node.real("ratio", 0.5) if node.has("ratio") or node.opset < 12 else node.number(1, 0.5)
    if len(node.node.outputs) > 1 and node.node.outputs[1] and node.readers(node.node.outputs[1]):
        raise node.refuse("its mask is read")
    return [node.layer("dropout", {} if ratio == 0.5 else {"p": ratio}, [node.any_flow()])]
