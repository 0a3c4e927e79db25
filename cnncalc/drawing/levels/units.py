"""Branches that part and join again within a level, such as a residual block's, as one step."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final

from cnncalc.drawing.levels.maps import Arrival, Map, Maps
from cnncalc.drawing.levels.steps import BLOCK, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def units(found: Maps) -> Maps:
    """The maps, with every group of branches that no other map reads as one step from where they part.

    >>> import cnncalc
    >>> from cnncalc.drawing.boxes import boxes
    >>> from cnncalc.drawing.levels.maps import maps
    >>> every = maps(boxes(cnncalc.load("resnet18").report()))
    >>> len(every), len(units(every))
    (33, 14)
    """
    work = _Units(found)
    for each in found.values():
        if len(each.arrivals) > 1:
            work.join(each)
    return Maps(found.every, work.kept.values())


PATIENCE: Final = 50
"""How many maps are looked at in search of units, for each map that there is, before the rest is left as it is."""


class _Units:
    """The maps so far; `steps` is how many maps may yet be looked at."""

    def __init__(self, found: Maps) -> None:
        self.found = found
        self.kept: dict[int, Map] = dict(found)
        self.steps = PATIENCE * len(found)
        self.readers: dict[int, set[int]] = {place: set() for place in found}
        for each in found.values():
            for source in each.sources:
                self.readers[source].add(each.place)

    def join(self, each: Map) -> None:
        """Make a step of a merge and its branches, where they part at one map."""
        inner, entry = self._branches(each)
        if not inner:
            return
        joined = [*(self.kept.pop(place) for place in sorted(inner)), each]
        within = {*inner, each.place}
        self.readers[entry] = (self.readers[entry] - within) | {each.place}
        stands_for = (place for one in joined for place in (*_of_steps(one), one.place))
        places = tuple(dict.fromkeys(stands_for))
        self.kept[each.place] = Map(each.place, each.row, (Arrival(entry, Step(BLOCK, places)),))

    def _branches(self, each: Map) -> tuple[Sequence[int], int]:
        """The maps between a merge and where its branches part; none where others read them or levels lie between."""
        frontier = [-source for source in each.sources]
        heapify(frontier)
        known = set(each.sources)
        inner: list[int] = []
        within = {each.place}
        levels: set[int] = set()
        while len(frontier) > 1:
            self.steps -= 1
            place = -heappop(frontier)
            node = self.kept[place]
            levels |= {node.row} - {each.row}
            if not node.arrivals or self.found.box(place).is_output or len(levels) > 1 or self.steps < 0:
                return [], -1
            if not self.readers[place] <= within:
                return [], -1
            inner.append(place)
            within.add(place)
            for source in node.sources:
                if source not in known:
                    known.add(source)
                    heappush(frontier, -source)
        entry = -frontier[0]
        return (inner, entry) if levels <= {self.kept[entry].row} else ([], -1)


def _of_steps(each: Map) -> Iterator[int]:
    """The places of what all steps to a map stand for."""
    for arrival in each.arrivals:
        yield from arrival.step.places
