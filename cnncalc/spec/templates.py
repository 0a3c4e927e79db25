"""Names with expressions in `{ }`, such as `stage{index + 1}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import value_text
from cnncalc.spec.expressions import MOST_CHARACTERS, evaluate
from cnncalc.spec.operators import ExpressionError

if TYPE_CHECKING:
    from cnncalc.spec.namespace import Namespace


def parts(template: str) -> list[tuple[bool, str]]:
    """A text with `{expressions}`, cut into texts (false) and expressions (true); raises `ExpressionError`.

    >>> parts("stage{index + 1}.conv")
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
            raise ExpressionError("a `{` without its `}`", "quote a text that contains { or }")
        found += [(False, text)] * bool(text) + [(True, inside)]
    if "}" in rest:
        raise ExpressionError("a `}` without its `{`", "quote a text that contains { or }")
    return found + [(False, rest)] * bool(rest)


def filled(template: str, names: Namespace) -> str:
    """A text with each `{expression}` in it replaced by its value; 2.0 reads as 2.

    >>> from cnncalc.spec.namespace import Namespace
    >>> filled("stage{index + 1}", Namespace({"index": 1}))
    'stage2'
    """
    return "".join(_word(evaluate(text, names)) if inside else text for inside, text in parts(template))


def _word(value: Any) -> str:
    """A value as it stands in a name."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else value_text(value)
