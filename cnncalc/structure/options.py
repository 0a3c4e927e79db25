"""The options of a layer as a person writes them: what goes without saying left out, and one number for all axes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import find
from cnncalc.layers.options import REQUIRED, Padding, Sizes
from cnncalc.spec.structure import option_order, written_option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.layers.base import Layer
    from cnncalc.layers.options import Kind

UNKNOWN: Final = object()
"""The default of an option that has none."""


def short_options(layer: Layer) -> dict[str, Any]:
    """The options that are not as they are by default, first those of a call.

    >>> from cnncalc.layers import Convolution, ConvTranspose, Fold, MaxPool
    >>> short_options(Convolution(out_channels=4, kernel_size=[3, 3], padding=[[1, 1], [1, 1]], stride=[1, 1]))
    {'out_channels': 4, 'kernel_size': 3, 'padding': 1}
    >>> short_options(MaxPool(kernel_size=[2, 2], stride=[2, 2], padding=[[0, 1], [0, 0]]))
    {'kernel_size': 2, 'padding': [[0, 1], 0]}
    >>> short_options(ConvTranspose(out_channels=4, kernel_size=[2], padding=[0], output_padding=[0]))
    {'out_channels': 4, 'kernel_size': 2}
    >>> short_options(Fold(output_size=[8], kernel_size=[2]))
    {'output_size': [8], 'kernel_size': 2}
    """
    options: dict[str, Any] = {}
    for name in option_order(layer):
        known = layer.options[name]
        value = _short(known.kind, getattr(layer, name))
        if not same(value, _default(known.kind, known.default)):
            options[name] = value
    if "stride" in options and layer.options["stride"].default is None and options["stride"] == options["kernel_size"]:
        del options["stride"]  # a pool's, which is its window unless it is given
    if options.get("output_padding") == 0 and options.get("padding") not in ("same", "same_lower"):
        del options["output_padding"]  # which only there is another size than none
    return options


def default_option(type_: str, name: str) -> Any:
    """What an option is where it is not written; `UNKNOWN` where it must be, or that would not be the same.

    >>> default_option("conv2d", "stride"), default_option("max_pool2d", "stride") is UNKNOWN
    (1, True)
    """
    return _of_type(type_).get(name, UNKNOWN)


def in_order(type_: str, options: Iterable[str]) -> list[str]:
    """Names of options in the order in which a type has them.

    >>> in_order("conv2d", ["padding", "stride", "out_channels"])
    ['out_channels', 'stride', 'padding']
    """
    order = _order(type_)
    return sorted(options, key=lambda name: order.get(name, len(order)))


@cache
def _order(type_: str) -> dict[str, int]:
    found = find(type_)
    return {} if found is None else {name: number for number, name in enumerate(option_order(found[0]))}


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal as a spec has them: `true` is not 1.

    >>> same(1, True), same([1, 2], [1, 2]), same(1, 1.0)
    (False, True, True)
    """
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@cache
def _of_type(type_: str) -> dict[str, Any]:
    """The defaults of a type by option, but for those that mean something else at other inputs or options."""
    found = find(type_)
    if found is None:
        return {}
    defaults = {name: _default(known.kind, known.default) for name, known in found[0].options.items()}
    return {name: value for name, value in defaults.items() if value is not UNKNOWN and value is not None}


def _default(kind: Kind, default: object) -> Any:
    return UNKNOWN if default is REQUIRED else _short(kind, default)


def _short(kind: Kind, value: Any) -> Any:
    """A value as it is written in short."""
    if isinstance(kind, Padding) and isinstance(value, tuple):
        sides = [before if before == after else [before, after] for before, after in value]
        return _one_for_all(sides)
    if isinstance(kind, Sizes) and isinstance(value, tuple):
        # Of one axis, a single number would be that of a square.
        return list(value) if kind.square else _one_for_all(list(value))
    return written_option(value)


def _one_for_all(items: list[Any]) -> Any:
    """One item for all axes, where they are alike and it cannot be taken for a list of axes."""
    alike = all(item == items[0] for item in items)
    if alike and not isinstance(items[0], list):
        return items[0]
    # One pair for all axes is written as a list of one: its numbers alone would be those of two axes.
    return [items[0]] if alike else items
