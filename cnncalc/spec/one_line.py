"""Specs in one line: layers as calls, one behind another, such as ``conv2d(16, 3, stride=2) | relu | max_pool2d(2)``.

The line is read into the nodes of which a spec's text is made, each at its place in the line, so that everything behind
it (types, options, errors with their place) is that of any spec. Values are those of YAML's flow form, in which
``(3, 5)`` is a list too, ``True``, ``False`` and ``None`` are read, and a call stands for a type with options, as in
``activation=leaky_relu(0.1)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from cnncalc.errors import CnncalcError
from cnncalc.layers import LAYERS, find
from cnncalc.spec.text_nodes import Mapping, Scalar, Sequence, TextNode
from cnncalc.spec.yaml_scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as MappingOf

    from cnncalc.layers.base import Layer
    from cnncalc.spec.text_nodes import Source

_Node = TypeVar("_Node", Mapping, Sequence)

MAX_DEPTH: Final = 30
"""The most brackets in each other."""
MAX_LENGTH: Final = 100_000
"""The most characters of a line."""

_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_ENDS: Final = frozenset("()[]{},|\"'")
"""What a plain word ends at, beside what its place makes special: `=`, `:` or a blank."""
_EXAMPLE: Final = "such as 'conv2d(16, 3, stride=2) | relu'"


def parse(source: Source, layers: MappingOf[str, type[Layer]] = LAYERS) -> Mapping:
    """The tree of the spec that a line is; raises `CnncalcError`, at the column, for what is not such a line.

    >>> from cnncalc.spec.text_nodes import Source
    >>> parse(Source("<line>", "conv2d(16, 3, padding=(1, 1)) | relu")).plain()
    {'layers': [{'conv2d': {'out_channels': 16, 'kernel_size': 3, 'padding': [1, 1]}}, 'relu']}
    """
    if len(source.text) > MAX_LENGTH:
        raise CnncalcError(f"a line of {len(source.text):,} characters, and {MAX_LENGTH:,} is the most")
    line = _Line(source, layers)
    root = line.placed(Mapping(), 0)
    root.put(line.scalar("layers", 0), line.layers())
    return root


class _Line:
    """Reads one line from left to right; `at` is the place of the next character."""

    def __init__(self, source: Source, layers: MappingOf[str, type[Layer]]) -> None:
        self.source = source
        self.text = source.text
        self.types = layers
        self.at = 0
        self.depth = 0

    def layers(self) -> Sequence:
        """The layers between the bars, up to the end of the line."""
        found = self.placed(Sequence(), 0)
        while True:
            found.add(self._layer())
            if not self._next():
                return found
            if self._next() != "|":
                raise self._error(f"`{self._next()}` stands behind a layer", "write `|` between layers")
            self.at += 1

    def _layer(self) -> TextNode:
        """A type, or a type with its options in brackets."""
        character = self._next()
        if character in ("", "|"):
            raise self._error("a layer is missing here", _EXAMPLE)
        if character in _ENDS:
            raise self._error(f"`{character}` stands where the type of a layer belongs", _EXAMPLE)
        kind = self._word(" ")
        return self._call(kind) if self._next() == "(" else kind

    def _call(self, kind: Scalar) -> Mapping:
        """The entry ``{type: {options}}`` of a type whose options stand in the brackets that come next."""
        start = self.at
        positions = self._positions(kind)
        options, unnamed = Mapping(), 0
        for key, value in self._items("="):
            if key is not None:
                self._check_new(options, key)
                options.put(key, value)
            elif unnamed < len(options.keys):
                raise self.source.error(value, "a value without a name stands behind one with a name")
            elif positions is not None:  # or the type is not known, which is told when the layer is made
                if unnamed == len(positions):
                    raise self._too_many(kind, value, positions)
                options.put(self.scalar(positions[unnamed], value.column, value.length), value)
                unnamed += 1
        entry = self.placed(Mapping(), kind.column)
        entry.put(kind, self.placed(options, start))
        return entry

    def _positions(self, kind: Scalar) -> tuple[str, ...] | None:
        """The options that a type takes without a name, in order; None of an unknown type."""
        found = find(kind.text, self.types)
        return None if found is None else found[0].positional

    def _too_many(self, kind: Scalar, value: TextNode, positions: tuple[str, ...]) -> CnncalcError:
        """The error for one more value without a name than a type takes."""
        most = f"at most {len(positions)}" if positions else "none"
        hint = f"they are, in this order: {', '.join(positions)}" if positions else "write the option's name and `=`"
        return self.source.error(value, f"`{kind.text}` takes {most} without a name", hint)

    def _items(self, mark: str) -> Iterator[tuple[Scalar | None, TextNode]]:
        """What stands in the brackets that come next: values, with the names that `mark` (`=` or `:`) ends."""
        start, opening = self.at, self._next()
        closing = _CLOSING[opening]
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} brackets in each other")
        self.at += 1
        while self._next() != closing:
            if not self._next():
                self.at = start
                raise self._error(f"this `{opening}` is not closed", f"write `{closing}` behind its last value")
            yield self._item(mark, closing)
            if self._next() == ",":
                self.at += 1
            elif self._next() not in (closing, ""):
                raise self._error(f"`{self._next()}` stands where `,` or `{closing}` belongs")
        self.at += 1
        self.depth -= 1

    def _item(self, mark: str, closing: str) -> tuple[Scalar | None, TextNode]:
        """A value, and the name before it."""
        if self._next() in _ENDS or self._next() == "=":
            return None, self._value(closing)
        word = self._word(mark)
        if self._next() == mark:
            self.at += 1
            return word, self._value(closing)
        return None, self._call(word) if self._next() == "(" else word

    def _value(self, closing: str) -> TextNode:
        """A value where one has to stand."""
        character, start = self._next(), self.at
        if character == "{":
            return self._mapping(start)
        if character in ("(", "["):
            return self._list(start)
        if character and character in "\"'":
            return self._quoted(character)
        if character in ("", ",", "|") or character in _CLOSING.values():
            raise self._error(f"a value is missing before `{character or closing}`")
        word = self._word("")
        return self._call(word) if self._next() == "(" else word

    def _list(self, start: int) -> Sequence:
        found = Sequence()
        for key, value in self._items("="):
            if key is not None:
                raise self.source.error(
                    key, f"`{key.text}=` stands in a list", "names belong to the options of a layer"
                )
            found.add(value)
        return self.placed(found, start)

    def _mapping(self, start: int) -> Mapping:
        found = Mapping()
        for key, value in self._items(":"):
            if key is None:
                raise self.source.error(value, "a name and `:` are missing before this value")
            self._check_new(found, key)
            found.put(key, value)
        return self.placed(found, start)

    def _check_new(self, options: Mapping, key: Scalar) -> None:
        if key.text in options.keys:
            raise self.source.error(key, f"`{key.text}` is given twice", "keep one of the two")

    def _word(self, ends: str) -> Scalar:
        """A plain word or number, up to what ends one anywhere or to one of `ends`; at least one character."""
        start = self.at
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] not in _ENDS and self.text[self.at] not in ends:
            self.at += 1
        text = self.text[start : self.at].rstrip()
        node = self.scalar(text, start, len(text))
        try:
            node.value = None if text == "None" else resolve(text)
        except ValueError as error:
            raise self.source.error(node, f"{error} is beyond anything that a spec can mean") from None
        node.dynamic = text[:1] == "=" and isinstance(node.value, str)
        return node

    def _quoted(self, quote: str) -> Scalar:
        """A text in quotes."""
        start = self.at
        end = self.text.find(quote, start + 1)
        if end < 0:
            raise self._error(f"this {quote} is not closed")
        self.at = end + 1
        node = self.scalar(self.text[start + 1 : end], start, end + 1 - start)
        node.dynamic = node.text[:1] == "="
        return node

    def _next(self) -> str:
        """The next character that is not blank, at which `at` is then; empty at the end of the line."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def scalar(self, text: str, column: int, length: int = 1) -> Scalar:
        """A node of a word."""
        node = Scalar()
        node.text = node.value = text
        node.dynamic = False
        node.line, node.column, node.length = 0, column, max(length, 1)
        return node

    def placed(self, node: _Node, start: int) -> _Node:
        """A list or mapping, told that it reaches from there to the place that was read up to."""
        node.line, node.column, node.length = 0, start, max(self.at - start, 1)
        return node

    def _error(self, fact: str, hint: str | None = None) -> CnncalcError:
        """The error that something is wrong at the next character."""
        return CnncalcError(fact, hint=hint, place=self.source.at(0, min(self.at, len(self.text)), 1))
