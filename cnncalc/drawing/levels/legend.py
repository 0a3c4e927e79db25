"""The legend of a figure of levels: the words for the steps that occur in it."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cnncalc.drawing.boxes import Box
from cnncalc.drawing.kinds import base_type, word
from cnncalc.drawing.levels.bars import size_text
from cnncalc.drawing.levels.maps import Maps
from cnncalc.drawing.levels.steps import BLOCK, COPY, STRIDED
from cnncalc.drawing.text_metrics import ELLIPSIS, SIZE, shortened_to, text_width
from cnncalc.drawing.wording import TIMES, kernel_text, one_or_all

DOWN: Final = "down"
UP: Final = "up"
ALONG: Final = "along"

MOST: Final = 0.75
"""The share of layers that are most of them."""

UNPOOLED: Final = "max_unpool"


class Entry(NamedTuple):
    """A line of the legend: an arrow of a kind and where it points, or the symbol of a merge, and what it means."""

    kind: str
    points: str
    words: str
    symbol: str = ""


def entries(found: Maps, symbols: dict[str, str], room: float) -> tuple[Entry, ...]:
    """The entries for the kinds of steps that occur, and for the symbols of merges by their types."""
    boxes: dict[str, list[Box]] = {}
    ways: dict[str, set[str]] = {}
    copied: list[str] = []
    for each in found.values():
        for arrival in each.arrivals:
            step = arrival.step
            row = found[arrival.source].row
            boxes.setdefault(step.kind, []).extend(map(found.box, step.places))
            ways.setdefault(step.kind, set()).add(ALONG if row == each.row else DOWN if row < each.row else UP)
            if step.kind == COPY:
                copied.append(_copy(found.box(each.place), [found.box(place) for place in step.places]))
    result = []
    for kind, members in boxes.items():
        words = " / ".join(dict.fromkeys(copied)) if kind == COPY else _words(kind, members)
        [way] = ways[kind] if len(ways[kind]) == 1 else [ALONG]
        result.append(Entry(kind, way, _cut(words, room)))
    for type_, symbol in symbols.items():
        result.append(Entry("", "", {"add": "addition", "multiply": "multiplication"}.get(type_, word(type_)), symbol))
    return tuple(result)


def _copy(box: Box, cuts: Sequence[Box]) -> str:
    """What a copy is."""
    if base_type(box.type) == UNPOOLED:
        return "places of maxima"
    return " and ".join(["copy", *(word(cut.type) for cut in cuts)])


def _words(kind: str, members: Sequence[Box]) -> str:
    """The types of the layers with their windows, and what is behind all of them."""
    what = list(dict.fromkeys(_what(box, kind) for box in members if box.kind != "merge" or kind != BLOCK))
    if kind == BLOCK:
        return f"block: {', '.join([*what, *_merges(members)])}"
    return ", ".join([*_grouped(what), *_behind(members)])


def _behind(members: Sequence[Box]) -> list[str]:
    """The norms and activations that are behind all layers, or else those behind most of them, which is said."""
    behind = [box.behind for box in members]
    common = [type_ for type_ in behind[0] if all(type_ in other for other in behind)]
    if common:
        return list(dict.fromkeys(map(word, common)))
    [(usual, count)] = Counter(behind).most_common(1)
    if not usual or count < MOST * len(behind):
        return []
    first, *rest = map(word, usual)
    return [f"mostly {first}", *rest]


def _merges(members: Iterable[Box]) -> list[str]:
    return list(dict.fromkeys(word(box.type) for box in members if box.kind == "merge"))


def _what(box: Box, kind: str) -> str:
    """A type and its window."""
    name = "depthwise conv" if box.kind == "depthwise" else word(box.type)
    kernel = kernel_text(box)
    if base_type(box.type) == "upsample" and box.sizes and box.input_shapes[0][1:]:
        factors = [after / before for after, before in zip(box.sizes, box.input_shapes[0][1:], strict=True)]
        if all(factor == int(factor) for factor in factors):
            return f"{name} {TIMES}{one_or_all([int(factor) for factor in factors])}"
        return f"{name} to {size_text(box.sizes)}"
    parts = [f"{name} {kernel}" if kernel and "global" not in box.type else name]
    if kind == STRIDED and box.window:
        parts.append(f"stride {one_or_all(box.window.stride)}")
    return " ".join(parts)


def _grouped(what: Sequence[str]) -> list[str]:
    """Words such as ``conv 3×3`` and ``conv 1×1`` as ``conv 3×3, 1×1``."""
    found = []
    last = ""
    for text in what:
        name, _, rest = text.rpartition(" ")
        found.append(rest if name and name == last else text)
        last = name
    return found


def _cut(text: str, room: float) -> str:
    """The text, or as many of its parts as there is room for."""
    parts = text.split(", ")
    kept = parts[:1]
    for part in parts[1:]:
        if text_width(", ".join([*kept, part, ELLIPSIS]), SIZE) > room:
            return shortened_to(", ".join([*kept, ELLIPSIS]), room)
        kept.append(part)
    return shortened_to(text, room)
