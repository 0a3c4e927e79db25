"""Long lists of numbers, such as given weights, read at once.

The YAML parser makes an event of each number, and the tree a node, which takes seconds and hundreds of megabytes for a
million weights. So such lists are read as JSON, which they are too, and the parser sees blanks in quotes in their
place; all other text stays where it is.
"""

from __future__ import annotations

import re
from itertools import chain
from json import JSONDecoder
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.text_nodes import Scalar, Sequence, TextNode

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST: Final = 4096
"""The characters of the shortest list that is read so: for shorter ones the parser is fast enough."""
FEWEST: Final = 64
"""The numbers of the shortest list of values that is one node."""
DEEPEST: Final = 64
"""The most levels of a list that is read so."""

_START: Final = re.compile(r"\[[-0-9.eE+,\[\] \n]{" + str(SHORTEST) + "}")
_WHOLE: Final = re.compile(r"[-0-9.eE+,\[\] \n]+")


class NumberList(NamedTuple):
    """The values of a list, the nodes that it stands for, and its levels."""

    values: list[Any]
    weight: int
    height: int


class Numbers(Sequence):
    """A list of numbers, or of such lists, whose items have no place of their own."""

    __slots__ = ("values",)

    def __init__(self, found: NumberList) -> None:
        self.values = found.values
        self.weight = found.weight
        self.height = found.height
        self.dynamic = False

    @property
    def items(self) -> list[TextNode]:  # type: ignore[override]
        """The items as nodes, all at the place of the list."""
        return list(map(self._node, self.values))

    def plain(self) -> list[Any]:
        """The values."""
        return self.values

    def _node(self, value: Any) -> TextNode:
        """An item as a node, at the place of the whole list."""
        node: TextNode = Numbers(_measured(value, str(value))) if isinstance(value, list) else Scalar()
        if isinstance(node, Scalar):
            node.value, node.text, node.dynamic = value, str(value), False
        node.line, node.column, node.length = self.line, self.column, self.length
        return node


def nested_numbers(values: list[Any]) -> Numbers | None:
    """The node of a long list of numbers, or of such lists; None for a short one, or one that holds other things.

    >>> nested_numbers([1.5, 2]), nested_numbers([[1.5] * 40, [2] * 40]).height
    (None, 2)
    """
    row = flat_numbers(values)
    return None if row is None or len(row) < FEWEST else Numbers(_measured(values, str(values)))


def flat_numbers(values: object) -> list[Any] | None:
    """All numbers of a list of numbers, or of such lists; None for what is no such list, and for one without numbers.

    >>> flat_numbers([[1.5], [2]]), flat_numbers([1, "a"]), flat_numbers([])
    ([1.5, 2], None, None)
    """
    row: list[Any] = [values]
    while row and isinstance(row[0], list):
        if not all(type(item) is list for item in row):
            return None
        row = list(chain.from_iterable(row))
    return row if isinstance(values, list) and row and {*map(type, row)} <= {int, float} else None


def without_numbers(text: str) -> tuple[str, dict[tuple[int, int], NumberList]]:
    r"""The text with blanks in quotes for every long list of numbers, and the lists by line and column, from 0.

    >>> text, lists = without_numbers("a: [" + "1, " * 2000 + "2]\nb: 3")
    >>> text.replace(" ", ""), [(place, len(found.values)) for place, found in lists.items()]
    ('a:""\nb:3', [((0, 3), 2001)])
    """
    parts: list[str] = []
    lists: dict[tuple[int, int], NumberList] = {}
    done = 0
    for start, end, found in _found(text):
        line, column = text.count("\n", 0, start), start - (text.rfind("\n", 0, start) + 1)
        lists[line, column] = found
        blanks = "\n".join(" " * len(row) for row in text[start + 1 : end - 1].split("\n"))
        parts += text[done:start], '"', blanks, '"'
        done = end
    return "".join((*parts, text[done:])), lists


def _found(text: str) -> Iterator[tuple[int, int, NumberList]]:
    """Where each long list begins and ends, and what it holds."""
    decoder = JSONDecoder()
    match = _START.search(text)
    while match is not None:
        start, end = match.start(), match.end()
        try:
            values, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            values = None
        if values is not None and _WHOLE.fullmatch(text, start, end):
            found = _measured(values, text[start:end])
            if found.height <= DEEPEST:
                yield start, end, found
        match = _START.search(text, end)


def _measured(values: list[Any], text: str) -> NumberList:
    """A list with its size, by its text: each comma but those between lists has a number before it."""
    brackets = re.sub(r"[^\[\]]+", "", text)
    lists, empty = brackets.count("["), len(re.findall(r"\[\s*\]", text))
    height = 0
    while brackets and height <= DEEPEST:
        brackets = brackets.replace("[]", "")
        height += 1
    return NumberList(values, lists + text.count(",") + 1 - empty, height)
