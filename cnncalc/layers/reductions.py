"""Reductions: many values along some axes become one."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, Final

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.layers.options import Integer, option
from cnncalc.layers.reduction import Reduction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

LARGEST_EXPONENT: Final = 60.0
"""What the logarithm of a mean square is held to, up and down."""


class ReduceMean(Reduction):
    """The mean over some axes, or all, which are kept with size 1 or left out.

    ``(C, *I) -> (1, ..., 1)``, or so over the axes that `dim` names. Without `keepdim` they are left out: the first
    axis that stays becomes the channels, with `data_format: channels_last` the last, and where none does a vector of
    one value comes out. FLOPs: for each output value the additions and one division.

    >>> ReduceMean(dim=1).output_shape([(512, 7, 9)]), ReduceMean(dim=[1, 2], keepdim=False).output_shape([(512, 7, 9)])
    ((512, 1, 9), (512,))
    """

    type_name = "reduce_mean"
    aliases = ("mean", "global_mean")


class ReduceSum(Reduction):
    """The sum over some axes, or all, which are kept with size 1 or left out.

    Without `keepdim` what is left is read by its rank, and where nothing is left a vector of one value comes out.
    FLOPs: 1 for each value that comes in.

    >>> ReduceSum(dim=[1, 2]).output_shape([(512, 7, 9)])
    (512, 1, 1)
    """

    type_name = "reduce_sum"
    aliases = ("global_sum_pool", "sum_pool", "nansum")

    def moment(self, square: float, count: int) -> float:
        """No more than if all were equal."""
        return square * count * count


class ReduceMax(Reduction):
    """The largest value over some axes, or all, which are kept with size 1 or left out.

    Without `keepdim` what is left is read by its rank, and where nothing is left a vector of one value comes out.
    FLOPs: 1 for each value that comes in, a comparison.

    >>> ReduceMax(dim=[1, 2], keepdim=False).output_shape([(512, 7, 9)])
    (512,)
    """

    type_name = "reduce_max"
    aliases = ("amax",)

    def moment(self, square: float, count: int) -> float:
        """About that of the largest of so many normal values."""
        return square * (1 + 2 * log(count))


class ReduceMin(Reduction):
    """The smallest value over some axes, or all, which are kept with size 1 or left out.

    Without `keepdim` what is left is read by its rank, and where nothing is left a vector of one value comes out.
    FLOPs: 1 for each value that comes in, a comparison.

    >>> ReduceMin(dim=0).output_shape([(64, 7, 9)])
    (1, 7, 9)
    """

    type_name = "reduce_min"
    aliases = ("amin",)

    def moment(self, square: float, count: int) -> float:
        """About that of the smallest of so many normal values."""
        return square * (1 + 2 * log(count))


class ReduceProd(Reduction):
    """The product over some axes, or all, which are kept with size 1 or left out.

    Without `keepdim` what is left is read by its rank, and where nothing is left a vector of one value comes out.
    FLOPs: 1 for each value that comes in.

    >>> ReduceProd(dim=0).output_shape([(64, 7, 9)])
    (1, 7, 9)
    """

    type_name = "reduce_prod"
    aliases = ("prod",)

    def moment(self, square: float, count: int) -> float:
        """The product of so many."""
        return exp(max(min(count * log(square or 1.0), LARGEST_EXPONENT), -LARGEST_EXPONENT))


class ReduceL1(Reduction):
    """The sum of absolute values over some axes, or all, which are kept with size 1 or left out.

    Without `keepdim` what is left is read by its rank, and where nothing is left a vector of one value comes out.
    FLOPs: 2 for each value that comes in.

    >>> ReduceL1(dim=0).output_shape([(64, 7, 9)])
    (1, 7, 9)
    """

    type_name = "reduce_l1"
    per_input = 2

    def moment(self, square: float, count: int) -> float:
        """No more than if all were equal."""
        return square * count * count


class ReduceL2(Reduction):
    """The root of the sum of squares over some axes, or all, which are kept with size 1 or left out.

    Without `keepdim` what is left is read by its rank, and where nothing is left a vector of one value comes out.
    FLOPs: 2 for each value that comes in, and 1, the root, for each that comes out.

    >>> ReduceL2(dim=0).output_shape([(64, 7, 9)])
    (1, 7, 9)
    """

    type_name = "reduce_l2"
    aliases = ("vector_norm", "frobenius_norm", "reduce_norm")
    per_input = 2
    per_output = 1

    def moment(self, square: float, count: int) -> float:
        """The sum of so many."""
        return square * count


class ReduceLogSumExp(Reduction):
    """The log of the sum of exponentials over some axes, or all, which are kept with size 1 or left out.

    Without `keepdim` what is left is read by its rank, and where nothing is left a vector of one value comes out.
    FLOPs: 4 for each value that comes in, for the largest value, its subtraction, the exponential and the sum, and 2
    for each that comes out, the logarithm and an addition.

    >>> ReduceLogSumExp(dim=0).output_shape([(64, 7, 9)])
    (1, 7, 9)
    """

    type_name = "reduce_logsumexp"
    per_input = 4
    per_output = 2

    def moment(self, square: float, count: int) -> float:
        """That of the logarithm of so many, each of which is log-normal, and the values' own."""
        return (log(count) + min(square, 1.0) / 2) ** 2 + square


class ReduceVar(Reduction):
    """The variance over some axes, or all, which are kept with size 1 or left out.

    The sum of squared differences from the mean is divided by the number of values less `correction`: 1 by default,
    as in PyTorch, where Keras and NumPy have 0. Without `keepdim` what is left is read by its rank, and where nothing
    is left a vector of one value comes out. FLOPs: 4 for each value that comes in: the mean, the difference, its
    square and their mean.

    >>> ReduceVar(dim=[1, 2], correction=0).output_shape([(512, 7, 9)])
    (512, 1, 1)
    """

    type_name = "reduce_var"
    positional = ("dim",)
    aliases = ("var", "variance", "reduce_variance")
    per_input = 4

    correction: int = option(
        Integer(0), default=1, meaning="taken off the number of values: 0 divides by it", aliases=("ddof",)
    )

    @classmethod
    def _unknown(cls, name: str) -> LayerError:
        """As everywhere; the hint translates PyTorch's other word."""
        if name != "unbiased":
            return super()._unknown(name)
        hint = "`unbiased: false` is `correction: 0`, and true is 1"
        return LayerError("has no option `unbiased`", option=name, hint=hint, code="unknown-option")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The sizes of the axes that are left; raises `LayerError` where nothing is left to divide by."""
        (shape,) = inputs
        count = self.count(shape)
        if count <= self.correction:
            raise LayerError(
                f"{count} value{'s' * (count > 1)} with `correction` {self.correction} have no variance",
                option="correction",
                hint="`correction: 0` divides by the number of values",
                too_small=any(self.reduced_axes(shape)),
            )
        return super().output_shape(inputs)

    def moment(self, square: float, count: int) -> float:
        """The square of the variance."""
        del count
        return square * square

    def reduced(self, x: Array, axes: Sequence[int]) -> Array:
        """The variance."""
        return kernels.reduction.variance(x, axes, self.correction)


class ReduceStd(ReduceVar):
    """The standard deviation over some axes, or all, which are kept with size 1 or left out.

    The root of the variance, which divides by the number of values less `correction`: 1 by default, as in PyTorch,
    where Keras and NumPy have 0. Without `keepdim` what is left is read by its rank, and where nothing is left a
    vector of one value comes out. FLOPs: 4 for each value that comes in, and 1, the root, for each that comes out.

    >>> ReduceStd(dim=[1, 2], correction=0).output_shape([(512, 7, 9)])
    (512, 1, 1)
    """

    type_name = "reduce_std"
    aliases = ("std", "stddev", "standard_deviation")
    per_output = 1

    def moment(self, square: float, count: int) -> float:
        """The variance."""
        del count
        return square

    def reduced(self, x: Array, axes: Sequence[int]) -> Array:
        """The deviation."""
        return kernels.reduction.deviation(x, axes, self.correction)
