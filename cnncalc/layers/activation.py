"""The activations that may be a layer's own last step, and the option that takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import LayerError, did_you_mean
from cnncalc.layers.options import wrong
from cnncalc.layers.rectifiers import Hardsigmoid, Hardswish, Hardtanh, LeakyReLU, PReLU, ReLU, ReLU6, Threshold
from cnncalc.layers.smooth import CELU, ELU, GELU, SELU, LogSigmoid, Mish, Sigmoid, SiLU, Softplus, Softsign, Tanh
from cnncalc.layers.softmax import LogSoftmax, Softmax

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer

_RECTIFIERS: Final = (ReLU, ReLU6, LeakyReLU, PReLU, Hardtanh, Hardsigmoid, Hardswish, Threshold)
_SMOOTH: Final = (ELU, SELU, CELU, GELU, SiLU, Mish, Sigmoid, LogSigmoid, Tanh, Softplus, Softsign)
_ALONG_AXIS: Final = (Softmax, LogSoftmax)

ACTIVATIONS: Final[dict[str, type[Layer]]] = {kind.type_name: kind for kind in (*_RECTIFIERS, *_SMOOTH, *_ALONG_AXIS)}
"""The types that may be a layer's own last step: those that keep the shape."""


class ActivationOption:
    """The type of an activation, or `{type: {options}}`.

    >>> ActivationOption()({"leaky_relu": {"negative_slope": 0.1}})
    LeakyReLU(negative_slope=0.1)
    """

    text = "the type of an activation, or {type: {options}}"

    def __call__(self, value: object) -> Layer | None:
        """The activation; None for `null`, and for `linear`, which is Keras's word for it."""
        if value is None or value == "linear":
            return None
        name: object = value
        options: object = {}
        if isinstance(value, dict) and len(value) == 1:
            [(name, options)] = value.items()
        if not isinstance(name, str) or not isinstance(options, dict):
            raise wrong(self, value)
        if name not in ACTIVATIONS:
            hint = did_you_mean(name, ACTIVATIONS, "activations")
            raise ValueError(f"has no activation `{name}`; {hint}" if hint else f"has no activation `{name}`")
        return _made(ACTIVATIONS[name], options)


def _made(kind: type[Layer], options: dict[str, Any]) -> Layer:
    try:
        return kind(**options)
    except LayerError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise ValueError(f"`{kind.type_name}`: {error.fact}{hint}") from None
