"""YAML text as a tree of nodes that know their place.

The tree is built from the parser's events and not by PyYAML's composer, which recurses in C and can be made to
crash; so its depth and size, aliases counted as often as they are used, are limited here as it grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from cnncalc.errors import CnncalcError
from cnncalc.spec.mistakes import Mistakes
from cnncalc.spec.yaml_scalars import resolve
from cnncalc.text_nodes import Mapping, Scalar, Sequence, Source, TextNode

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.spec.number_lists import NumberList

LONG: Final = 10_000
"""The characters of a text beyond which it may have long lists of numbers."""
MAX_DEPTH: Final = 100
MAX_NODES: Final = 3_000_000
MAX_ALIASED: Final = 100_000
"""The most nodes that aliases may repeat."""


def parse(source: Source, mistakes: Mistakes | None = None) -> TextNode:
    r"""The tree of a YAML document; raises `CnncalcError` for what is not one, or is too deep or too large.

    With `mistakes`, duplicate keys and tags, which do not hinder the reading, are added to them and not raised.

    >>> parse(Source("net.yaml", "input: 1x28x28\nlayers: [relu]")).plain()
    {'input': '1x28x28', 'layers': ['relu']}
    """
    if len(source.text) > LONG:
        root = _with_number_lists(source)
        if root is not None:
            return root
    builder = _Builder(source)
    try:
        root = builder.document(source.text)
    except (UnicodeEncodeError, yaml.YAMLError) as error:
        raise _refusal(builder, error) from None
    if builder.mistakes:
        if mistakes is None:
            raise builder.mistakes.error()
        mistakes.add(builder.mistakes.error())
    return root


def _refusal(builder: _Builder, error: UnicodeEncodeError | yaml.YAMLError) -> CnncalcError:
    """The error of ours for what stops the parser."""
    from cnncalc.spec.yaml_errors import character_error, syntax_error

    source = builder.source
    if isinstance(error, UnicodeEncodeError):
        return character_error(source, error.object[error.start])
    if isinstance(error, yaml.reader.ReaderError):
        return character_error(source, error.character if isinstance(error.character, str) else chr(error.character))
    assert isinstance(error, yaml.MarkedYAMLError)
    return _too_deep(source, error) or syntax_error(source, error, builder.closing)


def _with_number_lists(source: Source) -> TextNode | None:
    """The tree of a document with long lists of numbers; None if it has none, or where anything goes wrong.

    Then the text is read as it is, and what is wrong is found again. So a list in a comment or in quotes, which is no
    value, may just be left over here.
    """
    from cnncalc.spec.number_lists import without_numbers

    text, lists = without_numbers(source.text)
    if not lists:
        return None
    builder = _Builder(source, lists)
    try:
        root = builder.document(text)
    except (CnncalcError, yaml.YAMLError, UnicodeEncodeError):
        return None
    return None if builder.lists or builder.mistakes else root


MINIMAL: Final = "the least is `input: 1x28x28` and, below it, `layers:` with a list of layers"


MERGE_KEY: Final = "<<"
MERGE_HINT: Final = "YAML 1.2 merges nothing: write the options out, or make a block with parameters"


class _DepthError(CnncalcError):
    """Too many levels of nesting."""

    kind = "limit"


class _Builder:
    """Turns parser events into nodes, with a stack instead of recursion."""

    next_event: Callable[[], Any]

    def __init__(self, source: Source, lists: dict[tuple[int, int], NumberList] | None = None) -> None:
        self.source = source
        self.lists = lists or {}
        """The long lists of numbers that are not reached yet, by line and column; quoted blanks stand for them."""
        self.mistakes = Mistakes()
        self.anchors: dict[str, TextNode] = {}
        self.open: list[Sequence | Mapping] = []
        self.in_brackets: list[bool] = []
        self.pending_keys: list[Scalar | None] = []
        self.nodes = 0
        self.aliased = 0

    def document(self, text: str) -> TextNode:
        """The root of the only document of a text."""
        self.next_event = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text).get_event
        self.next_event()
        event = self.next_event()
        if isinstance(event, yaml.StreamEndEvent):
            raise CnncalcError(f"{self.source.name} is empty", hint=MINIMAL, code="missing")
        root = self._root()
        self.next_event()
        extra = self.next_event()
        if not isinstance(extra, yaml.StreamEndEvent):
            mark = extra.start_mark
            raise CnncalcError(
                "a second document begins here",
                hint="one spec a file",
                place=self.source.at(mark.line, mark.column, 3),
                code="syntax",
            )
        return root

    @property
    def closing(self) -> str | None:
        """The bracket that closes the innermost list or mapping; None where that is not written in brackets."""
        if self.in_brackets[-1:] != [True]:
            return None
        return "}" if isinstance(self.open[-1], Mapping) else "]"

    def _root(self) -> TextNode:
        """Read events up to the end of the outermost value."""
        handlers = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.AliasEvent: self._alias,
        }
        while True:
            event = self.next_event()
            handler = handlers.get(type(event))
            node = handler(event) if handler else self._end(event)
            if node is not None and not self.open:
                return node

    def _place(self, node: TextNode, event: Any) -> None:
        """Give a new node its place in the text, and count it; remember it where it has an anchor."""
        start, end = event.start_mark, event.end_mark
        # Nodes are made empty and filled in event by event: what a list holds is known long after it is opened, and to
        # construct a scalar, of which there may be millions, with arguments takes twice as long as to fill it in.
        node.line, node.column = start.line, start.column
        node.length = end.column - start.column if end.line == start.line else 1
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.source.error(node, f"the spec has more than {MAX_NODES:,} values", code="limit")
        if event.anchor is not None:
            self.anchors[event.anchor] = node

    def _scalar(self, event: Any) -> TextNode:
        """A scalar, with its value by YAML 1.2, or the list of numbers that quoted blanks stand for."""
        if self.lists:
            found = self.lists.pop((event.start_mark.line, event.start_mark.column), None)
            if found is not None:
                return self._numbers(event, found)
        node = Scalar()
        self._place(node, event)
        text = node.text = event.value
        if event.tag is not None:
            self._refuse_tag(node, event)
        try:
            node.value = resolve(text) if event.implicit[0] and event.tag is None else text
        except ValueError as error:
            raise self.source.error(node, f"{error} is beyond anything that a spec can mean") from None
        node.dynamic = text[:1] == "=" and isinstance(node.value, str)
        return self._add(node)

    def _numbers(self, event: Any, found: NumberList) -> TextNode:
        """A list of numbers in place of the blanks that stand for it."""
        from cnncalc.spec.number_lists import Numbers

        node = Numbers(found)
        self._place(node, event)
        self._refuse_tag(node, event)
        self._key_must_be_scalar(node)
        self.nodes += found.weight - 1
        if not self.open or len(self.open) + found.height > MAX_DEPTH or self.nodes > MAX_NODES:
            raise self.source.error(node, "a list that cannot stand here")
        return self._add(node)

    def _start(self, event: Any) -> TextNode | None:
        """Open a list or mapping, to be filled by the events up to its end."""
        node: Mapping | Sequence = Mapping() if isinstance(event, yaml.MappingStartEvent) else Sequence()
        self._place(node, event)
        self._refuse_tag(node, event)
        if len(self.open) >= MAX_DEPTH:
            raise _DepthError(f"more than {MAX_DEPTH} levels of nesting", place=self.source.place(node))
        self._key_must_be_scalar(node)
        self.open.append(node)
        self.in_brackets.append(bool(event.flow_style))
        self.pending_keys.append(None)
        return None

    def _end(self, event: Any) -> TextNode:
        """Close the innermost list or mapping."""
        self.pending_keys.pop()
        self.in_brackets.pop()
        node = self.open.pop()
        if event.end_mark.line == node.line:
            node.length = max(event.end_mark.column - node.column, 1)
        return self._add(node)

    def _alias(self, event: Any) -> TextNode:
        """The node of an anchor once more, if it does not contain itself and repeats no more than is allowed."""
        name = event.anchor
        mark = event.start_mark
        place = self.source.at(mark.line, mark.column, len(name) + 1)
        node = self.anchors.get(name)
        if node is None:
            hint = f"an anchor stands before the value that it names: &{name} {{...}}"
            fact = f"`*{name}` refers to no anchor `&{name}` above"
            raise CnncalcError(fact, hint=hint, place=place, code="syntax")
        if any(node is above for above in self.open):
            raise CnncalcError(f"`*{name}` contains itself", place=place, code="syntax")
        if len(self.open) + node.height > MAX_DEPTH:
            raise CnncalcError(f"with `*{name}`, more than {MAX_DEPTH} levels of nesting", place=place, code="limit")
        self.aliased += node.weight
        if self.aliased > MAX_ALIASED:
            raise CnncalcError(f"aliases repeat more than {MAX_ALIASED:,} values", place=place, code="limit")
        return self._add(node)

    def _add(self, node: TextNode) -> TextNode:
        """Put a finished node where it belongs: a list, or a mapping as key or value."""
        if not self.open:
            return node
        parent = self.open[-1]
        if isinstance(parent, Sequence):
            parent.add(node)
            return node
        key = self.pending_keys[-1]
        if key is None:
            self.pending_keys[-1] = self._key(parent, node)
            return node
        if key.text not in parent.keys:  # the first of duplicates holds
            parent.put(key, node)
        self.pending_keys[-1] = None
        return node

    def _key(self, parent: Mapping, node: TextNode) -> Scalar:
        """A key of a mapping; that it is there already is a mistake."""
        if not isinstance(node, Scalar):
            raise self._bad_key(node)
        first = parent.keys.get(node.text)
        if first is not None:
            fact = f"duplicate key `{node.text}`: it is on line {first.line + 1} already"
            self.mistakes.add(self.source.error(node, fact, "keep one of the two", code="duplicate-key"))
        return node

    def _key_must_be_scalar(self, node: TextNode) -> None:
        if self.open and isinstance(self.open[-1], Mapping) and self.pending_keys[-1] is None:
            raise self._bad_key(node)

    def _bad_key(self, node: TextNode) -> CnncalcError:
        """The error for a list or mapping as key, as YAML reads `{in, out}` in an unquoted text."""
        return self.source.error(
            node,
            "a list or mapping stands where a name belongs",
            hint="inside { } or [ ], YAML wants quotes around a text that contains , [ ] { or }",
            code="syntax",
        )

    def _refuse_tag(self, node: TextNode, event: Any) -> None:
        if event.tag is not None and event.tag != "!":
            fact = f"the tag `{event.tag}` has no meaning here"
            self.mistakes.add(self.source.error(node, fact, "leave tags out", code="syntax"))


def _too_deep(source: Source, error: yaml.MarkedYAMLError) -> CnncalcError | None:
    """The error of ours for too many levels, where a parser has stopped at them before it gave their events.

    Some parsers count levels while they look ahead, each to a limit of its own, and the text before what such a one
    stopped at has no more levels than it takes.
    """
    mark = error.problem_mark
    if mark is None:
        return None
    try:
        _Builder(source).document(source.text[: mark.index])
    except _DepthError as deeper:
        return deeper
    except (CnncalcError, yaml.YAMLError):
        pass  # what is wrong with a text that was cut is no fault of the whole
    return None
