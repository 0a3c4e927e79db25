"""Parts of a tensor: one, along some axes, or all of them along one."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from cnncalc import kernels
from cnncalc.errors import LayerError, value_text
from cnncalc.geometry.access import Shift
from cnncalc.geometry.reading import same_but
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, ListOf, option
from cnncalc.layers.reshaping import check_sizes
from cnncalc.shapes import MAX_SIZE
from cnncalc.symbolic.arithmetic import ceiling, larger, smaller

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Layout, Shape


MOST_PARTS: Final = 4096
"""The most parts of a split, each of which is a layer."""


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

    def bounds_by_axis(self, shape: Shape) -> Iterator[tuple[int, Bounds]]:
        """The axes that are cut, and the bounds along each."""
        axes = self._axes(shape)
        each = (self._for_each(name, len(axes)) for name in ("start", "end", "step"))
        for axis, start, end, step in zip(axes, *each, strict=True):
            yield axis, Bounds(start, end, step)

    def _for_each(self, name: str, axes: int) -> tuple[Any, ...]:
        """The values of an option for each of so many axes."""
        values = getattr(self, name) or (None,)
        if len(values) not in (1, axes):
            raise LayerError(f"`{name}` has {len(values)} values, and `dim` names {axes} axes", option=name)
        return values * axes if len(values) == 1 else values

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The number of values kept along each axis."""
        shape = list(inputs[0])
        for axis, bounds in self.bounds_by_axis(inputs[0]):
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
        for axis, bounds in self.bounds_by_axis(shape):
            shifts[axis] = Shift(bounds.kept(shape[axis]).start, shape[axis], bounds.step)
        return [same_but(len(shape), shifts)]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The part that is kept."""
        del weights
        (x,) = inputs
        parts = {1 + axis: slice(b.start, b.end, b.step) for axis, b in self.bounds_by_axis(x.shape[1:])}
        return kernels.arrays.sliced(x, parts)


class Bounds:
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


class Split(CountsAxes):
    """One axis cut into parts, each of which is a `slice`: the channels. FLOPs: none.

    `sections` is a number of equal parts, or a list of their sizes, of which one may be -1. A split is a scope:
    the parts of `split: {name: s, sections: 2}` are the layers `s.0` and `s.1`, and `from: s` takes all of them.

    >>> Split(sections=[16, -1]).output_shape([(64, 28, 28)])
    (16, 28, 28)
    >>> [part.output_shape([(64, 28, 28)]) for part in Split(sections=4, dim=1).parts((64, 28, 28))]
    [(64, 7, 28), (64, 7, 28), (64, 7, 28), (64, 7, 28)]
    """

    type_name = "split"
    positional = ("sections", "dim")
    aliases = ("chunk", "tensor_split", "array_split", "split_v")
    is_scope = True

    sections: int | tuple[int, ...] = option(
        ListOf(Integer(), number=True),
        meaning="how many equal parts, or the size of each",
        aliases=("chunks", "sizes", "split_sizes", "indices_or_sections", "num_or_size_splits", "num_outputs"),
    )
    dim: int | None = option(Integer(), default=None, meaning="the axis to cut: channels", aliases=("axis",))

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._made: dict[tuple[Layout, int, int], Slice] = {}

    def validate(self) -> None:
        """Parts are at least of size 1, but for one of -1."""
        count = self.sections if isinstance(self.sections, int) else len(self.sections)
        if count < 1:
            fact = f"`sections` must be at least 1, or a list of sizes, not {count}"
            raise LayerError(fact, option="sections")
        if count > MOST_PARTS:
            raise LayerError(f"`sections` must be at most {MOST_PARTS} parts", option="sections", code="limit")
        if not isinstance(self.sections, int):
            check_sizes("sections", self.sections)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The shape of the first part."""
        return next(self.parts(inputs[0])).output_shape(inputs)

    def parts(self, shape: Shape) -> Iterator[Slice]:
        """The slices of an input of this shape, in order; raises `LayerError` where it cannot be cut so."""
        start = 0
        for size in self._sizes(shape[0 if self.dim is None else self.dim_axis("dim", self.dim, shape)]):
            yield self._part(start, start + size)
            start += size

    def _sizes(self, whole: int) -> Iterable[int]:
        """The sizes of the parts of an axis."""
        if isinstance(self.sections, int):
            count = self.sections
            if whole % count:
                small, more = divmod(whole, count)
                hint = f"sections: {value_text([small + (n < more) for n in range(count)])}" if count < 9 else "sizes"
                raise LayerError(
                    f"an axis of {whole} cannot be cut into {count} equal parts",
                    option="sections",
                    hint=f"a list says what the parts are: {hint}" if small else None,
                )
            return repeat(whole // count, count)
        left = whole - sum(size for size in self.sections if size != -1)
        if left < 0 or (-1 in self.sections) != (left > 0):
            kept = f"at least {whole - left + 1}" if -1 in self.sections else str(whole - left)
            fact = f"`sections` {value_text(list(self.sections))} need an axis of {kept}, and this has {whole}"
            raise LayerError(fact, option="sections")
        return [left if size == -1 else size for size in self.sections]

    def _part(self, start: int, end: int) -> Slice:
        """The slice with these bounds, made once."""
        known = self._made.get((self.layout, start, end))
        if known is None:
            options: dict[str, Any] = {"dim": self.dim, "start": start, "end": end}
            known = Slice(**options).with_layout(self.layout)
            self._made[self.layout, start, end] = known
        return known
