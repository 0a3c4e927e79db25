"""Layers that lay windows out as columns, and put them together again; without weights."""

from __future__ import annotations

from math import gcd, prod
from typing import TYPE_CHECKING, Any

from cnncalc import kernels
from cnncalc.errors import LayerError, shape_text
from cnncalc.geometry.reading import Rearrangement, ReshapeAxes
from cnncalc.geometry.window import Window
from cnncalc.geometry.window_moves import SumWindows, TakeWindows, WindowPlaces
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Padding, Pads, PerAxis, Sizes, option
from cnncalc.layers.windowed import Windowed, per_axis
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import exact_div, named_instead

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.geometry.window import AnyWindow
    from cnncalc.kernels import Array
    from cnncalc.kernels.windows import AxisWindow
    from cnncalc.shapes import Shape


class Unfold(Windowed):
    """Every window as a column: the values under its taps, channel by channel. FLOPs: none.

    ``(C, *I) -> (C * taps, positions)``, known as im2col. Row ``(c Kh + y) Kw + x`` has what tap (y, x) lies on in
    channel c, and 0 in the padding; positions are counted row by row, as in PyTorch, which has it for maps with two
    axes alone. A `linear` along the channels then is the convolution.

    >>> Unfold(kernel_size=3, padding=1).output_shape([(64, 14, 14)])
    (576, 196)
    """

    type_name = "unfold"
    ranked = False
    positional = ("kernel_size", "dilation", "padding", "stride")
    aliases = ("im2col", "extract_patches", "extract_image_patches")

    padding: Pads | str = option(
        Padding("valid", "same", "same_lower"), default=((0, 0),), meaning="zeros around the input", aliases=("pad",)
    )
    dilation: PerAxis = option(
        Sizes(1),
        default=(1,),
        meaning="pixels from one tap to the next",
        aliases=("dilation_rate", "rates", "dilations"),
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C * taps, positions)``."""
        (shape,) = inputs
        names = AXIS_NAMES[len(shape) - 1] if len(shape) > 1 else ()
        positions = [
            named_instead(found, f"{name}_positions") for name, found in zip(names, self.positions(shape), strict=True)
        ]
        taps = prod(self._per_axis("kernel_size", len(shape) - 1))
        return (shape[0] * taps, prod(positions))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The pixels under the windows, laid out."""
        (shape,) = inputs
        places = [_places(window, size) for window, size in zip(self.windows(shape), shape[1:], strict=True)]
        return [Rearrangement(shape, [TakeWindows(places), ReshapeAxes(output)])]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Lay the windows out."""
        del weights
        (x,) = inputs
        return kernels.folding.unfold(x, self.geometry(x.shape[1:]))


def _places(window: AnyWindow, size: int) -> WindowPlaces:
    """The window on an axis of this size."""
    before, _ = window.pads(size)
    return WindowPlaces(size, window.positions(size), window.kernel_size, window.stride, window.dilation, before)


class Fold(Layer):
    """Columns put together to a map: values that lie on one pixel are added. FLOPs: 1 an input value, which is added.

    ``(C * taps, positions) -> (C, *output_size)``, known as col2im: the columns are those that `unfold` with the same
    options makes of a map of that size, and what lies in its padding is left out, as in PyTorch.

    >>> Fold(output_size=[14, 14], kernel_size=3, padding=1).output_shape([(576, 196)])
    (64, 14, 14)
    """

    type_name = "fold"
    positional = ("output_size", "kernel_size", "dilation", "padding", "stride")
    aliases = ("col2im",)

    output_size: PerAxis = option(
        Sizes(1, square=True), meaning="the size of the map", aliases=("image_shape", "output_shape", "size")
    )
    kernel_size: PerAxis = option(Sizes(1), meaning="taps of the window", aliases=("block_shape", "kernel_shape"))
    dilation: PerAxis = option(
        Sizes(1), default=(1,), meaning="pixels from one tap to the next", aliases=("dilation_rate", "dilations")
    )
    padding: Pads | str = option(
        Padding("valid", "same", "same_lower"), default=((0, 0),), meaning="what is cut off", aliases=("pad", "pads")
    )
    stride: PerAxis = option(
        Sizes(1), default=(1,), meaning="pixels from one position to the next", aliases=("strides",)
    )

    def _windows(self) -> list[Window]:
        """The window along each axis of the output."""
        rank = len(self.output_size)
        kernel, stride, dilation = (
            self._for_each(name, getattr(self, name), rank) for name in ("kernel_size", "stride", "dilation")
        )
        padding = self.padding if isinstance(self.padding, str) else self._for_each("padding", self.padding, rank)
        pads = (padding,) * rank if isinstance(padding, str) else padding
        return list(map(Window, kernel, stride, dilation, pads))

    @staticmethod
    def _for_each(name: str, values: tuple[Any, ...], rank: int) -> tuple[Any, ...]:
        if len(values) not in (1, rank):
            fact = f"`{name}` has {len(values)} values, `output_size` has {rank} axes"
            raise LayerError(fact, option=name)
        return per_axis(values, rank, name)

    def validate(self) -> None:
        """Options have one value for each axis of the output, and its windows fit."""
        for name, window, size in zip(
            AXIS_NAMES[len(self.output_size)], self._windows(), self.output_size, strict=True
        ):
            if not window.positions(size):
                padded = "padded " if any(window.pads(size)) else ""
                raise LayerError(
                    f"its window spans {window.extent} pixels, the {padded}{name} of `output_size` has "
                    f"{size + sum(window.pads(size))}",
                    option="output_size",
                )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(C, *output_size)``; raises `LayerError` where the columns are not those of such a map."""
        (shape,) = inputs
        if len(shape) != 2:
            fact = f"it needs channels x positions, and this {'is a vector' if len(shape) == 1 else 'is a map'}"
            raise LayerError(fact, hint=None if len(shape) == 1 else "`flatten: {start_dim: 1}` makes a map positions")
        windows = self._windows()
        taps = prod([window.kernel_size for window in windows])
        positions = [window.positions(size) for window, size in zip(windows, self.output_size, strict=True)]
        if shape[0] % taps:
            raise LayerError(
                f"its {shape[0]} channels are not a multiple of the {taps} taps of `kernel_size`", option="kernel_size"
            )
        if shape[1] != prod(positions):
            counted = f"{shape_text(positions)} = {prod(positions)}" if len(positions) > 1 else str(positions[0])
            raise LayerError(
                f"its windows have {counted} positions on {shape_text(self.output_size)}, and {shape[1]} arrive",
                option="output_size",
            )
        return (exact_div(shape[0], taps), *self.output_size)

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """One for each input value."""
        del output
        return prod(inputs[0])

    def second_moment(self, inputs: Sequence[float]) -> float:
        """No more than if all windows on a pixel had the same value (Minkowski)."""
        (arriving,) = inputs
        most = prod(-(-w.kernel_size * gcd(w.stride, w.dilation) // w.stride) for w in self._windows())
        return arriving * most**2

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The values whose windows lie on a pixel."""
        (shape,) = inputs
        places = [_places(window, size) for window, size in zip(self._windows(), output[1:], strict=True)]
        taps, positions = [place.kernel_size for place in places], [place.positions for place in places]
        return [Rearrangement(shape, [ReshapeAxes((output[0], *taps, *positions)), SumWindows(places)])]

    def geometry(self) -> list[AxisWindow]:
        """The windows as the kernels take them."""
        return [
            kernels.windows.AxisWindow(window.kernel_size, window.stride, window.dilation, window.pads(size))
            for window, size in zip(self._windows(), self.output_size, strict=True)
        ]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Add the values up."""
        del weights
        return kernels.folding.fold(inputs[0], self.output_size, self.geometry())
