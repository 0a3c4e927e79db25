"""Where bars stand: each on its row, behind what it is made of, and straight above or below what it comes from."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import Final, NamedTuple

from cnncalc.drawing.levels.bars import Look
from cnncalc.drawing.levels.maps import Map, Maps

PORT: Final = 5.0
"""From one arrow at the top or bottom of a bar to the next."""

CLEAR: Final = 4.0
"""From an arrow that passes a row to what stands on it."""

PULL: Final = 30.0
"""How far a bar is moved to stand straight below or above another."""


class Ports(NamedTuple):
    """Where arrows begin and end at the top and the bottom of a bar, as distances from its middle."""

    offsets: dict[tuple[int, bool], float]
    top: int
    bottom: int

    def offset(self, source: int, *, at_top: bool) -> float:
        """That of the arrow from a source; the bar's own place is what goes out."""
        return self.offsets.get((source, at_top), 0.0)


class Layout(NamedTuple):
    """The middles of all bars, their ports, the maps before them on their rows, and how wide all of it is."""

    middles: dict[int, float]
    ports: dict[int, Ports]
    before: dict[int, int | None]
    width: float

    def is_beside(self, source: int, place: int) -> bool:
        """Whether one bar is the next behind another on its row."""
        return self.before[place] == source


def placed(found: Maps, looks: dict[int, Look], gap: float) -> Layout:
    """The places of all bars, the arrows from bar to bar at least as long as the gap."""
    before = _neighbours(found)
    ports = _ports(found, before)
    work = _Placing(found, looks, gap, ports, before)
    for each in found.values():
        work.place(each)
    for each in reversed(found.values()):
        work.pull(each)
    return work.layout()


def _neighbours(found: Maps) -> dict[int, int | None]:
    """The map before each on its row."""
    last: dict[int, int] = {}
    before: dict[int, int | None] = {}
    for place, each in found.items():
        before[place] = last.get(each.row)
        last[each.row] = place
    return before


def _ports(found: Maps, before: dict[int, int | None]) -> dict[int, Ports]:
    """The ports of all bars: what comes in from left to right, and behind it what goes out, all from one."""
    inward: dict[int, dict[bool, list[int]]] = {place: {True: [], False: []} for place in found}
    outward: dict[int, set[bool]] = {place: set() for place in found}
    for place, each in found.items():
        for source in each.sources:
            row = found[source].row
            if row == each.row and before[place] == source:
                continue
            inward[place][row <= each.row].append(source)
            outward[source].add(row >= each.row)
    result = {}
    for place in found:
        offsets = {}
        counts = {}
        for at_top in (True, False):
            ends = [*inward[place][at_top], *([place] if at_top in outward[place] else [])]
            counts[at_top] = len(ends)
            for number, source in enumerate(ends):
                offsets[source, at_top] = (number - (len(ends) - 1) / 2) * PORT
        result[place] = Ports(offsets, counts[True], counts[False])
    return result


class _Placing:
    """The bars that have places so far; `last` is the last on each row, `passed` how far arrows pass it."""

    def __init__(
        self,
        found: Maps,
        looks: dict[int, Look],
        gap: float,
        ports: dict[int, Ports],
        before: dict[int, int | None],
    ) -> None:
        self.found = found
        self.looks = looks
        self.gap = gap
        self.ports = ports
        self.before = before
        self.after = {place: after for after, place in before.items() if place is not None}
        self.readers: dict[int, list[int]] = {place: [] for place in found}
        for place, each in found.items():
            for source in each.sources:
                if found[source].row != each.row:
                    self.readers[source].append(place)
        self.middles: dict[int, float] = {}
        self.passed: dict[int, float] = {}
        self.passing: dict[int, list[float]] = {}
        self.last: dict[int, int] = {}

    def place(self, each: Map) -> None:
        """Give a map its place: as far left as it may stand, or straight above or below its main source."""
        look = self.looks[each.place]
        ports = self.ports[each.place]
        across = self._half(each.place)
        left = max(across, look.width / 2 + look.before)
        middle = left
        previous = self.before[each.place]
        if previous is not None:
            middle = self.middles[previous] + self._apart(each, previous, across)
        if each.row in self.passed:
            middle = max(middle, self.passed[each.row] + CLEAR + left)
        upright = [source for source in each.sources if self.found[source].row != each.row]
        if upright:
            at_top = self.found[upright[0]].row < each.row
            begins = self.middles[upright[0]] + self.ports[upright[0]].offset(upright[0], at_top=not at_top)
            middle = max(middle, begins - ports.offset(upright[0], at_top=at_top))
        passing = [(source, self._between(source, each)) for source in upright]
        for source, rows in passing:
            offset = ports.offset(source, at_top=self.found[source].row < each.row)
            middle = max([middle, *(self._end(row) + CLEAR - offset for row in rows)])
        self.middles[each.place] = middle
        self._pass(each, passing)
        self.last[each.row] = each.place

    def _apart(self, each: Map, previous: int, across: float) -> float:
        """From the middle of the bar before to that of the next."""
        look, other = self.looks[each.place], self.looks[previous]
        bars = other.width / 2 + max(self.gap + (9.0 if look.symbol else 0.0), look.before) + look.width / 2
        repeat = other.beside + look.before + look.beside if look.repeat else 0.0
        return max(bars, repeat, self._half(previous) + across + 3.0)

    def _half(self, place: int) -> float:
        """Half of the room for a bar, for what is written at it and for its ports."""
        ports = self.ports[place]
        return max(self.looks[place].across, PORT * max(ports.top, ports.bottom, 1)) / 2

    def _between(self, source: int, each: Map) -> range:
        """The rows that lie between those of two maps."""
        one, other = sorted((self.found[source].row, each.row))
        return range(one + 1, other)

    def _end(self, row: int) -> float:
        """How far a row is taken."""
        last = self.last.get(row)
        bar = 0.0 if last is None else self.middles[last] + self.looks[last].across / 2
        return max(bar, self.passed.get(row, 0.0))

    def _pass(self, each: Map, passing: list[tuple[int, range]]) -> None:
        """Keep the rows clear that arrows to a map pass."""
        for source, rows in passing:
            offset = self.ports[each.place].offset(source, at_top=self.found[source].row < each.row)
            for row in rows:
                x = self.middles[each.place] + offset
                self.passed[row] = max(self.passed.get(row, 0.0), x)
                self.passing.setdefault(row, []).append(x)

    def pull(self, each: Map) -> None:
        """Move a bar to the right, straight below or above what reads it, where nothing is in the way.

        It stays where something comes straight down or up to it.
        """
        readers = self.readers[each.place]
        if not readers or any(self.found[source].row != each.row for source in each.sources):
            return
        aims = []
        for place in readers:
            at_top = each.row < self.found[place].row
            offset = self.ports[place].offset(each.place, at_top=at_top)
            aims.append(self.middles[place] + offset - self.ports[each.place].offset(each.place, at_top=not at_top))
        middle, aim = self.middles[each.place], min(aims)
        across = max(self.looks[each.place].across, 2 * PORT) / 2
        after = self.after.get(each.place)
        room = 0.0 if after is None else self.middles[after] - aim
        free = after is None or self._apart(self.found[after], each.place, self._half(after)) <= room
        taken = (middle - across < x < aim + across + CLEAR for x in self.passing.get(each.row, ()))
        if middle < aim <= middle + PULL and free and not any(taken):
            self.middles[each.place] = aim

    def layout(self) -> Layout:
        """Where all stand."""
        width = max(self.middles[place] + max(look.across, look.width) / 2 for place, look in self.looks.items())
        return Layout(self.middles, self.ports, self.before, max([width, *self.passed.values()]) + 1.0)
