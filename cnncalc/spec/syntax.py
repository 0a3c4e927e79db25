"""The syntax of expressions: Python's own parser, bounded, and texts cut at the `{expressions}` in them."""

from __future__ import annotations

import ast
import warnings
from typing import Final

from cnncalc.spec.operators import MOST_LEVELS, ExpressionError

MOST_CHARACTERS: Final = 500


def syntax_tree(text: str) -> ast.expr:
    """The syntax tree of an expression, of at most `MOST_LEVELS` levels; raises `ExpressionError`."""
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"an expression has at most {MOST_CHARACTERS} characters, not {len(text)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        from cnncalc.spec.advice.expressions import syntax_hint

        raise ExpressionError(f"not an expression: {error.msg}", syntax_hint(text, error.msg)) from None
    except (RecursionError, MemoryError):
        raise ExpressionError(_TOO_DEEP) from None
    except ValueError as error:
        raise ExpressionError(f"not an expression: {error}") from None
    _check_depth(tree)
    return tree


def _check_depth(tree: ast.AST) -> None:
    """Refuse what is nested so deeply that walking it could exhaust the stack."""
    level = [tree]
    for _ in range(MOST_LEVELS):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise ExpressionError(_TOO_DEEP)


_TOO_DEEP: Final = "not an expression: it is nested too deeply"


_BRACES: Final = "quote a text that contains { or }"


def template_parts(template: str, hint: str = _BRACES) -> list[tuple[bool, str]]:
    """A text with `{expressions}`, cut into texts (false) and expressions (true); raises `ExpressionError`.

    >>> template_parts("stage{index + 1}.conv")
    [(False, 'stage'), (True, 'index + 1'), (False, '.conv')]
    """
    if len(template) > MOST_CHARACTERS:
        raise ExpressionError(f"a name with expressions has at most {MOST_CHARACTERS} characters, not {len(template)}")
    found: list[tuple[bool, str]] = []
    rest = template
    while "{" in rest:
        text, _, rest = rest.partition("{")
        inside, closing, rest = rest.partition("}")
        if not closing:
            raise ExpressionError("a `{` without its `}`", hint)
        found += [(False, text)] * bool(text) + [(True, inside)]
    if "}" in rest:
        raise ExpressionError("a `}` without its `{`", hint)
    return found + [(False, rest)] * bool(rest)
