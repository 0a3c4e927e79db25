"""Plain scalars as YAML 1.2's core schema reads them: `1e-5` is a number, `no` and `off` are words."""

from __future__ import annotations

import re
from typing import Final

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
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PREFIXED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_NUMERIC: Final = frozenset("0123456789+-.")

MOST_DIGITS: Final = 4000
"""An integer of more digits is refused; Python itself stops at 4,300."""

Value = str | int | float | bool | None


def resolve(text: str) -> Value:
    """The value of a plain scalar; raises `ValueError` for an integer of absurd length.

    >>> [resolve(text) for text in ("1e-5", "no", "0x1F", "007", "~", "-.inf", "1x28x28")]
    [1e-05, 'no', 31, 7, None, -inf, '1x28x28']
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if _INTEGER.fullmatch(text):
        if len(text) > MOST_DIGITS:
            raise ValueError(f"a number of {len(text)} digits")
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _PREFIXED.fullmatch(text):
        return int(text, 0)
    return text
