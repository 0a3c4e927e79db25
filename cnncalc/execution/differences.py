"""How far the values of two executions are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.windows import at_most, boxes, slices

if TYPE_CHECKING:
    from cnncalc.kernels import Array

TOLERANCE: Final = 1e-3
"""The largest difference of a layer that is taken for rounding: float32 has 1e-7, and long sums add up a lot."""

SHARES: Final = ("sigmoid", "softmax")
"""Types whose values are parts of 1: engines approximate these to so much of 1, also where all of them are tiny."""

OF_ONE: Final = 4 * float(np.finfo(np.float32).eps)
"""How far apart parts of 1 may be: ONNX Runtime's sigmoid of -12 is 2 % off, which is 1e-7 of 1."""

BLOCK: Final = 2**20
"""Values that are compared at once."""


def difference(ours: Array, theirs: Array, type_: str = "") -> float:
    """The largest ``|ours - theirs|``, as a share of the largest ``|theirs|``; shapes are equal.

    Values that are no number in both, or infinite with the same sign, do not differ, and do not count. It is infinite
    where one of both is not finite alone, or where theirs are all 0 and ours are not. Layers whose type is one of
    `SHARES` do not differ by less than `OF_ONE`.

    >>> difference(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
    0.2
    >>> difference(np.zeros(3), np.zeros(3)), difference(np.array([np.inf, 1.0]), np.array([np.inf, 1.0]))
    (0.0, 0.0)
    >>> difference(np.array([1e-9]), np.array([2e-9]), "sigmoid"), difference(np.array([1e-9]), np.array([2e-9]))
    (0.0, 0.5)
    """
    apart = largest = 0.0
    with np.errstate(all="ignore"):
        for box in map(slices, boxes(ours.shape, at_most(BLOCK))):
            one, other = ours[box].astype(np.float64), theirs[box].astype(np.float64)
            equal = (one == other) | (np.isnan(one) & np.isnan(other))
            between = np.where(equal, 0.0, np.abs(one - other))
            apart = max(apart, float(np.where(np.isnan(between), np.inf, between).max(initial=0.0)))
            finite = np.where(np.isfinite(other), np.abs(other), 0.0)
            largest = max(largest, float(finite.max(initial=0.0)))
    if apart <= (OF_ONE if type_ in SHARES else 0.0):
        return 0.0
    return apart / largest if largest else float("inf")
