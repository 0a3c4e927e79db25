"""Products of matrices that are both inputs.

Products and sums are taken in the type of the arrays: integers stay exact as long as their type holds the sums.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.windows import SCRATCH_BYTES, at_most, boxes, slices

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import Array


def matmul(left: Array, right: Array, *, channels_last: bool = False) -> Array:
    """Multiply ``(N, ..., n, k)`` by ``(N, ..., k, m)``, whose leading axes broadcast.

    With `channels_last` the arrays have their channels in axis 1 and are multiplied as if these were the last axis.

    >>> matmul(np.arange(6).reshape(1, 2, 3), np.ones((1, 3, 1), int))
    array([[[ 3],
            [12]]])
    """
    if not channels_last:
        return _stacked(left, right)
    product = _stacked(np.moveaxis(left, 1, -1), np.moveaxis(right, 1, -1))
    return np.moveaxis(product, -1, 1)


def _stacked(left: Array, right: Array) -> Array:
    """The products of the matrices in the last two axes.

    Matrices whose rows do not lie in a row of memory, as those of maps with their channels last, are copied, some at a
    time: NumPy would multiply them several times as slowly.
    """
    stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    output = np.empty((*stack, left.shape[-2], right.shape[-1]), np.result_type(left, right))
    if all(x.strides[-1] == x.itemsize for x in (left, right)):
        return np.matmul(left, right, out=output)
    largest = max(prod(left.shape[-2:]), prod(right.shape[-2:]), 1)
    left, right = (np.broadcast_to(x, (*stack, *x.shape[-2:])) for x in (left, right))
    for box in map(slices, boxes(stack, at_most(max(SCRATCH_BYTES // (largest * output.itemsize), 1)))):
        np.matmul(np.ascontiguousarray(left[box]), np.ascontiguousarray(right[box]), out=output[box])
    return output
