"""What is done to the sums of a convolution, or of other layers, before they are its output."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cnncalc.kernels.prepared.shares import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels.arrays import Array
    from cnncalc.kernels.prepared.shares import Call

Place = tuple[slice, slice, slice, slice]
"""Some samples, lines, columns and channels of an output."""


class Finish(NamedTuple):
    """A bias ``(C,)`` and an array of the output's shape are added to sums ``(N, OH, OW, C)``, then held in bounds.

    `function` computes what is left to do, in the place of the output, such as an activation of another kind.
    """

    bias: Array | None = None
    added: Array | None = None
    low: float | None = None
    high: float | None = None
    function: Callable[[Array], object] | None = None

    def calls(self, sums: Array, place: Place, target: Array) -> list[Call]:
        """The calls that make the output at a `place` of it, which is `target`, of its sums there, and overwrite these.

        Both are ``(N, lines, columns, channels)``, and may be the same.
        """
        bias = None if self.bias is None else self.bias[place[3]]
        added = None if self.added is None else self.added[place]
        arrays = [sums, target, *([] if added is None else [added])]
        lines = [joined(array, 2) for array in arrays]
        if all(array is not None for array in lines):  # lines as long runs, which go faster than pixels
            arrays = [array for array in lines if array is not None]
            bias = None if bias is None else np.tile(bias, sums.shape[2])
        values, out, *others = arrays
        steps: list[tuple[np.ufunc, Array]] = [] if bias is None else [(np.add, bias)]
        steps += [(np.add, other) for other in others]
        # An array of one number many times is compared with much faster than the number.
        length = values.shape[-1]
        steps += [] if self.low is None else [(np.maximum, np.full(length, self.low, values.dtype))]
        steps += [] if self.high is None else [(np.minimum, np.full(length, self.high, values.dtype))]
        calls: list[Call] = [partial(step, values, other, out=values) for step, other in steps[:-1]]
        if steps:
            step, other = steps[-1]
            calls.append(partial(step, values, other, out=out))
        elif not is_same(values, out):
            calls.append(partial(np.copyto, out, values))
        return calls if self.function is None else [*calls, partial(self.function, target)]


def is_same(one: Array, other: Array) -> bool:
    """Whether two views of one shape are of the same values."""
    same_start = one.__array_interface__["data"][0] == other.__array_interface__["data"][0]
    return same_start and one.strides == other.strides
