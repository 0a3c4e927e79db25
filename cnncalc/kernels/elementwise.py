"""Functions of each float, and those along an axis. The type stays, and none overflows where its value is finite."""

from __future__ import annotations

from math import pi, sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.kernels.arrays import BOX, in_boxes, in_pieces
from cnncalc.kernels.erf import erf, erfc
from cnncalc.kernels.windows import at_most, boxes, slices

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.windows import Index

SELU_ALPHA: Final = 1.6732632423543772
SELU_SCALE: Final = 1.0507009873554805
"""Klambauer et al. 2017, "Self-Normalizing Neural Networks", with which values keep mean 0 and variance 1."""

SATURATED: Final = 40.0
"""Beyond this tanh and exp add nothing that a float of 64 bits could hold."""


def clip(x: Array, low: float | None, high: float | None, output: Array | None = None) -> Array:
    """The values held between `low` and `high`; `output` may be the input itself.

    >>> clip(np.array([-1.0, 7.0]), 0.0, None)
    array([0., 7.])
    """
    # NumPy is several times as fast with two bounds as with one, for which it takes the larger of value and number.
    bounds = -np.inf if low is None else low, np.inf if high is None else high
    target = np.empty(x.shape, x.dtype) if output is None else output

    def work(box: Index) -> None:
        np.clip(x[box], *bounds, out=target[box])

    in_pieces(work, x.shape)
    return target


_FUNCTIONS: Final[dict[str, Callable[[Array], Any]]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "reciprocal": np.reciprocal,
    "square": np.square,
    "abs": np.abs,
    "neg": np.negative,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint,
    "sin": np.sin,
    "cos": np.cos,
    "erf": erf,
}


def function_of(name: str, x: Array) -> Array:
    """The function of mathematics that PyTorch calls so, of each value; outside of its domain what NumPy has."""
    output: Array = _FUNCTIONS[name](x)
    return output


def power(x: Array, exponent: float) -> Array:
    """``x ** exponent``."""
    output: Array = x ** x.dtype.type(exponent)
    return output


def leaky_relu(x: Array, slope: float) -> Array:
    """``x`` above 0, ``slope x`` below."""
    return np.where(x > 0, x, np.minimum(x, 0) * x.dtype.type(slope))


def prelu(x: Array, slopes: Array, output: Array | None = None) -> Array:
    """``x`` above 0, below times a slope; `output` may be the input itself.

    There is one slope, or one a channel, or they have the axes of a sample and broadcast to it.
    """
    output = np.empty_like(x) if output is None else output
    slopes = slopes.reshape(-1, *(1,) * (x.ndim - 2)) if slopes.ndim == 1 else slopes
    each = np.broadcast_to(slopes, x.shape)
    for box in map(slices, boxes(x.shape, at_most(BOX))):
        part = x[box]
        output[box] = np.where(part > 0, part, np.minimum(part, 0) * each[box])
    return output


def threshold(x: Array, bound: float, value: float) -> Array:
    """``x`` above `bound`, else `value`."""
    return np.where(x > bound, x, x.dtype.type(value))


def hardsigmoid(x: Array, slope: float = 1 / 6, shift: float = 0.5) -> Array:
    """``min(max(slope x + shift, 0), 1)``."""
    output: Array = np.clip(x * x.dtype.type(slope) + x.dtype.type(shift), 0.0, 1.0)
    return output


def hardswish(x: Array) -> Array:
    """``x hardsigmoid(x)``."""
    return x * hardsigmoid(x)


def elu(x: Array, alpha: float) -> Array:
    """``x`` above 0, ``alpha (exp(x) - 1)`` below."""
    return np.where(x > 0, x, x.dtype.type(alpha) * np.expm1(np.minimum(x, 0)))


def selu(x: Array) -> Array:
    """The scaled exponential linear unit."""
    output: Array = elu(x, SELU_ALPHA) * x.dtype.type(SELU_SCALE)
    return output


def celu(x: Array, alpha: float) -> Array:
    """``max(x, 0) + min(alpha (exp(x / alpha) - 1), 0)``."""
    scale = x.dtype.type(alpha)
    return np.where(x > 0, x, scale * np.expm1(np.minimum(x, 0) / scale))


def gelu(x: Array) -> Array:
    """``x erfc(-x / sqrt(2)) / 2``, which keeps the digits of small values far below 0."""
    output: Array = x * erfc(x * x.dtype.type(-sqrt(0.5))) * x.dtype.type(0.5)
    return output


def gelu_tanh(x: Array) -> Array:
    """``x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x ** 3))) / 2``."""
    clipped = np.clip(x, -SATURATED, SATURATED)
    inner = clipped * x.dtype.type(sqrt(2 / pi)) * (1 + x.dtype.type(0.044715) * clipped * clipped)
    output: Array = x * (1 + np.tanh(inner)) * x.dtype.type(0.5)
    return output


def sigmoid(x: Array) -> Array:
    """``1 / (1 + exp(-x))``; the exponent is never positive."""
    power = np.exp(-np.abs(x))
    output: Array = np.where(x >= 0, x.dtype.type(1), power)
    power += 1
    output /= power
    return output


def silu(x: Array) -> Array:
    """``x sigmoid(x)``."""
    return x * sigmoid(x)


def mish(x: Array) -> Array:
    """``x tanh(log(1 + exp(x)))``."""
    output: Array = x * np.tanh(np.logaddexp(x, x.dtype.type(0)))
    return output


def tanh(x: Array) -> Array:
    """The hyperbolic tangent."""
    output: Array = np.tanh(x)
    return output


def softplus(x: Array, beta: float, bound: float) -> Array:
    """``log(1 + exp(beta x)) / beta``, and ``x`` where ``beta x`` is above `bound`."""
    scale = x.dtype.type(beta)
    scaled = x * scale
    return np.where(scaled > bound, x, np.logaddexp(scaled, x.dtype.type(0)) / scale)


def log_sigmoid(x: Array) -> Array:
    """``-log(1 + exp(-x))``."""
    output: Array = -np.logaddexp(-x, x.dtype.type(0))
    return output


def softsign(x: Array) -> Array:
    """``x / (1 + |x|)``."""
    output: Array = x / (1 + np.abs(x))
    return output


def softmax(x: Array, axis: int) -> Array:
    """``exp(x_i) / sum(exp(x_j))`` along `axis`."""
    output: Array = x - x.max(axis, keepdims=True)
    np.exp(output, out=output)
    output /= output.sum(axis, keepdims=True)
    return output


def log_softmax(x: Array, axis: int) -> Array:
    """``x_i - log(sum(exp(x_j)))`` along `axis`."""
    output: Array = x - x.max(axis, keepdims=True)
    total = np.zeros((*output.shape[:axis], 1, *output.shape[axis + 1 :]), x.dtype)
    for box in map(slices, boxes(x.shape, at_most(BOX))):
        total[*box[:axis], :, *box[axis + 1 :]] += np.exp(output[box]).sum(axis, keepdims=True)
    output -= np.log(total)
    return output


def glu(x: Array, axis: int) -> Array:
    """The first half of `axis` times the sigmoid of the second."""
    first, second = np.split(x, 2, axis)
    output = in_boxes(sigmoid, second)
    output *= first
    return output


def scaled(x: Array, factor: Array | float, bias: Array | None = None) -> Array:
    """``x factor + bias``, with one number for all, or one a channel."""
    per_channel = (-1, *(1,) * (x.ndim - 2))
    output: Array = x * (x.dtype.type(factor) if isinstance(factor, float) else factor.reshape(per_channel))
    if bias is not None:
        output += bias.reshape(per_channel)
    return output


def mixed_channels(x: Array, weight: Array, bias: Array) -> Array:
    """A convolution of one tap: a weight ``(out, C, 1, ...)`` at every position of ``(N, C, *spatial)``."""
    mixed: Array = np.moveaxis(x, 1, -1) @ weight.reshape(weight.shape[:2]).T
    mixed += bias
    return np.moveaxis(mixed, -1, 1)
