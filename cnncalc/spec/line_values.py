"""The values in a line of layers: YAML's flow form, with calls, lists in round brackets and arithmetic in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cnncalc.errors import CnncalcError
from cnncalc.spec.yaml_scalars import resolve
from cnncalc.text_nodes import Mapping, Scalar, Sequence, TextNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.text_nodes import Source

_Node = TypeVar("_Node", Mapping, Sequence)

MAX_DEPTH: Final = 30
"""The most brackets in each other."""

CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
ENDS: Final = frozenset("()[]{},|\"'")
"""What a plain word ends at, beside what its place makes special: `=`, `:` or a blank."""
_NUMBER: Final = r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*"
_ARITHMETIC: Final = re.compile(rf"{_NUMBER}((\*\*|//|[-+*/%]){_NUMBER})+")


class LineReader:
    """Reads a line from left to right; `at` is the place of the next character."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.depth = 0

    def items(self, mark: str) -> Iterator[tuple[Scalar | None, TextNode]]:
        """What stands in the brackets that come next: values, with the names that `mark` (`=` or `:`) ends."""
        start, opening = self.at, self.next()
        closing = CLOSING[opening]
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} brackets in each other")
        self.at += 1
        while self.next() != closing:
            if not self.next():
                self.at = start
                raise self.error(f"this `{opening}` is not closed", f"write `{closing}` behind its last value")
            yield self._item(mark, closing)
            if self.next() == ",":
                self.at += 1
            elif self.next() not in (closing, ""):
                raise self.error(f"`{self.next()}` stands where `,` or `{closing}` belongs")
        self.at += 1
        self.depth -= 1

    def _item(self, mark: str, closing: str) -> tuple[Scalar | None, TextNode]:
        """A value, and the name before it."""
        if self.next() in ENDS or self.next() == "=":
            return None, self._value(closing)
        word = self.word(mark)
        if self.next() == mark:
            self.at += 1
            return word, self._value(closing)
        return None, self.nested(word)

    def _value(self, closing: str) -> TextNode:
        """A value where one has to stand."""
        character, start = self.next(), self.at
        if character == "{":
            return self._mapping(start)
        if character in ("(", "["):
            return self._list(start)
        if character and character in "\"'":
            return self._quoted(character)
        if character in ("", ",", "|") or character in CLOSING.values():
            raise self.error(f"a value is missing before `{character or closing}`")
        return self.nested(self.word(""))

    def nested(self, word: Scalar) -> TextNode:
        """A value that begins with a word: the word, or the call that it begins."""
        del word
        raise NotImplementedError("what a call is")

    def _list(self, start: int) -> Sequence:
        found = Sequence()
        for key, value in self.items("="):
            if key is not None:
                raise self.source.error(
                    key, f"`{key.text}=` stands in a list", "names belong to the options of a layer"
                )
            found.add(value)
        return self.placed(found, start)

    def _mapping(self, start: int) -> Mapping:
        found = Mapping()
        for key, value in self.items(":"):
            if key is None:
                raise self.source.error(value, "a name and `:` are missing before this value", code="syntax")
            self.check_new(found, key)
            found.put(key, value)
        return self.placed(found, start)

    def check_new(self, options: Mapping, key: Scalar) -> None:
        """Raise `CnncalcError` for a name that is there already."""
        if key.text in options.keys:
            raise self.source.error(key, f"`{key.text}` is given twice", "keep one of the two", code="duplicate-key")

    def word(self, ends: str) -> Scalar:
        """A plain word or number, up to what ends one anywhere or to one of `ends`; at least one character."""
        start = self.at
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] not in ENDS and self.text[self.at] not in ends:
            self.at += 1
        text = self.text[start : self.at].rstrip()
        node = self.scalar(text, start, len(text))
        try:
            node.value = (
                None if text == "None" else self._calculated(node) if _ARITHMETIC.fullmatch(text) else resolve(text)
            )
        except ValueError as error:
            raise self.source.error(node, f"{error} is beyond anything that a spec can mean") from None
        node.dynamic = text[:1] == "=" and isinstance(node.value, str)
        return node

    def _calculated(self, node: Scalar) -> Any:
        """The result of arithmetic with plain numbers."""
        from cnncalc.spec.evaluation import Evaluator
        from cnncalc.spec.namespace import Namespace

        expression = self.scalar(f"={node.text}", node.column, node.length)
        expression.dynamic = True
        return Evaluator(self.source).plain(expression, lambda: Namespace({}))

    def _quoted(self, quote: str) -> Scalar:
        """A text in quotes."""
        start = self.at
        end = self.text.find(quote, start + 1)
        if end < 0:
            raise self.error(f"this {quote} is not closed")
        self.at = end + 1
        node = self.scalar(self.text[start + 1 : end], start, end + 1 - start)
        node.dynamic = node.text[:1] == "="
        return node

    def next(self) -> str:
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

    def error(self, fact: str, hint: str | None = None) -> CnncalcError:
        """The error that something is wrong at the next character."""
        place = self.source.at(0, min(self.at, len(self.text)), 1)
        return CnncalcError(fact, hint=hint, place=place, code="syntax")
