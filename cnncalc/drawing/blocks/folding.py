"""Equal parts one after the other, which are drawn once with how many there are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.blocks.items import Item

LONGEST: Final = 24
"""The boxes that a part without a scope of its own may have."""

LEAST_BOXES: Final = 4
"""How many equal boxes one after the other are drawn once: two or three are drawn each."""

FEWER: Final = 3
"""Of how many copies, one less each time, it is asked whether they are left at their end."""


class Fold(NamedTuple):
    """The items from `start` up to `stop` stand for `times` equal parts, which may be beside each other.

    `last` is the scope of the last of them.
    """

    start: int
    stop: int
    times: int
    last: str = ""
    is_parallel: bool = False


def folded(every: Sequence[Item]) -> tuple[list[Item], tuple[Fold, ...]]:
    """The items that are drawn, and which of them are drawn for several.

    >>> import cnncalc
    >>> from cnncalc.drawing.blocks.items import items
    >>> from cnncalc.drawing.boxes import boxes
    >>> drawn, folds = folded(items(boxes(cnncalc.load("resnet50").report())))
    >>> len(drawn), [fold.times for fold in folds]
    (42, [2, 3, 5, 2])
    """
    return _Folding(every).done()


class _Folding:
    """The search: `stands` is, for each item, the one that is drawn for it."""

    def __init__(self, every: Sequence[Item]) -> None:
        self.every = every
        numbers: dict[object, int] = {}
        self.marks = [numbers.setdefault(item.mark, len(numbers)) for item in every]
        self.readers: list[list[int]] = [[] for _ in every]
        for place, item in enumerate(every):
            for source in item.inputs:
                self.readers[source].append(place)
        self.stands = list(range(len(every)))
        self.found: list[Fold] = []
        self.dilations: dict[int, tuple[tuple[int, ...], ...]] = {}

    def done(self) -> tuple[list[Item], tuple[Fold, ...]]:
        """All folds, with the items counted anew."""
        self._search(0, len(self.every), 1)
        kept = [place for place, stands in enumerate(self.stands) if place == stands]
        new = {place: number for number, place in enumerate(kept)}
        drawn = [self._drawn(place, new) for place in kept]
        folds = [fold._replace(start=new[fold.start], stop=new[fold.stop - 1] + 1) for fold in self._shrunk()]
        return drawn, tuple(sorted(folds, key=lambda fold: (fold.start, -fold.stop)))

    def _shrunk(self) -> list[Fold]:
        """The folds up to the last item of theirs that is drawn."""
        found = []
        for fold in self.found:
            stop = fold.stop
            while self.stands[stop - 1] != stop - 1:
                stop -= 1
            found.append(fold._replace(stop=stop))
        return found

    def _drawn(self, place: int, new: dict[int, int]) -> Item:
        """An item that is drawn, with inputs that are: those of equal parts count once."""
        item = self.every[place]
        inputs: list[int] = []
        origin: dict[int, int] = {}
        for source in item.inputs:
            stands = self._standing(source)
            if origin.setdefault(stands, source) == source:
                inputs.append(new[stands])
        return item._replace(inputs=tuple(inputs), dilations=self.dilations.get(place, ()))

    def _standing(self, place: int) -> int:
        while self.stands[place] != place:
            place = self.stands[place]
        return place

    def _search(self, start: int, stop: int, depth: int) -> None:
        """Fold what follows one another between two items, whose scopes are the same down to a depth."""
        children = self._children(start, stop, depth)
        while len(children) == 1 and children[0][2]:
            depth += 1
            children = self._children(start, stop, depth)
        numbers: dict[object, int] = {}
        marks = [
            numbers.setdefault((tuple(self.marks[first:last]), is_scope), len(numbers))
            for first, last, is_scope in children
        ]
        at = 0
        while at < len(children):
            period, times = self._repeat(children, marks, at)
            if times > 1:
                self._fold(children[at][0], children[at + period - 1][1], times, children[at + period * times - 1])
            for first, last, is_scope in children[at : at + period]:
                if is_scope:
                    self._search(first, last, depth + 1)
            at += period * times

    def _children(self, start: int, stop: int, depth: int) -> list[tuple[int, int, bool]]:
        """The scopes of that depth between two items, and the items that are in none; whether it is a scope."""
        found: list[tuple[int, int, bool]] = []
        before: tuple[str, ...] = ()
        for place in range(start, stop):
            scope = self.every[place].scope[:depth]
            is_scope = len(scope) == depth
            if found and is_scope and scope == before:
                found[-1] = (found[-1][0], place + 1, True)
            else:
                found.append((place, place + 1, is_scope))
            before = scope
        return found

    def _repeat(self, children: list[tuple[int, int, bool]], marks: list[int], at: int) -> tuple[int, int]:
        """How many children from one on are repeated, and how often: 1 and 1 where they are not."""
        for period in range(1, min(LONGEST, (len(children) - at) // 2) + 1):
            times = 1
            first = marks[at : at + period]
            while marks[at + times * period : at + (times + 1) * period] == first:
                times += 1
            if times == 1 or (period == 1 and times < LEAST_BOXES and not children[at][2]):
                continue
            start, length = children[at][0], children[at + period - 1][1] - children[at][0]
            is_scope = period == 1 and children[at][2]
            times = self._equal(start, length, times, alone=not is_scope)
            if times > 1 and (is_scope or length > 1 or times >= LEAST_BOXES):
                return period, times
        return 1, 1

    def _equal(self, start: int, length: int, times: int, *, alone: bool) -> int:
        """How often a part is really repeated: each copy reads what the one before it does, or from it in its place."""
        stop = start + length
        outside = {source for place in range(start, stop) for source in self.every[place].inputs if source < start}
        if alone and not self._is_alone(start, length, outside):
            return 1
        copies = 1
        while copies < times and self._follows(start, length, copies, outside):
            copies += 1
        for fewer in range(min(copies - 1, FEWER)):
            if self._is_left_at_its_end(start, length, copies - fewer):
                return copies - fewer
        return 1

    def _follows(self, start: int, length: int, copy: int, outside: set[int]) -> bool:
        """Whether a copy is wired as the one before."""
        for place in range(start + copy * length, start + (copy + 1) * length):
            pairs = zip(self.every[place - length].inputs, self.every[place].inputs, strict=True)
            for before, now in pairs:
                is_first = before < start
                if now - before == length or (is_first and (now == before or now in outside)):
                    continue
                if is_first and start <= now < start + copy * length:
                    continue
                return False
        return True

    def _is_left_at_its_end(self, start: int, length: int, copies: int) -> bool:
        """Whether what comes later reads the last copy alone, or the same of every copy."""
        stop, late = start + copies * length, start + (copies - 1) * length
        if any(self.every[place].box.is_output for place in range(start, late)):
            return False
        for first in range(start, start + length):
            readers = Counter(
                reader
                for place in range(first, stop, length)
                for reader in dict.fromkeys(self.readers[place])
                if reader >= stop
            )
            last = set(self.readers[first + late - start])
            if any(count != copies and not (count == 1 and reader in last) for reader, count in readers.items()):
                return False
        return True

    def _is_alone(self, start: int, length: int, outside: set[int]) -> bool:
        """Whether a part reads one item from outside, and its last item alone is read by the next or by others."""
        stop = start + length
        inside = range(stop, min(stop + length, len(self.every)))
        second = {source for place in inside for source in self.every[place].inputs if source < stop}
        read = {place for place in range(start, stop) if any(reader >= stop for reader in self.readers[place])}
        return len(outside) == 1 and second in ({stop - 1}, outside) and read == {stop - 1}

    def _fold(self, start: int, stop: int, times: int, last: tuple[int, int, bool]) -> None:
        """Note a fold, and let the first copy stand for all."""
        length = stop - start
        for place in range(stop, start + times * length):
            self.stands[place] = start + (place - start) % length
        for place in range(start, stop):
            boxes = [self.every[place + copy * length].box for copy in range(times)]
            dilations = tuple(dict.fromkeys(box.window.dilation for box in boxes if box.window))
            if len(dilations) > 1:
                self.dilations[place] = dilations
        next_ = range(stop, stop + length)
        is_parallel = all(source not in range(start, stop) for place in next_ for source in self.every[place].inputs)
        self.found.append(Fold(start, stop, times, ".".join(self.every[last[1] - 1].scope), is_parallel))
