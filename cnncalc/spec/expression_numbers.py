"""The numbers in a spec's expressions, which are sizes at which options that follow the size may change."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.spec.variant import ChosenVariant

_EXPRESSION: Final = re.compile(r"(?:^|[\s:,'\"\[])=([^\n]*)", re.MULTILINE)
_NUMBER: Final = re.compile(r"(?<![\w.])[0-9]{1,10}(?![\w.])")
_LONGEST: Final = 10_000
"""The characters of the parameters' values that are searched."""


def numbers_of(choice: ChosenVariant) -> Iterator[int]:
    """The different numbers in the expressions of a spec, and in the values of its parameters."""
    expressions = (match[1] for match in _EXPRESSION.finditer(choice.spec.source.text))
    found: set[int] = set()
    for text in chain([str(list(choice.values.values()))[:_LONGEST]], expressions):
        for digits in _NUMBER.findall(text):
            if int(digits) not in found:
                found.add(int(digits))
                yield int(digits)
