"""Layers that pass on what arrives, but in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.models.onnx.writing import LayerWriting


def write_identity(w: LayerWriting) -> str:
    """Identity."""
    return w.node("Identity", w.x)


write_drop_path = write_identity


def write_dropout(w: LayerWriting) -> str:
    """Dropout, which does nothing unless it is told to train."""
    if w.layer.p >= 1:  # a ratio is below 1 there
        return write_identity(w)
    return w.node("Dropout", [w.x, w.number(w.layer.p)])
