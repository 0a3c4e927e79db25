"""Functions of each value, as mathematics has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.models.onnx.operators.activations import clipped

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.models.onnx.writing import LayerWriting

OPERATORS: Final = {
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "reciprocal": "Reciprocal",
    "abs": "Abs",
    "neg": "Neg",
    "sign": "Sign",
    "floor": "Floor",
    "ceil": "Ceil",
    "round": "Round",
    "sin": "Sin",
    "cos": "Cos",
    "erf": "Erf",
}
"""The layer types that are an operator without attributes."""


def _plain(type_: str) -> Callable[[LayerWriting], str]:
    """The function that writes a type that is an operator."""
    return lambda w: w.node(OPERATORS[type_], w.x)


write_exp = _plain("exp")
write_log = _plain("log")
write_sqrt = _plain("sqrt")
write_reciprocal = _plain("reciprocal")
write_abs = _plain("abs")
write_neg = _plain("neg")
write_sign = _plain("sign")
write_floor = _plain("floor")
write_ceil = _plain("ceil")
write_round = _plain("round")
write_sin = _plain("sin")
write_cos = _plain("cos")
write_erf = _plain("erf")


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
