"""Where the samples of a batch lie in a tensor of PyTorch, and which axes of ours the others are.

A pass is recorded with a batch. Mostly it is the first axis, but programs move it, and put windows, heads or frames of
a sample beside the samples: ``B * 64 x 49 x 96``. Here a sample is a tensor without a batch; such an axis then is one
of 64.
"""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from cnncalc.models.untranslatable import UntranslatableError


class Batch(NamedTuple):
    """The axis that has the samples: of its size, `outer` parts lie around them, and `inner` inside of each."""

    axis: int = 0
    outer: int = 1
    inner: int = 1

    @property
    def factor(self) -> int:
        """How much longer the axis is than the batch."""
        return self.outer * self.inner


FIRST = Batch()
"""The first axis, and nothing beside the samples."""


def own_shape(shape: tuple[int, ...], batch: Batch | None) -> tuple[int, ...]:
    """The shape of a sample; what has no axes is a vector of one value.

    >>> own_shape((61, 3, 8), FIRST), own_shape((61 * 4, 3), Batch(0, 1, 4)), own_shape((61,), FIRST)
    ((3, 8), (4, 3), (1,))
    """
    if batch is None:
        return shape or (1,)
    middle = (batch.factor,) if batch.factor > 1 else ()
    return (*shape[: batch.axis], *middle, *shape[batch.axis + 1 :]) or (1,)


def own_axis(dim: int, rank: int, batch: Batch | None) -> int:
    """Our number of an axis of PyTorch's; raises `UntranslatableError` for that of the samples.

    >>> own_axis(-1, 4, FIRST), own_axis(2, 4, Batch(3))
    (2, 2)
    """
    dim = dim + rank if dim < 0 else dim
    if batch is None:
        return dim
    if dim == batch.axis:
        raise UntranslatableError("works along the axis of the batch, so that samples would mix")
    return dim if dim < batch.axis or batch.factor > 1 else dim - 1


def reshaped(before: tuple[int, ...], batch: Batch, after: tuple[int, ...], samples: int) -> Batch:
    """Where the samples are in the same values as a tensor of another shape.

    >>> reshaped((61, 4, 9), FIRST, (61 * 4, 9), 61)
    Batch(axis=0, outer=1, inner=4)
    """
    step = batch.inner * prod(before[batch.axis + 1 :])
    behind = 1
    for axis in range(len(after) - 1, -1, -1):
        size = after[axis]
        if size % samples == 0 and step % behind == 0 and (size // samples) % (step // behind) == 0:
            inner = step // behind
            return Batch(axis, size // samples // inner, inner)
        behind *= size
    raise UntranslatableError("lays the samples of a batch out anew")
