"""Windows as moves of a rearrangement: every value under them in a place of its own, and the way back."""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from itertools import product
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from cnncalc.geometry.reading import Move

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.boxes import Box
    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.shapes import Shape


class WindowPlaces(NamedTuple):
    """A window along an axis of `size`: tap t at position p lies on ``p stride + t dilation - before``."""

    size: int
    positions: int
    kernel_size: int
    stride: int
    dilation: int
    before: int

    def pixels(self, taps: "IndexSet", positions: "IndexSet") -> "IndexSet":
        """The pixels of the axis on which any of the taps lies at any of the positions.

        >>> from cnncalc.geometry.index_set import whole
        >>> window = WindowPlaces(9, positions=4, kernel_size=3, stride=2, dilation=1, before=1)
        >>> list(window.pixels(whole(1), whole(4)).each())
        [1, 3, 5]
        """
        lying = positions.scaled(self.stride).plus(taps.scaled(self.dilation))
        return lying.shifted(-self.before).within(self.size)

    def positions_on(self, tap: int, pixels: "IndexSet") -> "IndexSet":
        """The positions at which a tap lies on any of the pixels."""
        starts = pixels.shifted(self.before - tap * self.dilation)
        return starts.subsampled(self.stride).within(self.positions)


class TakeWindows(Move):
    """``(C, *I) -> (C, *taps, *positions)``: what each tap of the windows lies on, or the padding around it."""

    __slots__ = ("windows",)

    drops: ClassVar[bool] = True

    def __init__(self, windows: "Sequence[WindowPlaces]") -> None:
        self.windows = windows

    def output_shape(self, shape: "Shape") -> "Shape":
        """The channels, the taps along each axis, and the positions along each axis."""
        taps, positions = zip(*((window.kernel_size, window.positions) for window in self.windows), strict=True)
        return (shape[0], *taps, *positions)

    def becomes(self, axis: int, shape: "Shape") -> int | None:
        """The channels stay."""
        del shape
        return None if axis else 0

    def sources(self, box: "Box", shape: "Shape") -> "list[Box]":
        """The pixels under the taps; none where these lie in the padding alone along an axis."""
        del shape
        rank = len(self.windows)
        along = zip(self.windows, box[1 : 1 + rank], box[1 + rank :], strict=True)
        found = tuple(window.pixels(taps, positions) for window, taps, positions in along)
        return [(box[0], *found)] if all(found) else []


class SumWindows(Move):
    """``(C, *taps, *positions) -> (C, *I)``: the sum of what the taps of the windows that lie on a pixel have."""

    __slots__ = ("windows",)

    drops: ClassVar[bool] = True

    def __init__(self, windows: "Sequence[WindowPlaces]") -> None:
        self.windows = windows

    def output_shape(self, shape: "Shape") -> "Shape":
        """The channels, and the size of each axis."""
        return (shape[0], *(window.size for window in self.windows))

    def becomes(self, axis: int, shape: "Shape") -> int | None:
        """The channels stay."""
        del shape
        return None if axis else 0

    def sources(self, box: "Box", shape: "Shape") -> "list[Box]":
        """The taps and positions that lie on the pixels: taps that do so at the same positions together."""
        del shape
        along = [_taps_by_positions(window, pixels) for window, pixels in zip(self.windows, box[1:], strict=True)]
        found: list[Box] = []
        for chosen in product(*along):
            positions, taps = zip(*chosen, strict=True)
            found.append((box[0], *taps, *positions))
        return found


def _taps_by_positions(window: WindowPlaces, pixels: "IndexSet") -> "list[tuple[IndexSet, IndexSet]]":
    """Positions at which taps lie on any of the pixels, and the taps; raises `IrregularError` for very many."""
    from cnncalc.geometry.index_set import IndexSet, union_of, whole
    from cnncalc.geometry.periodic import MOST_PIECES, IrregularError

    if window.kernel_size > MOST_PIECES:
        raise IrregularError
    found: dict[IndexSet, list[int]] = {}
    for tap in range(window.kernel_size):
        positions = window.positions_on(tap, pixels)
        if positions:
            found.setdefault(positions, []).append(tap)
    if list(found) == [whole(window.positions)] and len(found[whole(window.positions)]) == window.kernel_size:
        return [(whole(window.positions), whole(window.kernel_size))]
    return [(positions, union_of(IndexSet.span(tap, tap) for tap in taps)) for positions, taps in found.items()]
