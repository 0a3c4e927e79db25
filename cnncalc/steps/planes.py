"""Parts of maps, kernels and outputs as planes that can be drawn: whole where they are small, else cut out."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from cnncalc.steps.results import Plane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOST_CELLS: Final = 8
"""The cells along an axis up to which a map is drawn as a whole; of a larger one a part around the window."""

OUTPUT_CELLS: Final = 6
"""The cells along an axis up to which an output is drawn as a whole."""

LARGEST_WINDOW: Final = 14
"""The pixels that a window may span for it to be drawn."""

MOST_PLANES: Final = 3
"""The planes of input and kernel that are drawn one below the other."""


def view(size: int, before: int, after: int, window: range, most: int = MOST_CELLS) -> range:
    """The cells of an axis that are drawn: all with the padding, or as many around the window as have room.

    Of a larger axis they begin at a multiple of half of that, so that they stay where the next windows lie.

    >>> view(5, 1, 1, range(-1, 2)), view(224, 1, 1, range(99, 102)), view(224, 1, 1, range(100, 103))
    (range(-1, 6), range(99, 107), range(99, 107))
    """
    low, high = min(-before, window.start), max(size + after, window.stop)
    if high - low <= most:
        return range(low, high)
    half = most // 2
    room = max(most, len(window) + half - 1)
    start = max(min(low + (window.start - low) // half * half, high - room), low)
    return range(start, min(start + room, high))


def has_room(spans: Sequence[range]) -> bool:
    """Whether a window is small enough to be drawn."""
    return all(len(each) <= LARGEST_WINDOW for each in spans)


def cut(
    role: str,
    title: str,
    read: Callable[[tuple[int, ...]], float | None],
    sizes: Sequence[int],
    views: Sequence[range],
    window: Mapping[tuple[int, ...], float | None],
    marked: Sequence[int] | None = None,
) -> Plane:
    """A plane of the cells in view, a row of them where there is one axis.

    `window` has the cells of the window, with what each is multiplied with if anything; `sizes` are those of the map.
    """
    values = [[read(at) for at in row] for row in _rows(views)]
    inside = [at for at in window if all(place in each for place, each in zip(at, views, strict=True))]
    factors = [factor for factor in map(window.__getitem__, inside) if factor is not None]
    return Plane(
        role,
        title,
        in_two(sizes, 1),
        in_two([each.start for each in views]),
        tuple(map(tuple, values)),
        tuple(map(in_two, inside)),
        tuple(factors),
        None if marked is None else in_two(marked),
    )


def whole(
    role: str, title: str, values: Sequence[Sequence[float | None]], marked: Sequence[int] | None = None
) -> Plane:
    """A plane of all values."""
    return Plane(
        role,
        title,
        (len(values), len(values[0])),
        (0, 0),
        tuple(map(tuple, values)),
        marked=None if marked is None else in_two(marked),
    )


def in_two(values: Sequence[int], first: int = 0) -> tuple[int, int]:
    """Numbers along two axes; where there is one axis, or none, with others before it.

    >>> in_two((4,)), in_two((3, 4)), in_two((), 1)
    ((0, 4), (3, 4), (1, 1))
    """
    row, column = (*(first,) * (2 - len(values)), *values)
    return row, column


def _rows(views: Sequence[range]) -> list[list[tuple[int, ...]]]:
    """The indices of the cells, row by row."""
    *outer, columns = views
    return [[(*row, column) for column in columns] for row in product(*outer)]
