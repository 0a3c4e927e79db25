"""What units see by paths that die at the same places, and how layers pass it on: the parts of `every_unit`."""

from __future__ import annotations

from functools import reduce
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

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
from cnncalc.receptive_field.axis_tables import AxisTable, taps_of, united

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Move, Reading
    from cnncalc.receptive_field.axis_tables import Integers
    from cnncalc.shapes import Shape

    Mask = NDArray[np.bool_]

MOST_PARTS: Final = 256
"""A tensor whose paths die at more places than so many is not told of."""

LONGEST_AXIS: Final = 2**20
"""The places along a longer axis have no tables."""

MOST_PLACES: Final = 2**23
"""The most places that all tables of a network have together."""

MOST_KEPT_TAPS: Final = 2**20
"""Longer rows of taps are not kept."""

MOST_VALUES: Final = 2**22
"""Axes with more values are not joined, nor cut."""


class Part(NamedTuple):
    """What units of a tensor see of an input: for each spatial axis of that an axis of the tensor, and a table for it.

    The axis is None where all units see the same, and 0 are the channels. `alive` says of each axis of the tensor at
    which places units see anything; None: at all. A unit sees something where its place along every axis is alive.
    """

    input: str
    alive: tuple[Mask | None, ...]
    axes: tuple[tuple[int | None, AxisTable], ...]

    @classmethod
    def of_input(cls, name: str, shape: Shape, tables: Tables) -> Part:
        """Each place of an input sees itself; raises `IrregularError` for too many places."""
        if max(shape) > LONGEST_AXIS:
            raise IrregularError
        identity = ((axis, tables.kept(AxisTable.identity(size))) for axis, size in enumerate(shape[1:], 1))
        return cls(name, (None,) * len(shape), tuple(identity))

    def key_of_alive(self, axis: int) -> object:
        """The same for parts that die at the same places of an axis."""
        mask = self.alive[axis]
        return None if mask is None else mask.tobytes()

    @property
    def key(self) -> object:
        """The same for parts that can be united."""
        return (self.input, *map(self.key_of_alive, range(len(self.alive))))

    def spread(self, number: int, axis: int, size: int, tables: Tables) -> AxisTable:
        """The table for an axis of the input by the places of an axis of the tensor, also where they see the same."""
        key, table = self.axes[number]
        if key == axis:
            return table
        mask = self.alive[axis]
        places = np.zeros(size, np.int64) if mask is None else np.where(mask, 0, -1)
        return tables.at(table, places)

    def without_channels(self, tables: Tables) -> Part:
        """The same of units, which are all channels at a place; of a vector, of all features together."""
        axes = tuple((None, tables.together(table)) if key == 0 else (key, table) for key, table in self.axes)
        return Part(self.input, (None, *self.alive[1:]), axes)

    def untold(self) -> dict[int, Mask]:
        """The places that are alive along each axis of the tensor that no table is of, where some are not."""
        told = {key for key, _ in self.axes}
        return {axis: mask for axis, mask in enumerate(self.alive) if mask is not None and axis not in told}


def united_parts(parts: Sequence[Part], shape: Shape, tables: Tables) -> list[Part]:
    """Parts of a tensor of this shape, those as one that die at the same places; raises `IrregularError`."""
    if len(parts) < 2:
        return list(parts)
    groups: dict[object, list[Part]] = {}
    for part in parts:
        groups.setdefault(part.key, []).append(part)
    found = [one for group in groups.values() for one in _united(group, shape, tables)]
    if len(found) > MOST_PARTS:
        raise IrregularError
    return found


def _united(parts: list[Part], shape: Shape, tables: Tables) -> list[Part]:
    """Parts with equal places that are alive: as one, where along each axis of the input they follow the same axis."""
    groups: list[tuple[list[int | None], list[Part]]] = []
    for part in parts:
        own = [key for key, _ in part.axes]
        for keys, members in groups:
            if all(a == b or a is None or b is None for a, b in zip(keys, own, strict=True)):
                keys[:] = [b if a is None else a for a, b in zip(keys, own, strict=True)]
                members.append(part)
                break
        else:
            groups.append((own, [part]))
    found = []
    for keys, members in groups:
        axes = []
        for number, key in enumerate(keys):
            rows = [
                part.axes[number][1] if key is None else part.spread(number, key, shape[key], tables)
                for part in members
            ]
            axes.append((key, tables.united(rows)))
        found.append(Part(parts[0].input, parts[0].alive, tuple(axes)))
    return found


class Tables:
    """Tables that are there once each, and how parts lie behind what layers read."""

    def __init__(self) -> None:
        self._kept: dict[object, AxisTable] = {}
        self._results: dict[object, AxisTable] = {}
        self._taps: dict[object, Integers] = {}
        self._places = 0

    def kept(self, table: AxisTable) -> AxisTable:
        """The table, or an equal one that is known; raises `IrregularError` where there are too many."""
        content = table.content
        if content not in self._kept:
            self._places += len(table.first)
            if self._places > MOST_PLACES:
                raise IrregularError
            self._kept[content] = table
        return self._kept[content]

    def at(self, table: AxisTable, places: Integers) -> AxisTable:
        """The table of other places."""
        key = (id(table), "at", places.tobytes())
        if key not in self._results:
            self._results[key] = self.kept(table.at(places))
        return self._results[key]

    def together(self, table: AxisTable) -> AxisTable:
        """A table of one place, which sees what all do."""
        key = (id(table), "together")
        if key not in self._results:
            self._results[key] = self.kept(table.together())
        return self._results[key]

    def united(self, several: Sequence[AxisTable]) -> AxisTable:
        """What each place sees by any of several tables."""
        several = list({id(table): table for table in several}.values())
        key = ("united", *map(id, several))
        if key not in self._results:
            self._results[key] = self.kept(united(several))
        return self._results[key]

    def _read(self, table: AxisTable, taps: Integers) -> AxisTable:
        if taps.size > MOST_KEPT_TAPS:
            return self.kept(table.read(taps))
        key = (id(table), id(taps))
        if key not in self._results:
            self._results[key] = self.kept(table.read(taps))
        return self._results[key]

    def _taps_of(self, access: Access, units: int, size: int) -> Integers:
        found = taps_of(access, units, size)
        if found.size > MOST_KEPT_TAPS:
            return found
        return self._taps.setdefault((found.shape, found.tobytes()), found)

    @staticmethod
    def keeps(reading: Reading) -> bool:
        """Whether each unit reads the place of its own number alone."""
        return isinstance(reading, AxisByAxis) and all(access is SAME for access in reading.accesses)

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
            axes = tuple((None, table if key is None else self.together(table)) for key, table in part.axes)
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
                    axes[number] = (None, self.together(part.axes[number][1]))
            elif access is SAME:
                alive[place] = mask
                for number in keyed:
                    axes[number] = (place, part.axes[number][1])
            elif keyed or mask is not None or not isinstance(access, Grouped | Interleaved | SharedByHeads):
                taps = self._taps_of(access, output[place], shape[axis])
                read = taps >= 0 if mask is None else (taps >= 0) & mask[taps]
                alive[place] = _or_none(np.logical_or.reduce(read, axis=0))
                for number in keyed:
                    axes[number] = (place, self._read(part.axes[number][1], taps))
        return _if_alive(Part(part.input, tuple(alive), tuple(axes)))

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
        axes = tuple((key, self.at(table, places) if key == axis else table) for key, table in part.axes)
        alive = (*part.alive[:axis], _or_none(read), *part.alive[axis + 1 :])
        return _if_alive(Part(part.input, alive, axes))

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
            axes = tuple((None, self.together(one)) if key in move.axes else (key, one) for key, one in part.axes)
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
            kinds = {number: _kinds(part.axes[number][1])[along] for number, along in rows.items()}
            cuts = list(_cuts(list(kinds.values()), _product(every).reshape(sizes[new]), MOST_PARTS // len(found)))
            cut = [(one, factors, followed) for one in found for factors, followed in cuts]
            found = []
            for one, factors, followed in cut:
                alive, axes = list(one.alive), list(one.axes)
                for axis, mask in zip(news, factors, strict=True):
                    alive[axis] = _or_none(mask)
                for number, (place, chosen) in zip(keyed, followed, strict=True):
                    taken = np.where(chosen < 0, -1, rows[number].reshape(-1)[chosen])
                    key = None if place is None else news[place]
                    axes[number] = (key, self.at(part.axes[number][1], taken))
                found.append(Part(part.input, tuple(alive), tuple(axes)))
        return [one for one in found for one in _if_alive(one)]


def _or_none(mask: Mask) -> Mask | None:
    return None if mask.all() else mask


def _if_alive(part: Part) -> list[Part]:
    """The part, unless it has died."""
    return [part] if all(mask is None or mask.any() for mask in part.alive) else []


def _token_accesses(reading: TokenReading) -> dict[int, tuple[Access, int | None]]:
    """How attention reads each axis; raises `IrregularError` where the last token depends on several axes."""
    found: dict[int, tuple[Access, int | None]] = dict(reading.along)
    if reading.before is not None and (len(reading.before.axes) > 1 or len(reading.tokens.axes) > 1):
        raise IrregularError
    for axis, size in zip(reading.tokens.axes, reading.tokens.sizes, strict=True):
        found[axis] = (Whole(size), None) if reading.before is None else (Preceding(), reading.before.axes[0])
    return found


def _kinds(table: AxisTable) -> Integers:
    """For each place a number, the same where the same is seen."""
    numbers: dict[object, int] = {}
    bits = table.bits if table.bits is not None else [None] * len(table.first)
    sets = zip(table.first.tolist(), table.last.tolist(), bits, strict=True)
    return np.array([numbers.setdefault(one, len(numbers)) for one in sets], np.int64)


def _cuts(
    kinds: Sequence[Integers], alive: Mask, most: int
) -> Iterator[tuple[list[Mask], list[tuple[int | None, Integers]]]]:
    """Places of a tensor in which what each place sees, by several tables, follows one axis for each.

    They are a mask for each axis, whose product they are, with that axis for each table, and the place to be taken for
    each along it. Places are cut along the shortest axis where that is needed; raises `IrregularError` for too many.
    """
    axes = range(alive.ndim)
    factors = [np.logical_or.reduce(alive, axis=tuple(other for other in axes if other != axis)) for axis in axes]
    followed = [_followed(kind, alive) for kind in kinds]
    told = [one for one in followed if one is not None]
    if len(told) == len(kinds) and np.array_equal(_product(factors), alive):
        yield factors, told
        return
    lengths = {axis: int(factor.sum()) for axis, factor in enumerate(factors) if factor.sum() > 1}
    shortest = min(lengths, key=lambda axis: lengths[axis], default=None)
    if shortest is None or lengths[shortest] > most:
        raise IrregularError
    for place in np.flatnonzero(factors[shortest]).tolist():
        chosen = np.zeros(alive.shape, bool)
        chosen[(slice(None),) * shortest + (place,)] = True
        yield from _cuts(kinds, alive & chosen, most // lengths[shortest])


def _product(masks: Sequence[Mask]) -> Mask:
    """The places that are alive along every axis."""
    found: Mask = reduce(np.multiply.outer, masks, np.ones((), bool))
    return found


def _followed(kinds: Integers, alive: Mask) -> tuple[int | None, Integers] | None:
    """The axis along which places differ in kind, and one of each place along it; None where there are several.

    The axis is None where all are of one kind. Places that are not alive are of none, and are told by -1.
    """
    told = np.where(alive, kinds, -1)
    numbers = np.where(alive, np.arange(kinds.size).reshape(kinds.shape), -1)
    if (told[alive] == told.max(initial=-1)).all():
        return None, numbers.reshape(-1).max(keepdims=True, initial=-1)
    for axis in range(kinds.ndim):
        others = tuple(other for other in range(kinds.ndim) if other != axis)
        if ((told == told.max(axis=others, keepdims=True)) | ~alive).all():
            return axis, numbers.max(axis=others)
    return None
