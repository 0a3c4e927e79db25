"""The expressions of a spec: a small language over Python's syntax, evaluated by closures of our own.

Only what is listed here exists: no attributes, no calls but of the named functions. Every result is bounded in size and
every evaluation in steps, so that no expression can make the program slow or large. Steps are operations, and the items
of the lists and texts that they read or make; so the steps of all expressions bound their time and memory together.
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import value_text
from cnncalc.spec.closures import closure, step
from cnncalc.spec.operators import MOST_LEVELS, ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.spec.namespace import Namespace

MOST_CHARACTERS: Final = 500
STEPS_AT_LEAST: Final = 10
"""What an evaluation costs beside its operations, in steps."""
MOST_KEPT: Final = 500_000
"""The characters of the expressions whose closures are kept."""


def evaluate(text: str, names: Namespace) -> Any:
    """The value of an expression; raises `ExpressionError`.

    >>> from cnncalc.spec.namespace import Namespace
    >>> evaluate("make_divisible(width * 0.75, 8) if wide else [1, 2][-1]", Namespace({"width": 32, "wide": True}))
    24
    """
    step(names, STEPS_AT_LEAST)
    try:
        return _compiled(text, names)(names)
    except ExpressionError:
        raise
    except RecursionError:
        raise ExpressionError("it is nested too deeply") from None
    except ZeroDivisionError:
        raise ExpressionError("division by zero") from None
    except OverflowError:
        raise ExpressionError("a number that is too large") from None
    except KeyError as error:
        raise ExpressionError(f"there is no key {value_text(error.args[0])}") from None
    except (TypeError, ValueError, IndexError) as error:
        raise ExpressionError(str(error)) from None


_COMPILED: Final[dict[str, Callable[[Namespace], Any]]] = {}


def _compiled(text: str, names: Namespace) -> Callable[[Namespace], Any]:
    """The closure of an expression, kept for the next time; to make it costs a step a character."""
    compiled = _COMPILED.get(text)
    if compiled is None:
        step(names, len(text))
        compiled = _parsed(text)
        if len(_COMPILED) % 256 == 0 and sum(map(len, _COMPILED)) > MOST_KEPT:
            _COMPILED.clear()
        _COMPILED[text] = compiled
    return compiled


def _parsed(text: str) -> Callable[[Namespace], Any]:
    """The closure of an expression, parsed by Python's own parser; raises `ExpressionError`."""
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"an expression has at most {MOST_CHARACTERS} characters, not {len(text)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval")
        _check_depth(tree.body)
        return closure(tree.body)
    except SyntaxError as error:
        raise ExpressionError(f"not an expression: {error.msg}", _syntax_hint(text)) from None
    except (RecursionError, MemoryError):
        raise ExpressionError(_TOO_DEEP) from None
    except ValueError as error:
        raise error if isinstance(error, ExpressionError) else ExpressionError(f"not an expression: {error}") from None


def _check_depth(tree: ast.AST) -> None:
    """Refuse what is nested so deeply that walking it could exhaust the stack."""
    level = [tree]
    for _ in range(MOST_LEVELS):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise ExpressionError(_TOO_DEEP)


_TOO_DEEP: Final = "not an expression: it is nested too deeply"


_OTHER_OPERATORS: Final = {
    "&&": "write `and`",
    "||": "write `or`",
    "?": "write `64 if deep else 32`",
    "!": "write `not`",
    "\N{MULTIPLICATION SIGN}": "write `*`",
}
"""Operators of other languages, and what to write instead; `!=` is one of ours."""


def _syntax_hint(text: str) -> str | None:
    """A hint for operators of other languages, and where brackets do not match, as YAML may have cut the text."""
    plain = text.replace("!=", "")
    for sign, hint in _OTHER_OPERATORS.items():
        if sign in plain:
            return hint
    pairs = (("(", ")"), ("[", "]"), ("{", "}"))
    if all(text.count(left) == text.count(right) for left, right in pairs):
        return None
    return "brackets do not match; inside { } or [ ], YAML wants quotes around what contains , [ ] { }"
