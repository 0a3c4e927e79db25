"""What convolution and pooling share: a window along each spatial axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.axis_map import window_map
from cnncalc.geometry.window import TransposedWindow, Window
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Pads, PerAxis, Sizes, option
from cnncalc.shapes import AXIS_NAMES
from cnncalc.symbolic.arithmetic import rename

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.geometry.index_set import IndexSet
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

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """Each position reads the pixels from its window's first tap to its last."""
        del output
        return [[window_map(window, size) for window, size in zip(self.windows(s), s[1:], strict=True)] for s in inputs]

    def taps(self, number: int, axis: int, wanted: IndexSet, inputs: Sequence[Shape], output: Shape) -> IndexSet:
        """Along a spatial axis the taps of the windows themselves, with the holes that dilation leaves."""
        if axis == 0:
            return super().taps(number, axis, wanted, inputs, output)
        shape = inputs[number]
        return window_taps(self.windows(shape)[axis - 1], wanted, shape[axis])


def window_taps(window: AnyWindow, wanted: IndexSet, size: int) -> IndexSet:
    """Which positions of an input of `size` the taps of a window reach, for the outputs `wanted`.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(window_taps(Window(kernel_size=3, dilation=2, padding=(1, 1)), IndexSet.span(0, 0), 9).each())
    [1, 3]
    """
    from cnncalc.geometry.index_set import EMPTY

    before = window.pads(size)[0]
    if isinstance(window, TransposedWindow):
        return spread_taps(window, before, wanted, size)
    first, last = wanted.first * window.stride - before, wanted.last * window.stride - before
    taps = _taps_between(window, -last, size - 1 - first)
    starts = wanted.spread(window.stride).moved(taps.start * window.dilation - before)
    return starts.reaching(len(taps), window.dilation).within(size) if taps else EMPTY


def spread_taps(window: AnyWindow, before: int, wanted: IndexSet, positions: int) -> IndexSet:
    """Which of so many window positions put a tap on the pixels `wanted`: ``q stride + t dilation - before``.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> list(spread_taps(Window(kernel_size=3, stride=2), 1, IndexSet.span(1, 1), 9).each())
    [0, 1]
    """
    from cnncalc.geometry.index_set import EMPTY

    first, last = wanted.first + before, wanted.last + before
    taps = _taps_between(window, first - (positions - 1) * window.stride, last)
    starts = wanted.moved(before - (taps.stop - 1) * window.dilation)
    reached = starts.reaching(len(taps), window.dilation) if taps else EMPTY
    return reached.thinned(window.stride).within(positions)


def _taps_between(window: AnyWindow, near: int, far: int) -> range:
    """The taps that lie `near` to `far` behind the first, so that those which cannot be inside cost nothing."""
    first = max(-(-near // window.dilation), 0)
    return range(first, max(min(far // window.dilation + 1, window.kernel_size), first))


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
