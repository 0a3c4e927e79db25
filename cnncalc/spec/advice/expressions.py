"""Hints for expressions that are not of the language, though Python or another language has them."""

from __future__ import annotations

import ast
import re
from typing import Final

_LIST: Final = "a list is made in [ ], such as [2 * x for x in list]"

_REFUSED: Final[dict[type[ast.AST], str]] = {
    ast.GeneratorExp: _LIST,
    ast.SetComp: _LIST,
    ast.DictComp: _LIST,
    ast.Set: "a list stands in [ ]",
    ast.NamedExpr: "an expression gives no names: a parameter holds what several expressions use",
    ast.Starred: "lists are joined by `+`: [1] + list",
    ast.JoinedStr: "a text needs no `f` for its { }: 'stage{index}'",
    ast.Attribute: "there are no attributes",
    ast.Lambda: "there are no functions but the named ones",
}


def node_hint(node: ast.AST) -> str | None:
    """What to write instead of a piece of Python that the language has not.

    >>> node_hint(ast.parse("[*a]", mode="eval").body.elts[0])
    'lists are joined by `+`: [1] + list'
    """
    return _REFUSED.get(type(node))


_OTHER_OPERATORS: Final = {
    "&&": "write `and`",
    "||": "write `or`",
    "?": "write `64 if deep else 32`",
    "!": "write `not`",
    "\N{MULTIPLICATION SIGN}": "write `*`",
}
"""Operators of other languages, and what to write instead; `!=` is one of ours."""


def syntax_hint(text: str, message: str) -> str | None:
    """A hint for what Python's parser refuses with a message.

    It is for operators of other languages, for lists by `for` and for brackets that do not match, as YAML may have cut
    the text.

    >>> syntax_hint("a && b", "invalid syntax"), syntax_hint("x for x in y", "invalid syntax")
    ('write `and`', 'a list is made in [ ], such as [2 * x for x in list]')
    """
    plain = text.replace("!=", "")
    for sign, hint in _OTHER_OPERATORS.items():
        if sign in plain:
            return hint
    pairs = (("(", ")"), ("[", "]"), ("{", "}"))
    if not all(text.count(left) == text.count(right) for left, right in pairs):
        return "brackets do not match; inside { } or [ ], YAML wants quotes around what contains , [ ] { }"
    if re.search(r"\bfor\b.*\bin\b", text, re.DOTALL):
        return _list_hint(text, message)
    return "write `A if CONDITION else B`" if "'else'" in message else None


def _list_hint(text: str, message: str) -> str:
    """The hint for a list by `for` that Python's parser refuses."""
    if "parentheses" in message:
        return "an item of several values stands in brackets: [[a, b] for a, b in rows]"
    if re.search(r"\bif\b", text):
        return "write [x for x in list if CONDITION], or [A if CONDITION else B for x in list]"
    return _LIST
