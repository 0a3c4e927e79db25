"""Functions of each value, and softmax. None of them overflows where its value is finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cnncalc.kernels.arrays import Array


def clip(x: Array, low: float | None, high: float | None) -> Array:
    """The values held between `low` and `high`."""
    clipped: Array = np.clip(x, low, high)
    return clipped


def leaky_relu(x: Array, slope: float) -> Array:
    """``x`` above 0, ``slope x`` below."""
    return np.where(x > 0, x, x * x.dtype.type(slope))


def elu(x: Array, alpha: float) -> Array:
    """``x`` above 0, ``alpha (exp(x) - 1)`` below."""
    return np.where(x > 0, x, x.dtype.type(alpha) * np.expm1(np.minimum(x, 0)))


def sigmoid(x: Array) -> Array:
    """``1 / (1 + exp(-x))``, by way of tanh, which does not overflow."""
    half = x.dtype.type(0.5)
    output: Array = np.tanh(x * half)
    output += 1
    output *= half
    return output


def silu(x: Array) -> Array:
    """``x sigmoid(x)``."""
    return x * sigmoid(x)


def tanh(x: Array) -> Array:
    """The hyperbolic tangent."""
    output: Array = np.tanh(x)
    return output


def softplus(x: Array, beta: float) -> Array:
    """``log(1 + exp(beta x)) / beta``."""
    scale = x.dtype.type(beta)
    output: Array = np.logaddexp(x * scale, x.dtype.type(0)) / scale
    return output


def softmax(x: Array, axis: int) -> Array:
    """``exp(x_i) / sum(exp(x_j))`` along `axis`."""
    powers = np.exp(x - x.max(axis, keepdims=True))
    output: Array = powers / powers.sum(axis, keepdims=True)
    return output
