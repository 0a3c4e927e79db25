"""Unpooling: the values of a pooled map, back where the maxima stood."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.geometry.window_access import Chained, Covering, window_access
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Name, PerAxis, Sizes, option
from cnncalc.layers.pooling import MaxPool
from cnncalc.layers.windowed import per_axis
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class MaxUnpool(Layer):
    """Each value goes where the maximum of its window stood in the named max pool, zeros elsewhere.

    ``(C, *O) -> (C, *I)`` for a pool of ``(C, *I) -> (C, *O)``: the output is as large as what the pool was given,
    whatever the rounding, unless `output_size` says otherwise; positions then keep their coordinates. Of equal values
    in a window the first one's position counts, and where windows share a position the last one's value stays, as in
    PyTorch. The positions are found again from the pool's input, which is the layer's second input and stays alive
    until then. FLOPs: none; the comparisons are the pool's. Badrinarayanan et al. 2017 (SegNet), arXiv:1511.00561.

    >>> pool = MaxPool(kernel_size=2)
    >>> MaxUnpool(indices="pool1").bound(pool).output_shape([(64, 3, 3), (64, 7, 6)])
    (64, 7, 6)
    """

    type_name = "max_unpool"
    positional = ("indices", "output_size")
    ranked = True
    aliases = ("max_unpooling", "unpooling", "unpool")
    references = ("indices",)

    indices: str = option(Name(), meaning="the max pool whose maxima give the positions", aliases=("pool", "mask"))
    output_size: PerAxis | None = option(Sizes(1), default=None, meaning="size of the output; that of the pool's input")

    pool: MaxPool | None = None

    def bound(self, other: Layer) -> MaxUnpool:
        """A copy of this layer that knows its max pool."""
        if not isinstance(other, MaxPool):
            raise LayerError(f"is a {other.type_name}, and indices are those of a max_pool")
        return self.replaced(pool=other)

    @property
    def max_pool(self) -> MaxPool:
        """The pool whose indices it takes; raises `LayerError` where it is not known yet."""
        if self.pool is None:
            raise LayerError(f"its max pool `{self.indices}` is not known", option="indices")
        return self.pool

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The shape that the pool was given, or ``(C, *output_size)``."""
        shape, source = inputs
        pooled = self.max_pool.output_shape([source])
        if shape != pooled:
            raise LayerError(
                f"`{self.indices}` gave {self.layout.text(pooled)}, and {self.layout.text(shape)} arrives",
                option="indices",
            )
        sizes = self._output_sizes(len(shape) - 1)
        if sizes is None:
            return source
        self._check_room(sizes, shape, source)
        return (shape[0], *sizes)

    def _output_sizes(self, rank: int) -> Shape | None:
        """The sizes that are given, one for each axis."""
        return self.output_size and per_axis(self.output_size, rank, "output_size")

    def _check_room(self, sizes: Shape, shape: Shape, source: Shape) -> None:
        """Every place where a maximum may stand must be inside the output."""
        for axis, window in enumerate(self.max_pool.windows(source)):
            last = (shape[axis + 1] - 1) * window.stride - window.pads(source[axis + 1])[0] + window.extent
            least = min(last, source[axis + 1])
            if sizes[axis] < least:
                name = AXIS_NAMES[len(sizes)][axis]
                raise LayerError(
                    f"`output_size` has a {name} of {sizes[axis]}, and the windows of `{self.indices}` span {least}",
                    option="output_size",
                )

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """A place gets the value of a window that covers it, and depends on all that the window sees."""
        del output
        pooled, source = inputs
        values: list[Access] = [SAME]
        positions: list[Access] = [SAME]
        for window, count, size in zip(self.max_pool.windows(source), pooled[1:], source[1:], strict=True):
            covering = Covering(window, window.pads(size)[0], count, size)
            values.append(covering)
            positions.append(Chained(covering, window_access(window, size)))
        return [AxisByAxis(values), AxisByAxis(positions)]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """All places under the windows that are reachable, by their values or by what they see."""
        x, source = inputs
        windows = self.max_pool.geometry(source.shape[1:])
        sizes = self._output_sizes(len(windows))
        return kernels.dependency.reachable_by_unpooling(x, source, windows, output_size=sizes)

    def output_moment(self, inputs: Sequence[float], shapes: Sequence[Shape]) -> float:
        """That of values of which one in a stride is not 0."""
        return inputs[0] / float(prod(window.stride for window in self.max_pool.windows(shapes[1])))

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Find the maxima of the pool's input, and put the values there."""
        del weights
        x, source = inputs
        windows = self.max_pool.geometry(source.shape[1:])
        return kernels.unpooling.max_unpool(x, source, windows, output_size=self._output_sizes(len(windows)))
