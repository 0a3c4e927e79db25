"""The activation that is a layer's own last step: the option, and the layers that have it."""

from __future__ import annotations

from typing import Any

from cnncalc.errors import LayerError, RefusedError, did_you_mean
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Kind, option, wrong


class ActivationOption(Kind):
    """The type of an activation, or `{type: {options}}`.

    >>> ActivationOption()({"leaky_relu": {"negative_slope": 0.1}})
    LeakyReLU(negative_slope=0.1)
    """

    makes_layers = True
    text = "the type of an activation, or {type: {options}}"

    def __call__(self, value: object) -> Layer | None:
        """The activation; None for `null`, and for `linear`, which is Keras's word for it."""
        from cnncalc.layers import ACTIVATIONS

        if value is None or value == "linear":
            return None
        if isinstance(value, Layer) and value.type_name in ACTIVATIONS:
            return value
        name: object = value
        options: object = {}
        if isinstance(value, dict) and len(value) == 1:
            [(name, options)] = value.items()
        if not isinstance(name, str) or not isinstance(options, dict):
            raise wrong(self, value)
        if name not in ACTIVATIONS:
            raise RefusedError(f"has no activation `{name}`", _hint(name))
        return _activation(ACTIVATIONS[name], options)


def _hint(name: str) -> str | None:
    """The hint for an unknown activation, which may be a layer of its own."""
    from cnncalc.layers import ACTIVATIONS, LAYERS, USUAL_ACTIVATIONS, find, translate

    if find(name, LAYERS) is not None:
        return f"`{name}` is a layer of its own, behind this one"
    ours = translate(name, ACTIVATIONS)
    if ours:
        return f"it is called `{ours}` here"
    return did_you_mean(name, ACTIVATIONS) or did_you_mean(name, USUAL_ACTIVATIONS, "activations")


def _activation(kind: type[Layer], options: dict[str, Any]) -> Layer:
    """The activation of a type; raises `ValueError` with the words that follow the option's name in the error."""
    if "activation" in options:
        raise ValueError(f"`{kind.type_name}`: an activation within a layer has none of its own")
    try:
        return kind(**options)
    except LayerError as error:
        raise RefusedError(f"`{kind.type_name}`: {error.fact}", error.hint) from None


class Activated(Layer):
    """What the layers with weights, the norms and the merges share: an activation that is their own last step.

    It has no row of its own, its operations count in the layer's, and its arrays are named `activation.*`.
    """

    activation: Layer | None = option(
        ActivationOption(), default=None, meaning="the layer's own last step, whose operations are among the layer's"
    )
