"""Hints for the shapes of inputs: what was probably meant, as a spec and `--input` write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.shapes import MAX_RANK, MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.graph.node import Node
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Layout, Shape

_AROUND: Final = " ,;.'\"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}"
"""What may stand around a shape without meaning anything."""
_BATCH: Final = re.compile(r"[\[(\s]*(?:-1|none|null|\?|n|b|batch)(?=[\s,;x*])[\s,;x*]*", re.IGNORECASE)
"""A batch whose size is not known, before the sizes of a sample."""
_SIZES: Final = re.compile(r"[\[(\s]*\d{1,10}(?:[\s,;x*:/]+\d{1,10})*[\])\s]*", re.IGNORECASE)
BATCH: Final = "the batch is no part of a shape"


def shape_hint(value: object, layout: Layout, own: Shape | None) -> str | None:
    """What was probably meant by what is no shape; `own` is the spec's, where it is given instead of that.

    >>> from cnncalc.shapes import CHANNELS_FIRST
    >>> shape_hint("224, 224, 3", CHANNELS_FIRST, None), shape_hint([None, 3, 8, 8], CHANNELS_FIRST, None)
    ('write 3x224x224', 'the batch is no part of a shape: 3x8x8')
    >>> shape_hint("small", CHANNELS_FIRST, (3, 32, 32))
    'such as 3x32x32'
    """
    if isinstance(value, dict):
        named = _named_sizes(value)
        if named is not None:
            return f"write input: {named}"
        name, shape = next(iter(value.items()), ("left", "3x32x32"))
        return f"`inputs` has one or several by name: inputs: {{{name}: {shape}}}"
    sizes, has_batch = _sizes(value)
    if own is not None and len(sizes) == len(own) + 1:
        sizes, has_batch = sizes[1:], True
    if len(sizes) == MAX_RANK + 2:
        sizes, has_batch = sizes[1:], True
    if not 1 <= len(sizes) <= MAX_RANK + 1 or not all(1 <= size <= MAX_SIZE for size in sizes):
        sizes = ()
    if own is not None and len(sizes) != len(own):
        return f"such as {written(layout, own)}"
    if not sizes:
        return None
    shape = layout.internal(sizes)
    meant = written(layout, layout.likely_meant(shape, own) or shape)
    return f"{BATCH}: {meant}" if has_batch else f"write {meant}"


def _named_sizes(value: dict[str, object]) -> str | None:
    """The shape that is written as a mapping: under a word for it, or each size under its name."""
    if len(value) == 1:
        [(name, shape)] = value.items()
        if name in ("shape", "size", "dims"):
            return _joined(shape) if isinstance(shape, list) else str(shape)
    sizes = {name[0]: size for name, size in value.items() if name and isinstance(size, int)}
    order = [letter for letter in "cdhwl" if letter in sizes]
    return _joined([sizes[letter] for letter in order]) if len(order) == len(value) > 1 and order[0] == "c" else None


def _sizes(value: object) -> tuple[tuple[int, ...], bool]:
    """The sizes in a text or list, without a batch of unknown size, and whether there was one."""
    if isinstance(value, str):
        value = value.strip(_AROUND)
        rest = _BATCH.sub("", value, count=1) if _BATCH.match(value) else value
        return tuple(map(int, re.findall(r"\d+", rest))) if _SIZES.fullmatch(rest) else (), rest != value
    items = list(value) if isinstance(value, (list, tuple)) else []
    if len(items) == 1 and isinstance(items[0], str):
        return _sizes(items[0])
    has_batch = bool(items) and items[0] in (None, -1)
    sizes = items[1:] if has_batch else items
    return tuple(sizes) if all(type(size) is int for size in sizes) else (), has_batch


def axes_hint(shape: Shape, own: Shape, layout: Layout) -> str:
    """The hint for a shape with more or fewer axes than the spec's own.

    >>> from cnncalc.shapes import CHANNELS_FIRST
    >>> axes_hint((224, 224), (3, 227, 227), CHANNELS_FIRST), axes_hint((8, 1, 28, 28), (1, 28, 28), CHANNELS_FIRST)
    ('channels are part of a shape: 3x224x224', 'the batch is no part of a shape: 1x28x28')
    """
    sizes = layout.external(shape)
    if len(shape) == len(own) + 1:
        return f"{BATCH}: {_joined(sizes[1:])}"
    if len(shape) == len(own) - 1:
        return f"channels are part of a shape: {written(layout, (own[0], *sizes))}"
    if len(shape) == 1:
        return f"every size is part of a shape: {written(layout, (own[0], *(shape * (len(own) - 1))))}"
    return f"give {len(own)} sizes, such as {written(layout, own)}"


def written(layout: Layout, shape: Shape) -> str:
    """An internal shape as the user writes it."""
    return _joined(layout.external(shape))


def _joined(sizes: Sequence[object]) -> str:
    return "x".join(map(str, sizes))


def rank_hint(layer: Layer, rank: int, shape: Shape, before: Node | None, layout: Layout) -> str:
    """What to do where a layer of that rank takes a shape of another, from the node `before` or an input."""
    if before is None:
        hint = layout.rank_hint(shape, rank)
        if hint is not None:
            return hint
    elif before.layer.type_name == "flatten":
        return f"put it before `{before.name}`, which makes a vector of a map"
    if len(shape) == 1:
        return "it needs a map: channels x height x width, such as 3x224x224"
    return f"write `{layer.type_name}{len(shape) - 1}d`, or `{layer.type_name}`, which takes any rank"
