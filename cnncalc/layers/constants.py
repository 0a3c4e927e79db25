"""Numbers as a spec nests them: the constants that layers compute with, and the shape of numbers that are given."""

from __future__ import annotations

from itertools import chain
from math import isfinite
from typing import TYPE_CHECKING, Any

from cnncalc import kernels
from cnncalc.errors import shape_text, value_text
from cnncalc.layers.options import LARGEST, Kind, Number, wrong

if TYPE_CHECKING:
    from cnncalc.shapes import Shape


def check_broadcast(own: Shape, shape: Shape) -> None:
    """Raise `ValueError` unless an array of the shape `own` broadcasts to `shape`, aligned at the end."""
    padded = (1,) * (len(shape) - len(own)) + own
    if len(padded) != len(shape) or any(a not in (1, b) for a, b in zip(padded, shape, strict=True)):
        raise ValueError(f"is {shape_text(own)}, which does not broadcast to {shape_text(shape)}")


class Constant:
    """Numbers that a layer computes with and that are no weight: nested lists, or one number, and their shape."""

    __slots__ = ("_array", "numbers", "shape")

    def __init__(self, numbers: Any, shape: Shape) -> None:
        self.numbers = numbers
        self.shape = shape
        self._array: Any = None

    def __repr__(self) -> str:
        return value_text(self.numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Constant) and self.shape == other.shape and self.numbers == other.numbers

    def __hash__(self) -> int:
        return hash(self.shape)

    def check(self, shape: Shape) -> None:
        """Raise `ValueError` unless the numbers broadcast to the shape."""
        check_broadcast(self.shape, shape)

    def flat(self) -> list[float]:
        """All numbers in a row."""
        row = [self.numbers]
        for _ in self.shape:
            row = list(chain.from_iterable(row))
        return row

    def array(self) -> Any:
        """The numbers as an array in double precision, which is made once: there may be very many."""
        if self._array is None:
            self._array = kernels.arrays.of_numbers(self.numbers)
        return self._array


class Numbers(Kind):
    """A number, or nested lists of numbers, kept as a `Constant`.

    >>> Numbers()([[1, 2, 3]]).shape, Numbers()(0.5)
    ((1, 3), 0.5)
    """

    text = "a number, or nested numbers"

    def __call__(self, value: object) -> Constant:
        """The numbers, checked."""
        return Constant(value, nested_shape(value, self))


def nested_shape(value: object, kind: Kind) -> Shape:
    """The shape of rectangular nested lists of numbers."""
    return _rectangular(value) or _examined(value, kind)


def _rectangular(value: object) -> Shape:
    """The shape, told level by level, as there may be very many lists; nothing where it is not as simple as that."""
    shape: Shape = ()
    level: list[Any] = [value]
    while all(isinstance(item, list) for item in level):
        sizes = set(map(len, level))
        if len(sizes) > 1 or 0 in sizes:
            return ()
        shape = (*shape, *sizes)
        level = list(chain.from_iterable(level))
    return shape if _all_numbers(level) else ()


def _examined(value: object, kind: Kind) -> Shape:
    """The shape of nested lists, list by list; raises `ValueError` with what is wrong."""
    if not isinstance(value, list):
        try:
            Number()(value)
        except ValueError:
            raise wrong(kind, value) from None
        return ()
    if not value:
        raise ValueError("has an empty list")
    if _all_numbers(value):
        return (len(value),)
    shapes = {_examined(item, kind) for item in value}
    if len(shapes) > 1:
        raise ValueError(f"is ragged: it has parts of {' and '.join(sorted(shape_text(s) or '1' for s in shapes))}")
    return (len(value), *shapes.pop())


def _all_numbers(items: list[object]) -> bool:
    """Whether all items are finite numbers, told faster than one by one, as there may be very many."""
    numbers = [item for item in items if isinstance(item, (int, float)) and not isinstance(item, bool)]
    try:
        return len(numbers) == len(items) and all(map(isfinite, numbers)) and max(map(abs, numbers)) <= LARGEST
    except OverflowError:
        return False
