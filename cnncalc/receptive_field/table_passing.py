"""How what units see is passed on by layers: parts behind what each of them reads."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.geometry.access import SAME, Preceding, Statistic, Whole
from cnncalc.geometry.boxes import common_rows
from cnncalc.geometry.group_access import Grouped, Interleaved, SharedByHeads
from cnncalc.geometry.periodic import IrregularError
from cnncalc.geometry.reading import (
    AxisByAxis,
    ByParts,
    PermuteAxes,
    PlaceAmong,
    Rearrangement,
    ReduceAxes,
    RepeatAxis,
    ReshapeAxes,
    UnknownReading,
    WholeInput,
)
from cnncalc.geometry.token_reading import TokenReading
from cnncalc.receptive_field.table_cuts import cut_up, kinds_of, product_of
from cnncalc.receptive_field.table_parts import LONGEST_AXIS, MOST_PARTS, Part, if_alive, or_none

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Move, Reading
    from cnncalc.receptive_field.axis_tables import Integers
    from cnncalc.receptive_field.table_cuts import Cut
    from cnncalc.receptive_field.table_parts import Mask
    from cnncalc.receptive_field.tables import Tables
    from cnncalc.shapes import Shape

MOST_VALUES: Final = 2**22
"""Axes with more values are not joined, nor cut."""


def keeps(reading: Reading) -> bool:
    """Whether each unit reads the place of its own number alone."""
    return isinstance(reading, AxisByAxis) and all(access is SAME for access in reading.accesses)


class Passing:
    """Parts behind layers, with tables that are there once each."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def behind(self, part: Part, reading: Reading, shape: Shape, output: Shape) -> list[Part]:
        """A part of an input of this shape behind what a layer reads of it; raises `IrregularError`.

        None where all of it has died.
        """
        if max(output) > LONGEST_AXIS:
            raise IrregularError
        if isinstance(reading, Rearrangement):
            found = [part]
            for move, before in zip(reading.moves, reading.shapes, strict=False):
                found = [behind for one in found for behind in self._moved(one, move, before)]
            return found
        if isinstance(reading, UnknownReading):
            raise IrregularError
        if isinstance(reading, WholeInput):
            axes = tuple((None, table if key is None else self.tables.together(table)) for key, table in part.axes)
            return [Part(part.input, (None,) * len(output), axes)]
        if isinstance(reading, TokenReading):
            return self._through(part, _token_accesses(reading), shape, output)
        if isinstance(reading, ByParts):
            return self._by_parts(part, reading, shape, output)
        if isinstance(reading, AxisByAxis):
            accesses = {axis: (access, axis) for axis, access in enumerate(reading.accesses)}
            return self._through(part, accesses, shape, output)
        raise IrregularError

    def _through(
        self, part: Part, accesses: Mapping[int, tuple[Access, int | None]], shape: Shape, output: Shape
    ) -> list[Part]:
        """A part behind accesses along each axis of the input, each with the axis of the output that it goes by."""
        alive: list[Mask | None] = [None] * len(output)
        axes = list(part.axes)
        for axis, (given, place) in accesses.items():
            access = given.over if isinstance(given, Statistic) else given
            keyed = [number for number, (key, _) in enumerate(part.axes) if key == axis]
            mask = part.alive[axis]
            if place is None or isinstance(access, Whole):
                for number in keyed:
                    axes[number] = (None, self.tables.together(part.axes[number][1]))
            elif access is SAME:
                alive[place] = mask
                for number in keyed:
                    axes[number] = (place, part.axes[number][1])
            elif keyed or mask is not None or not isinstance(access, Grouped | Interleaved | SharedByHeads):
                taps = self.tables.taps_of(access, output[place], shape[axis])
                read = taps >= 0 if mask is None else (taps >= 0) & mask[taps]
                alive[place] = or_none(np.logical_or.reduce(read, axis=0))
                for number in keyed:
                    axes[number] = (place, self.tables.read(part.axes[number][1], taps))
        return if_alive(Part(part.input, tuple(alive), tuple(axes)))

    def _by_parts(self, part: Part, reading: ByParts, shape: Shape, output: Shape) -> list[Part]:
        """A part behind each of the parts of the output that lie one behind the other along an axis."""
        found: list[Part] = []
        start, along = 0, reading.axis
        for size, own in zip(reading.sizes, reading.parts, strict=True):
            accesses = {axis: (access, axis) for axis, access in enumerate(own.accesses)}
            inner = self._through(part, accesses, shape, (*output[:along], size, *output[along + 1 :]))
            places = np.arange(output[along]) - start
            places[(places < 0) | (places >= size)] = -1
            found += [behind for one in inner for behind in self._placed(one, along, places)]
            start += size
        return found

    def _placed(self, part: Part, axis: int, places: Integers) -> list[Part]:
        """A part whose places along an axis are others, each one that was there, or a negative number for none."""
        mask = part.alive[axis]
        read = (places >= 0) if mask is None else (places >= 0) & mask[places]
        axes = tuple((key, self.tables.at(table, places) if key == axis else table) for key, table in part.axes)
        alive = (*part.alive[:axis], or_none(read), *part.alive[axis + 1 :])
        return if_alive(Part(part.input, alive, axes))

    def _moved(self, part: Part, move: Move, shape: Shape) -> list[Part]:
        """A part behind a move of values of a tensor of this shape."""
        if isinstance(move, PermuteAxes):
            alive = tuple(part.alive[axis] for axis in move.order)
            axes = tuple((key if key is None else move.order.index(key), table) for key, table in part.axes)
            return [Part(part.input, alive, axes)]
        if isinstance(move, PlaceAmong):
            return self._placed(part, move.axis, np.where(np.arange(move.count) == move.place, 0, -1))
        if isinstance(move, RepeatAxis):
            return self._placed(part, move.axis, np.zeros(move.size, np.int64))
        if isinstance(move, ReduceAxes):
            axes = tuple(
                (None, self.tables.together(one)) if key in move.axes else (key, one) for key, one in part.axes
            )
            alive = tuple(None if axis in move.axes else mask for axis, mask in enumerate(part.alive))
            return [Part(part.input, alive, axes)]
        if isinstance(move, ReshapeAxes):
            return self._reshaped(part, shape, move.sizes)
        raise IrregularError

    def _reshaped(self, part: Part, shape: Shape, sizes: Shape) -> list[Part]:
        """A part whose axes are cut anew, in as many parts as tables need; raises `IrregularError` for too many."""
        found = [Part(part.input, (None,) * len(sizes), part.axes)]
        for old, new in common_rows(shape, sizes):
            olds, news = range(len(shape))[old], range(len(sizes))[new]
            keyed = [number for number, (key, _) in enumerate(part.axes) if key in olds]
            masks = [part.alive[axis] for axis in olds]
            if not keyed and all(mask is None for mask in masks):
                continue
            if prod(sizes[new]) > MOST_VALUES:
                raise IrregularError
            every = [
                np.ones(size, bool) if mask is None else mask for mask, size in zip(masks, shape[old], strict=True)
            ]
            places = np.unravel_index(np.arange(prod(shape[old])), shape[old])
            rows = {number: places[olds.index(part.axes[number][0] or 0)].reshape(sizes[new]) for number in keyed}
            kinds = {number: kinds_of(part.axes[number][1])[along] for number, along in rows.items()}
            cuts = list(cut_up(list(kinds.values()), product_of(every).reshape(sizes[new]), MOST_PARTS // len(found)))
            found = [self._cut(one, cut, rows, news) for one in found for cut in cuts]
        return [one for one in found for one in if_alive(one)]

    def _cut(self, part: Part, cut: Cut, rows: Mapping[int, Integers], news: range) -> Part:
        """What of a part is in a cut of its `news` axes; `rows` are for some of its tables the places of before."""
        alive, axes = list(part.alive), list(part.axes)
        for axis, mask in zip(news, cut.factors, strict=True):
            alive[axis] = or_none(mask)
        for (number, row), (place, chosen) in zip(rows.items(), cut.followed, strict=True):
            taken = np.where(chosen < 0, -1, row.reshape(-1)[chosen])
            axes[number] = (None if place is None else news[place], self.tables.at(part.axes[number][1], taken))
        return Part(part.input, tuple(alive), tuple(axes))


def _token_accesses(reading: TokenReading) -> dict[int, tuple[Access, int | None]]:
    """How attention reads each axis; raises `IrregularError` where the last token depends on several axes."""
    found: dict[int, tuple[Access, int | None]] = dict(reading.along)
    if reading.before is not None and (len(reading.before.axes) > 1 or len(reading.tokens.axes) > 1):
        raise IrregularError
    for axis, size in zip(reading.tokens.axes, reading.tokens.sizes, strict=True):
        found[axis] = (Whole(size), None) if reading.before is None else (Preceding(), reading.before.axes[0])
    return found
