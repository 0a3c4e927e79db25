"""Parts of a network, which rows stand for: how they are walked down to a depth, and how deep there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.reports.view import View

MOST_ROWS: Final = 60
"""What a reader still has in mind: of more layers a tree is made, which is as deep as so many rows allow."""


class Part(NamedTuple):
    """The layers from `start` to before `stop`, for which a row can stand: a scope with `parts`, or a chain of layers.

    `label` is its name within the scope around it, `depth` how many parts the full `name` has. Where several `copies`
    are one part the layers are those of all, and `parts` those of the first. `joined` counts the scopes around it that
    have nothing else in them: they have no part of their own, and the label has their names too.
    """

    name: str
    label: str
    depth: int
    start: int
    stop: int
    copies: int = 1
    parts: tuple[Part, ...] = ()
    joined: int = 0

    @property
    def first_stop(self) -> int:
        """Where the layers of the first copy end."""
        return self.start + (self.stop - self.start) // self.copies


def is_folded(layers: int, view: View) -> bool:
    """Whether in a view of so many layers a row may stand for several of them."""
    return not view.full and (view.depth is not None or layers > MOST_ROWS)


def depth_with_room(parts: Sequence[Part], most: int = MOST_ROWS) -> int:
    """The largest depth at which the tree has at most so many rows; 1 where none has.

    >>> import cnncalc
    >>> from cnncalc.reports.summary_tree import tree
    >>> depth_with_room(tree(cnncalc.load("densenet121").report())), depth_with_room([])
    (2, 1)
    """
    depth = 1
    while depth < deepest(parts) and row_count(parts, depth + 1) <= most:
        depth += 1
    return depth


def next_depth(parts: Sequence[Part], depth: int) -> int | None:
    """The least depth at which the tree has more rows than at this one; None where none has."""
    count = row_count(parts, depth)
    return next((more for more in range(depth + 1, deepest(parts) + 1) if row_count(parts, more) > count), None)


def folded_note(layers: int, rows: int, deeper: int | None) -> str:
    """What is said of a table whose rows may stand for several layers: how many they are, and how more is seen.

    >>> folded_note(126, 20, 3)
    '126 layers in 20 rows: --depth 3 shows more, --full shows every layer'
    """
    more = f"--depth {deeper} shows more, " if deeper else ""
    return f"{layers:,} layers in {rows:,} rows: {more}--full shows every layer"


def row_count(parts: Sequence[Part], depth: int) -> int:
    """How many rows the tree has at a depth."""
    return sum(1 for _ in walked(parts, depth))


def deepest(parts: Sequence[Part]) -> int:
    """The depth from which on the tree has all its rows; 1 of a tree without scopes."""
    return max((max(part.depth + 1, deepest(part.parts)) for part in parts if part.parts), default=1)


def walked(parts: Sequence[Part], depth: int, level: int = 0) -> Iterator[tuple[Part, int, bool]]:
    """Each part that has a row at a depth, how far it is set in, and whether its own parts follow."""
    for each in parts:
        part = _cut(each, depth)
        is_open = bool(part.parts) and part.depth < depth
        yield part, level, is_open
        if is_open:
            yield from walked(part.parts, depth, level + 1)


def units(parts: Sequence[Part], depth: int, shift: int = 0) -> Iterator[Part]:
    """The parts that make up the network at a depth, each of equal ones by itself, with the name of the first."""
    for each in parts:
        part = _cut(each, depth)
        length = part.first_stop - part.start
        for start in range(part.start + shift, part.stop + shift, length):
            if part.parts and part.depth < depth:
                yield from units(part.parts, depth, start - part.start)
            else:
                yield part._replace(start=start, stop=start + length, copies=1)


def _cut(part: Part, depth: int) -> Part:
    """A part or, where the depth is that of a scope around it that has nothing else in it, that scope."""
    surplus = min(part.depth - depth, part.joined)
    if surplus <= 0 or not part.parts or part.name.count(".") + 1 != part.depth:
        return part
    name, label = (text.rsplit(".", surplus)[0] for text in (part.name, part.label))
    return part._replace(name=name, label=label, depth=part.depth - surplus, copies=1, joined=part.joined - surplus)
