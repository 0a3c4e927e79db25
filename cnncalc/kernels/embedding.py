"""Rows of a table by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import Array


def lookup(x: Array, table: Array, axis: int, *, channels_last: bool = False) -> Array:
    """The rows of a table ``(numbers, features)`` for the whole numbers ``(N, ...)``, features along `axis`.

    Raises `ValueError` for a value that is no number of a row. Where `channels_last` is set, axis 1 of what is given is
    the last in its own order, which is the order of the other axes of the output.

    >>> lookup(np.array([[2, 0]]), np.array([[1, 2], [3, 4], [5, 6]]), 1)
    array([[[5, 1],
            [6, 2]]])
    """
    wrong = not_among(x, len(table))
    if wrong is not None:
        raise ValueError(f"it looks up whole numbers from 0 to {len(table) - 1}, and {wrong:g} is given")
    return _with_features(table[x.astype(np.intp)], axis, channels_last=channels_last)


def every_feature(x: Array, features: int, axis: int, *, channels_last: bool = False) -> Array:
    """What is there for a number, for all of its features along `axis`."""
    return _with_features(np.broadcast_to(x[..., np.newaxis], (*x.shape, features)), axis, channels_last=channels_last)


def _with_features(rows: Array, axis: int, *, channels_last: bool) -> Array:
    """The axes ``(N, ..., features)`` in the order of the output."""
    if not channels_last:
        return np.moveaxis(rows, -1, axis)
    # In the spec's order the input's axis 1 is its last; the output's axis 1 is whatever then comes to stand last.
    written = np.moveaxis(rows, 1, -2)
    place = rows.ndim - 1 if axis == 1 else axis - 1
    return np.moveaxis(np.moveaxis(written, -1, place), -1, 1)


def not_among(x: Array, count: int) -> float | None:
    """A value that is none of the whole numbers from 0 to below `count`; None where there is none such."""
    with np.errstate(all="ignore"):
        wrong = ~((x >= 0) & (x < count) & (x == np.floor(x)))
    return float(x[wrong].flat[0]) if wrong.any() else None
