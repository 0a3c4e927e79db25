"""Many values along some axes become one; the axes are kept with size 1.

Sums and products are taken in single precision at least, and no power overflows where the result does not. A maximum, a
minimum and a sum of integers are exact, as long as their type holds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.kernels.arrays import BOX, mean_over, sum_type
from cnncalc.kernels.windows import at_most, boxes, slices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import Index


def mean(x: Array, axes: Sequence[int]) -> Array:
    """The mean."""
    return mean_over(x, axes)


def total(x: Array, axes: Sequence[int]) -> Array:
    """The sum."""
    found: Array = x.sum(tuple(axes), dtype=_summed_in(x), keepdims=True)
    return found.astype(x.dtype, copy=False)


def product(x: Array, axes: Sequence[int]) -> Array:
    """The product."""
    found: Array = x.prod(tuple(axes), dtype=_wide(x), keepdims=True)
    return found.astype(x.dtype, copy=False)


def largest(x: Array, axes: Sequence[int]) -> Array:
    """The maximum."""
    found: Array = x.max(tuple(axes), keepdims=True)
    return found


def smallest(x: Array, axes: Sequence[int]) -> Array:
    """The minimum."""
    found: Array = x.min(tuple(axes), keepdims=True)
    return found


def l1_norm(x: Array, axes: Sequence[int]) -> Array:
    """The sum of the absolute values."""
    return _summed(lambda part, _: np.abs(part), x, axes).astype(x.dtype, copy=False)


def l2_norm(x: Array, axes: Sequence[int]) -> Array:
    """The root of the sum of the squares, which are of values divided by the largest."""
    scale = np.maximum(largest(x, axes), -smallest(x, axes)).astype(_wide(x), copy=False)
    scale = np.where(scale > 0, scale, scale.dtype.type(1))
    squares = _summed(lambda part, at: np.square(part / scale[at]), x, axes)
    return (scale * np.sqrt(squares)).astype(x.dtype, copy=False)


def variance(x: Array, axes: Sequence[int], correction: int) -> Array:
    """The mean square of what values differ from their mean by, with `correction` taken off their number."""
    centre: Array = x.mean(tuple(axes), dtype=_summed_in(x), keepdims=True)
    squares = _summed(lambda part, at: np.square(part - centre[at]), x, axes)
    return (squares / (x.size // centre.size - correction)).astype(x.dtype, copy=False)


def deviation(x: Array, axes: Sequence[int], correction: int) -> Array:
    """The root of the variance."""
    found: Array = np.sqrt(variance(x.astype(_wide(x), copy=False), axes, correction))
    return found.astype(x.dtype, copy=False)


def log_sum_exp(x: Array, axes: Sequence[int]) -> Array:
    """The logarithm of the sum of the exponentials, which are of values less the largest."""
    top = largest(x, axes).astype(_wide(x), copy=False)
    found: Array = top + np.log(_summed(lambda part, at: np.exp(part - top[at]), x, axes))
    return found.astype(x.dtype, copy=False)


PLAIN: Final[dict[str, Callable[[Array, Sequence[int]], Array]]] = {
    "reduce_mean": mean,
    "reduce_sum": total,
    "reduce_max": largest,
    "reduce_min": smallest,
    "reduce_prod": product,
    "reduce_l1": l1_norm,
    "reduce_l2": l2_norm,
    "reduce_logsumexp": log_sum_exp,
}
"""Those without numbers of their own, by the names of layer types."""


def _wide(x: Array) -> Any:
    """The type that is computed in: single precision at least."""
    return np.promote_types(x.dtype, np.float32)


def _summed_in(x: Array) -> Any:
    """The type that sums of such values are taken in."""
    return np.promote_types(_wide(x), sum_type(x))


def _summed(function: Callable[[Array, Index], Any], x: Array, axes: Sequence[int]) -> Array:
    """The sum of a function of each value, of some at a time, so that what it makes on the way stays small.

    The function is also told where in an array with the axes reduced the values belong.
    """
    sums = np.zeros([1 if axis in axes else size for axis, size in enumerate(x.shape)], _summed_in(x))
    for box in map(slices, boxes(x.shape, at_most(BOX))):
        at = tuple(slice(None) if axis in axes else part for axis, part in enumerate(box))
        sums[at] += function(x[box], at).sum(tuple(axes), dtype=sums.dtype, keepdims=True)
    return sums
