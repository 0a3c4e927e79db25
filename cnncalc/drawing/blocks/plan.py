"""How items are arranged, before anything has a size."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import NamedTuple, TypeAlias

from cnncalc.drawing.blocks.folding import Fold


class Leaf(NamedTuple):
    """An item."""

    place: int


class Frame(NamedTuple):
    """A part with one way in and one way out that stands for several."""

    inner: "Series"
    fold: Fold


class Series(NamedTuple):
    """What follows one another on one axis."""

    parts: "tuple[Plan, ...]"


class Branch(NamedTuple):
    """A way beside others: whether it begins at the item before, and whether it ends in the item behind."""

    series: Series
    enters: bool
    leaves: bool

    @property
    def is_through(self) -> bool:
        """Whether it leads from the item before to the one behind."""
        return self.enters and self.leaves


class Parallel(NamedTuple):
    """Branches between two items, and how many ways there are that have no item on them.

    `behind` is the place of the item behind; None where there is none, or another series ends first.
    """

    branches: tuple[Branch, ...]
    direct: int
    behind: int | None


class Row(NamedTuple):
    """A row of a ladder, which gives what the item at `place` gives.

    `reads` are other rows, -1 for what is before the ladder, once for each time; `leaves` says whether what is behind
    the ladder reads it.
    """

    plan: "Leaf | Frame | Series"
    place: int
    reads: tuple[int, ...]
    leaves: bool


class Ladder(NamedTuple):
    """Rows in the order of execution, with lanes beside them."""

    rows: tuple[Row, ...]


Plan: TypeAlias = Leaf | Frame | Series | Parallel | Ladder
