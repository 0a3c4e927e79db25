"""Layers that compute value by value, or across neighbouring ones, by functions of `keras.ops`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.exporting.keras.axes import axis_of
from cnncalc.exporting.keras.words import ELSEWHERE, word_of
from cnncalc.exporting.source.expressions import Arg, Code, Expression, Infix, Value, call, optional

if TYPE_CHECKING:
    from cnncalc.exporting.source.leaves import Leaf


def activation(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`Activation` with its word; a function where an option is not that of the word."""
    layer, word = leaf.layer, word_of(leaf.layer)
    if layer.type_name == "gelu" and word is None:
        return call("ops.gelu", x, approximate=Code("True"))
    if layer.type_name == "hardsigmoid" and word is None:
        line = Infix("+", (Infix("*", (Value(layer.alpha, "alpha"), x)), Value(layer.beta, "beta")))
        return call("ops.clip", line, Code("0.0"), Code("1.0"))
    return call(call("layers.Activation", Code(f'"{word}"'), name=name), x)


def bounded(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """`clip`, or the maximum or minimum with a single bound."""
    layer = leaf.layer
    low, high = (layer.min_val, layer.max_val) if leaf.layer.type_name == "hardtanh" else (layer.min, layer.max)
    if high is None:
        return call("ops.maximum", x, Value(float(low), "min"))
    if low is None:
        return call("ops.minimum", x, Value(float(high), "max"))
    return call("ops.clip", x, Value(float(low), "min"), Value(float(high), "max"))


def threshold(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """`threshold`."""
    layer = leaf.layer
    return call("ops.threshold", x, Value(float(layer.threshold), "threshold"), Value(float(layer.value), "value"))


def power(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """`power`."""
    return call("ops.power", x, Value(float(leaf.layer.exponent), "exponent"))


def celu(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """`celu`."""
    return call("ops.celu", x, alpha=optional(float(leaf.layer.alpha), 1.0, "alpha"))


def softplus(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`Activation("softplus")`, whose bend has one sharpness; from 20 on, float32 has the line itself."""
    if leaf.layer.beta != 1.0 or leaf.layer.threshold < 20.0:
        raise leaf.refusal("Keras' softplus has no options", ELSEWHERE)
    return call(call("layers.Activation", Code('"softplus"'), name=name), x)


def glu(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """`glu`."""
    return call("ops.glu", x, axis=optional(axis_of(leaf.axis("dim"), len(leaf.shape)), -1))


def local_response_norm(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """A function of the program."""
    layer = leaf.layer
    options = {
        "alpha": optional(float(layer.alpha), 1e-4, "alpha"),
        "beta": optional(float(layer.beta), 0.75, "beta"),
        "k": optional(float(layer.k), 1.0, "k"),
    }
    return call("local_response_norm", x, Value(layer.size, "size"), **options)


def flip(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """`flip`."""
    return call("ops.flip", x, axis=Code(_axes(leaf)))


def roll(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """`roll`."""
    shifts = tuple(leaf.layer.shifts)
    return call("ops.roll", x, Value(shifts[0] if len(shifts) == 1 else shifts, "shift"), axis=Code(_axes(leaf)))


def _axes(leaf: Leaf) -> str:
    """The axes of option `dim`, in its order."""
    found = tuple(axis_of(axis, len(leaf.shape)) for axis in leaf.layer.dim_axes("dim", leaf.layer.dim, leaf.shape))
    return str(found[0] if len(found) == 1 else found)
