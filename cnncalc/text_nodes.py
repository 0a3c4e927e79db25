"""The nodes of a spec's text, which know their place, and the text itself."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnncalc.error_codes import Code

Value = str | int | float | bool | None
"""What a scalar is in Python."""

COMMON: Final = ("name", "from", "when", "share", "trainable")
"""The options of every entry of a spec, whatever its type; the last two say whose arrays its layers use, and whether
those are trained."""

_OLD_LINE_ENDS: Final = dict.fromkeys((0x85, 0x2028, 0x2029), " ")
"""Characters that end a line in YAML 1.1 and nowhere else; as blanks they keep lines where editors count them."""


class TextNode:
    """A value in the text; `line` and `column` count from 0, `length` in characters on its first line."""

    __slots__ = ("column", "dynamic", "length", "line")

    line: int
    column: int
    length: int
    weight: int
    """The nodes in it, itself and the aliased ones included."""
    height: int
    """The levels of nesting in it: 0 for a scalar, 1 for a list of scalars."""
    dynamic: bool
    """Whether there is an expression in it."""

    def plain(self) -> Any:
        """The value as plain Python: numbers, words, lists and dicts."""
        raise NotImplementedError


class Scalar(TextNode):
    """A number, a truth value, null or a word."""

    __slots__ = ("text", "value")

    text: str
    value: Value
    weight = 1
    height = 0

    def plain(self) -> Value:
        """The value."""
        return self.value


class Sequence(TextNode):
    """A list."""

    __slots__ = ("height", "items", "weight")

    def __init__(self) -> None:
        self.items: list[TextNode] = []
        self.weight = 1
        self.height = 1
        self.dynamic = False

    def add(self, item: TextNode) -> None:
        """Append an item."""
        self.items.append(item)
        self.weight += item.weight
        if item.height >= self.height:
            self.height = item.height + 1
        if item.dynamic:
            self.dynamic = True

    def plain(self) -> list[Any]:
        """The values of the items."""
        return [item.plain() for item in self.items]


class Mapping(TextNode):
    """A mapping from words to values, in the order of the text."""

    __slots__ = ("height", "keys", "values", "weight")

    def __init__(self) -> None:
        self.weight = 1
        self.height = 1
        self.dynamic = False
        self.keys: dict[str, Scalar] = {}
        self.values: dict[str, TextNode] = {}

    def plain(self) -> dict[str, Any]:
        """The values by key."""
        return {key: value.plain() for key, value in self.values.items()}

    def put(self, key: Scalar, value: TextNode) -> None:
        """Add a key, which is not there yet, and its value."""
        self.keys[key.text] = key
        self.values[key.text] = value
        self.weight += 1 + value.weight
        if value.height >= self.height:
            self.height = value.height + 1
        if key.dynamic or value.dynamic:
            self.dynamic = True

    def get(self, key: str) -> TextNode | None:
        """The value of a key, if it is there."""
        return self.values.get(key)

    def entries(self) -> Iterator[tuple[Scalar, TextNode]]:
        """Keys, as nodes, with their values."""
        return zip(self.keys.values(), self.values.values(), strict=True)


class Source:
    r"""The text of a spec and the name to call it by in errors.

    Its lines are those that an editor shows: they end with ``\n``, ``\r\n`` or ``\r``. What YAML 1.1 also took for an
    end of line, and 1.2 does not, is read as a space. `path` is where the file is, empty for a text that is in none:
    what the spec says of other files is meant from its folder.
    """

    def __init__(self, name: str, text: str, path: str = "") -> None:
        self.name = name
        self.path = path
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        self.text = text if text.isascii() else text.translate(_OLD_LINE_ENDS)

    def place(self, node: TextNode) -> Place:
        """The place of a node."""
        return self.at(node.line, node.column, node.length)

    def at(self, line: int, column: int, length: int = 1) -> Place:
        """A stretch of a line; both count from 0."""
        starts = self._starts
        text = self.text[starts[line] : starts[line + 1] - 1] if line + 1 < len(starts) else ""
        return Place(self.name, line + 1, column + 1, length, text)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins, and where one more would; found once, as errors may be many."""
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]

    def error(
        self,
        node: TextNode,
        message: str,
        hint: str | Callable[[], str | None] | None = None,
        *,
        code: Code | None = None,
        layer: str | None = None,
    ) -> CnncalcError:
        """The error that something is wrong with a node."""
        return CnncalcError(message, hint=hint, place=lambda: self.place(node), code=code, layer=layer)
