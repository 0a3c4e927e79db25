"""Sampling at computed places. Grids of such places are computed by a network, as spatial transformers do."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME, Whole
from cnncalc.geometry.group_access import grouped
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Boolean, Choice, PerAxis, Sizes, option
from cnncalc.layers.windowed import need_map, per_axis
from cnncalc.shapes import MAX_RANK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

_COORDINATES: Final = {1: "its place", 2: "its places along width and height", 3: "those along width, height and depth"}
"""What a grid holds for each output, by the rank."""


class GridSample(Layer):
    """The values of a map at the places of a grid: ``(C, *I)`` and ``(rank, *O)`` make ``(C, *O)``.

    ``from: [map, grid]``. A grid has the coordinates as its channels, that along the last axis first (x, y, z), and -1
    and 1 are the ends of an axis: of its first and last pixel or, with `align_corners`, their centres. PyTorch's grid
    has the coordinates last, H x W x 2, as one has here with `data_format: channels_last`; where a convolution computes
    them, no permutation is needed. Outside of the map are zeros, or by `padding_mode` the border, or the map mirrored.
    `bilinear` works in every rank; `bicubic` takes 4 x 4 pixels (a = -0.75). Every output may see the whole map.
    FLOPs: none in `nearest` mode, else for each output value a multiplication a tap and their additions, as those of
    `upsample`. Jaderberg et al. 2015, arXiv:1506.02025.

    >>> GridSample().output_shape([(3, 8, 8), (2, 5, 6)])
    (3, 5, 6)
    """

    type_name = "grid_sample"
    positional = ("mode", "padding_mode", "align_corners")
    aliases = ("grid_sampler", "spatial_transformer", "bilinear_sampler")
    arity = (2, 2)
    input_names = ("map", "grid")

    mode: str = option(
        Choice("bilinear", "nearest", "bicubic"),
        default="bilinear",
        meaning="how to interpolate",
        aliases=("interpolation",),
    )
    padding_mode: str = option(
        Choice("zeros", "border", "reflection"), default="zeros", meaning="what there is outside of the map"
    )
    align_corners: bool = option(
        Boolean(), default=False, meaning="-1 and 1 are the centres of the outermost pixels, not their edges"
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The channels of the map at the places of the grid."""
        shape, grid = inputs
        need_map(shape)
        rank = len(shape) - 1
        if len(grid) != 1 + rank or grid[0] != rank:
            raise self._wrong_grid(grid, rank)
        if self.mode == "bicubic" and rank != 2:
            fact = f"`mode` bicubic needs 2 spatial axes, the input has {rank}"
            raise LayerError(fact, option="mode", hint="`bilinear` takes a map of any rank")
        return (shape[0], *grid[1:])

    def _wrong_grid(self, grid: Shape, rank: int) -> LayerError:
        """The error for a grid with another number of axes, or of coordinates."""
        wanted = f"{rank} channel{'s' * (rank > 1)}, {_COORDINATES[rank]}"
        if len(grid) != 1 + rank:
            fact = f"its grid {self.layout.text(grid)} has {_counted(len(grid) - 1)}, and the map has {rank}"
            return LayerError(fact, hint=f"a grid has {wanted}, and as many spatial axes as the map")
        at_other_end = self.layout.external(grid)[0 if self.layout.channels_last else -1] == rank
        order = [*range(1, rank + 1), 0] if self.layout.channels_last else [rank, *range(rank)]
        hint = f"`permute: {{dims: {order}}}` brings its coordinates to the channels"
        fact = f"its grid {self.layout.text(grid)} needs {wanted}, and has {grid[0]}"
        return LayerError(fact, hint=hint if at_other_end else None)

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """A multiplication for each tap and their additions, for each output value."""
        taps = {"nearest": 0, "bilinear": 2 ** (len(inputs[0]) - 1), "bicubic": 16}[self.mode]
        return prod(output) * (2 * taps - 1) if taps else 0

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """All of a channel of the map, and the coordinates of the own place."""
        del output
        shape, grid = inputs
        return [AxisByAxis([SAME, *map(Whole, shape[1:])]), AxisByAxis([Whole(grid[0]), *(SAME,) * (len(grid) - 1)])]

    def second_moment(self, inputs: Sequence[float]) -> float:
        """That of the map: a mean of its values is at most as large."""
        return inputs[0]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """All of a channel of which any place is reachable, and the places whose coordinates are."""
        x, grid = inputs
        return kernels.dependency.reachable_by_lookup(x, grid, range(2, x.ndim), [1])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Look the values up."""
        del weights
        x, grid = inputs
        return kernels.grid_sampling.grid_sample(
            x, grid, mode=self.mode, padding_mode=self.padding_mode, align_corners=self.align_corners
        )


def _counted(axes: int) -> str:
    return f"{axes} spatial ax{'i' if axes == 1 else 'e'}s"


class AffineGrid(Layer):
    """The grid for `grid_sample` that an affine matrix makes: ``(rank (rank + 1),) -> (rank, *size)``.

    The input is the matrix row after row: 6 numbers for a map with height and width, PyTorch's theta before it is made
    2 x 3. Place (x, y) of the output, from -1 to 1, is looked up at ``(a x + b y + c, d x + e y + f)``. FLOPs: for
    each coordinate of each place as many multiplications and additions as there are axes.

    >>> AffineGrid(size=[28, 28]).output_shape([(6,)])
    (2, 28, 28)
    """

    type_name = "affine_grid"
    positional = ("size", "align_corners")
    aliases = ("affine_grid_generator",)

    size: PerAxis = option(Sizes(1), meaning="spatial size of the grid", aliases=("output_size",))
    align_corners: bool = option(
        Boolean(), default=False, meaning="-1 and 1 are the centres of the outermost pixels, not their edges"
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """A coordinate a spatial axis, at each place."""
        (shape,) = inputs
        sizes = {axes * (axes + 1): axes for axes in range(1, MAX_RANK + 1)}
        rank = sizes.get(shape[0]) if len(shape) == 1 else None
        if rank is None:
            wanted = "a vector of 6 numbers, or of 12 in 3-D"
            raise LayerError(
                f"its input is {self.layout.text(shape)}, and an affine matrix is {wanted}",
                hint="`flatten` before it makes a vector of a matrix" if len(shape) > 1 else None,
            )
        return (rank, *per_axis(self.size, rank, "size"))

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """A multiplication and an addition a coordinate and axis."""
        del inputs
        return prod(output) * 2 * (len(output) - 1)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Of the matrix the row of the coordinate."""
        (shape,) = inputs
        return [AxisByAxis([grouped(shape[0], output[0], output[0])])]

    def second_moment(self, inputs: Sequence[float]) -> float:
        """A row of the matrix, times numbers from -1 to 1 and a one, in two dimensions."""
        return inputs[0] * (1 + 2 / 3)

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """All of a coordinate of which anything in the row is reachable."""
        (x,) = inputs
        rank = len(self.output_shape([x.shape[1:]])) - 1
        rows = kernels.dependency.by_groups(x, rank)
        return kernels.dependency.everywhere(rows, per_axis(self.size, rank, "size"))

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The matrix times each place."""
        del weights
        (x,) = inputs
        rank = len(self.output_shape([x.shape[1:]])) - 1
        sizes = per_axis(self.size, rank, "size")
        return kernels.grid_sampling.affine_grid(x, sizes, align_corners=self.align_corners)
