"""Hints for a layer type that there is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError
from cnncalc.layers import find
from cnncalc.layers.other_words import type_hint
from cnncalc.spec import bundled
from cnncalc.spec.advice.forms import list_hint
from cnncalc.spec.advice.writing import entry, short
from cnncalc.spec.yaml_scalars import resolve
from cnncalc.text_nodes import Mapping as MappingNode
from cnncalc.text_nodes import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnncalc.layers.base import Layer
    from cnncalc.spec.entries import Options


LONGEST: Final = 500
"""The characters of a type of which something is still made."""


def unknown_type_hint(
    written: str, options: Options, layers: Mapping[str, type[Layer]], blocks: Iterable[str]
) -> str | None:
    """What is meant by a type that there is not, with its options; `blocks` are those of the spec.

    >>> from cnncalc.layers import LAYERS
    >>> unknown_type_hint("nn.Conv2d(3, 16, 5)", {}, LAYERS, ())
    'write conv2d: {in_channels: 3, out_channels: 16, kernel_size: 5}'
    >>> unknown_type_hint("max_pool2d:2", {}, LAYERS, ())
    'a blank belongs behind the colon: max_pool2d: {kernel_size: 2}'
    """
    if len(written) > LONGEST:
        return None
    name, bracket, _ = written.partition("(")
    if bracket and name.strip():
        return _of_call(written, layers)
    words = written.split()
    if len(words) > 1 and find(words[0], layers):
        return list_hint([words[0], *map(resolve, words[1:])])
    name, colon, value = written.partition(":")
    found = find(name, layers) if colon else None
    if found is not None:
        positions = found[0].positional
        return f"a blank belongs behind the colon: {entry(name, {positions[0]: value} if positions else {})}"
    hint = _of_class(written, options) or type_hint(written, layers, [*blocks, "residual", "parallel"])
    return hint or _of_network(written)


def _of_network(written: str) -> str | None:
    """The hint for the name of a bundled architecture where a layer type belongs; None for any other word."""
    if written not in bundled.every_name():
        return None
    return f"it is a network, and no layer: `cnncalc show {written}` shows its layers"


def _of_class(written: str, options: Options) -> str | None:
    """The entry that a class of PyTorch or Keras with some of its own parameters stands for; None without any."""
    from cnncalc.frameworks import classes, translation

    known = classes.find(written, written) if options else None
    if known is None:
        return None
    given = MappingNode()
    for key, value in options.values():
        given.put(key, value)
    word = next(iter(options.values()))[0]
    try:
        made = translation.translated(Source("<class>", ""), word, known, given)
    except CnncalcError:
        return None
    plain = made.options.plain()
    if made.type.text == "linear":
        del plain["dim"]  # it is of maps, and a vector is what nearly all take
    return short(f"write {entry(made.type.text, plain)}") if plain else None


def _of_call(written: str, layers: Mapping[str, type[Layer]]) -> str | None:
    """The entry that a call stands for, as a spec in one line would have it."""
    from cnncalc.spec import one_line

    try:
        [layer] = one_line.parse(Source("<line>", written), layers).plain()["layers"]
    except (CnncalcError, ValueError):
        return "options stand in a mapping, such as conv2d: {out_channels: 16, kernel_size: 3}"
    [(kind, options)] = layer.items() if isinstance(layer, dict) else [(layer, {})]
    return short(f"write {entry(kind, options)}")
