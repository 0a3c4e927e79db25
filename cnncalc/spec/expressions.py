"""The expressions of a spec: a small language over Python's syntax, evaluated by closures of our own.

Only what is listed here exists: no attributes, no calls but of the named functions. Every result is bounded in size and
every evaluation in steps, so that no expression can make the program slow or large. Steps are operations, and the items
of the lists and texts that they read or make; so the steps of all expressions bound their time and memory together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import value_text
from cnncalc.spec.closures import closure
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.steps import step
from cnncalc.spec.syntax import syntax_tree

if TYPE_CHECKING:
    from cnncalc.spec.namespace import Closure, Namespace

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


_COMPILED: Final[dict[str, Closure]] = {}


def _compiled(text: str, names: Namespace) -> Closure:
    """The closure of an expression, kept for the next time; to make it costs a step a character."""
    compiled = _COMPILED.get(text)
    if compiled is None:
        step(names, len(text))
        compiled = closure(syntax_tree(text))
        if len(_COMPILED) % 256 == 0 and sum(map(len, _COMPILED)) > MOST_KEPT:
            _COMPILED.clear()
        _COMPILED[text] = compiled
    return compiled
