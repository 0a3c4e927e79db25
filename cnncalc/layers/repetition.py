"""Layers that repeat values along axes, without weights or operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError, value_text
from cnncalc.geometry.access import SAME, Cyclic, Extended, Whole
from cnncalc.geometry.reading import AxisByAxis, same_but
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, ListOf, option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Expand(CountsAxes):
    """Axes of size 1 become longer, by the one value that there is. FLOPs: none.

    `sizes` has every axis, in the order in which the spec writes them; -1 keeps an axis as it is, as in PyTorch. The
    output is a tensor of its own, with all of its values in memory. `add`, `multiply` and the other merges broadcast by
    themselves.

    >>> Expand(sizes=[-1, 7, 7]).output_shape([(512, 1, 1)])
    (512, 7, 7)
    """

    type_name = "expand"
    positional = ("sizes",)
    aliases = ("broadcast", "broadcast_to", "expand_as")

    sizes: tuple[int, ...] = option(
        ListOf(Integer()), meaning="the size of every axis; -1 keeps what arrives", aliases=("shape", "size")
    )

    def validate(self) -> None:
        """Sizes are at least 1, or -1."""
        if any(size < 1 and size != -1 for size in self.sizes):
            fact = f"`sizes` must be at least 1, or -1, not {value_text(list(self.sizes))}"
            raise LayerError(fact, option="sizes")

    def _wanted(self, shape: Shape) -> Shape:
        """What `sizes` has for each axis, channels first."""
        if len(self.sizes) != len(shape):
            raise LayerError(
                f"`sizes` has {len(self.sizes)} axes, the input has {len(shape)}",
                option="sizes",
                hint="`unsqueeze` adds an axis of size 1" if len(self.sizes) > len(shape) else None,
            )
        return self.layout.internal(self.sizes)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The sizes; raises `LayerError` for an axis of another size that is not 1."""
        (shape,) = inputs
        wanted = self._wanted(shape)
        for size, after in zip(shape, wanted, strict=True):
            if size != 1 and after not in (-1, size):
                raise LayerError(
                    f"`sizes` is {value_text(list(self.sizes))}, the input is {self.layout.text(shape)}, and of an "
                    f"axis of {size} no {after} can be made",
                    option="sizes",
                    hint="only an axis of size 1 can be expanded: `tile` repeats others",
                )
        return tuple(size if after == -1 else after for size, after in zip(shape, wanted, strict=True))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The value of the same place, or the one value of an axis that is expanded."""
        (shape,) = inputs
        first, *others = [SAME if size == after else Whole(1) for size, after in zip(shape, output, strict=True)]
        # Channels that are stated cannot be fewer when what is reachable is found: each is followed by itself.
        stated: Access = Extended(0, shape[0]) if first is SAME and self._wanted(shape)[0] != -1 else first
        return [AxisByAxis([stated, *others])]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The values, copied along the axes."""
        del weights
        (x,) = inputs
        sizes = zip(x.shape[1:], self._wanted(x.shape[1:]), strict=True)
        return kernels.arrays.expanded(x, [size if after == -1 else after for size, after in sizes])


class Tile(CountsAxes):
    """The whole tensor several times in a row along each axis. FLOPs: none.

    ``(C, *I) -> (C * repeats, ...)``: `repeats` has one number for each axis, in the order in which the spec writes
    them, as PyTorch's ``repeat`` and NumPy's ``tile``. Each value several times before the next is what `upsample`
    does.

    >>> Tile(repeats=[2, 1, 3]).output_shape([(16, 8, 8)])
    (32, 8, 24)
    """

    type_name = "tile"
    positional = ("repeats",)

    repeats: tuple[int, ...] = option(
        ListOf(Integer(1)), meaning="how many times along every axis", aliases=("dims", "multiples", "sizes", "tiles")
    )

    def _by_axis(self, shape: Shape) -> tuple[int, ...]:
        """How many times along each axis, channels first."""
        if len(self.repeats) != len(shape):
            raise LayerError(
                f"`repeats` is {value_text(list(self.repeats))}, and the input has {len(shape)} axes",
                option="repeats",
                hint="channels have one too, and 1 leaves an axis as it is",
            )
        return self.layout.internal(self.repeats)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """Each size as many times."""
        (shape,) = inputs
        return tuple(size * times for size, times in zip(shape, self._by_axis(shape), strict=True))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Along the axes that are repeated, the positions from the first on, again and again."""
        (shape,) = inputs
        repeated: dict[int, Access] = {}
        for axis, (size, after) in enumerate(zip(shape, output, strict=True)):
            if size != after:
                repeated[axis] = Whole(1) if size == 1 else Cyclic(0, size, after)
        return [same_but(len(shape), repeated)]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The values, copied along the axes."""
        del weights
        (x,) = inputs
        return kernels.arrays.tiled(x, self._by_axis(x.shape[1:]))
