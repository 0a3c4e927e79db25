"""The values of nodes as plain Python, their expressions evaluated; the errors of expressions get their places."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import value_text
from cnncalc.spec.limits import Budget
from cnncalc.text_nodes import Mapping, Scalar, Sequence, TextNode

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.errors import CnncalcError
    from cnncalc.spec.namespace import Namespace
    from cnncalc.spec.operators import ExpressionError
    from cnncalc.text_nodes import Source

MOST_VALUES: Final = 100_000
"""The most values that expressions may put into one list or mapping."""

LONGEST_SHOWN: Final = 80
"""Of a longer expression, an error shows the beginning."""

RESERVED: Final = frozenset(("in_channels", "in_shape", "index", "true", "false", "null"))
"""Names that mean something in every expression."""


def is_variable(word: str) -> bool:
    """Whether a word may be the name of a parameter or of a loop's variable: expressions can then read it."""
    if not word.isidentifier() or iskeyword(word) or word in RESERVED:
        return False
    from unicodedata import is_normalized

    return word.isascii() or is_normalized("NFKC", word)


def _flag_hint(what: str, value: Any) -> str | None:
    """The hint for a text where a truth value must stand: it lacks its `=`, or is a word of YAML 1.1."""
    if not isinstance(value, str):
        return None
    from cnncalc.spec.advice.words import truth_hint

    return truth_hint(what, value) or f"an expression begins with `=`: {what}: ={value}"


class Evaluator:
    """Evaluates the nodes of one source; the steps of all their expressions count towards one budget.

    In its methods `names` makes the namespace, and is called only where there is an expression.
    """

    def __init__(self, source: Source, budget: Budget | None = None) -> None:
        self.source = source
        self.budget = budget or Budget(len(source.text))

    def plain(self, node: TextNode, names: Callable[[], Namespace]) -> Any:
        """The value of a node as plain Python, each `=` expression in it evaluated."""
        if not node.dynamic:
            return node.plain()
        if isinstance(node, Scalar):
            return self._evaluated(node, node.text[1:], names)
        from cnncalc.spec.operators import ExpressionError, check_size

        value = self._contained(node, names)
        try:
            check_size(value, MOST_VALUES + node.weight)
        except ExpressionError as error:
            raise self.source.error(node, str(error), code="expression") from None
        return value

    def _contained(self, node: TextNode, names: Callable[[], Namespace]) -> Any:
        """The value of a list or mapping and of all in it."""
        if not node.dynamic:
            return node.plain()
        if isinstance(node, Sequence):
            return [self._contained(item, names) for item in node.items]
        if isinstance(node, Mapping):
            return {key: self._contained(value, names) for key, value in node.values.items()}
        assert isinstance(node, Scalar)
        return self._evaluated(node, node.text[1:], names)

    def word(self, node: Scalar, names: Callable[[], Namespace]) -> str:
        """The text of a name, which may be an expression or hold some in `{ }`."""
        if node.dynamic:
            value = self._evaluated(node, node.text[1:], names)
            if not isinstance(value, str):
                raise self.source.error(node, f"`{node.text}` must be a name, not {value_text(value)}")
            return value
        if "{" not in node.text and "}" not in node.text:
            return node.text
        from cnncalc.spec.templates import filled

        return str(self._run_expression(node, node.text, filled, names()))

    def words(self, node: TextNode, names: Callable[[], Namespace]) -> list[tuple[Scalar, str]]:
        """The names that a `from` or `outputs` lists, or an expression makes a list of, each with its node."""
        items = node.items if isinstance(node, Sequence) else [node]
        found: list[tuple[Scalar, str]] = []
        for item in items:
            if not isinstance(item, Scalar) or item.value is None or not item.text:
                hint = "quote a name that contains { or }" if isinstance(item, Mapping) else None
                raise self.source.error(item, f"a name must stand here, not {value_text(item.plain())}", hint)
            value = self._evaluated(item, item.text[1:], names) if item.dynamic else None
            if isinstance(value, list) and all(isinstance(name, str) for name in value):
                found += [(item, name) for name in value]
            else:
                found.append((item, self.word(item, names)))
        return found

    def flag(self, node: TextNode, names: Callable[[], Namespace], what: str) -> bool:
        """A truth value."""
        value = self.plain(node, names)
        if not isinstance(value, bool):
            raise self.source.error(
                node,
                f"`{what}` must be true or false, not {value_text(value)}",
                None if node.dynamic else _flag_hint(what, value),
            )
        return value

    def _evaluated(self, node: Scalar, expression: str, names: Callable[[], Namespace]) -> Any:
        """The value of an expression."""
        from cnncalc.spec.expressions import evaluate

        return self._run_expression(node, expression, evaluate, names())

    def _run_expression(
        self, node: Scalar, text: str, function: Callable[[str, Namespace], Any], namespace: Namespace
    ) -> Any:
        """The result of `evaluate` or `filled` for a text; its steps are counted, and an error gets its place."""
        from cnncalc.spec.operators import ExpressionError

        before = namespace.steps
        try:
            value = function(text, namespace)
        except ExpressionError as error:
            self.budget.step(self.source, node, namespace.steps - before)
            raise self._wrong(node, text, error) from None
        self.budget.step(self.source, node, namespace.steps - before)
        return value

    def _wrong(self, node: Scalar, text: str, error: ExpressionError) -> CnncalcError:
        """The error of an expression, which it shows, at its node."""
        beginning = text[: 2 * LONGEST_SHOWN].strip()
        cut = beginning if len(beginning) <= LONGEST_SHOWN else beginning[: LONGEST_SHOWN - 1] + "…"
        return self.source.error(node, f"in `{cut}`: {error}", error.lazy_hint, code="expression")
