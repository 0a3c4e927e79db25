"""Values and entries as a hint writes them: in YAML's flow form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import value_text

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 90
"""What is longer than this is no hint any more."""


def flow(value: Any) -> str:
    """A plain value in YAML's flow form.

    >>> flow({"conv2d": {"out_channels": 4, "padding": [1, 2], "bias": False}})
    '{conv2d: {out_channels: 4, padding: [1, 2], bias: false}}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return value if isinstance(value, str) else value_text(value)


def entry(kind: str, options: Mapping[str, Any]) -> str:
    """A layer with its options, as an item of a list has it.

    >>> entry("conv2d", {"out_channels": 4}), entry("relu", {})
    ('conv2d: {out_channels: 4}', '- relu')
    """
    return f"{kind}: {flow(dict(options))}" if options else f"- {kind}"


def short(text: str) -> str | None:
    """The text, or None where it is too long to be read in a hint."""
    return text if len(text) <= LONGEST else None


def example_hint(type_name: str, *, as_call: bool = False) -> str:
    """How a type is written with the options that it needs; as a spec in one line has it, if that is wanted.

    >>> example_hint("linear")
    'such as linear: {out_features: 10}'
    """
    from cnncalc.layers.description import layer_types

    [known] = layer_types(type_name)
    return f"such as {known.call if as_call else known.example.removeprefix('- ')}"
