"""Pooling over a moving window."""

from __future__ import annotations

from math import prod, sqrt
from typing import TYPE_CHECKING, Final

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.layers.options import Boolean, Integer, Number, Padding, Pads, PerAxis, Sizes, option
from cnncalc.layers.statistics import BETWEEN, Statistics
from cnncalc.layers.windowed import Windowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.window import AnyWindow
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Pooling(Windowed):
    """What the pools with a moving window share: ``(C, *I) -> (C, *O)``, one O = positions of the window per axis."""

    stride: PerAxis | None = option(
        Sizes(1),
        default=None,
        meaning="pixels from one position to the next; the kernel size",
        aliases=("strides",),
    )
    padding: Pads | str = option(
        Padding("valid", "same", "same_lower"),
        default=((0, 0),),
        meaning="around the input",
        aliases=("pad",),
    )
    ceil_mode: bool = option(Boolean(), default=False, meaning="keep a last window that overhangs the end")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C, *positions)``."""
        (shape,) = inputs
        positions = self.positions(shape)
        for window in self.windows(shape):
            if not isinstance(window.padding, str):
                _check_padding(*window.padding, window.extent)
        for window, size in zip(self.windows(shape), shape[1:], strict=True):
            if size < window.dilation and not _meets_everywhere(window, size):
                raise LayerError(
                    f"a window's taps, {window.dilation} apart, all lie in the padding around {size}",
                    option="dilation",
                    hint="a window that lies in the padding alone has nothing to pool",
                    too_small=True,
                )
        return (shape[0], *positions)

    def _kernel_area(self, shape: Shape) -> int:
        return prod(self._per_axis("kernel_size", len(shape) - 1))


def _check_padding(before: int, after: int, extent: int) -> None:
    """PyTorch takes at most half of the window on both sides; uneven padding is less than the window, as in ONNX."""
    even = before == after
    if max(before, after) > (extent // 2 if even else extent - 1):
        much = "more than half" if even else "all"
        raise LayerError(
            f"`padding` {max(before, after)} is {much} of its window, which spans {extent}",
            option="padding",
            hint="a window that lies in the padding alone has nothing to pool",
        )


MOST_WINDOWS: Final = 2**16
"""Of so many positions each is looked at."""


def _meets_everywhere(window: AnyWindow, size: int) -> bool:
    """Whether each window has a tap on one of so few pixels that they fit between two taps.

    >>> from cnncalc.geometry.window import Window
    >>> _meets_everywhere(Window(kernel_size=2, dilation=6, padding="same"), 3)
    False
    """
    before, positions = window.pads(size)[0], window.positions(size)
    starts = (position * window.stride - before for position in range(min(positions, MOST_WINDOWS)))
    return all(
        (start if start >= 0 else start % window.dilation) < size
        and -start <= (window.kernel_size - 1) * window.dilation
        for start in starts
    )


def largest(each: Statistics, count: int) -> Statistics:
    """Mean and variance of the largest of so many values of a channel: as of rectified ones, the variance stays."""
    within = sqrt((1 - BETWEEN) * each.variance)
    return each._replace(mean=each.mean + within * kernels.moments.mean_of_largest(count))


class MaxPool(Pooling):
    """The largest value of each window; padding never wins. ``(C, *I) -> (C, *O)``.

    FLOPs: ``kernel - 1`` comparisons for each output value. `max_unpool` finds the indices itself, so that
    `return_indices` changes nothing.

    >>> MaxPool(kernel_size=3, stride=2).output_shape([(96, 55, 55)])
    (96, 27, 27)
    """

    type_name = "max_pool"
    positional = ("kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode")
    aliases = ("max_pooling",)

    dilation: PerAxis = option(Sizes(1), default=(1,), meaning="pixels from one tap to the next")
    return_indices: bool = option(
        Boolean(), default=False, meaning="as PyTorch wants it before unpooling; here it changes nothing"
    )

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """``kernel - 1`` comparisons for each output value."""
        return prod(output) * (self._kernel_area(inputs[0]) - 1)

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Those of the largest of so many values."""
        return largest(inputs[0], self._kernel_area(shapes[0]))

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The maximum over each window."""
        del weights
        (x,) = inputs
        return kernels.pooling.max_pool(x, self.geometry(x.shape[1:]))


class MinPool(Pooling):
    """The smallest value of each window; padding never wins. ``(C, *I) -> (C, *O)``.

    FLOPs: ``kernel - 1`` comparisons for each output value.

    >>> MinPool(kernel_size=2).output_shape([(6, 28, 28)])
    (6, 14, 14)
    """

    type_name = "min_pool"
    positional = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    aliases = ("min_pooling", "minimum_pool")

    dilation: PerAxis = option(Sizes(1), default=(1,), meaning="pixels from one tap to the next")

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """``kernel - 1`` comparisons for each output value."""
        return prod(output) * (self._kernel_area(inputs[0]) - 1)

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The windows with a value that is reachable, by their maximum."""
        (x,) = inputs
        return kernels.pooling.max_pool(kernels.dependency.as_floats(x), self.geometry(x.shape[1:]))

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Those of the smallest of so many values."""
        return largest(inputs[0].scaled(-1.0), self._kernel_area(shapes[0])).scaled(-1.0)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The minimum over each window."""
        del weights
        (x,) = inputs
        return kernels.pooling.min_pool(x, self.geometry(x.shape[1:]))


class AvgPool(Pooling):
    """The mean of each window; ``(C, *I) -> (C, *O)``.

    With `count_include_pad` the zeros of the padding count in the mean, which is the default as in PyTorch, but not
    with `same` padding, as in TensorFlow. What overhangs the end under `ceil_mode` never counts. With
    `divisor_override` the sum of each window is divided by that number instead. FLOPs: ``kernel`` for each output
    value, its additions and one division.

    >>> AvgPool(kernel_size=2).output_shape([(6, 28, 28)])
    (6, 14, 14)
    """

    type_name = "avg_pool"
    positional = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
    aliases = ("average_pooling", "mean_pool", "average_pool", "ave_pool")

    count_include_pad: bool | None = option(
        Boolean(), default=None, meaning="count the padding in the mean: true, but with `same` padding false"
    )
    divisor_override: int | None = option(
        Integer(1), default=None, meaning="what to divide each sum by, instead of the number of values counted"
    )

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """``kernel - 1`` additions and one division for each output value."""
        return prod(output) * self._kernel_area(inputs[0])

    def output_statistics(self, inputs: Sequence[Statistics], shapes: Sequence[Shape]) -> Statistics:
        """Those of means, or of sums over another number."""
        area = self._kernel_area(shapes[0])
        means = inputs[0].averaged(area)
        return means.scaled(area / self.divisor_override) if self.divisor_override else means

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The mean over each window."""
        del weights
        (x,) = inputs
        include = self.count_include_pad
        return kernels.pooling.avg_pool(
            x,
            self.geometry(x.shape[1:]),
            count_include_pad=not isinstance(self.padding, str) if include is None else include,
            divisor=self.divisor_override,
        )


class LpPool(Pooling):
    """The Lp norm of each window, ``(sum of |x| ** p) ** (1 / p)``, p = `norm_type`; ``(C, *I) -> (C, *O)``.

    Padding, and what overhangs the end under `ceil_mode`, adds nothing. As in ONNX and by the norm's definition the
    absolute value is taken, so that odd p has a result for negative values too; PyTorch leaves it out, and gives NaN
    where such a sum is negative. FLOPs: ``2 kernel`` for each output value, its powers and additions and one root.

    >>> LpPool(norm_type=2, kernel_size=2).output_shape([(6, 28, 28)])
    (6, 14, 14)
    """

    type_name = "lp_pool"
    positional = ("norm_type", "kernel_size", "stride", "ceil_mode")
    aliases = ("lp_pooling",)

    norm_type: float = option(Number(above=0.0, maximum=1e3), meaning="the exponent p", aliases=("p", "norm"))

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """``kernel`` powers, ``kernel - 1`` additions and one root for each output value."""
        return prod(output) * 2 * self._kernel_area(inputs[0])

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The windows with a value that is reachable, by their maximum: a small p makes infinities of the norm."""
        (x,) = inputs
        return kernels.pooling.max_pool(kernels.dependency.as_floats(x), self.geometry(x.shape[1:]))

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The norm of each window."""
        del weights
        (x,) = inputs
        return kernels.pooling.lp_pool(x, self.geometry(x.shape[1:]), self.norm_type)
