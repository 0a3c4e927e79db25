"""Functions of each value, as mathematics has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.models.onnx.operators.activations import clipped

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


def write_rsqrt(w: LayerWriting) -> str:
    """One over the root."""
    return w.node("Reciprocal", w.node("Sqrt", w.x))


def write_square(w: LayerWriting) -> str:
    """The product with itself."""
    return w.node("Mul", [w.x, w.x])


def write_power(w: LayerWriting) -> str:
    """Pow with the exponent."""
    return w.scalar("Pow", w.x, w.layer.exponent)


def write_clamp(w: LayerWriting) -> str:
    """Clip with one bound or both."""
    return clipped(w, w.x, w.layer.min, w.layer.max)


def read_power(node: Reading) -> Flow:
    """`Pow` with a constant exponent."""
    x, exponent = node.any_flow(), node.number(1)
    if exponent == 1:
        return x
    named = {2.0: "square", 0.5: "sqrt"}.get(exponent or 0.0)
    return node.layer(named, {}, [x]) if named else node.layer("power", {"exponent": exponent}, [x])
