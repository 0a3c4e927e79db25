"""Integers as rows of bits: where they are set, repeated and filled."""

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
    """The bits of `count` blocks.

    >>> bin(repeated(0b11, 3, 3))
    '0b11011011'
    """
    if bits == 1 == period:
        return (1 << count) - 1
    done = 1
    while done < count:
        more = min(done, count - done)
        bits |= bits << more * period
        done += more
    return bits


def filled(bits: int, taps: int, dilation: int) -> int:
    """The bits, and as often those `dilation` further.

    >>> bin(filled(0b1, 3, 2))
    '0b10101'
    """
    done = 1
    while done < taps:
        more = min(done, taps - done)
        bits |= bits << more * dilation
        done += more
    return bits


def after_largest_gap(cycle: int, period: int) -> int:
    """Where a pattern that comes again after `period` is the shortest, if it begins there: behind its longest gap.

    >>> after_largest_gap(0b1000011, 9)
    6
    """
    digits = f"{cycle:0{period}b}"[::-1]
    gap = max(map(len, digits.split("1")))
    around = period - len(digits.strip("0"))
    return digits.find("1") if around >= gap else digits.find("0" * gap) + gap
