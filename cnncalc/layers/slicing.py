"""A part of a tensor along one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import Shift
from cnncalc.geometry.reading import same_but
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, option
from cnncalc.shapes import MAX_SIZE
from cnncalc.symbolic.arithmetic import larger, smaller

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Slice(CountsAxes):
    """A part of one axis, from `start` up to `end`. FLOPs: none.

    `end` itself is not included. Negative numbers count from the end, and what lies outside is ignored, as in Python:
    ``x[start:end:step]``.

    >>> Slice(dim=1, start=2, end=-2).output_shape([(64, 56, 56)])
    (64, 52, 56)
    """

    type_name = "slice"
    positional = ("dim", "start", "end", "step")
    aliases = ("narrow",)

    dim: int | None = option(Integer(), default=None, meaning="the axis to cut: channels", aliases=("axis",))
    start: int | None = option(Integer(), default=None, meaning="the first to keep: 0", aliases=("begin",))
    end: int | None = option(Integer(), default=None, meaning="the first not to keep: none", aliases=("stop",))
    step: int = option(Integer(1), default=1, meaning="from one to the next", aliases=("steps",))

    def _axis(self, shape: Shape) -> int:
        return 0 if self.dim is None else self.dim_axis("dim", self.dim, shape)

    def _kept(self, size: int) -> range:
        return range(*slice(self.start, self.end, self.step).indices(size))

    def _count(self, size: int) -> int:
        """The number of values kept; bounds count from the end where they are negative, and end with the axis."""
        start, end = self.start or 0, size if self.end is None else self.end
        first = larger(start + size, 0) if start < 0 else start
        past = end + size if end < 0 else end if end is size else smaller(end, size)
        return max((past - first + self.step - 1) // self.step, 0)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The number of values kept along the axis."""
        (shape,) = inputs
        axis = self._axis(shape)
        kept = self._count(shape[axis])
        if not kept:
            raise LayerError(
                f"from {self.start or 0} to {'the end' if self.end is None else self.end} nothing is left of an axis "
                f"of {shape[axis]}",
                option="start" if self.end is None else "end",
                too_small=axis > 0 and bool(self._kept(MAX_SIZE)),
            )
        return (*shape[:axis], kept, *shape[axis + 1 :])

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Along the axis that is cut, the position that was kept."""
        del output
        (shape,) = inputs
        cut = self._axis(shape)
        kept = Shift(self._kept(shape[cut]).start, shape[cut], self.step)
        return [same_but(len(shape), {cut: kept})]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The part that is kept."""
        del weights
        (x,) = inputs
        return kernels.arrays.sliced(x, 1 + self._axis(x.shape[1:]), self.start, self.end, self.step)
