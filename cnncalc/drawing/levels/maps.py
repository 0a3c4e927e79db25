"""What is drawn as a bar, which is the map that a step gives, and how its inputs reach it."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnncalc.drawing.boxes import Box
from cnncalc.drawing.depths import rows
from cnncalc.drawing.levels.steps import COPY, Step, is_cut, kind_of_step


class Arrival(NamedTuple):
    """A way to a map: from the map whose box has the place `source`, by a step.

    `channels` are those of the merged map that come this way, none where they are no part of it.
    """

    source: int
    step: Step
    channels: int = 0


class Map(NamedTuple):
    """A map that is drawn: the output of the box at `place`, on a row, and the ways to it, the main one first.

    `merge` is the type of a merge, and empty for other maps.
    """

    place: int
    row: int
    arrivals: tuple[Arrival, ...]
    merge: str = ""

    @property
    def sources(self) -> tuple[int, ...]:
        """The places of the maps that it is made of, each once."""
        return tuple(dict.fromkeys(arrival.source for arrival in self.arrivals))


class Maps(dict[int, Map]):
    """The maps of a network by the places of their boxes, in an order in which each comes after its sources.

    `every` are the boxes; `read` says how many maps read each.
    """

    def __init__(self, every: Sequence[Box], found: Iterable[Map]) -> None:
        super().__init__((each.place, each) for each in found)
        self.every = every
        self.read: dict[int, int] = dict.fromkeys(self, 0)
        for each in self.values():
            for source in each.sources:
                self.read[source] += 1

    def box(self, place: int) -> Box:
        """The box at a place."""
        return self.every[place]

    def is_alone(self, place: int) -> bool:
        """Whether one map alone reads this one, which is no input and no output."""
        box = self.every[place]
        return self.read[place] == 1 and not box.is_output and bool(box.inputs)


def maps(every: Sequence[Box]) -> Maps:
    """Each box as a map of its own, but for those that are made of weights alone; rows that had only such are none."""
    found: list[Map] = []
    known: set[int] = set()
    fed = any(box.kind == "input" for box in every)
    for place, (box, row) in enumerate(zip(every, rows(every), strict=True)):
        sources = [source for source in dict.fromkeys(box.inputs) if source in known]
        if fed and box.kind != "input" and not sources:
            continue
        known.add(place)
        merge = box.type if box.kind == "merge" and len(sources) > 1 else ""
        arrivals = []
        for number, source in enumerate(sources):
            step = Step(COPY) if merge or number else Step(kind_of_step(box), (place,))
            arrivals.append(Arrival(source, step, every[source].channels if merge else 0))
        found.append(Map(place, row, tuple(arrivals), merge))
    taken = sorted({each.row for each in found})
    return Maps(every, [each._replace(row=taken.index(each.row)) for each in found])


def absorbed(found: Maps) -> Maps:
    """The maps, without those of steps to a merge that come from another level, turn off on this one, or only cut.

    They are ways to it, if nothing else reads them: the maps of up-convolutions and of crops are halves of what they
    are joined to.
    """
    kept = dict(found)
    for each in found.values():
        if not each.merge:
            continue
        arrivals = []
        for arrival in each.arrivals:
            inner = kept[arrival.source]
            if _is_way(found, inner, each):
                del kept[inner.place]
                [way] = inner.arrivals
                step = way.step._replace(kind=COPY) if is_cut(found.box(inner.place)) else way.step
                arrivals.append(Arrival(way.source, step, arrival.channels))
            else:
                arrivals.append(arrival)
        kept[each.place] = each._replace(arrivals=tuple(arrivals))
    return Maps(found.every, kept.values())


def _is_way(found: Maps, inner: Map, each: Map) -> bool:
    """Whether a map is not drawn, as it is a way to a merge."""
    if inner.merge or len(inner.arrivals) != 1 or inner.row != each.row or not found.is_alone(inner.place):
        return False
    [way] = inner.arrivals
    turns = found[way.source].row != each.row or found.read[way.source] > 1
    return turns or is_cut(found.box(inner.place))


def by_reading(found: Maps) -> Maps:
    """The maps with each input right before the first map that reads it, rather than all inputs first."""
    first: dict[int, int] = {}
    for each in found.values():
        for source in each.sources:
            first.setdefault(source, each.place)
    order = sorted(
        found.values(),
        key=lambda each: (
            (first.get(each.place, each.place), 0, each.place) if not each.arrivals else (each.place, 1, 0)
        ),
    )
    return Maps(found.every, order)
