"""Names with expressions in `{ }`, such as `stage{index + 1}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.spec.expressions import evaluate
from cnncalc.spec.operators import word_of
from cnncalc.spec.syntax import template_parts

if TYPE_CHECKING:
    from cnncalc.spec.namespace import Namespace


def filled(template: str, names: Namespace) -> str:
    """A text with each `{expression}` in it replaced by its value; 2.0 reads as 2.

    >>> from cnncalc.spec.namespace import Namespace
    >>> filled("stage{index + 1}", Namespace({"index": 1}))
    'stage2'
    """
    parts = template_parts(template)
    return "".join(word_of(evaluate(text, names)) if inside else text for inside, text in parts)
