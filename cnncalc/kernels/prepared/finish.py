"""What is done to the sums of a convolution, or of other layers, before they are its output."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.kernels.prepared.shares import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.prepared.shares import Call

Place = tuple[slice, slice, slice, slice]
"""Some samples, lines, columns and channels of an output."""


class Finish:
    """A bias ``(C,)`` and an array of the output's shape are added to sums ``(N, OH, OW, C)``, then held in bounds.

    `function` computes what is left to do, in the place of the output, such as an activation of another kind.
    """

    def __init__(
        self,
        bias: Array | None = None,
        added: Array | None = None,
        low: float | None = None,
        high: float | None = None,
        function: Callable[[Array], object] | None = None,
    ) -> None:
        self.bias = bias
        self.added = added
        self.low = low
        self.high = high
        self.function = function
        self._lines: dict[tuple[object, ...], Array] = {}

    def at(self, place: tuple[slice, ...]) -> Finish:
        """The same for a place of the output alone."""
        added = None if self.added is None else self.added[place]
        return Finish(self.bias, added, self.low, self.high, self.function)

    def calls(self, sums: Array, place: Place, target: Array) -> list[Call]:
        """The calls that make the output at a `place` of it, which is `target`, of its sums there, and overwrite these.

        Both are ``(N, lines, columns, channels)``, and may be the same.
        """
        calls = self.calls_on(sums, target, None if self.added is None else self.added[place], place[3])
        return calls if self.function is None else [*calls, partial(self.function, target)]

    def calls_on(self, sums: Array, target: Array, added: Array | None, channels: slice) -> list[Call]:
        """The calls up to the bounds, on arrays of any one shape ``(..., columns, channels)``."""
        steps: list[tuple[np.ufunc, Array | float]] = []
        if self.bias is not None:
            steps.append((np.add, self.bias[channels]))
        if added is not None:
            steps.append((np.add, added))
        values, out = _Runs(sums), _Runs(target)
        if self.low is not None and self.high is not None:
            calls = [self._call(step, values, other, values) for step, other in steps]
            source, goal = values.together(out)
            return [*calls, partial(source.clip, self.low, self.high, goal)]
        steps += [
            (step, bound) for step, bound in ((np.maximum, self.low), (np.minimum, self.high)) if bound is not None
        ]
        if not steps:
            return [] if is_same(sums, target) else [partial(np.copyto, target, sums)]
        last = len(steps) - 1
        return [
            self._call(step, values, other, out if place == last else values)
            for place, (step, other) in enumerate(steps)
        ]

    def _call(self, step: np.ufunc, values: _Runs, other: Array | float, out: _Runs) -> Call:
        """One step, with what is added or compared: an array of the same shape, a number a channel, or one number."""
        if isinstance(other, np.ndarray) and other.ndim > 1:
            source, goal, operand = values.together(out, _Runs(other))
            return partial(step, source, operand, out=goal)
        source, goal = values.together(out)
        # An array of one number many times is compared with much faster than the number.
        line = np.array([other], source.dtype) if isinstance(other, float) else other
        return partial(step, source, self._line(line, source.shape[-1]), out=goal)

    def _line(self, values: Array, length: int) -> Array:
        """Values again and again, kept for all calls: of a large map there are thousands, of a few lengths."""
        key = (values.tobytes() if len(values) == 1 else values.__array_interface__["data"], len(values), length)
        if key not in self._lines:
            self._lines[key] = np.tile(values, length // len(values))
        return self._lines[key]


class _Runs:
    """An array ``(..., columns, channels)``, and a view of it with lines as long runs, which go faster than pixels."""

    def __init__(self, array: Array) -> None:
        self.array = array
        self.long = joined(array, array.ndim - 2)

    def together(self, *others: _Runs) -> list[Array]:
        """This array and others of its shape: all with long runs, or none."""
        every = (self, *others)
        long = [one.long for one in every if one.long is not None]
        return long if len(long) == len(every) else [one.array for one in every]


def is_same(one: Array, other: Array) -> bool:
    """Whether two views of one shape are of the same values."""
    same_start = one.__array_interface__["data"][0] == other.__array_interface__["data"][0]
    return same_start and one.strides == other.strides
