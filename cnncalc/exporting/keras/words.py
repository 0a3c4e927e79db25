"""What Keras calls activations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cnncalc.exporting.source.leaves import Leaf

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


def activation_word(leaf: Leaf, layer: Any) -> str:
    """What Keras calls an activation; raises `UntranslatableError`."""
    kind = layer.type_name
    if kind == "hardsigmoid" and abs(layer.alpha - 1 / 6) < 1e-9 and layer.beta == 0.5:
        return "hard_sigmoid"
    if kind == "gelu" and layer.approximate != "none":
        raise leaf.refusal("Keras' word `gelu` is not the approximation", "`-o FILE.onnx` writes an ONNX file")
    if kind not in ACTIVATIONS:
        raise leaf.refusal(f"Keras has no word for `{kind}`", "`-o FILE.onnx` writes an ONNX file, which may have it")
    return ACTIVATIONS[kind]
