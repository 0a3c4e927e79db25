"""What a spec says of its own figures: `expect`, which they equal, and `budget`, which they do not exceed.

Both hold totals by name, and under `layers` and `outputs` the figures of single layers, scopes and outputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.errors import did_you_mean, value_text
from cnncalc.shapes import parse_shape
from cnncalc.summary.results import Totals
from cnncalc.text_nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnncalc.shapes import Shape
    from cnncalc.spec.mistakes import Mistakes
    from cnncalc.text_nodes import Scalar, Source, TextNode

EXPECT: Final = "expect"
BUDGET: Final = "budget"
LAYERS: Final = "layers"
OUTPUTS: Final = "outputs"
SUMS: Final = tuple(name for name in Totals._fields if name != "peak_activation_bytes")
"""The figures that a layer has, and a scope as the sum of its layers'."""
OUTPUT_SHAPE: Final = "output_shape"


class Statement:
    """That a figure equals a value, or is at most that: a total, or one of a layer or scope, or of an `output` alone.

    `written` is the value as it was given, `key` and `node` are where a spec says so, and `owner` is the key of the
    layer or output.
    """

    # Plain classes, these two: every command has them, and a named tuple takes as long to make as a module to read.
    __slots__ = ("figure", "key", "layer", "node", "output", "owner", "value", "written")

    def __init__(
        self,
        figure: str,
        value: int | Shape,
        written: Any,
        key: Scalar | None = None,
        node: TextNode | None = None,
        *,
        owner: Scalar | None = None,
        is_layer: bool = False,
    ) -> None:
        self.figure = figure
        self.value = value
        self.written = written
        self.key = key
        self.node = node
        self.owner = owner
        self.layer = owner.text if owner is not None and is_layer else None
        self.output = owner.text if owner is not None and not is_layer else None


class Statements:
    """What is said under `expect` or `budget`; bytes are those of values of `dtype`, if it is given."""

    __slots__ = ("dtype", "statements")

    def __init__(self, statements: tuple[Statement, ...] = (), dtype: str | None = None) -> None:
        self.statements = statements
        self.dtype = dtype

    @property
    def totals(self) -> dict[str, int]:
        """The values of totals, by name."""
        return {
            said.figure: said.value for said in self.statements if said.owner is None and isinstance(said.value, int)
        }


class StatementReader:
    """Reads what is under `expect` or `budget`: `word` is which. `plain` evaluates; what is wrong becomes a mistake."""

    def __init__(self, source: Source, word: str, plain: Callable[[TextNode], Any], mistakes: Mistakes) -> None:
        self.source = source
        self.word = word
        self.plain = plain
        self.mistakes = mistakes

    def read(self, node: TextNode | None) -> Statements:
        """All that is said; nothing where the key is not there."""
        if node is None:
            return Statements()
        if not isinstance(node, Mapping):
            self._wrong(node, f"`{self.word}` must be a mapping, not {value_text(node.plain())}")
            return Statements()
        found: list[Statement] = []
        for key, value in node.entries():
            if key.text in (LAYERS, OUTPUTS) and (key.text == OUTPUTS or isinstance(value, Mapping)):
                found += self._by_name(key.text, value)
            elif key.text in Totals._fields:
                found += self._statement(key, value)
            elif key.text != "dtype":
                self._unknown(key, self.word, (*Totals._fields, OUTPUTS, "dtype"), "totals")
        return Statements(tuple(found), self._dtype(node.get("dtype")))

    def _by_name(self, kind: str, node: TextNode) -> Iterator[Statement]:
        """What is said of layers or outputs, each with a mapping of its own."""
        if not isinstance(node, Mapping):
            hint = f"such as {kind}: {{aux: {{macs: 1.5M}}}}"
            self._wrong(
                node, f"`{kind}` in `{self.word}` must map names to figures, not {value_text(node.plain())}", hint
            )
            return
        for owner, figures in node.entries():
            if not isinstance(figures, Mapping):
                hint = f"such as {{{owner.text}: {{parameters: 5k}}}}"
                fact = f"`{owner.text}` in `{self.word}` must map figures to counts, not {value_text(figures.plain())}"
                self._wrong(figures, fact, hint)
                continue
            names = Totals._fields if kind == OUTPUTS else SUMS if self.word == BUDGET else (*SUMS, OUTPUT_SHAPE)
            for key, value in figures.entries():
                if key.text not in names:
                    self._unknown(key, owner.text, names, "figures")
                    continue
                yield from self._statement(key, value, owner, is_layer=kind == LAYERS)

    def _statement(
        self, key: Scalar, node: TextNode, owner: Scalar | None = None, *, is_layer: bool = False
    ) -> Iterator[Statement]:
        """What one key says, of the layer or output `owner` if there is one; nothing where its value is wrong."""
        written = self.mistakes.attempt(lambda: (self.plain(node),))
        if written is None:
            return
        try:
            value = parse_shape(*written) if key.text == OUTPUT_SHAPE else self._count(*written)
        except ValueError as error:
            hint = None
            if self.word == EXPECT and isinstance(written[0], dict):
                hint = "it says what the figure equals; what it may be at most stands under `budget`"
            self._wrong(node, f"`{key.text}` in `{self.word}` {error}", hint)
            return
        yield Statement(key.text, value, *written, key, node, owner=owner, is_layer=is_layer)

    def _count(self, value: Any) -> int:
        """A count, however it is written; one under `expect` is whole. Raises `ValueError`."""
        if type(value) is int and value >= 0:
            return value
        from cnncalc.spec.prefixed_counts import FORMS, count_at_most, whole_count

        whole = self.word == EXPECT
        try:
            return whole_count(value) if whole else count_at_most(value)
        except ValueError:
            raise ValueError(f"must be {FORMS}{', and whole' * whole}, not {value_text(value)}") from None

    def _dtype(self, node: TextNode | None) -> str | None:
        """The type of values in which bytes are counted."""
        if node is None:
            return None
        name = self.mistakes.attempt(lambda: self.plain(node))
        if name is not None and name not in DTYPE_BYTES:
            fact = f"`dtype` in `{self.word}` must be one of {', '.join(DTYPE_BYTES)}, not {value_text(name)}"
            self._wrong(node, fact, did_you_mean(str(name), DTYPE_BYTES))
            return None
        return name

    def _unknown(self, key: Scalar, where: str, names: tuple[str, ...], what: str) -> None:
        hint = did_you_mean(key.text, names, what)
        self.mistakes.add(self.source.error(key, f"`{where}` knows no `{key.text}`", hint, code="unknown-key"))

    def _wrong(self, node: TextNode, fact: str, hint: str | None = None) -> None:
        self.mistakes.add(self.source.error(node, fact, hint))
