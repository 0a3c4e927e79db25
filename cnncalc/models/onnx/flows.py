"""Tensors that flow through the network: which axis of ours each axis of the file's tensor is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnncalc.shapes import Shape

BATCH: Final = -1
"""Stands for the batch among axes."""


class Flow:
    """A tensor of the network, as the file has it and as ours is.

    `source` is the key of the layer that gives it, `shape` ours, channels first and without the batch. `axes` has for
    each axis of the file's tensor that of ours, or `BATCH`: (BATCH, 0, 1, 2) is a map as ONNX has it, (BATCH, 1, 2, 0)
    one with its channels last. `batch` is the file's number of samples. `before` is the tensor that the same values
    in the same order were, before they were laid out in this shape.
    """

    __slots__ = ("axes", "batch", "before", "shape", "source")

    def __init__(
        self, source: str, shape: Shape, axes: tuple[int, ...], batch: int, before: Flow | None = None
    ) -> None:
        self.before = before
        self.source = source
        self.shape = shape
        self.axes = axes
        self.batch = batch

    @property
    def dims(self) -> Shape:
        """The sizes as the file has them."""
        return tuple(self.batch if axis == BATCH else self.shape[axis] for axis in self.axes)

    @property
    def own_axes(self) -> list[int]:
        """Our axes in the file's order."""
        return [axis for axis in self.axes if axis != BATCH]

    @property
    def has_batch(self) -> bool:
        """Whether the file's tensor has the batch among its axes."""
        return BATCH in self.axes

    @property
    def is_plain(self) -> bool:
        """Whether the file's tensor is the batch and then our axes in their order."""
        return self.axes == plain_axes(len(self.shape))

    @property
    def file_axes(self) -> tuple[int, ...] | None:
        """The file's axis for the batch and then each of ours; None where they are these, or where one is not there.

        >>> Flow("x", (3, 8, 9), (BATCH, 1, 2, 0), 1).file_axes
        (0, 3, 1, 2)
        """
        ours = (BATCH, *range(len(self.shape)))
        return None if self.is_plain or set(ours) != set(self.axes) else tuple(map(self.axes.index, ours))

    def transposed(self, order: list[int]) -> Flow:
        """The same tensor of ours, where the file has its axes in another order."""
        return Flow(self.source, self.shape, tuple(self.axes[axis] for axis in order), self.batch)

    def laid_out_of(self, other: Flow) -> Flow:
        """The same tensor, of which it is known what it was before."""
        return Flow(self.source, self.shape, self.axes, self.batch, other)


class Places:
    """Where the maxima of a max pool stand: `pooled` are the maxima, and `x` is what was pooled."""

    __slots__ = ("pooled", "x")

    def __init__(self, pooled: Flow, x: Flow) -> None:
        self.pooled = pooled
        self.x = x


def plain_axes(rank: int) -> tuple[int, ...]:
    """The batch, and so many axes in our order.

    >>> plain_axes(3)
    (-1, 0, 1, 2)
    """
    return (BATCH, *range(rank))


def without(x: Flow, gone: set[int]) -> tuple[int, ...]:
    """The axes of a tensor without some of ours, the others counted anew.

    >>> without(Flow("", (8, 1, 5), (-1, 1, 2, 0), 1), {1})
    (-1, 1, 0)
    """
    left = [axis for axis in range(len(x.shape)) if axis not in gone]
    return tuple(BATCH if axis == BATCH else left.index(axis) for axis in x.axes if axis not in gone)
