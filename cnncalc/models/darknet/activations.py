"""Activations of darknet as types of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTIVATIONS: Final[Mapping[str, Any]] = {
    "linear": None,
    "logistic": "sigmoid",
    "relu": "relu",
    "relu6": "relu6",
    "leaky": {"leaky_relu": {"negative_slope": 0.1}},
    "relie": {"leaky_relu": {"negative_slope": 0.01}},
    "tanh": "tanh",
    "hardtan": "hardtanh",
    "elu": "elu",
    "selu": "selu",
    "gelu": {"gelu": {"approximate": "tanh"}},
    "swish": "silu",
    "mish": "mish",
}
"""What each word stands for; None for none."""


def split(value: Any) -> tuple[str, dict[str, Any]]:
    """The type and the options of an activation as a layer.

    >>> split(ACTIVATIONS["leaky"]), split(ACTIVATIONS["linear"])
    (('leaky_relu', {'negative_slope': 0.1}), ('identity', {}))
    """
    if isinstance(value, dict):
        [(type_, options)] = value.items()
        return type_, dict(options)
    return value or "identity", {}
