"""What windows read whose places follow from a quotient: those of adaptive pools and of resampling."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from cnncalc.geometry.index_set import IndexSet, union_of
from cnncalc.geometry.periodic import MOST_PIECES, IrregularError, Piece, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def covering(spans: Iterable[tuple[int, int]]) -> IndexSet:
    """All from the first to the last of each span, without those whose last is before their first.

    >>> list(covering([(7, 8), (0, 1), (1, 2)]).each())
    [0, 1, 2, 7, 8]
    """
    apart: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if apart and first <= apart[-1][1] + 1:
            apart[-1] = (apart[-1][0], max(apart[-1][1], last))
        elif first <= last:
            apart.append((first, last))
    return IndexSet.of(*joined(Piece(first, 1, last - first + 1, 1) for first, last in apart))


def gathered(units: IndexSet, ends: Callable[[int], tuple[int, int]], pattern: tuple[int, int], near: int) -> IndexSet:
    """What units read, each from the first to the last of its `ends`; raises `IrregularError`.

    `pattern` is a number of units, and how much further those read that are so many behind. Units at most `near` apart
    leave nothing between what they read.

    >>> list(gathered(IndexSet.progression(0, 2, 3), lambda unit: (3 * unit, 3 * unit + 1), (1, 3), 0).each())
    [0, 1, 6, 7, 12, 13]
    """
    found: list[IndexSet] = []
    for row in units.progressions():
        cycle = pattern[0] // gcd(pattern[0], row.step)
        if row.step <= near:
            edges = [ends(unit) for unit in {*row[:2], *row[-2:]}]
            found.append(IndexSet.span(min(first for first, _ in edges), max(last for _, last in edges)))
            continue
        times = len(row) // cycle
        if min(cycle, len(row)) > MOST_PIECES:
            raise IrregularError
        advance = row.step * cycle // pattern[0] * pattern[1]
        found += [covering(map(ends, row[:cycle])).dilated_by_taps(times, advance)] if times else []
        found.append(covering(map(ends, row[times * cycle :])))
    return union_of(found)
