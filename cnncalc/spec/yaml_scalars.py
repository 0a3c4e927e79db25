"""Plain scalars as YAML 1.2's core schema reads them: `1e-5` is a number, `no` and `off` are words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnncalc.text_nodes import Value

_WORDS: Final[dict[str, bool | float | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
    **{word: float("nan") for word in (".nan", ".NaN", ".NAN")},
}
_FIRST: Final = frozenset("0123456789+-.")
_NUMERIC: Final = frozenset("0123456789+-.eE")

MOST_DIGITS: Final = 4000
"""An integer of more digits is refused; Python itself stops at 4,300."""
MOST_HEXADECIMAL: Final = 3300
"""The hexadecimal digits of a number that has fewer decimal ones."""


def resolve(text: str) -> Value:
    """The value of a plain scalar; raises `ValueError` for an integer of absurd length.

    >>> [resolve(text) for text in ("1e-5", "no", "0x1F", "007", "~", "-.inf", "1x28x28")]
    [1e-05, 'no', 31, 7, None, -inf, '1x28x28']
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST:
        return text
    if not _NUMERIC.issuperset(text):
        return _prefixed(text)
    digits = text[1:] if text[0] in "+-" else text
    try:
        if not digits.isdecimal():
            return float(text)
    except ValueError:
        return text
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(text)


def _prefixed(text: str) -> str | int:
    """An octal or hexadecimal number, or the text as it is."""
    digits = {"0o": "01234567", "0x": "0123456789abcdefABCDEF"}.get(text[:2])
    if digits is None or not text[2:] or not set(digits).issuperset(text[2:]):
        return text
    if len(text) > MOST_HEXADECIMAL:
        raise ValueError(f"a number of {len(text) - 2} digits")
    return int(text, 0)
