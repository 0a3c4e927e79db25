"""Integers as rows of bits: where they are set, repeated, and farthest apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def ones(bits: int) -> Iterator[int]:
    """The places of the bits that are set, in order."""
    if bits == 1:
        yield 0
        return
    digits = f"{bits:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def runs(bits: int) -> Iterator[tuple[int, int]]:
    """Where bits that are set follow one another, and how many.

    >>> list(runs(0b1001110))
    [(1, 3), (6, 1)]
    """
    digits = f"{bits:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        end = digits.find("0", at)
        end = len(digits) if end < 0 else end
        yield at, end - at
        at = digits.find("1", end)


def repeated(bits: int, period: int, count: int) -> int:
    """The union of `count` copies of the bits, each `period` further than the one before; they may overlap.

    >>> bin(repeated(0b11, 3, 3)), bin(repeated(0b101, 2, 2))
    ('0b11011011', '0b10101')
    """
    if bits == 1 == period:
        return (1 << count) - 1
    done = 1
    while done < count:
        more = min(done, count - done)
        bits |= bits << more * period
        done += more
    return bits


def longest_gap(bits: int, length: int) -> tuple[int, int]:
    """Where the longest row of zeros among so many bits begins, and how long it is.

    >>> longest_gap(0b1000011001, 10)
    (5, 4)
    """
    zeros = ~bits & ((1 << length) - 1)
    if not zeros:
        return 0, 0
    levels = [(1, zeros)]
    while (longer := levels[-1][1] & levels[-1][1] >> levels[-1][0]) != 0:
        levels.append((2 * levels[-1][0], longer))
    size, starts = levels.pop()
    for more, level in reversed(levels):
        longer = starts & level >> size
        size, starts = (size + more, longer) if longer else (size, starts)
    return (starts & -starts).bit_length() - 1, size


def after_longest_gap(cycle: int, period: int) -> int:
    """Where a pattern that comes again after `period` is the shortest, if it begins there: behind its longest gap.

    >>> after_longest_gap(0b1000011, 9), after_longest_gap(0b110100, 9)
    (6, 2)
    """
    first = (cycle & -cycle).bit_length() - 1
    start, gap = longest_gap(cycle >> first, cycle.bit_length() - first)
    return first if period - cycle.bit_length() + first >= gap else first + start + gap


def clusters(bits: int, gap: int) -> Iterator[tuple[int, int]]:
    """The parts of a row between which at least `gap` bits are 0: where each begins, and its bits.

    >>> list(clusters(0b110000101, 3))
    [(0, 5), (7, 3)]
    """
    empty, done, place = ~bits & ((1 << bits.bit_length()) - 1), 1, 0
    while done < gap and empty:
        more = min(done, gap - done)
        empty &= empty >> more
        done += more
    while bits:
        skipped = (bits & -bits).bit_length() - 1
        bits, empty = bits >> skipped, empty >> skipped
        kept = (empty & -empty).bit_length() - 1 if empty else bits.bit_length()
        yield place + skipped, bits & ((1 << kept) - 1)
        bits, empty, place = bits >> kept, empty >> kept, place + skipped + kept
