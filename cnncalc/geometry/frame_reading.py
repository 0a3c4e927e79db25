"""What is read of a sequence of maps by a recurrence that spreads at each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.geometry.access import Preceding, UpToWhole, Whole
from cnncalc.geometry.index_set import IndexSet, whole
from cnncalc.geometry.periodic import IrregularError
from cnncalc.geometry.reading import BoundedReading
from cnncalc.geometry.window import Window
from cnncalc.geometry.window_access import Chained, Sliding, window_access

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.boxes import Box
    from cnncalc.geometry.window import AnyWindow
    from cnncalc.shapes import Shape

MOST_FRAMES: Final = 4096
"""The most frames that are told apart by how far a unit sees in each."""


class SpreadFrames(BoundedReading):
    """Units of a map at a time read all frames up to it, in each further back by a step of a recurrent kernel.

    The input is ``(C, T, *I)`` and the output ``(F, T, *O)`` or, where `last`, the map of the last time ``(F, *O)``.
    Each frame is read by `windows`, whose positions are the places of the state, and the state by as many taps without
    stride, of which the middle one is the place itself. `accesses` are those of the last time; the map of that time
    alone counts as global, as it has other axes than the input.

    >>> reading = SpreadFrames((1, 4, 9), (1, 4, 9), [Window(3, padding=(1, 1))])
    >>> for box in reading.sources((whole(1), IndexSet.span(2, 2), IndexSet.span(4, 4))):
    ...     print(list(box[1].each()), list(box[2].each()))
    [2] [3, 4, 5]
    [1] [2, 3, 4, 5, 6]
    [0] [1, 2, 3, 4, 5, 6, 7]
    """

    __slots__ = ("last", "output", "shape", "windows")

    def __init__(self, shape: Shape, output: Shape, windows: Sequence[AnyWindow], *, last: bool = False) -> None:
        self.shape = shape
        self.windows = windows
        self.last = last
        self.output = output if last else (output[0], *output[2:])
        back = shape[1] - 1
        chained = (Chained(self._spread(axis, back), self._window(axis)) for axis in range(len(windows)))
        super().__init__(list(map(UpToWhole, shape)) if last else [Whole(shape[0]), Preceding(), *chained])

    def _spread(self, axis: int, back: int) -> Access:
        """What of the state so many steps back a place reads."""
        taps = self.windows[axis].kernel_size - 1
        pads = (back * (taps // 2), back * (taps - taps // 2))
        return Sliding(Window(1 + back * taps, padding=pads), self.output[1 + axis])

    def _window(self, axis: int) -> Access:
        return window_access(self.windows[axis], self.shape[2 + axis])

    def sources(self, wanted: Box) -> list[Box]:
        """Frame by frame, the latest first; those before a frame in which all is read that can be are one box."""
        if not all(wanted):
            return []
        time, places = self.shape[1] - 1, wanted[1:]
        if not self.last:
            time, places = wanted[1].last, wanted[2:]
        boxes = ((whole(self.shape[0]), frames, *self._read_by(state)) for frames, state in self._states(time, places))
        return [box for box in boxes if all(box)]

    def _states(self, time: int, places: tuple[IndexSet, ...]) -> Iterator[tuple[IndexSet, tuple[IndexSet, ...]]]:
        """The places of the state that are read, by the frames where they are the same."""
        state = places
        for back in range(time + 1):
            further = tuple(self._spread(axis, back + 1).read_by(one) for axis, one in enumerate(places))
            if further == state:
                yield IndexSet.span(0, time - back), state
                return
            if back > MOST_FRAMES:
                raise IrregularError
            yield IndexSet.span(time - back, time - back), state
            state = further

    def _read_by(self, state: tuple[IndexSet, ...]) -> tuple[IndexSet, ...]:
        return tuple(self._window(axis).read_by(one) for axis, one in enumerate(state))
