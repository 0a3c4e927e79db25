"""The recursive split of a network into items that everything passes, and branches between them."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from cnncalc.drawing.blocks.plan import Branch, Frame, Ladder, Leaf, Parallel, Row, Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnncalc.drawing.blocks.folding import Fold
    from cnncalc.drawing.blocks.items import Item
    from cnncalc.drawing.blocks.plan import Plan

MOST_NESTED: Final = 60
"""How deeply branches are split: what is deeper is a ladder."""


def plan(every: Sequence[Item], folds: Sequence[Fold]) -> tuple[Series, tuple[Fold, ...]]:
    """The plan of a figure, and the folds that are no part of it, as they have several ways in or out.

    >>> import cnncalc
    >>> from cnncalc.drawing.blocks.items import items
    >>> from cnncalc.drawing.boxes import boxes
    >>> found, _ = plan(items(boxes(cnncalc.load("resnet18").report())), ())
    >>> [type(part).__name__ for part in found.parts][:6]
    ['Leaf', 'Leaf', 'Leaf', 'Parallel', 'Leaf', 'Parallel']
    >>> found.parts[3].direct, len(found.parts[3].branches), len(found.parts[3].branches[0].series.parts)
    (1, 1, 2)
    """
    framed = [fold for fold in folds if _is_framed(every, fold)]
    level = _Level(every, framed, range(len(every)))
    return level.series(level.units, None, None), tuple(fold for fold in folds if fold not in framed)


def _is_framed(every: Sequence[Item], fold: Fold) -> bool:
    """Whether a fold reads one item, and its last item alone is read."""
    inside = range(fold.start, fold.stop)
    outside = {source for place in inside for source in every[place].inputs if source < fold.start}
    read = {source for item in every[fold.stop :] for source in item.inputs if fold.start <= source < fold.stop - 1}
    hidden = any(every[place].box.is_output for place in range(fold.start, fold.stop - 1))
    return len(outside) <= 1 and not read and not hidden


class _Level:
    """A network, or the inside of a frame. Its units are items, or frames by the places of their last items."""

    def __init__(self, every: Sequence[Item], folds: Sequence[Fold], places: range, nested: int = 0) -> None:
        self.every = every
        self.nested = nested
        self.folds = [fold for fold in folds if places.start <= fold.start and fold.stop <= places.stop]
        unit = {place: place for place in places}
        self.frames: dict[int, Fold] = {}
        covered = 0
        for fold in self.folds:
            if fold.start >= covered:
                covered = fold.stop
                self.frames[fold.stop - 1] = fold
                unit.update(dict.fromkeys(range(fold.start, fold.stop), fold.stop - 1))
        self.units = sorted(set(unit.values()))
        self.sources: dict[int, list[int]] = {each: [] for each in self.units}
        self.targets: dict[int, list[int]] = {each: [] for each in self.units}
        for place in places:
            for source in every[place].inputs:
                if source not in unit:
                    self.sources[unit[place]].append(-1)
                elif unit[source] != unit[place]:
                    self.sources[unit[place]].append(unit[source])
        for each in self.frames:
            self.sources[each] = list(dict.fromkeys(self.sources[each]))
        for target, sources in self.sources.items():
            for source in sources:
                if source >= 0:
                    self.targets[source].append(target)

    def series(self, units: Sequence[int], entry: int | None, exit_: int | None) -> Series:
        """What is between two units, of which everything in between reads no other and is read by no other."""
        self.nested += 1
        found = self._series(units, entry, exit_)
        self.nested -= 1
        return found

    def _series(self, units: Sequence[int], entry: int | None, exit_: int | None) -> Series:
        enters = set() if entry is None else {unit for unit in units if entry in self.sources[unit]}
        leaves = set() if exit_ is None else {unit for unit in units if exit_ in self.targets[unit]}
        asides = _asides(self, units, entry if enters else None, exit_ if leaves else None, enters, leaves)
        main = [unit for unit in units if unit not in asides]
        cuts = self._cuts(main, enters, leaves) if self.nested < MOST_NESTED else []
        if not cuts:
            return Series((self._ladder(units, entry, leaves),))
        between: list[list[int]] = [[] for _ in range(len(cuts) + 1)]
        known = set(cuts)
        for unit in units:
            if unit not in known:
                between[_segment(unit, asides, cuts, known)].append(unit)
        parts: list[Plan] = []
        for number, inside in enumerate(between):
            before = cuts[number - 1] if number else entry
            behind = cuts[number] if number < len(cuts) else exit_
            parts += self._between(inside, before, behind)
            if number < len(cuts):
                parts.append(self._unit(cuts[number]))
        return Series(tuple(parts))

    def _unit(self, unit: int) -> Leaf | Frame:
        """An item, or a frame with what is in it."""
        fold = self.frames.get(unit)
        if fold is None:
            return Leaf(unit)
        inside = [each for each in self.folds if each != fold]
        inner = _Level(self.every, inside, range(fold.start, fold.stop), self.nested)
        enters = any(-1 in sources for sources in inner.sources.values())
        return Frame(inner.series(inner.units, -1 if enters else None, None), fold)

    def _cuts(self, main: Sequence[int], enters: set[int], leaves: set[int]) -> list[int]:
        """The units that every way through the others passes."""
        position = {unit: number for number, unit in enumerate(main)}
        steps = [0] * (len(main) + 2)

        def passes(start: int, stop: int) -> None:
            if stop - start > 1:
                steps[start + 1] += 1
                steps[stop] -= 1

        for unit, number in position.items():
            sources = [position[source] for source in self.sources[unit] if source in position]
            for source in sources:
                passes(source, number)
            if unit in enters or not sources:
                passes(-1, number)
            if unit in leaves or not any(target in position for target in self.targets[unit]):
                passes(number, len(main))
        cuts, passing = [], 0
        for unit, step in zip(main, steps, strict=False):
            passing += step
            if not passing:
                cuts.append(unit)
        return cuts

    def _between(self, inside: Sequence[int], before: int | None, behind: int | None) -> list[Plan]:
        """The branches between two units; nothing where a line leads from one to the other."""
        direct = 0 if behind is None or before is None else self.sources[behind].count(before)
        parts = _components(self, inside)
        if not parts:
            return [Parallel((), direct, behind)] if direct > 1 else []
        branches = []
        for part in parts:
            enters = before is not None and any(before in self.sources[unit] for unit in part)
            leaves = behind is not None and any(behind in self.targets[unit] for unit in part)
            branches.append(Branch(self.series(part, before, behind), enters, leaves))
        if len(branches) == 1 and not direct:
            return list(branches[0].series.parts)
        if behind is not None:
            order = {source: number for number, source in enumerate(self.sources[behind])}
            keys = [min(order.get(unit, len(order)) for unit in part) for part in parts]
            branches = [branch for _, _, branch in sorted(zip(keys, range(len(keys)), branches, strict=True))]
        return [Parallel(tuple(branches), direct, behind)]

    def _ladder(self, units: Sequence[int], entry: int | None, leaves: set[int]) -> Ladder:
        """All units in their order."""
        row = {unit: number for number, unit in enumerate(units)}
        if entry is not None:
            row[entry] = -1
        return Ladder(
            tuple(
                Row(
                    self._unit(unit),
                    unit,
                    tuple(row[source] for source in self.sources[unit] if source in row),
                    unit in leaves,
                )
                for unit in units
            )
        )


def _segment(unit: int, asides: dict[int, tuple[int, bool]], cuts: list[int], known: set[int]) -> int:
    """Between which cuts a unit is: asides are where they begin or end."""
    if unit not in asides:
        return bisect_left(cuts, unit)
    anchor, is_behind = asides[unit]
    return bisect_left(cuts, anchor) + (1 if is_behind and anchor in known else 0)


def _asides(
    level: _Level,
    units: Sequence[int],
    entry: int | None,
    exit_: int | None,
    enters: set[int],
    leaves: set[int],
) -> dict[int, tuple[int, bool]]:
    """The units that are on no way from start to end, if they hang on one other: on which, and whether behind it.

    A unit that hangs on what is before or behind all of them hangs on -1, or on one more than the last.
    """
    inside = set(units)
    sinks = leaves if exit_ is not None else {_farthest(units, level.sources, level.targets, inside)}
    ending = _reached(sinks, level.sources, inside)
    roots = enters
    if entry is None:
        backwards = [unit for unit in reversed(units) if unit in ending]
        roots = {_farthest(backwards, level.targets, level.sources, ending)}
    starting = _reached(roots, level.targets, inside)
    found: dict[int, tuple[int, bool]] = {}
    for part in _components(level, [unit for unit in units if unit not in ending]):
        own = set(part)
        anchors = {source if source in inside else -1 for unit in part for source in level.sources[unit]} - own
        if len(anchors) == 1:
            found.update(dict.fromkeys(part, (anchors.pop(), True)))
    for part in _components(level, [unit for unit in units if unit in ending and unit not in starting]):
        own = set(part)
        anchors = {target if target in inside else units[-1] + 1 for unit in part for target in level.targets[unit]}
        anchors -= own
        if len(anchors) == 1 and 2 * len(part) < len([unit for unit in starting if unit < part[-1]]):
            found.update(dict.fromkeys(part, (anchors.pop(), False)))
    return found


def _farthest(
    units: Sequence[int], before: dict[int, list[int]], behind: dict[int, list[int]], inside: set[int]
) -> int:
    """The unit with none behind it that has most before it; the last of several."""
    length: dict[int, int] = {}
    for unit in units:
        length[unit] = 1 + max((length[source] for source in before[unit] if source in length), default=0)
    ends = [unit for unit in units if not any(target in inside for target in behind[unit])]
    return max(enumerate(ends), key=lambda pair: (length[pair[1]], pair[0]))[1]


def _reached(start: Iterable[int], edges: dict[int, list[int]], inside: set[int]) -> set[int]:
    """All units that some lead to along edges."""
    found = set(start)
    waiting = list(found)
    while waiting:
        for unit in edges[waiting.pop()]:
            if unit in inside and unit not in found:
                found.add(unit)
                waiting.append(unit)
    return found


def _components(level: _Level, units: Sequence[int]) -> list[list[int]]:
    """The units by what is connected, in their order."""
    inside = set(units)
    found: list[list[int]] = []
    seen: set[int] = set()
    both = {unit: [*level.sources[unit], *level.targets[unit]] for unit in units}
    for unit in units:
        if unit not in seen:
            part = _reached([unit], both, inside)
            seen |= part
            found.append(sorted(part))
    return found
