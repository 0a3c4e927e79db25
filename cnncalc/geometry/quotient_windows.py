"""Exact sets that `quotient_access` reads: unions of spans, one for each unit, whose pattern repeats."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from cnncalc.geometry.index_set import IndexSet, union_of
from cnncalc.geometry.periodic import MOST_PIECES, IrregularError, Piece, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def union_of_spans(spans: Iterable[tuple[int, int]]) -> IndexSet:
    """All from the first to the last of each span, without those whose last is before their first.

    >>> list(union_of_spans([(7, 8), (0, 1), (1, 2)]).each())
    [0, 1, 2, 7, 8]
    """
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        elif first <= last:
            merged.append((first, last))
    return IndexSet.of(*joined(Piece(first, 1, last - first + 1, 1) for first, last in merged))


def read_by_spans(
    units: IndexSet, ends: Callable[[int], tuple[int, int]], pattern: tuple[int, int], dense_step: int
) -> IndexSet:
    """What units read, each from the first to the last of its `ends`; raises `IrregularError`.

    `pattern` is a number of units, and how much further those read that are so many behind. Units at most `dense_step`
    apart leave nothing between what they read.

    >>> list(read_by_spans(IndexSet.progression(0, 2, 3), lambda unit: (3 * unit, 3 * unit + 1), (1, 3), 0).each())
    [0, 1, 6, 7, 12, 13]
    """
    found: list[IndexSet] = []
    for row in units.progressions():
        cycle = pattern[0] // gcd(pattern[0], row.step)
        if row.step <= dense_step:
            edges = [ends(unit) for unit in {*row[:2], *row[-2:]}]
            found.append(IndexSet.span(min(first for first, _ in edges), max(last for _, last in edges)))
            continue
        times = len(row) // cycle
        if min(cycle, len(row)) > MOST_PIECES:
            raise IrregularError
        advance = row.step * cycle // pattern[0] * pattern[1]
        found += [union_of_spans(map(ends, row[:cycle])).dilated_by_taps(times, advance)] if times else []
        found.append(union_of_spans(map(ends, row[times * cycle :])))
    return union_of(found)
