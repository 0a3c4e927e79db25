"""What an item looks like: its words on lines, its size, and whether it is a circle."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from cnncalc.drawing.blocks.geometry import GAP
from cnncalc.drawing.blocks.items import Item
from cnncalc.drawing.blocks.stages import short_name
from cnncalc.drawing.kinds import base_type, word
from cnncalc.drawing.options import Options
from cnncalc.drawing.text_metrics import ELLIPSIS, SIZE, SMALLEST, on_lines, shortened_to, text_width
from cnncalc.drawing.wording import TIMES, facts, label, one_or_all, sizes_text

HEIGHT: Final = 13.0
RADIUS: Final = 5.5
SIDE: Final = 6.0
"""The room between the text of a box and its sides."""

MOST_ABOVE: Final = 2 * RADIUS + GAP
"""Words above a circle are shorter, as the next circle may have some, too."""

SIGNS: Final = {"add": "+", "multiply": "\N{MULTIPLICATION SIGN}"}
"""The merges that are circles."""
DASH: Final = "\N{EN DASH}"


class Measures(NamedTuple):
    """How boxes are made: the size of text, their least width, and the width at which words go to the next line.

    Labels of stages are turned where it `is_tight`.
    """

    size: float
    least: float
    wrap: float | None = None
    is_tight: bool = False


MEASURES: Final = (
    Measures(SIZE, 64.0),
    Measures(SIZE, 56.0, is_tight=True),
    Measures(SIZE, 40.0, 52.0, is_tight=True),
    Measures(SMALLEST, 30.0, 40.0, is_tight=True),
    Measures(SMALLEST, 22.0, 28.0, is_tight=True),
)
"""From the widest to the narrowest."""


class Look(NamedTuple):
    """An item's looks: lines of text, those of facts in grey, its width and height; a circle has the sign that it is.

    `aside` is what stands beside a circle. `bars` are norm and activation, in the order in which they follow.
    """

    lines: tuple[str, ...]
    facts: tuple[str, ...]
    width: float
    height: float
    bars: tuple[str, ...] = ()
    sign: str = ""
    aside: str = ""


class Habits(NamedTuple):
    """The norm and the activation that most boxes have: bars stand for these, and words for others."""

    norm: str | None
    activation: str | None


def habits(every: Sequence[Item]) -> Habits:
    """What the bars of a figure mean."""
    norms = Counter(item.box.norm for item in every if item.box.norm)
    activations = Counter(item.box.activation for item in every if item.box.activation)
    return Habits(_most(norms), _most(activations))


def _most(counts: Counter[str]) -> str | None:
    """The most frequent, the first by the alphabet of several."""
    return min(counts, key=lambda type_: (-counts[type_], type_), default=None)


def look(item: Item, habit: Habits, measures: Measures, options: Options, times: int = 1) -> Look:
    """The looks of an item, which stands for several `times` that have no frame around them."""
    box = item.box
    joined = [type_ for type_ in dict.fromkeys(box.behind) if type_ in (box.norm, box.activation)]
    known = [fact for fact in facts(box, options.labels) if box.kind != "input" or fact != label(box)]
    if not item.stands_for and base_type(box.type) in SIGNS and len(item.inputs) > 1 and not known and times == 1:
        aside = ", ".join(map(word, joined))
        if options.direction != "right" or text_width(aside, SMALLEST) < MOST_ABOVE:
            return Look((), (), 2 * RADIUS, 2 * RADIUS, sign=SIGNS[base_type(box.type)], aside=aside)
    if item.stands_for:
        text, known = _of_many(item, known)
    else:
        text = ", ".join([_label(item), *(word(type_) for type_ in joined if type_ not in habit)])
    lines = _wrapped(f"{text}, {TIMES}{times}" if times > 1 else text, measures)
    below = tuple(line for fact in known for line in _wrapped(fact, measures._replace(size=SMALLEST)))
    bold = bool(item.stands_for)
    widest = max(
        *(text_width(line, measures.size, bold=bold) for line in lines),
        *(text_width(line, SMALLEST) for line in below),
        0.0,
    )
    height = HEIGHT + (len(lines) - 1) * (measures.size + 1) + len(below) * (SMALLEST + 1.5)
    bars = tuple("norm" if type_ == box.norm else "activation" for type_ in joined if type_ in habit)
    return Look(lines, below, max(measures.least, widest + 2 * SIDE), height, bars)


def _of_many(item: Item, known: list[str]) -> tuple[str, list[str]]:
    """The words of an item that stands for several."""
    if item.box.type == "more":
        return f"{ELLIPSIS} {item.stands_for:,} more {ELLIPSIS}", [sizes_text(item.box.shape)]
    return short_name(item.box.name.split(".")), known or [sizes_text(item.box.shape)]


def _label(item: Item) -> str:
    """What an item is; of boxes with several dilations that were folded into one, from the least to the most."""
    box = item.box
    if not item.dilations or box.window is None:
        return label(box)
    same = label(box._replace(window=box.window._replace(dilation=(1,) * len(box.window.dilation))))
    return f"{same}, dilation {one_or_all(min(item.dilations))}{DASH}{one_or_all(max(item.dilations))}"


def _wrapped(text: str, measures: Measures) -> tuple[str, ...]:
    """The text on lines, which break at spaces; longer words are cut."""
    if measures.wrap is None:
        return (shortened_to(text, 240.0, measures.size),)
    lines = _broken(text, measures.size, measures.wrap, measures.wrap)
    for share in (0.6, 0.7, 0.8, 0.9):
        even = _broken(text, measures.size, measures.wrap * share, measures.wrap)
        if len(even) == len(lines):
            lines = even
            break
    most = measures.wrap * 1.35
    return tuple(shortened_to(line.rstrip(","), most, measures.size) for line in lines[:4])


def _broken(text: str, size: float, width: float, most: float) -> list[str]:
    """The words of a text on lines of a width, as many on each as there is room for.

    What commas part stays whole if it is no wider than `most`.
    """
    parts = [part if part.endswith(",") else f"{part}," for part in text.split(", ")]
    parts[-1] = parts[-1].removesuffix(",")
    pieces = [piece for part in parts for piece in ([part] if text_width(part, size) <= most else part.split(" "))]
    return on_lines(pieces, width, size)
