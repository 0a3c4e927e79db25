"""Weights that are normalised before a convolution or a linear layer uses them; for floats.

A filter is what a weight ``(filters, *others)`` has at one place of its first axis.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import Array

ITERATIONS: Final = 100
"""Steps of the power iteration: its vectors begin at random, as in PyTorch, and are then those of the largest value."""
STANDARD_EPSILON: Final = 1e-6


def lengths(weight: Array) -> Array:
    """``(filters, 1, ...)``: the root of the sum of squares of each filter."""
    root: Array = np.sqrt(np.square(weight).sum(tuple(range(1, weight.ndim)), keepdims=True))
    return root


def with_lengths(direction: Array, length: Array) -> Array:
    """Filters of these lengths; one of zeros stays so. Salimans and Kingma 2016, arXiv:1602.07868.

    >>> with_lengths(np.array([[3.0, 4.0]]), np.array([[10.0]]))
    array([[6., 8.]])
    """
    return direction * (length / _not_zero(lengths(direction)))


def _matrix(weight: Array, axis: int) -> Array:
    """The weight as a matrix, whose rows are along `axis`."""
    return np.moveaxis(weight, axis, 0).reshape(weight.shape[axis], -1)


def spectrally_normed(weight: Array, rows: Array, columns: Array, axis: int) -> Array:
    """The weight over its largest singular value, by the singular vectors. Miyato et al. 2018, arXiv:1802.05957.

    >>> spectrally_normed(np.array([[2.0, 0], [0, 1]]), np.array([1.0, 0]), np.array([1.0, 0]), 0)
    array([[1. , 0. ],
           [0. , 0.5]])
    """
    return weight / _not_zero(rows @ _matrix(weight, axis) @ columns)


def singular_vectors(weight: Array, axis: int) -> tuple[Array, Array]:
    """The left and right singular vectors of the largest singular value, by power iteration."""
    matrix = _matrix(weight, axis)
    rows = _direction(np.random.default_rng(0).standard_normal(len(matrix)).astype(weight.dtype))
    columns = _direction(matrix.T @ rows)
    for _ in range(ITERATIONS):
        rows = _direction(matrix @ columns)
        columns = _direction(matrix.T @ rows)
    return rows, columns


def _direction(vector: Array) -> Array:
    return vector / _not_zero(np.sqrt(np.square(vector).sum()))


def standardized(weight: Array, gain: Array | None = None) -> Array:
    """Filters of mean 0 and variance 1 or, with a gain for each, of that over the root of their size.

    Qiao et al. 2019, arXiv:1903.10520; Brock et al. 2021, arXiv:2101.08692.

    >>> standardized(np.array([[1.0, 3.0]])).round(3)
    array([[-1.,  1.]])
    """
    others = tuple(range(1, weight.ndim))
    centred = weight - weight.mean(others, keepdims=True)
    root = np.sqrt(np.square(centred).mean(others, keepdims=True) + STANDARD_EPSILON)
    standard: Array = centred / root
    return standard if gain is None else standard * (gain * prod(weight.shape[1:]) ** -0.5)


def _not_zero(value: Array) -> Array:
    """The value, or 1 where it is 0."""
    nonzero: Array = np.where(value == 0, np.ones_like(value), value)
    return nonzero
