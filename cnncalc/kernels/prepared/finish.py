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

    def calls(self, sums: Array, place: Place, target: Array) -> list[Call]:
        """The calls that make the output at a `place` of it, which is `target`, of its sums there, and overwrite these.

        Both are ``(N, lines, columns, channels)``, and may be the same.
        """
        channels = place[3]
        bias = None if self.bias is None else self.bias[channels]
        added = None if self.added is None else self.added[place]
        arrays = [sums, target, *([] if added is None else [added])]
        lines = [joined(array, 2) for array in arrays]
        if all(array is not None for array in lines):  # lines as long runs, which go faster than pixels
            arrays = [array for array in lines if array is not None]
            if bias is not None:
                bias = self._line(("bias", channels.start, channels.stop, sums.shape[2]), bias, sums.shape[2])
        values, out, *others = arrays
        steps: list[tuple[np.ufunc, Array]] = [] if bias is None else [(np.add, bias)]
        steps += [(np.add, other) for other in others]
        # An array of one number many times is compared with much faster than the number.
        for step_of, bound in ((np.maximum, self.low), (np.minimum, self.high)):
            if bound is not None:
                length = values.shape[-1]
                steps.append((step_of, self._line((bound, length), np.array([bound], values.dtype), length)))
        calls: list[Call] = [partial(step, values, other, out=values) for step, other in steps[:-1]]
        if steps:
            step, other = steps[-1]
            calls.append(partial(step, values, other, out=out))
        elif not is_same(values, out):
            calls.append(partial(np.copyto, out, values))
        return calls if self.function is None else [*calls, partial(self.function, target)]

    def _line(self, key: tuple[object, ...], values: Array, times: int) -> Array:
        """Values so many times, kept for all calls: of a large map there are thousands, of a few lengths."""
        if key not in self._lines:
            self._lines[key] = np.tile(values, times)
        return self._lines[key]


def is_same(one: Array, other: Array) -> bool:
    """Whether two views of one shape are of the same values."""
    same_start = one.__array_interface__["data"][0] == other.__array_interface__["data"][0]
    return same_start and one.strides == other.strides
