"""Edits of a YAML text that touch nothing else: comments, order, quoting and line ends stay as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from cnncalc.text_nodes import Mapping, Scalar, TextNode

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE_END: Final = re.compile("(\r\n|\r|\n)")


class Edit(NamedTuple):
    """Text in the place of `length` characters of a line; lines and columns count from 0."""

    line: int
    column: int
    length: int
    text: str


class EditedText:
    """A text that is edited by the places of the nodes that were read from it.

    >>> text = EditedText("a: 1  # one\\r\\nb: 2\\r\\n")
    >>> text.with_edits([Edit(0, 3, 1, "10"), Edit(1, 4, 0, "0")])
    'a: 10  # one\\r\\nb: 20\\r\\n'
    """

    def __init__(self, text: str) -> None:
        self.mark = "\ufeff" if text.startswith("\ufeff") else ""
        parts = _LINE_END.split(text.removeprefix("\ufeff"))
        self.lines, self.ends = parts[::2], [*parts[1::2], ""]

    @property
    def line_end(self) -> str:
        """What ends a line of this text."""
        return self.ends[0] or "\n"

    def with_edits(self, edits: Iterable[Edit]) -> str:
        """The text with all of them made."""
        lines = list(self.lines)
        for line, column, length, text in sorted(edits, reverse=True):
            lines[line] = lines[line][:column] + text + lines[line][column + length :]
        return self.mark + "".join(line + end for line, end in zip(lines, self.ends, strict=True))

    def replacement(self, node: TextNode, value: str) -> Edit:
        """The edit that gives a scalar, or a list on one line, another value; quotes stay."""
        before = self.lines[node.line][node.column : node.column + node.length]
        quote = before[0] if isinstance(node, Scalar) and before[:1] in ("'", '"') else ""
        return Edit(node.line, node.column, node.length, f"{quote}{value}{quote}")

    def entry(self, mapping: Mapping, entry: str) -> Edit:
        """The edit that adds an entry, as `key: value`, at the end of a mapping."""
        line, column, in_braces = self._end(mapping)
        if in_braces:
            inside = self.lines[line][:column].rstrip()
            first = not mapping.keys or inside.endswith(",")
            return Edit(
                line, len(inside) or column, 0, (" " if inside.endswith(",") else "" if first else ", ") + entry
            )
        first_key = next(iter(mapping.keys.values()))
        return self._line_after(self._last_line(line, column), " " * first_key.column + entry)

    def value_of_nothing(self, key: Scalar, node: Scalar, value: str) -> Edit:
        """The edit that gives a key a value instead of null, which may be written or not."""
        if node.text:
            return self.replacement(node, value)
        after = key.column + key.length
        return Edit(key.line, self.lines[key.line].index(":", after) + 1, 0, f" {value}")

    def _line_after(self, line: int, text: str) -> Edit:
        """The edit that adds a line behind another."""
        return Edit(line, len(self.lines[line]), 0, self.line_end + text)

    def _last_line(self, line: int, column: int) -> int:
        """The last line before a place that is neither blank nor a comment."""
        before = line if line < len(self.lines) and self.lines[line][:column].strip() else line - 1
        while self.lines[before].lstrip()[:1] in ("", "#"):
            before -= 1
        return before

    def _end(self, mapping: Mapping) -> tuple[int, int, bool]:
        """Where a mapping ends, before its brace if it has one; and whether it has one."""
        starts: list[Any] = []
        events: Any = yaml.parse("\n".join(self.lines), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for event in events:
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                starts.append(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                start: Any = starts.pop()
                end: Any = event.end_mark
                if (start.start_mark.line, start.start_mark.column) != (mapping.line, mapping.column):
                    continue
                if isinstance(start, yaml.MappingStartEvent):
                    return end.line, end.column - bool(start.flow_style), bool(start.flow_style)
        raise AssertionError("a mapping that was read from the text ends in it")
