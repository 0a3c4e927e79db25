"""Periodic bit patterns: what sets of positions along one axis are made of, and their unions.

A `Piece` is a short pattern of bits that is repeated at a period. An interval, every third position, or the windows of
a strided convolution are one piece each, however long the axis. A set is a row of pieces that do not overlap. Where two
pieces overlap, their union has the least common multiple of their periods and, where that is too long, the blocks of
the one that has fewer are taken one by one. What needs more than `MOST_PIECES` or `MOST_BITS` is refused: memory
and time are bounded by these, and not by the axis.
"""

from __future__ import annotations

from math import gcd, lcm
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.geometry.bits import after_longest_gap, clusters, repeated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SHORT: Final = 2**12
"""Up to so many positions, pieces are united bit by bit."""

NEAR: Final = 2**10
"""Irregular pieces with at most so many positions between them become one: the bits cost no more than a second one."""

LONGEST: Final = 2**22
"""The most bits of one pattern."""

MOST_PIECES: Final = 20_000
"""The most pieces of a set."""

MOST_BITS: Final = 2**26
"""The most bits of all the patterns of a set."""

MOST_RENDERED: Final = 2**29
"""The most bits that are written out to unite two sets."""


class IrregularError(CnncalcError):
    """Positions that no bounded number of periodic patterns describes."""

    def __init__(self, which: str = "that are read") -> None:
        super().__init__(
            f"the positions {which} form no pattern of at most {MOST_PIECES:,} parts",
            hint="the size of the field is told without a unit; strides and dilations that divide one another make "
            "simpler patterns",
        )

    def behind(self, tensor: str, place: str) -> IrregularError:
        """The same error, with the tensor whose positions are followed and the layer behind which they are too many."""
        return IrregularError(f"that `{tensor}` reads through `{place}`")


class Piece(NamedTuple):
    """`times` blocks, `period` apart; each bit of `bits` stands for the position so far behind the block's first.

    Bit 0 is set, and blocks do not overlap: a pattern is no longer than the period. One block alone has the period of
    its length; if all of its bits are set, it is written as that many blocks of one bit.
    """

    first: int
    period: int
    times: int
    bits: int

    @property
    def last(self) -> int:
        """The largest position."""
        return self.first + (self.times - 1) * self.period + self.bits.bit_length() - 1

    @property
    def total(self) -> int:
        """The number of positions."""
        return self.times * self.bits.bit_count()


def block(first: int, bits: int) -> Piece:
    """The piece of these bits, of which one is set: evenly spaced ones are blocks of one bit.

    >>> block(0, 0b1010100)
    Piece(first=2, period=2, times=3, bits=1)
    """
    gap = (bits & -bits).bit_length() - 1
    first, bits = first + gap, bits >> gap
    length = bits.bit_length()
    if not bits & (bits + 1):
        return Piece(first, 1, length, 1)
    steps = bits.bit_count() - 1
    step, uneven = divmod(length - 1, steps)
    if not uneven and (bits & bits >> step).bit_count() == steps:
        return Piece(first, step, steps + 1, 1)
    return Piece(first, length, 1, bits)


def blocks(first: int, period: int, count: int, bits: int) -> Piece:
    """The piece of `count` blocks of these bits, of which one is set, with the shortest period.

    >>> blocks(0, 6, 10, 0b001001)
    Piece(first=0, period=3, times=20, bits=1)
    """
    if count == 1:
        return block(first, bits)
    gap = (bits & -bits).bit_length() - 1
    first, bits = first + gap, bits >> gap
    for parts in _divisors(gcd(period, bits.bit_count())):
        shorter = bits & ((1 << period // parts) - 1)
        if repeated(shorter, period // parts, parts) == bits:
            return Piece(first, period // parts, count * parts, shorter)
    return Piece(first, period, count, bits)


def _divisors(number: int) -> Iterator[int]:
    """The divisors above 1, the largest first."""
    small = [divisor for divisor in range(1, int(number**0.5) + 1) if number % divisor == 0]
    yield from (number // divisor for divisor in small if divisor < number)
    yield from (divisor for divisor in reversed(small) if 1 < divisor < number // divisor)


def rendered(piece: Piece, start: int, length: int) -> int:
    """The bits of a part of the axis: bit 0 is for the position `start`."""
    first, period, count, bits = piece
    low = max((start - first) // period, 0)
    high = min((start + length - 1 - first) // period, count - 1)
    if high < low:
        return 0
    found, place = repeated(bits, period, high - low + 1), first + low * period - start
    return (found << place if place >= 0 else found >> -place) & ((1 << length) - 1)


def cut(piece: Piece, start: int, end: int) -> list[Piece]:
    """What of a piece lies between `start` and `end`, both included."""
    if start <= piece.first and piece.last <= end:
        return [piece]
    if end < start or end < piece.first or start > piece.last:
        return []
    return [part for later in _since(piece, start) for part in _until(later, end)]


def _since(piece: Piece, start: int) -> list[Piece]:
    """What of a piece lies at `start` or behind it.

    A block that is cut is joined to the others by turning the pattern, so that what is left begins with many blocks.
    """
    first, period, times, bits = piece
    number, offset = divmod(max(start - first, 0), period)
    head, later = bits >> offset, times - 1 - number
    if not offset or not head:
        return _whole_blocks(piece, number if head else number + 1, times)
    if not later or period > LONGEST:
        return [block(start, head), *_whole_blocks(piece, number + 1, times)]
    turned = head | (bits & ((1 << offset) - 1)) << period - offset
    gap = (turned & -turned).bit_length() - 1
    body = Piece(start + gap, period, later, turned >> gap) if later > 1 else block(start, turned)
    return [body, block(start + later * period, head)]


def _until(piece: Piece, end: int) -> list[Piece]:
    """What of a piece lies at `end` or before it."""
    first, period, _, bits = piece
    if end < first or end >= piece.last:
        return [piece] if end >= first else []
    number, offset = divmod(end - first, period)
    if offset + 1 >= bits.bit_length():
        return _whole_blocks(piece, 0, number + 1)
    return [*_whole_blocks(piece, 0, number), block(first + number * period, bits & ((1 << offset + 1) - 1))]


def _whole_blocks(piece: Piece, start: int, end: int) -> list[Piece]:
    """The blocks of these numbers, without `end`."""
    first, period, _, bits = piece
    if end - start < 2:
        return [block(first + start * period, bits)] if end > start else []
    return [Piece(first + start * period, period, end - start, bits)]


def joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """A row of pieces, those one after another as one where they continue a pattern; raises `IrregularError`.

    >>> joined([Piece(0, 1, 3, 1), Piece(3, 1, 2, 1), Piece(10**9, 1, 1, 1)])
    (Piece(first=0, period=1, times=5, bits=1), Piece(first=1000000000, period=1, times=1, bits=1))
    """
    row: list[Piece] = []
    total_bits = 0
    for piece in pieces:
        last = piece
        while row and (both := _continued(row[-1], last)) is not None:
            total_bits -= row.pop().bits.bit_length()
            last = both
        row.append(last)
        total_bits += last.bits.bit_length()
        if len(row) > MOST_PIECES or total_bits > MOST_BITS:
            raise IrregularError
    return tuple(row)


def _continued(a: Piece, b: Piece) -> Piece | None:
    """Two pieces as one: where the second goes on with the first's blocks, or where both are short and near."""
    if a.bits == b.bits:
        step = b.first - a.first - (a.times - 1) * a.period
        if (a.times == 1 or a.period == step) and (b.times == 1 or b.period == step):
            return Piece(a.first, step, a.times + b.times, a.bits)
    extent = b.last - a.first + 1
    if b.first - a.last > NEAR or extent > SHORT:
        return None
    return block(a.first, rendered(a, a.first, extent) | rendered(b, a.first, extent))


def united(a: Sequence[Piece], b: Sequence[Piece]) -> tuple[Piece, ...]:
    """The union of two rows of pieces; raises `IrregularError`."""
    return joined(_united(a, b, _RenderingBudget(MOST_RENDERED)))


class _RenderingBudget:
    """How many bits may still be written out for a union."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def spend(self, bits: int) -> None:
        """Count so many; raises `IrregularError` where they are too many."""
        self.bits -= bits
        if self.bits < 0:
            raise IrregularError


def _united(a: Sequence[Piece], b: Sequence[Piece], budget: _RenderingBudget) -> Iterator[Piece]:
    """The parts of the union in order, as they are where only one row has any and together where both have."""
    left, right = [*reversed(a)], [*reversed(b)]
    while left and right:
        if left[-1].first > right[-1].first:
            left, right = right, left
        near, far = left.pop(), right[-1]
        if near.last < far.first:
            yield near
            continue
        right.pop()
        start, end = far.first, min(near.last, far.last)
        yield from cut(near, near.first, start - 1)
        yield from _overlap_union(near, far, (start, end), budget)
        left += reversed(cut(near, end + 1, near.last))
        right += reversed(cut(far, end + 1, far.last))
    yield from reversed(left or right)


def _overlap_union(a: Piece, b: Piece, ends: tuple[int, int], budget: _RenderingBudget) -> Iterator[Piece]:
    """The union of two pieces between both ends, where both have positions; the head of the module says how."""
    (start, end), length = ends, ends[1] - ends[0] + 1
    if 1 in (a.period, b.period):
        yield Piece(start, 1, length, 1)
        return
    if a.period == b.period and a.bits == b.bits and (a.first - b.first) % a.period == 0:
        yield from cut(Piece(start, a.period, min(a.times, b.times), a.bits), start, end)
        return
    period = lcm(a.period, b.period)
    many = a.times > 1 < b.times
    if many and period <= LONGEST and max(2 * period, SHORT) <= length:
        budget.spend(period)
        cycle = rendered(a, start, period) | rendered(b, start, period)
        turn = after_longest_gap(cycle, period)
        head = cycle & ((1 << turn) - 1)
        if head:
            yield block(start, head)
        count, rest = divmod(length - turn, period)
        yield blocks(start + turn, period, count, cycle >> turn | head << period - turn)
        start, length = end + 1 - rest, rest
    elif many and length > LONGEST:
        few, other = sorted((a, b), key=lambda piece: piece.times)
        yield from _united(list(_blocks_between(few, start, end)), cut(other, start, end), budget)
        return
    budget.spend(length)
    bits = length and rendered(a, start, length) | rendered(b, start, length)
    yield from (block(start + place, part) for place, part in clusters(bits, NEAR))


def _blocks_between(piece: Piece, start: int, end: int) -> Iterator[Piece]:
    """The blocks from `start` to `end` one by one; raises `IrregularError` where there are too many."""
    for part in cut(piece, start, end):
        yield from single_blocks(part)


def single_blocks(piece: Piece) -> Iterator[Piece]:
    """The blocks one by one; raises `IrregularError` where there are too many."""
    first, period, count, bits = piece
    if count > MOST_PIECES:
        raise IrregularError
    one = block(first, bits)
    yield from (Piece(one.first + number * period, *one[1:]) for number in range(count))
