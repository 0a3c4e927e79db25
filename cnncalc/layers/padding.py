"""Layers that extend, cut or turn a tensor, without weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc import kernels
from cnncalc.errors import LayerError, shown
from cnncalc.geometry.axis_map import IDENTITY, AxisMap
from cnncalc.geometry.index_set import Positions, union_of
from cnncalc.layers.base import Layer, Move
from cnncalc.layers.options import Choice, Integer, ListOf, Number, Pads, option
from cnncalc.layers.options import Padding as PaddingOption
from cnncalc.layers.windowed import need_map, per_axis
from cnncalc.shapes import AXIS_NAMES, MAX_SIZE
from cnncalc.symbolic.arithmetic import larger, smaller

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.geometry.boxes import Box
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

_MIRRORS: Final[dict[str, Callable[[Positions, int], Positions]]] = {
    "reflect": lambda outside, size: outside.mirrored().moved(0 if outside.last < 0 else 2 * (size - 1)),
    "replicate": lambda outside, size: outside.clamped(size),
    "circular": lambda outside, size: outside.moved(size if outside.last < 0 else -size),
}
"""The pixels of an axis of so many that each mode puts before or behind it; it reaches no further than the axis."""


class Pad(Layer):
    """Extends every spatial axis before and after. FLOPs: none.

    ``(C, *I) -> (C, *I + before + after)``.

    `mode` is `constant` (the number `value`), `reflect` (without repeating the edge), `replicate` (the edge) or
    `circular` (the other end), as in PyTorch.

    >>> Pad(padding=[[0, 1], [2, 2]]).output_shape([(3, 8, 8)])
    (3, 9, 12)
    """

    type_name = "pad"
    channelwise = True
    aliases = (
        *("zero_padding", "zero_pad", "constant_pad", "padding"),
        *("reflection_pad", "replication_pad", "circular_pad", "mirror_pad"),
    )

    padding: Pads = option(PaddingOption(), meaning="how much to add", aliases=("paddings", "pads", "pad"))
    mode: str = option(
        Choice("constant", "reflect", "replicate", "circular"), default="constant", meaning="what to add"
    )
    value: float = option(Number(), default=0.0, meaning="the number that `constant` adds", aliases=("constant_value",))

    def _pads(self, shape: Shape) -> tuple[tuple[int, int], ...]:
        return per_axis(self.padding, len(shape) - 1, "padding")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """Each spatial axis longer by its padding."""
        (shape,) = inputs
        need_map(shape)
        room = {"reflect": -1, "circular": 0}.get(self.mode)
        for axis, (pads, size) in enumerate(zip(self._pads(shape), shape[1:], strict=True)):
            if room is not None and max(pads) > size + room:
                name = AXIS_NAMES[len(shape) - 1][axis]
                raise LayerError(
                    f"`padding` {max(pads)} in `{self.mode}` mode needs a {name} of at least {max(pads) - room}, "
                    f"the input has {size}",
                    option="padding",
                    too_small=True,
                )
        return (
            shape[0],
            *(size + sum(pads) for pads, size in zip(self._pads(shape), shape[1:], strict=True)),
        )

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """The pixel that was moved here; an interior unit sees nothing of the padding."""
        del output
        return [[AxisMap((-before,), (-before,), 1) for before, _ in self._pads(shape)] for shape in inputs]

    @property
    def mirrors(self) -> bool:
        """Unless the border is a number."""
        return self.mode != "constant"

    def taps(self, number: int, axis: int, wanted: Positions, inputs: Sequence[Shape], output: Shape) -> Positions:
        """Along a spatial axis the pixels themselves, and those that `mode` puts into the border."""
        if axis == 0 or self.mode == "constant":
            return super().taps(number, axis, wanted, inputs, output)
        size = inputs[number][axis]
        moved = wanted.moved(-self._pads(inputs[number])[axis - 1][0])
        outside = (moved.between(moved.first, -1), moved.between(size, moved.last))
        return union_of([moved.within(size), *(_MIRRORS[self.mode](part, size) for part in outside if part)])

    def touched(self, inputs: Sequence[Array]) -> Array:
        """The input with its border, in which a constant is never touched."""
        (x,) = inputs
        return kernels.pad(x, self._pads(x.shape[1:]), self.mode)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The input with its border."""
        del weights
        (x,) = inputs
        return kernels.pad(x, self._pads(x.shape[1:]), self.mode, self.value)


class Slice(Layer):
    """A part of one axis, from `start` up to `end`. FLOPs: none.

    `end` itself is not included. Negative numbers count from the end, and what lies outside is ignored, as in Python:
    ``x[start:end:step]``.

    >>> Slice(dim=1, start=2, end=-2).output_shape([(64, 56, 56)])
    (64, 52, 56)
    """

    type_name = "slice"
    selects = True
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

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """Along the axis that is cut, the position that was kept."""
        del output
        return [self._places(inputs[0])[1:]]

    def channel_reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[AxisMap | None]:
        """The channel that was kept, where the channels are cut."""
        del output
        return self._places(inputs[0])[:1]

    def _places(self, shape: Shape) -> list[AxisMap]:
        """For each axis, where the output's positions lie in the input."""
        cut = self._axis(shape)
        start = self._kept(shape[cut]).start
        kept = AxisMap((start,), (start,), self.step)
        return [kept if axis == cut else IDENTITY for axis in range(len(shape))]

    def moves_channels(self, inputs: Sequence[Shape]) -> bool:
        """If the channels are the axis."""
        return self._axis(inputs[0]) == 0

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The part that is kept."""
        del weights
        (x,) = inputs
        return kernels.part(x, 1 + self._axis(x.shape[1:]), self.start, self.end, self.step)


class Permute(Layer):
    """The axes in another order. FLOPs: none.

    Axis i of the output is axis ``dims[i]`` of the input.

    >>> Permute(dims=[2, 0, 1]).output_shape([(3, 8, 9)])
    (9, 3, 8)
    """

    type_name = "permute"
    aliases = ("transpose",)

    dims: tuple[int, ...] = option(
        ListOf(Integer()), meaning="every axis, in the new order", aliases=("perm", "axes", "order")
    )

    def _order(self, shape: Shape) -> list[int]:
        """The axis of the input that each axis of the output is."""
        if len(self.dims) != len(shape):
            raise LayerError(f"`dims` has {len(self.dims)} axes, the input has {len(shape)}", option="dims")
        order = [0] * len(shape)
        for new, old in enumerate(self.dim_axes("dims", self.dims, shape)):
            order[self.layout.axis(new, len(shape))] = old
        return order

    def validate(self) -> None:
        """No axis may be named twice."""
        if len(set(self.dims)) < len(self.dims):
            raise LayerError(f"`dims` names an axis twice: {shown(list(self.dims))}", option="dims")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The sizes in the new order."""
        (shape,) = inputs
        return tuple(shape[axis] for axis in self._order(shape))

    def reads(self, inputs: Sequence[Shape], output: Shape) -> list[Sequence[AxisMap | None]]:
        """The same place of each axis; all of one that becomes channels."""
        del output
        (shape,) = inputs
        channels = self._order(shape)[0]
        return [[None if axis == channels else IDENTITY for axis in range(1, len(shape))]]

    def rearranges(self, shape: Shape, output: Shape) -> Sequence[Move]:
        """The order."""
        del output
        return [("permute", tuple(self._order(shape)))]

    def sources(self, wanted: Box, inputs: Sequence[Shape], output: Shape) -> list[list[Box]]:
        """The same positions, each along the axis that it came from."""
        del output
        order = self._order(inputs[0])
        return [[tuple(wanted[order.index(axis)] for axis in range(len(order)))]]

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The axes in the new order."""
        del weights
        (x,) = inputs
        return kernels.permuted(x, self._order(x.shape[1:]))
