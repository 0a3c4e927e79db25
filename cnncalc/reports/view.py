"""What a reader wishes to see of a network's layers: which rows, in which order, and which columns of them."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import NamedTuple


class View(NamedTuple):
    """The wishes; figures are the same in every view.

    `full` has a row for every layer, `depth` a tree down to scopes whose names have so many parts; without both a large
    network is a tree as deep as there is room for. With `sort`, the word of a column, rows stand by size, and `top`
    is how many of them. `columns` are words of columns. `units` is `auto`, `none` or a prefix, and `plot` one of
    `parameters`, `macs`, `memory` and `field`. `theme` is that of a figure.
    """

    full: bool = False
    depth: int | None = None
    columns: tuple[str, ...] = ()
    sort: str | None = None
    top: int | None = None
    units: str = "auto"
    plot: str | None = None
    theme: str = "blue"


WHOLE = View()
