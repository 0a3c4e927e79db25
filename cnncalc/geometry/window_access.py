"""What windows read along an axis: sliding ones, those of transposed convolutions, and one behind another."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from cnncalc.geometry.access import Access
from cnncalc.geometry.axis_map import LONGEST_PERIOD, AxisMap
from cnncalc.geometry.window import TransposedWindow

if TYPE_CHECKING:
    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.geometry.window import AnyWindow, Window


def window_access(window: AnyWindow, size: int) -> Access:
    """How the positions of a window read an axis of `size`, or the outputs of a transposed one its inputs."""
    if isinstance(window, TransposedWindow):
        return Covering(window, window.pads(size)[0], size)
    return Sliding(window, size)


class Sliding(Access):
    """Each position of a window reads its taps that lie on an axis of `size`.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> from cnncalc.geometry.window import Window
    >>> list(Sliding(Window(kernel_size=3, dilation=2, padding=(1, 1)), 9).read_by(IndexSet.span(0, 0)).each())
    [1, 3]
    """

    __slots__ = ("size", "window")

    def __init__(self, window: Window, size: int) -> None:
        self.window = window
        self.size = size

    def hull(self) -> AxisMap:
        """From the first tap to the last.

        >>> from cnncalc.geometry.window import Window
        >>> Sliding(Window(kernel_size=3, stride=2, padding=(1, 1)), 224).hull()
        AxisMap(firsts=(-1,), lasts=(1,), step=2, gap=1)
        """
        window, before = self.window, self.window.pads(self.size)[0]
        return AxisMap((-before,), (window.extent - 1 - before,), window.stride, window.dilation)

    def read_by(self, units: IndexSet) -> IndexSet:
        """The taps that lie inside, with the holes that stride and dilation leave."""
        from cnncalc.geometry.index_set import EMPTY

        window, before = self.window, self.window.pads(self.size)[0]
        first, last = units.first * window.stride - before, units.last * window.stride - before
        taps = _taps_between(window, -last, self.size - 1 - first)
        starts = units.scaled(window.stride).shifted(taps.start * window.dilation - before)
        return starts.dilated_by_taps(len(taps), window.dilation).within(self.size) if taps else EMPTY


class Covering(Access):
    """Each pixel reads the positions of a window that put a tap on it: q with ``q stride + t dilation - before``.

    There are `positions` of them. Pixels from `pixels` on, where that is given, are covered by none.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> from cnncalc.geometry.window import Window
    >>> list(Covering(Window(kernel_size=3, stride=2), 1, positions=9).read_by(IndexSet.span(1, 1)).each())
    [0, 1]
    """

    __slots__ = ("before", "pixels", "positions", "window")

    def __init__(self, window: AnyWindow, before: int, positions: int, pixels: int | None = None) -> None:
        self.window = window
        self.before = before
        self.positions = positions
        self.pixels = pixels

    def hull(self) -> AxisMap | None:
        """The first and last position; None where the stride, which is the period, is too long for a pattern."""
        return covering_map(self.window.kernel_size, self.window.stride, self.window.dilation, self.before)

    def read_by(self, units: IndexSet) -> IndexSet:
        """The positions that put a tap on any of these pixels."""
        from cnncalc.geometry.index_set import EMPTY

        window, wanted = self.window, units if self.pixels is None else units.within(self.pixels)
        first, last = wanted.first + self.before, wanted.last + self.before
        taps = _taps_between(window, first - (self.positions - 1) * window.stride, last)
        starts = wanted.shifted(self.before - (taps.stop - 1) * window.dilation)
        reached = starts.dilated_by_taps(len(taps), window.dilation) if taps else EMPTY
        return reached.subsampled(window.stride).within(self.positions)


class Chained(Access):
    """What units read by one access after another: `outer`, from the units on, then `inner`."""

    __slots__ = ("inner", "outer")

    def __init__(self, outer: Access, inner: Access) -> None:
        self.outer = outer
        self.inner = inner

    def hull(self) -> AxisMap | None:
        """The composition of both."""
        outer, inner = self.outer.hull(), self.inner.hull()
        return outer and inner and outer.compose(inner)

    def read_by(self, units: IndexSet) -> IndexSet:
        """What is read of what is read."""
        between = self.outer.read_by(units)
        return self.inner.read_by(between) if between else between


def covering_map(kernel_size: int, stride: int, dilation: int, before: int) -> AxisMap | None:
    """The hull of the window positions that cover each pixel; None for a stride that is too long for a pattern.

    >>> covering_map(kernel_size=3, stride=2, dilation=1, before=1)
    AxisMap(firsts=(0, 0), lasts=(0, 1), step=1, gap=1)
    """
    if stride > LONGEST_PERIOD:
        return None
    distinct = min(kernel_size, stride // gcd(stride, dilation))
    latest = {tap * dilation % stride: tap * dilation for tap in range(distinct)}
    earliest = {tap * dilation % stride: tap * dilation for tap in range(kernel_size - distinct, kernel_size)}
    firsts, lasts = [], []
    for pixel in range(before, before + stride):
        phase = pixel % stride
        nothing = pixel // stride + 1
        firsts.append((pixel - earliest[phase]) // stride if phase in earliest else nothing)
        lasts.append((pixel - latest[phase]) // stride if phase in latest else nothing - 1)
    return AxisMap(tuple(firsts), tuple(lasts), 1, dilation // gcd(stride, dilation)).reduced()


def _taps_between(window: AnyWindow, near: int, far: int) -> range:
    """The taps that lie `near` to `far` behind the first, so that those which cannot be inside cost nothing."""
    first = max(-(-near // window.dilation), 0)
    return range(first, max(min(far // window.dilation + 1, window.kernel_size), first))
