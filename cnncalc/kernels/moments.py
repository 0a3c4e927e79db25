"""Means and variances of functions of normal values, by sums over a grid."""

from __future__ import annotations

from functools import lru_cache
from math import erf, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels.arrays import Array

SPAN: Final = 6.0
"""How many deviations the grid reaches to either side."""

POINTS: Final = (np.arange(96) + 0.5) * (2 * SPAN / 96) - SPAN
"""The middles of equal parts of the grid: none is 0, where a reciprocal is infinite."""

LARGEST: Final = 1e100
"""The largest value of a function that is not left out."""

SHARES: Final = np.exp(-POINTS * POINTS / 2) / np.exp(-POINTS * POINTS / 2).sum()
"""The share of normal values that falls on each part."""


class Moments(NamedTuple):
    """Mean, variance and least value."""

    mean: float
    variance: float
    least: float


def of_function(function: Callable[[Array], Array], mean: float, deviation: float, lowest: float = -np.inf) -> Moments:
    """Mean and variance of a function of normal values, which are held to `lowest` from below.

    The function takes an array ``(1, C)``. Where it is not finite, it is left out.

    >>> mean, variance, _ = of_function(np.abs, 0.0, 1.0)
    >>> round(mean, 2), round(variance, 2)  # sqrt(2 / pi) and 1 - 2 / pi
    (0.8, 0.36)
    """
    with np.errstate(all="ignore"):
        found = function(np.maximum(mean + deviation * POINTS, lowest)[np.newaxis])[0]
        finite = np.isfinite(found) & (np.abs(found) < LARGEST)
        shares = np.where(finite, SHARES, 0.0)
        total = shares.sum()
        if not total:
            return Moments(0.0, 1.0, 0.0)
        found = np.where(finite, found, 0.0)
        average = float(np.dot(shares, found) / total)
        return Moments(average, float(np.dot(shares, (found - average) ** 2) / total), float(found.min()))


@lru_cache(maxsize=256)
def mean_of_largest(count: int) -> float:
    """The mean of the largest of so many normal values, each with mean 0 and variance 1.

    >>> mean_of_largest(2)  # 1 / sqrt(pi)
    0.564...
    """
    edges = np.linspace(-SPAN, SPAN, POINTS.size + 1)
    below = np.array([0.5 + 0.5 * erf(edge / sqrt(2)) for edge in edges]) ** count
    return float(np.dot(np.diff(below), POINTS))
