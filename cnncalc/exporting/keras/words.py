"""What Keras calls activations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cnncalc.exporting.source.leaves import Leaf

ELSEWHERE: Final = "`-o FILE.onnx` writes an ONNX file, which may have it"
"""The hint at what Keras has no word for."""

ACTIVATIONS: Final = {
    "relu": "relu",
    "relu6": "relu6",
    "silu": "silu",
    "gelu": "gelu",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "hardswish": "hard_swish",
    "selu": "selu",
    "softsign": "softsign",
    "mish": "mish",
    "log_sigmoid": "log_sigmoid",
}
"""Activations without options, by our names."""


def word_of(layer: Any) -> str | None:
    """What Keras calls an activation: None where it has no word for it, or not with these options."""
    kind = layer.type_name
    if kind == "hardsigmoid":
        return "hard_sigmoid" if abs(layer.alpha - 1 / 6) < 1e-9 and layer.beta == 0.5 else None
    if kind == "gelu" and layer.approximate != "none":
        return None
    return ACTIVATIONS.get(kind)


def activation_word(leaf: Leaf, layer: Any) -> str:
    """What Keras calls an activation; raises `UnwritableError`."""
    word = word_of(layer)
    if word is None:
        raise leaf.refusal(f"Keras has no word for `{layer.type_name}` with these options", ELSEWHERE)
    return word
