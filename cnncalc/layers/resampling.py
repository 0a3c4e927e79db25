"""Resampling: a map made larger or smaller by interpolation."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME
from cnncalc.geometry.quotient_access import Filtered, Resampled, Source, adaptive, simplest
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.adaptive_pooling import values_read
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Boolean, Choice, ListOf, Number, PerAxis, Sizes, option
from cnncalc.layers.windowed import need_map, per_axis
from cnncalc.shapes import AXIS_NAMES, MAX_SIZE
from cnncalc.symbolic.arithmetic import ceiling, larger, scaled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

_INTERPOLATIONS: Final = {
    "nearest": ("nearest", None),
    "nearest-exact": ("nearest", None),
    "area": ("area", None),
    "linear": ("linear", None),
    "bilinear": ("linear", 2),
    "trilinear": ("linear", 3),
    "bicubic": ("cubic", 2),
}
"""What each mode interpolates with along an axis, and the rank that it insists on."""


class Upsample(Layer):
    """Resampling to `size`, or by `scale_factor`, which may be fractional or below 1; ``(C, *I) -> (C, *O)``.

    O = `size` or ``floor(I scale_factor)`` per axis. With r = ``I / O`` or, as in PyTorch, ``1 / scale_factor``, output
    i lies at ``i r`` rounded down in `nearest` mode, at ``(i + 1/2) r`` rounded down in `nearest-exact` mode, and else
    at ``(i + 1/2) r - 1/2``; with `align_corners` at ``i (I - 1) / (O - 1)``. `linear` works in every rank, where
    PyTorch calls it `bilinear` and `trilinear`; `bicubic` takes 4 x 4 pixels (a = -0.75). `area` is adaptive average
    pooling to O. `antialias` makes the linear modes and `bicubic` (then a = -0.5) r times wider where r is above 1, as
    PyTorch and Pillow do; what lies outside then has no weight. FLOPs: none in the nearest modes, in `area` mode those
    of adaptive average pooling, else for each output value a multiplication a tap and their additions: 3, 7 and 15 for
    the linear modes of 1 to 3 axes, 31 for `bicubic`. With `antialias` there are ``ceil(2 I / O)`` taps along an axis,
    or ``ceil(4 I / O)`` in `bicubic` mode, where that is more.

    >>> Upsample(scale_factor=2).output_shape([(256, 13, 13)])
    (256, 26, 26)
    >>> Upsample(size=[20, 30], mode="bilinear").flops([(1, 10, 10)], (1, 20, 30))
    4200
    """

    type_name = "upsample"
    positional = ("size", "scale_factor", "mode", "align_corners")
    aliases = (
        *("up_sampling", "interpolate", "resize", "resizing", "interp", "upsampling_nearest", "upsampling_bilinear"),
        *("upsample1d", "upsample3d"),
    )

    size: PerAxis | None = option(Sizes(1), default=None, meaning="size of the output", aliases=("output_size",))
    scale_factor: tuple[float, ...] | None = option(
        ListOf(Number(above=0.0, maximum=float(MAX_SIZE))),
        default=None,
        meaning="how many times larger the output is, one per axis or one for all",
        aliases=("scale", "scales", "factor"),
    )
    mode: str = option(
        Choice(*_INTERPOLATIONS), default="nearest", meaning="how to interpolate", aliases=("interpolation", "method")
    )
    align_corners: bool = option(
        Boolean(), default=False, meaning="let the outermost pixels' centres coincide; in linear modes and `bicubic`"
    )
    antialias: bool = option(
        Boolean(), default=False, meaning="see all pixels when reducing; in linear modes and `bicubic`"
    )

    def validate(self) -> None:
        """Exactly one of `size` and `scale_factor`; corners are aligned only where something is interpolated."""
        if (self.size is None) == (self.scale_factor is None):
            both = "`size` and `scale_factor` are both given"
            fact = "it needs a `size` or a `scale_factor`" if self.size is None else both
            raise LayerError(fact, option="scale_factor", hint="give exactly one of `size` and `scale_factor`")
        if self._taps_along_axis is None:
            for name in ("align_corners", "antialias"):
                if getattr(self, name):
                    raise LayerError(f"`{name}` true has no meaning in `{self.mode}` mode", option=name)

    @property
    def interpolation(self) -> str:
        """What it interpolates with along an axis."""
        return _INTERPOLATIONS[self.mode][0]

    @property
    def _taps_along_axis(self) -> int | None:
        """The pixels along an axis that are weighed, without `antialias`; None in modes without weights."""
        return {"linear": 2, "cubic": 4}.get(self.interpolation)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C, *size)``, or every axis times its factor and rounded down, in floating point as PyTorch does."""
        (shape,) = inputs
        need_map(shape)
        rank = len(shape) - 1
        insists = _INTERPOLATIONS[self.mode][1]
        if insists not in (None, rank):
            fact = f"`mode` {self.mode} needs {insists} spatial axes, the input has {rank}"
            raise LayerError(fact, option="mode", hint="`linear` takes a map of any rank")
        if self.size is not None:
            return (shape[0], *per_axis(self.size, rank, "size"))
        factors = per_axis(self.scale_factor or (), rank, "scale_factor")
        return (shape[0], *map(self._scaled, shape[1:], factors, AXIS_NAMES[rank]))

    @staticmethod
    def _scaled(size: int, factor: float, name: str) -> int:
        result = scaled(size, factor)
        if not result:
            fact = f"`scale_factor` {factor:g} leaves nothing of a {name} of {size}"
            raise LayerError(fact, option="scale_factor", too_small=True)
        return result

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """A multiplication for each tap and their additions, for each output value."""
        (shape,) = inputs
        taps = self._taps_along_axis
        if taps is None:
            return values_read(shape, output) if self.mode == "area" else 0
        axes = zip(shape[1:], output[1:], strict=True)
        along = [larger(taps, ceiling(taps * i, o)) if self.antialias else taps for i, o in axes]
        return prod(output) * (2 * prod(along) - 1)

    def _sources(self, before: Shape, after: Shape) -> list[Source]:
        """Where the outputs lie along each spatial axis of the input."""
        factors = per_axis(self.scale_factor or (None,), len(before), "scale_factor")
        return [self._source(*axis) for axis in zip(before, after, factors, strict=True)]

    def _source(self, before: int, after: int, factor: float | None) -> Source:
        """Where the outputs lie along one axis, as a fraction of integers."""
        from fractions import Fraction

        if self.align_corners and not self.antialias:
            return Source(before - 1, 0, after - 1) if after > 1 else Source(before, 0, 1)
        if self.align_corners:
            # PyTorch filters with this step around centres that it places as without `align_corners`.
            ratio = Fraction(before - 1, after - 1) if after > 1 else Fraction(0)
        else:
            ratio = Fraction(before, after) if factor is None else 1 / simplest(factor)
        if self.mode == "nearest":
            return Source(ratio.numerator, 0, ratio.denominator)
        shift = 0 if self.mode == "nearest-exact" else ratio.denominator
        return Source(2 * ratio.numerator, ratio.numerator - shift, 2 * ratio.denominator)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The positions around the source coordinate that have a weight."""
        (shape,) = inputs
        if self.mode == "area":
            return [AxisByAxis([SAME, *map(adaptive, shape[1:], output[1:])])]
        sources = zip(self._sources(shape[1:], output[1:]), shape[1:], strict=True)
        return [AxisByAxis([SAME, *(self._access(source, size) for source, size in sources)])]

    def _access(self, source: Source, size: int) -> Access:
        """How the outputs along one axis read it."""
        kind = Filtered if self.antialias else Resampled
        return kind(source, self.interpolation, size)

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """The places with a weight on one that is reachable."""
        (x,) = inputs
        if self.mode == "area":
            return super().reachable(inputs)
        sizes = self.output_shape([x.shape[1:]])[1:]
        sources, kernel = self._sources(x.shape[2:], sizes), self.interpolation
        if self.antialias:
            return kernels.dependency.reachable_by_filtering(x, sources, sizes, kernel)
        return kernels.dependency.reachable_by_resampling(x, sources, sizes, kernel)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Interpolate along one axis after the other."""
        del weights
        (x,) = inputs
        rank = x.ndim - 2
        sizes = self.size and per_axis(self.size, rank, "size")
        scales = self.scale_factor and per_axis(self.scale_factor, rank, "scale_factor")
        if self.mode == "area":
            return kernels.pooling.adaptive_avg_pool(x, kernels.resampling.sizes_after(x, sizes, scales))
        sources = self._sources(x.shape[2:], self.output_shape([x.shape[1:]])[1:])
        resample = kernels.filtering.filtered if self.antialias else kernels.resampling.resample
        return resample(x, sources, kernel=self.interpolation, sizes=sizes, scales=scales)
