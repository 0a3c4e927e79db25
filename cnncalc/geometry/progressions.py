"""What strides and taps of windows make of periodic patterns: positions times a step, divided by it, and dilated."""

from __future__ import annotations

from itertools import islice, pairwise
from math import gcd, lcm
from typing import TYPE_CHECKING, Final

from cnncalc.geometry.bits import ones, repeated, runs
from cnncalc.geometry.periodic import (
    LONGEST,
    MOST_PIECES,
    NEAR,
    SHORT,
    IrregularError,
    Piece,
    block,
    blocks,
    joined,
    rendered,
    united,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FEW: Final = 64
"""The most bits that are looked at one by one."""


def run(first: int, step: int, count: int) -> Piece:
    """The piece of evenly spaced positions."""
    return Piece(first, step if count > 1 else 1, count, 1)


def scaled_piece(piece: Piece, step: int) -> Iterator[Piece]:
    """The positions of a piece times `step`; raises `IrregularError`."""
    first, period, count, bits = piece
    if bits == 1:
        yield run(first * step, period * step, count)
    elif bits.bit_length() * step <= min(LONGEST, NEAR * piece.total):
        wide = _widened(bits, step)
        yield Piece(first * step, period * step if count > 1 else wide.bit_length(), count, wide)
    elif (parts := evened(piece)) != [piece]:
        for part in parts:
            yield from scaled_piece(part, step)
    else:
        lengths = list(runs(bits))
        if count * len(lengths) > MOST_PIECES:
            raise IrregularError
        starts = (first + number * period for number in range(count))
        yield from (run((start + one) * step, step, length) for start in starts for one, length in lengths)


def evened(piece: Piece) -> list[Piece]:
    """A piece as one whose blocks are shorter, and what is left behind them, where its bits repeat that often.

    >>> evened(Piece(0, 13, 1, 0b1001100110011))
    [Piece(first=0, period=4, times=3, bits=3), Piece(first=12, period=1, times=1, bits=1)]
    """
    first, length, times, bits = piece
    if times == 1 and bits > 1:
        for period, _ in islice(runs(bits), 1, FEW):
            if 3 * period <= length and bits >> period == bits & ((1 << length - period) - 1):
                remainder = bits >> length // period * period
                whole = Piece(first, period, length // period, bits & ((1 << period) - 1))
                return [whole, block(first + whole.times * period, remainder)] if remainder else [whole]
    return [piece]


def _widened(bits: int, step: int) -> int:
    """The bits with zeros between them."""
    if bits.bit_count() <= FEW:
        return sum(1 << place * step for place in ones(bits))
    return int(("0" * (step - 1)).join(f"{bits:b}"), 2)


def subsampled_piece(piece: Piece, step: int, phase: int) -> Iterator[Piece]:
    """The numbers q for which ``q step + phase`` is in a piece; raises `IrregularError`."""
    first, period, count, bits = piece
    common = lcm(period, step)
    if bits == 1:
        yield from _subsampled_run(piece, step, phase)
    elif count * period <= LONGEST:
        yield from _subsampled_bits(first, repeated(bits, period, count), step, phase)
    elif common <= LONGEST:
        cycle = common // period
        offset, kept = _every_nth(repeated(bits, period, cycle), first, step, phase)
        if kept:
            yield blocks((first + offset - phase) // step, common // step, count // cycle, kept)
        if count % cycle:
            remainder = repeated(bits, period, count % cycle)
            yield from _subsampled_bits(first + count // cycle * common, remainder, step, phase)
    else:
        rows = (_subsampled_run(Piece(first + one, period, count, 1), step, phase) for one in _limited(ones(bits)))
        yield from _united_rows([list(row) for row in rows])


def _subsampled_run(piece: Piece, step: int, phase: int) -> Iterator[Piece]:
    """`subsampled_piece` of evenly spaced positions: those whose number solves a congruence."""
    first, period, count, _ = piece
    common = gcd(period, step)
    if (phase - first) % common:
        return
    cycle = step // common
    number = (phase - first) // common * pow(period // common, -1, cycle) % cycle
    if number < count:
        yield run((first + number * period - phase) // step, period // common, (count - 1 - number) // cycle + 1)


def _subsampled_bits(first: int, bits: int, step: int, phase: int) -> Iterator[Piece]:
    offset, kept = _every_nth(bits, first, step, phase)
    if kept:
        yield block((first + offset - phase) // step, kept)


def _every_nth(bits: int, first: int, step: int, phase: int) -> tuple[int, int]:
    """How many bits there are before a position ``q step + phase``, and every `step`-th bit from there on."""
    offset = (phase - first) % step
    digits = f"{bits >> offset:b}"[::-1][::step]
    return offset, int(digits[::-1], 2)


def _limited(places: Iterable[int]) -> Iterator[int]:
    """The places; raises `IrregularError` behind too many."""
    for count_so_far, place in enumerate(places):
        if count_so_far == MOST_PIECES:
            raise IrregularError
        yield place


def _united_rows(rows: list[list[Piece]]) -> Sequence[Piece]:
    """The union of rows of pieces, in pairs."""
    while len(rows) > 1:
        pairs = zip(rows[::2], rows[1::2], strict=False)
        rows = [list(united(a, b)) for a, b in pairs] + (rows[-1:] if len(rows) % 2 else [])
    return rows[0] if rows else []


def dilated_directly(parts: Sequence[Piece], taps: int, dilation: int) -> tuple[Piece, ...] | None:
    """Each position and the `taps` - 1 behind it, `dilation` apart, where one pattern is known for all of them."""
    first, length = parts[0].first, parts[-1].last - parts[0].first + 1
    if len(parts) == 1 and parts[0].bits == 1:
        even = _dilated_evenly(parts[0], taps, dilation)
        if even is not None:
            return (even,)
    if length + (taps - 1) * dilation <= SHORT:
        return (block(first, repeated(_bits(parts, first, length), dilation, taps)),)
    if length <= min(dilation, LONGEST):
        return (blocks(first, dilation, taps, _bits(parts, first, length)),)
    return _dilated_separately(parts, taps, dilation)


def _bits(parts: Sequence[Piece], first: int, length: int) -> int:
    found = 0
    for piece in parts:
        found |= rendered(piece, first, length)
    return found


def _dilated_evenly(piece: Piece, taps: int, dilation: int) -> Piece | None:
    """`dilated_directly` of evenly spaced positions, where what they reach is evenly spaced."""
    first, period, count, _ = piece
    if count == 1:
        return run(first, dilation, taps)
    if period % dilation == 0 and taps * dilation >= period:
        return run(first, dilation, (count - 1) * (period // dilation) + taps)
    if dilation % period == 0 and count * period >= dilation:
        return run(first, period, count + (taps - 1) * (dilation // period))
    return None


def _dilated_separately(parts: Sequence[Piece], taps: int, dilation: int) -> tuple[Piece, ...] | None:
    """`dilated_directly` where no block reaches the next one."""
    reach = (taps - 1) * dilation
    if any(piece.last + reach >= after.first for piece, after in pairwise(parts)):
        return None
    reached = [_dilated_block(piece, taps, dilation) for piece in parts]
    return None if None in reached else joined(piece for piece in reached if piece)


def _dilated_block(piece: Piece, taps: int, dilation: int) -> Piece | None:
    """What the blocks of a piece reach, if that is one piece as no block reaches the next one."""
    first, period, count, bits = piece
    if bits == 1 and (even := _dilated_evenly(piece, taps, dilation)) is not None:
        return even
    if period == 1 and count <= SHORT:
        period, count, bits = count, 1, (1 << count) - 1
    length = bits.bit_length() + (taps - 1) * dilation
    if length > LONGEST or (count > 1 and length > period):
        return None
    return blocks(first, period, count, repeated(bits, dilation, taps))
