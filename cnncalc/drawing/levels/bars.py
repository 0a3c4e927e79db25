"""How a map looks as a bar: how high and wide, and what is written above it and at its foot."""
# No postponed annotations here: named tuples compile each one that is a string.

import math
from itertools import takewhile
from typing import Final, NamedTuple

from cnncalc.drawing.boxes import Box
from cnncalc.drawing.depths import axes_of, extent
from cnncalc.drawing.levels.maps import Map, Maps
from cnncalc.drawing.options import Options
from cnncalc.drawing.text_metrics import SIZE, SMALLEST, shortened_to, text_width
from cnncalc.drawing.wording import field_text, params_text, sizes_text, window_text
from cnncalc.shapes import Shape
from cnncalc.text import printable

HEIGHT: Final = 92.0
LEAST_HEIGHT: Final = 5.0
LEAST_WIDTH: Final = 3.2
VECTOR: Final = 40.0
"""The heights of the largest map and the least, the least width, and the height of a vector of 4096 features."""

SYMBOL: Final = 3.6
"""The radius of the circle of a merge."""

LOW: Final = 12.0
"""The height of a bar below which the words above it come down to those above an arrow."""

LINE: Final = 8.4
"""From one line of text to the next."""

NAME: Final = 60.0
"""The most room for a name above a bar."""

SYMBOLS: Final = {"add": "+", "multiply": "\N{MULTIPLICATION SIGN}", "subtract": "\N{MINUS SIGN}", "concat": ""}
"""What stands in the circle before a merge; others have their first letter."""


class Look(NamedTuple):
    """A bar without its place: its size, lines above it, and the map's size at its foot.

    `foot` is `side` where the size is turned at the bar's left, `below` or `turned` where it is below it, or empty.
    `symbol` is in a circle at its left, and `repeat` at the arrow that comes from the left.
    """

    width: float
    height: float
    lines: tuple[tuple[str, bool], ...] = ()
    size: str = ""
    foot: str = ""
    symbol: str = ""
    repeat: str = ""

    @property
    def across(self) -> float:
        """The room for the bar and what is above and below it."""
        words = [text_width(text, SIZE, bold=bold) for text, bold in self.lines]
        below = [text_width(self.size, SMALLEST)] if self.foot == "below" else []
        return max(self.width, *words, *below, 8.0)

    @property
    def before(self) -> float:
        """The room that is needed at the left of the bar itself."""
        repeat = text_width(self.repeat, SMALLEST) + 9.5 if self.repeat else 0.0
        return max(8.5 if self.foot == "side" else 0.0, repeat + (9.0 if self.symbol else 0.0))

    @property
    def beside(self) -> float:
        """From the middle to where words right above an arrow have room: those above a low bar are as low as these."""
        return max(self.across, self.width) / 2 if self.lines and self.height < LOW else self.width / 2

    @property
    def above(self) -> float:
        """From the bar to the top of what is written above it."""
        return len(self.lines) * LINE + 1.0

    @property
    def below(self) -> float:
        """From the bar to the end of what is written below it."""
        return {"below": 8.5, "turned": text_width(self.size, SMALLEST) + 3.0}.get(self.foot, 0.0)


def looks(found: Maps, options: Options, thickness: float) -> dict[int, Look]:
    """The looks of all maps, the one of most channels as thick as that."""
    boxes = [found.box(place) for place in found]
    most = max(box.channels for box in boxes)
    axes = axes_of(found.every)
    largest = max((extent(box.sizes, axes) for box in boxes if box.sizes), default=1.0)
    heads = _heads(found)
    shown = options.labels or ("shape",)
    result: dict[int, Look] = {}
    last: dict[int, int] = {}
    for place, each in found.items():
        box = found.box(place)
        width = max(LEAST_WIDTH, thickness * (box.channels / most) ** 0.5)
        height = _height(box, axes, largest)
        new = _is_new(found, each, last.get(each.row))
        size = size_text(box.sizes) if new and "shape" in shown else ""
        symbol = SYMBOLS.get(each.merge, each.merge[:1]) if each.merge else ""
        result[place] = Look(
            width=width,
            height=height,
            lines=_lines(found, each, heads.get(place, ""), shown),
            size=size,
            foot=_foot(size, _side(found, each, height, symbol)),
            symbol=symbol,
            repeat=_repeat(each),
        )
        last[each.row] = place
    return _alike(found, result)


def _alike(found: Maps, looks: dict[int, Look]) -> dict[int, Look]:
    """The looks, with the sizes of a row below its bars where one of them has no room at its side."""
    low = {found[place].row for place, look in looks.items() if look.foot not in ("", "side")}
    return {
        place: look._replace(foot=_below(look.size)) if look.foot and found[place].row in low else look
        for place, look in looks.items()
    }


def size_text(sizes: Shape) -> str:
    """The size of a map in short.

    >>> size_text((572, 572)), size_text((64, 64, 64)), size_text((360, 480)), size_text((16384,))
    ('572²', '64³', '360×480', '16384')
    """
    if len(sizes) in (2, 3) and len(set(sizes)) == 1:
        return f"{sizes[0]}{'²' if len(sizes) == 2 else '³'}"
    return sizes_text(sizes)


def _height(box: Box, axes: int, largest: float) -> float:
    """A bar's height: a power of the map's extent, so that small ones are still seen."""
    if not box.sizes:
        return max(LEAST_HEIGHT, min(HEIGHT, VECTOR * math.pow(box.channels / 4096, 0.3)))
    return max(LEAST_HEIGHT, HEIGHT * math.pow(extent(box.sizes, axes) / largest, 0.55))


def _heads(found: Maps) -> dict[int, str]:
    """What is written above inputs and outputs: their names in short, `output` for the only one."""
    outputs = {
        place: found.box(place).layers[-1] for place in found if found.box(place).is_output and found[place].arrivals
    }
    heads = {place: found.box(place).name for place, each in found.items() if not each.arrivals}
    if len(outputs) == 1:
        heads |= dict.fromkeys(outputs, "output")
    else:
        names = {place: name.split(".") for place, name in outputs.items()}
        differing = _differing(list(names.values()))
        for row in {found[place].row for place in outputs}:
            heads |= _short({place: names[place] for place in outputs if found[place].row == row}, differing)
    return {place: shortened_to(printable(name), NAME, bold=True) for place, name in heads.items()}


def _differing(names: list[list[str]]) -> list[int]:
    """Which parts of names differ between them, the last first."""
    longest = max(map(len, names), default=0)
    return [part for part in reversed(range(longest)) if len({tuple(name[part : part + 1]) for name in names}) > 1]


def _short(names: dict[int, list[str]], differing: list[int]) -> dict[int, str]:
    """The names of outputs on one row: one part that tells them apart, or the whole."""
    for part in differing:
        parts = {place: name[part] for place, name in names.items() if part < len(name)}
        if len(set(parts.values())) == len(names):
            return parts
    return {place: ".".join(name) for place, name in names.items()}


def _lines(found: Maps, each: Map, head: str, shown: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """What is written above a bar, from top to bottom, and whether it is bold, as inputs' and outputs' names are."""
    box = found.box(each.place)
    places = {place for arrival in each.arrivals for place in arrival.step.places} | {each.place}
    parameters = sum(found.box(place).parameters for place in places)
    name = shortened_to(printable(_name(found, each)), NAME)
    lines = [(head, True)] if head and "name" not in shown else []
    texts = {
        "name": name,
        "window": window_text(box),
        "params": params_text(parameters),
        "field": field_text(box),
        "shape": str(box.channels),
    }
    return (*lines, *((texts[word], bool(head) and word == "name") for word in texts if word in shown and texts[word]))


def _name(found: Maps, each: Map) -> str:
    """The name of a single layer, or of the scope that all layers of a step are in."""
    places = each.arrivals[0].step.places if each.arrivals and not each.merge else ()
    names = [found.box(place).name.split(".") for place in places]
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*names, strict=False))
    return ".".join(parts[0] for parts in shared) or found.box(each.place).name


def _is_new(found: Maps, each: Map, before: int | None) -> bool:
    """Whether a map has another size than the one before on its row, or does not come from that."""
    return before is None or before not in each.sources or found.box(before).sizes != found.box(each.place).sizes


def _side(found: Maps, each: Map, height: float, symbol: str) -> float:
    """The room at the left of a bar, from its foot to what comes from the left."""
    comes = symbol or any(found[source].row == each.row for source in each.sources)
    return (height / 2 if comes else height) - (SYMBOL if symbol else 0.0)


def _foot(size: str, side: float) -> str:
    """Where the size of a map has room: at the foot of the bar's left side, or below."""
    if not size:
        return ""
    return "side" if side >= text_width(size, SMALLEST) + 3.5 else _below(size)


def _below(size: str) -> str:
    """How a size is written below a bar."""
    return "below" if text_width(size, SMALLEST) <= 20 else "turned"


def _repeat(each: Map) -> str:
    """How many equal steps the arrow from the left stands for."""
    count = each.arrivals[0].step.repeats if each.arrivals and not each.merge else 1
    return f"\N{MULTIPLICATION SIGN}{count}" if count > 1 else ""
