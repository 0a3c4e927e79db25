"""How a layer's output reads one of its inputs: axis by axis, part by part, or as the same values in other places."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cnncalc.geometry.access import SAME, Whole
from cnncalc.geometry.axis_map import IDENTITY
from cnncalc.shapes import kept_axes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.geometry.boxes import Box
    from cnncalc.shapes import Shape


class AxisByAxis:
    """Along each axis, channels first, the output reads the same axis of the input: by these accesses.

    What a unit reads is, as a set, the product of what they read along each axis.
    An output may have further axes, along which it reads the same.

    >>> from cnncalc.geometry.access import SAME, Whole
    >>> from cnncalc.geometry.index_set import whole
    >>> AxisByAxis((Whole(3), SAME)).sources((whole(8), whole(5))) == [(whole(3), whole(5))]
    True
    """

    __slots__ = ("accesses",)

    def __init__(self, accesses: Sequence[Access]) -> None:
        self.accesses = accesses

    @property
    def is_partial(self) -> bool:
        """Whether units see different parts of an axis that counts as read whole."""
        return any(access.is_partial for access in self.accesses)

    def hulls(self) -> list[AxisMap | None]:
        """What each unit reads along each axis of the input; None where that is all of it."""
        return [access.hull() for access in self.accesses]

    def sources(self, wanted: Box) -> list[Box]:
        """The box of the input that a box of the output reads; none where it reads only padding along an axis."""
        box = tuple(access.read_by(units) for access, units in zip(self.accesses, wanted, strict=False))
        return [box] if all(box) else []


def same_but(rank: int, others: Mapping[int, Access]) -> AxisByAxis:
    """The same place along each of `rank` axes but those of `others`, which are read by the accesses given.

    >>> from cnncalc.geometry.access import Whole
    >>> same_but(3, {0: Whole(64)}).hulls()
    [None, AxisMap(firsts=(0,), lasts=(0,), step=1, gap=1), AxisMap(firsts=(0,), lasts=(0,), step=1, gap=1)]
    """
    return AxisByAxis([others.get(axis, SAME) for axis in range(rank)])


class WholeInput(AxisByAxis):
    """Each unit of an output, whose axes may be others, reads all of an input of this shape.

    >>> from cnncalc.geometry.index_set import whole
    >>> WholeInput((3, 5)).sources((whole(8),)) == [(whole(3), whole(5))]
    True
    """

    __slots__ = ()

    def __init__(self, shape: Shape) -> None:
        super().__init__(list(map(Whole, shape)))

    def sources(self, wanted: Box) -> list[Box]:
        """All of the input, unless nothing is wanted."""
        return [tuple(access.read_by(wanted[0]) for access in self.accesses)] if all(wanted) else []


class UnknownReading(WholeInput):
    """It is not known what a unit reads: at most all of an input of this shape."""

    __slots__ = ()


class BoundedReading:
    """A reading of which the `accesses` along each axis tell a bound alone, and `sources` exactly what is read."""

    __slots__ = ("accesses",)

    def __init__(self, accesses: Sequence[Access]) -> None:
        self.accesses = accesses

    @property
    def is_partial(self) -> bool:
        """Whether units see different parts of an axis that counts as read whole."""
        return True

    def hulls(self) -> list[AxisMap | None]:
        """Those of the bound."""
        return [access.hull() for access in self.accesses]

    def sources(self, wanted: Box) -> list[Box]:
        """The boxes of the input that a box of the output reads."""
        raise NotImplementedError


class ByParts(BoundedReading):
    """Parts of the output that lie one behind the other along `axis`, of the `sizes`, read by accesses of their own.

    `accesses` are those of all parts together, such as the whole of an axis. Both directions of a recurrence are such.

    >>> from cnncalc.geometry.access import SAME, Whole
    >>> from cnncalc.geometry.index_set import IndexSet, whole
    >>> reading = ByParts(0, (2, 2), [(SAME, SAME), (SAME, Whole(5))], (SAME, Whole(5)))
    >>> reading.sources((IndexSet.span(1, 1), IndexSet.span(3, 3))) == [(IndexSet.span(1, 1), IndexSet.span(3, 3))]
    True
    """

    __slots__ = ("axis", "parts", "sizes")

    def __init__(
        self, axis: int, sizes: Sequence[int], parts: Sequence[Sequence[Access]], accesses: Sequence[Access]
    ) -> None:
        super().__init__(accesses)
        self.axis = axis
        self.sizes = sizes
        self.parts = [AxisByAxis(part) for part in parts]

    def sources(self, wanted: Box) -> list[Box]:
        """What each part reads that is wanted."""
        found: list[Box] = []
        start = 0
        for size, part in zip(self.sizes, self.parts, strict=True):
            inside = wanted[self.axis].between(start, start + size - 1).shifted(-start)
            start += size
            if inside:
                found += part.sources((*wanted[: self.axis], inside, *wanted[self.axis + 1 :]))
        return found


class Rearrangement:
    """The output holds the values of an input of `shape` in other places, by `moves` one after another.

    >>> from cnncalc.geometry.index_set import IndexSet, whole
    >>> shuffled = Rearrangement((4, 3), [ReshapeAxes((2, 2, 3)), PermuteAxes((0, 2, 1)), ReshapeAxes((2, 6))])
    >>> [[list(axis.each()) for axis in box] for box in shuffled.sources((whole(1), IndexSet.span(1, 2)))]
    [[[1], [0]], [[0], [1]]]
    """

    __slots__ = ("moves", "shapes")

    is_partial: ClassVar[bool] = False

    def __init__(self, shape: Shape, moves: Sequence[Move]) -> None:
        self.moves = moves
        self.shapes = [shape]
        for move in moves:
            self.shapes.append(move.output_shape(self.shapes[-1]))

    def hulls(self) -> list[AxisMap | None]:
        """The identity along each axis that stays one and does not become the channels, whole along the others."""
        return [IDENTITY if axis and self._becomes(axis) else None for axis in range(len(self.shapes[0]))]

    def _becomes(self, axis: int) -> int | None:
        """The axis of the output that an axis of the input is; None where it is cut, joined to others or reduced."""
        now: int | None = axis
        for move, shape in zip(self.moves, self.shapes, strict=False):
            now = None if now is None else move.becomes(now, shape)
        return now

    def sources(self, wanted: Box) -> list[Box]:
        """The boxes of the input that a box of the output is made of."""
        from cnncalc.geometry.boxes import united

        found = [wanted]
        for move, shape in zip(reversed(self.moves), self.shapes[-2::-1], strict=True):
            parts = [part for box in found for part in move.sources(box, shape)]
            found = parts if len(found) == 1 else united(parts)
        return found


Reading = AxisByAxis | BoundedReading | Rearrangement
"""How an input is read."""


class Move:
    """A step of a rearrangement; `shape` is always that of the tensor before it."""

    __slots__ = ()

    drops: ClassVar[bool] = False
    """Whether some values may go nowhere, such as pixels between windows."""

    def output_shape(self, shape: Shape) -> Shape:
        """The shape behind the move."""
        raise NotImplementedError

    def becomes(self, axis: int, shape: Shape) -> int | None:
        """The axis that an axis is behind the move; None where it is not one any more."""
        raise NotImplementedError

    def sources(self, box: Box, shape: Shape) -> list[Box]:
        """What a box behind the move is made of."""
        raise NotImplementedError


class PermuteAxes(Move):
    """Axis i is what axis ``order[i]`` was."""

    __slots__ = ("order",)

    def __init__(self, order: Sequence[int]) -> None:
        self.order = order

    def output_shape(self, shape: Shape) -> Shape:
        """The sizes in the new order."""
        return tuple(shape[axis] for axis in self.order)

    def becomes(self, axis: int, shape: Shape) -> int:
        """Its place in the order."""
        del shape
        return self.order.index(axis)

    def sources(self, box: Box, shape: Shape) -> list[Box]:
        """The same positions, each along the axis that it came from."""
        return [tuple(box[self.order.index(axis)] for axis in range(len(shape)))]


class ReshapeAxes(Move):
    """The row of all values, last axis fastest, is cut into axes of other `sizes`."""

    __slots__ = ("sizes",)

    def __init__(self, sizes: Shape) -> None:
        self.sizes = sizes

    def output_shape(self, shape: Shape) -> Shape:
        """The new sizes."""
        del shape
        return self.sizes

    def becomes(self, axis: int, shape: Shape) -> int | None:
        """An axis that has the same size and as many values behind it."""
        return kept_axes(shape, self.sizes).get(axis)

    def sources(self, box: Box, shape: Shape) -> list[Box]:
        """The same places of the row."""
        from cnncalc.geometry.boxes import reshape_box

        return reshape_box(box, self.sizes, shape)


class PlaceAmong(Move):
    """An `axis` of size 1 becomes one of `count` places: the one of number `place`, as tensors are stacked."""

    __slots__ = ("axis", "count", "place")

    def __init__(self, axis: int, place: int, count: int) -> None:
        self.axis = axis
        self.place = place
        self.count = count

    def output_shape(self, shape: Shape) -> Shape:
        """The sizes, with `count` along the axis."""
        return (*shape[: self.axis], self.count, *shape[self.axis + 1 :])

    def becomes(self, axis: int, shape: Shape) -> int:
        """Itself."""
        del shape
        return axis

    def sources(self, box: Box, shape: Shape) -> list[Box]:
        """The same positions, of a box that has the place."""
        from cnncalc.geometry.index_set import whole

        del shape
        if not box[self.axis].between(self.place, self.place):
            return []
        return [(*box[: self.axis], whole(1), *box[self.axis + 1 :])]


class RepeatAxis(Move):
    """An axis of size 1 has `size`, and each of its positions what is at the one."""

    __slots__ = ("axis", "size")

    def __init__(self, axis: int, size: int) -> None:
        self.axis = axis
        self.size = size

    def output_shape(self, shape: Shape) -> Shape:
        """The new size along the axis."""
        return (*shape[: self.axis], self.size, *shape[self.axis + 1 :])

    def becomes(self, axis: int, shape: Shape) -> int:
        """Itself: there is nothing along the axis that could be told apart."""
        del shape
        return axis

    def sources(self, box: Box, shape: Shape) -> list[Box]:
        """The one position, and the same along the other axes."""
        from cnncalc.geometry.index_set import whole

        del shape
        return [(*box[: self.axis], whole(1), *box[self.axis + 1 :])]


class ReduceAxes(Move):
    """The `axes` have size 1, and what is there was made of all along them."""

    __slots__ = ("axes",)

    def __init__(self, axes: Sequence[int]) -> None:
        self.axes = axes

    def output_shape(self, shape: Shape) -> Shape:
        """1 along the axes."""
        return tuple(1 if axis in self.axes else size for axis, size in enumerate(shape))

    def becomes(self, axis: int, shape: Shape) -> int | None:
        """Itself, unless it is reduced."""
        del shape
        return None if axis in self.axes else axis

    def sources(self, box: Box, shape: Shape) -> list[Box]:
        """The whole of the axes, and the same positions along the others."""
        from cnncalc.geometry.index_set import whole

        return [tuple(whole(size) if axis in self.axes else box[axis] for axis, size in enumerate(shape))]
