"""What convolution and pooling share: a window along each spatial axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.geometry.window import TransposedWindow, Window
from cnncalc.geometry.window_access import window_access
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Pads, PerAxis, Sizes, option
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import rename

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Reading
    from cnncalc.geometry.window import AnyWindow
    from cnncalc.kernels.windows import AxisWindow
    from cnncalc.shapes import Shape


class Windowed(Layer):
    """A layer with a window; `padding` is declared by the subclass, as its words differ."""

    ranked = True

    kernel_size: PerAxis = option(Sizes(1), meaning="taps of the window", aliases=("pool_size", "kernel_shape"))
    stride: PerAxis | None = option(
        Sizes(1),
        default=(1,),
        meaning="pixels from one position to the next",
        aliases=("strides", "subsample"),
    )
    padding: Pads | str = ((0, 0),)
    dilation: PerAxis = (1,)
    ceil_mode: bool = False

    def windows(self, shape: Shape) -> tuple[AnyWindow, ...]:
        """The window along each spatial axis of an input of this shape."""
        return tuple(map(Window, *self._window_fields(len(shape) - 1), (self.ceil_mode,) * (len(shape) - 1)))

    def _window_fields(self, rank: int) -> list[tuple[Any, ...]]:
        """Kernel size, stride, dilation and padding, each with one value for each axis."""
        stride = self.stride or tuple(rename(size, "stride") for size in self.kernel_size)
        return [
            self._per_axis("kernel_size", rank),
            per_axis(stride, rank, "stride"),
            self._per_axis("dilation", rank),
            (self.padding,) * rank if isinstance(self.padding, str) else self._per_axis("padding", rank),
        ]

    def _per_axis(self, name: str, rank: int) -> tuple[Any, ...]:
        return per_axis(getattr(self, name), rank, name)

    def positions(self, shape: Shape) -> Shape:
        """The number of window positions on each spatial axis; raises `LayerError` where there is none."""
        return tuple(window.positions(size) or self._too_small(axis, shape) for axis, window, size in self._axes(shape))

    def _axes(self, shape: Shape) -> list[tuple[int, AnyWindow, int]]:
        need_map(shape)
        return [(axis, w, size) for axis, (w, size) in enumerate(zip(self.windows(shape), shape[1:], strict=True))]

    def _too_small(self, axis: int, shape: Shape) -> int:
        """Raise `LayerError` for an axis, spatial ones from 0, on which the window has no position."""
        window, size = self.windows(shape)[axis], shape[axis + 1]
        name = AXIS_NAMES[len(shape) - 1][axis]
        padded = "padded " if any(window.pads(size)) else ""
        raise LayerError(
            f"its window spans {window.extent} pixels, the {padded}{name} has {size + sum(window.pads(size))}",
            too_small=True,
        )

    def geometry(self, shape: Shape) -> list[AxisWindow]:
        """The windows as the kernels take them; `shape` is that of the array that arrives, without the batch."""
        return [
            kernels.windows.AxisWindow(
                kernel_size=window.kernel_size,
                stride=window.stride,
                dilation=window.dilation,
                padding=window.pads(size),
                ceil_mode=self.ceil_mode,
                output_padding=window.added if isinstance(window, TransposedWindow) else 0,
            )
            for window, size in zip(self.windows(shape), shape[1:], strict=True)
        ]

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Along a spatial axis the taps of the windows; of the channels those of `channel_access`."""
        return [
            AxisByAxis(
                [self.channel_access(shape[0], output[0]), *map(self.axis_access, self.windows(shape), shape[1:])]
            )
            for shape in inputs
        ]

    def axis_access(self, window: AnyWindow, size: int) -> Access:
        """How the positions of a window read a spatial axis of `size`: the taps that lie on it."""
        return window_access(window, size)

    def channel_access(self, before: int, after: int) -> Access:
        """How each of `after` channels reads those of the input: the same one, as pools do."""
        del before, after
        return SAME


def per_axis(values: tuple[Any, ...], rank: int, name: str) -> tuple[Any, ...]:
    """One value for each of `rank` axes; raises `LayerError` where there are more or fewer.

    >>> per_axis((3,), 2, "kernel_size")
    (3, 3)
    """
    if len(values) == rank:
        return values
    if len(values) == 1:
        return values * rank
    raise LayerError(f"`{name}` has {len(values)} values, the input has {rank} spatial axes", option=name)


def need_map(shape: Shape) -> None:
    """Raise `LayerError` for a vector, which has no axis to slide along."""
    if len(shape) < 2:
        raise LayerError(
            "it needs a map with 1 to 3 spatial axes, and this is a vector",
            hint="put the layer before `flatten`, or write the input as channels x height x width",
        )
