"""Texts that differ in their numbers alone: each form once, and of each text the numbers, which pack much tighter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

HOLE: Final = "\0"
"""Stands in a form where a text has a number."""

_NUMBER: Final = re.compile(r"(?<![\w.,])(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,14}|0)(?![\w.]|,\d)")
"""A whole number that scripts have exactly, written with commas between its thousands or without."""


def formed(texts: Iterable[str]) -> tuple[list[str], list[list[int]]]:
    """The forms, and for each text the number of its form and those that fill it, below 0 where they have commas.

    >>> formed(["28 x 28 = 784", "64 x 64 = 4,096"])
    (['\\x00 x \\x00 = \\x00'], [[0, 28, 28, 784], [0, 64, 64, -4096]])
    """
    forms: dict[str, int] = {}
    rows = []
    for text in texts:
        numbers = [-int(word.replace(",", "")) if "," in word else int(word) for word in _NUMBER.findall(text)]
        if any(abs(number) >= 2**53 for number in numbers):
            form, numbers = text, []
        else:
            form = _NUMBER.sub(HOLE, text)
        rows.append([forms.setdefault(form, len(forms)), *numbers])
    return list(forms), rows
