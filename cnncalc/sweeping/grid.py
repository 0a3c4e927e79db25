"""A grid: what varies and over which values; of its points each is made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.sweeping.values import MOST_POINTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    Kind = Literal["variant", "parameter", "input"]

VARIANT: Final = "variant"
PARAMETER: Final = "parameter"
INPUT: Final = "input"


class Axis(NamedTuple):
    """What varies along an axis, and its values: variants, a parameter, or the shape of an input.

    `name` is that of the parameter or of the input; it is empty for variants, and for the only input.
    """

    kind: Kind
    name: str
    values: tuple[Any, ...]

    @property
    def title(self) -> str:
        """The word for it."""
        return self.name or self.kind


class GridPoint(NamedTuple):
    """One network of a grid: its variant, parameters that are set, and input shape, each None where nothing is said."""

    variant: str | None
    settings: dict[str, Any]
    input: Any


class Grid(Sequence[GridPoint]):
    """Every combination of the values of some axes; along the last axis neighbours differ, as in nested loops.

    Raises `CnncalcError` for more than a million points.

    >>> grid = Grid([Axis("parameter", "a", (1, 2)), Axis("input", "", ("3x8x8", "3x9x9"))])
    >>> len(grid), grid[1], grid[2].settings
    (4, GridPoint(variant=None, settings={'a': 1}, input='3x9x9'), {'a': 2})
    """

    def __init__(self, axes: Sequence[Axis]) -> None:
        self.axes = tuple(axes)
        self._length = prod(len(axis.values) for axis in self.axes)
        if self._length > MOST_POINTS:
            sizes = " x ".join(f"{len(axis.values):,}" for axis in self.axes)
            fact = f"the grid has {sizes} = {self._length:,} points, and {MOST_POINTS:,} is the most"
            raise CnncalcError(fact, hint="take larger steps, or fewer values")

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(self._length))]
        if not -self._length <= number < self._length:
            raise IndexError(number)
        return self._point(number % self._length)

    def __iter__(self) -> Iterator[GridPoint]:
        return map(self._point, range(self._length))

    def _point(self, number: int) -> GridPoint:
        """The point of a number, whose digits are the places of its values; the last axis has the lowest."""
        variant, settings, shapes = None, dict[str, Any](), dict[str, Any]()
        for axis in reversed(self.axes):
            number, place = divmod(number, len(axis.values))
            value = axis.values[place]
            if axis.kind == VARIANT:
                variant = value
            elif axis.kind == PARAMETER:
                settings = {axis.name: value, **settings}
            else:
                shapes = {axis.name: value, **shapes}
        return GridPoint(variant, settings, shapes.get("", shapes or None))


def grid_of(given: Mapping[str, Any], parameters: Mapping[str, Any]) -> Grid:
    """The grid that Python's callers give: values by the names of parameters, and by `input` and `variant`.

    A list, a tuple or a range has the values, a text lists them as the command line does, anything else is one value.
    `input` and `variant` are those of the network unless the spec has a parameter of that name. A dict under `input`
    has the values of each input by its name.
    """
    from cnncalc.sweeping.values import listed_names, listed_shapes, listed_values

    axes: list[Axis] = []
    for name, values in given.items():
        if name == INPUT and name not in parameters and isinstance(values, Mapping):
            axes += (
                Axis("input", each, _values(each, of, partial(listed_shapes, each))) for each, of in values.items()
            )
        elif name == INPUT and name not in parameters:
            axes.append(Axis("input", "", _values(name, values, partial(listed_shapes, name))))
        elif name == VARIANT and name not in parameters:
            axes.append(Axis("variant", "", _values(name, values, listed_names)))
        else:
            axes.append(Axis("parameter", name, _values(name, values, partial(listed_values, name))))
    return Grid(axes)


def _values(name: str, values: Any, listed: Callable[[str], tuple[Any, ...]]) -> tuple[Any, ...]:
    """The values of an axis; raises `CnncalcError` where there are none."""
    if isinstance(values, str):
        return listed(values)
    plain = values.tolist() if hasattr(values, "tolist") else values
    found = tuple(plain) if isinstance(plain, (list, tuple, range)) else (plain,)
    if not found:
        raise CnncalcError(f"`{name}` has no values to sweep over")
    return found
