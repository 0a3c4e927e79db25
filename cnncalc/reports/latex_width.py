r"""How wide a formula is in LaTeX: estimated for the standard font at 10 pt, of the few commands that formulas have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(r"\\[a-zA-Z]+|\\.|[^\\]")

_LETTER: Final = 5.3
_CAPITAL: Final = 8.2
_INDEX: Final = 0.77
"""The width of an index beside that of other letters."""

_WIDTHS: Final = {
    **dict.fromkeys("ijl.:;'!|", 2.9),
    **dict.fromkeys("frst()[]/-I", 4.0),
    **dict.fromkeys("mwMW", 9.5),
    **dict.fromkeys("0123456789", 5.0),
    **dict.fromkeys(("{", "}", " ", r"\left", r"\right", r"\mathrm", r"\mbox", r"\text"), 0),
    **dict.fromkeys("+=", 13.0),
    ",": 4.6,
    r"\,": 1.7,
    r"\_": 4.0,
    r"\ ": 3.4,
    r"\cdot": 7.3,
    r"\times": 12.3,
    r"\bmod": 31.0,
    r"\max": 20.0,
    r"\min": 18.5,
    r"\gcd": 16.5,
    r"\dots": 15.0,
    r"\ldots": 12.0,
    r"\lfloor": 6.5,
    r"\rfloor": 6.5,
    r"\lceil": 6.5,
    r"\rceil": 6.5,
    r"\bigl": 1.0,
    r"\bigr": 1.0,
    r"\qquad": 20.0,
    r"\sim": 7.8,
    r"\wedge": 6.7,
    r"\backslash": 5.0,
}
"""What is written, in points; signs of operations with the gaps around them."""

_MINUS: Final = 12.3
"""A minus, which stands between blanks in formulas, and a hyphen in names does not."""


def width(formula: str) -> float:
    r"""How many points a formula is wide.

    >>> round(width("C_{\\mathrm{out}}")), round(width("\\left\\lfloor \\frac{227 - 11}{4} \\right\\rfloor + 1"))
    (20, 71)
    """
    return _group(iter(_TOKEN.findall(formula.replace(" - ", r" \minus "))))


def _group(tokens: Iterator[str]) -> float:
    """The width of all up to the end of a group."""
    total = 0.0
    for token in tokens:
        if token == "}":
            break
        total += _one(token, tokens)
    return total


def _one(token: str, tokens: Iterator[str]) -> float:
    """The width of a token and of its arguments."""
    if token == "{":
        return _group(tokens)
    if token == r"\frac":
        return max(_argument(tokens), _argument(tokens)) + 2.4
    if token in "_^":
        return _INDEX * _argument(tokens) + 0.5
    if token == r"\minus":
        return _MINUS
    return _WIDTHS.get(token, _CAPITAL if token.isupper() else _LETTER)


def _argument(tokens: Iterator[str]) -> float:
    return _one(next(tokens), tokens)
