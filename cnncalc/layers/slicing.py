"""A part of a tensor along one axis, or along several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import Shift
from cnncalc.geometry.reading import same_but
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, ListOf, option
from cnncalc.shapes import MAX_SIZE
from cnncalc.symbolic.arithmetic import ceiling, larger, smaller

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Slice(CountsAxes):
    """A part of one axis, or of several, from `start` up to `end`. FLOPs: none.

    `end` itself is not included. Negative numbers count from the end, and what lies outside is ignored, as in Python:
    ``x[start:end:step]``; a negative `step` goes backwards, from the end unless `start` says otherwise. Where `dim`
    names several axes, `start`, `end` and `step` are one number for all of them, or one for each.

    >>> Slice(dim=1, start=2, end=-2).output_shape([(64, 56, 56)])
    (64, 52, 56)
    >>> Slice(dim=[1, 2], start=[4, None], step=[1, -2]).output_shape([(64, 56, 56)])
    (64, 52, 28)
    """

    type_name = "slice"
    positional = ("dim", "start", "end", "step")

    dim: tuple[int, ...] | None = option(
        ListOf(Integer()), default=None, meaning="the axis to cut: channels", aliases=("axis", "axes", "dims")
    )
    start: tuple[int | None, ...] | None = option(
        ListOf(Integer(), null="is where the axis begins"),
        default=None,
        meaning="the first to keep",
        aliases=("begin", "starts"),
    )
    end: tuple[int | None, ...] | None = option(
        ListOf(Integer(), null="is where the axis ends"),
        default=None,
        meaning="the first not to keep",
        aliases=("stop", "ends"),
    )
    step: tuple[int, ...] = option(
        ListOf(Integer()), default=(1,), meaning="from one to the next", aliases=("steps", "strides")
    )

    def validate(self) -> None:
        """A step is not 0."""
        if 0 in self.step:
            raise LayerError("`step` must not be 0", option="step", hint="a negative step goes backwards")

    def _axes(self, shape: Shape) -> tuple[int, ...]:
        return (0,) if self.dim is None else self.dim_axes("dim", self.dim, shape)

    def _parts(self, shape: Shape) -> Iterator[tuple[int, _Bounds]]:
        """The axes that are cut, and the bounds along each."""
        axes = self._axes(shape)
        each = (self._for_each(name, len(axes)) for name in ("start", "end", "step"))
        for axis, start, end, step in zip(axes, *each, strict=True):
            yield axis, _Bounds(start, end, step)

    def _for_each(self, name: str, axes: int) -> tuple[Any, ...]:
        """The values of an option for each of so many axes."""
        values = getattr(self, name) or (None,)
        if len(values) not in (1, axes):
            raise LayerError(f"`{name}` has {len(values)} values, and `dim` names {axes} axes", option=name)
        return values * axes if len(values) == 1 else values

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The number of values kept along each axis."""
        shape = list(inputs[0])
        for axis, bounds in self._parts(inputs[0]):
            kept = bounds.count(shape[axis])
            if not kept:
                raise LayerError(
                    f"{bounds.text} nothing is left of an axis of {shape[axis]}",
                    option="start" if bounds.end is None else "end",
                    too_small=axis > 0 and bool(bounds.kept(MAX_SIZE)),
                )
            shape[axis] = kept
        return tuple(shape)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Along the axes that are cut, the position that was kept."""
        del output
        (shape,) = inputs
        shifts = {}
        for axis, bounds in self._parts(shape):
            shifts[axis] = Shift(bounds.kept(shape[axis]).start, shape[axis], bounds.step)
        return [same_but(len(shape), shifts)]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The part that is kept."""
        del weights
        (x,) = inputs
        parts = {1 + axis: slice(b.start, b.end, b.step) for axis, b in self._parts(x.shape[1:])}
        return kernels.arrays.sliced(x, parts)


class _Bounds:
    """Where a part of an axis begins and ends, and its step: a slice of Python's."""

    __slots__ = ("end", "start", "step")

    def __init__(self, start: int | None, end: int | None, step: int) -> None:
        self.start = start
        self.end = end
        self.step = step

    def kept(self, size: int) -> range:
        """The positions that are kept of an axis of this size."""
        return range(*slice(self.start, self.end, self.step).indices(size))

    def count(self, size: int) -> int:
        """The number of positions kept; bounds count from the end where they are negative, and end with the axis."""
        if self.step < 0:
            return self._count_backwards(size)
        start, end = self.start or 0, size if self.end is None else self.end
        first = larger(start + size, 0) if start < 0 else start
        past = end + size if end < 0 else end if end is size else smaller(end, size)
        return max(ceiling(past - first, self.step), 0)

    def _count_backwards(self, size: int) -> int:
        """As `count`, from a higher position down to a lower one."""
        left = size  # the positions from the first kept one down to 0
        if self.start is not None:
            left = larger(self.start + size + 1, 0) if self.start < 0 else smaller(self.start + 1, size)
        if self.end is not None:
            left = left - (larger(self.end + size + 1, 0) if self.end < 0 else self.end + 1)
        return max(ceiling(left, abs(self.step)), 0)

    @property
    def text(self) -> str:
        """The bounds in words."""
        if self.step > 0:
            return f"from {self.start or 0} to {'the end' if self.end is None else self.end}"
        start, end = ("the end" if self.start is None else self.start, "0" if self.end is None else f"above {self.end}")
        return f"from {start} down to {end}"
