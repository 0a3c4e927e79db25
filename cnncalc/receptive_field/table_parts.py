"""What units see by paths that die at the same places: the parts of `every_unit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cnncalc.geometry.periodic import IrregularError
from cnncalc.receptive_field.axis_tables import AxisTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cnncalc.receptive_field.tables import Tables
    from cnncalc.shapes import Shape

    Mask = NDArray[np.bool_]

MOST_PARTS: Final = 256
"""A tensor whose paths die at more places than so many is not told of."""

LONGEST_AXIS: Final = 2**20
"""The places along a longer axis have no tables."""


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


def or_none(mask: Mask) -> Mask | None:
    """The mask, unless all places are alive."""
    return None if mask.all() else mask


def if_alive(part: Part) -> list[Part]:
    """The part, unless it has died."""
    return [part] if all(mask is None or mask.any() for mask in part.alive) else []
