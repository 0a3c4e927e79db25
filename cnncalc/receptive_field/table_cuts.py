"""Places of a tensor cut into parts in which what each place sees follows single axes."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cnncalc.geometry.periodic import IrregularError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.receptive_field.axis_tables import AxisTable, Integers
    from cnncalc.receptive_field.table_parts import Mask


class Cut(NamedTuple):
    """Places of a tensor in which what each place sees, by several tables, follows one axis for each.

    They are the product of `factors`, a mask for each axis. `followed` has for each table that axis, None where all
    see the same, and for each place along it one of the whole tensor that sees what it does, or -1.
    """

    factors: list[Mask]
    followed: list[tuple[int | None, Integers]]


def kinds_of(table: AxisTable) -> Integers:
    """For each place a number, the same where the same is seen."""
    numbers: dict[object, int] = {}
    bits = table.bits if table.bits is not None else [None] * len(table.first)
    sets = zip(table.first.tolist(), table.last.tolist(), bits, strict=True)
    return np.array([numbers.setdefault(one, len(numbers)) for one in sets], np.int64)


def cut_up(kinds: Sequence[Integers], alive: Mask, most: int) -> Iterator[Cut]:
    """Cuts of the places of a tensor, along the shortest axis where that is needed; raises `IrregularError` for many.

    `kinds` are numbers for what each place sees, by several tables, and `alive` the places that see anything.
    """
    axes = range(alive.ndim)
    factors = [np.logical_or.reduce(alive, axis=tuple(other for other in axes if other != axis)) for axis in axes]
    followed = [_followed(kind, alive) for kind in kinds]
    told = [one for one in followed if one is not None]
    if len(told) == len(kinds) and np.array_equal(product_of(factors), alive):
        yield Cut(factors, told)
        return
    lengths = {axis: int(factor.sum()) for axis, factor in enumerate(factors) if factor.sum() > 1}
    shortest = min(lengths, key=lambda axis: lengths[axis], default=None)
    if shortest is None or lengths[shortest] > most:
        raise IrregularError
    for place in np.flatnonzero(factors[shortest]).tolist():
        chosen = np.zeros(alive.shape, bool)
        chosen[(slice(None),) * shortest + (place,)] = True
        yield from cut_up(kinds, alive & chosen, most // lengths[shortest])


def product_of(masks: Sequence[Mask]) -> Mask:
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
