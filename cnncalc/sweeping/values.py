"""Lists and ranges of values, as the command line writes them: `0.25,0.5`, `0.25:1:0.25`, `[1, 2],[3, 4]`.

A range includes its end where the steps meet it. It is counted in decimals, so that no value has binary noise.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.shapes import parse_shape
from cnncalc.spec.written_values import written_value
from cnncalc.text import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_POINTS: Final = 1_000_000
"""The most points of a grid, and so the most values of an axis."""

_NUMBER: Final = r"\s*([-+]?[0-9]{1,20}(?:\.[0-9]{0,20})?|[-+]?\.[0-9]{1,20})\s*"
_RANGE: Final = re.compile(f"{_NUMBER}:{_NUMBER}(?::{_NUMBER})?")
_OPENING: Final = "[{("
_CLOSING: Final = "]})"
_FORMS: Final = "a list such as 8,16,32 or a range such as 0.25:1:0.25, FIRST:LAST:STEP"


class _Range(NamedTuple):
    """So many numbers from the first on, whole ones or decimals."""

    first: Decimal
    step: Decimal
    length: int
    whole: bool

    def values(self) -> Iterator[int | float]:
        """The numbers, as YAML reads them."""
        kind = int if self.whole else float
        return (kind(self.first + number * self.step) for number in range(self.length))


def listed_values(name: str, text: str) -> tuple[Any, ...]:
    """The values of a parameter that a text lists, each read as YAML reads it; raises `CnncalcError`.

    >>> listed_values("alpha", "0.25:1:0.25"), listed_values("depths", "[1, 2],[3, 4]"), listed_values("n", "1,4:6,x")
    ((0.25, 0.5, 0.75, 1.0), ([1, 2], [3, 4]), (1, 4, 5, 6, 'x'))
    """
    what = f"the values of `{name}`"
    parts: list[Sequence[Any] | _Range] = []
    for item in _items(what, text):
        found = _range(what, item)
        parts.append((written_value(name, item),) if found is None else found)
    return _expanded(what, parts)


def listed_names(text: str) -> tuple[str, ...]:
    """The names of variants that a text lists; raises `CnncalcError`.

    >>> listed_names("small, large")
    ('small', 'large')
    """
    names = tuple(name.strip() for name in text.split(","))
    if "" in names:
        raise CnncalcError("the names of variants: there is none before a comma or at the end")
    return names


def listed_shapes(name: str, text: str) -> tuple[str, ...]:
    """The shapes of an input that a text lists; the ranges in a shape are walked together. Raises `CnncalcError`.

    >>> listed_shapes("input", "3x32x32, 3x64:128:32x64:128:32")
    ('3x32x32', '3x64x64', '3x96x96', '3x128x128')
    """
    what = f"the shapes of `{name}`"
    shapes: list[str] = []
    for item in _items(what, text):
        shapes += _shapes(what, item, len(shapes)) if ":" in item else [item]
    for shape in shapes:
        _check_shape(name, shape)
    return tuple(shapes)


def _shapes(what: str, text: str, before: int) -> list[str]:
    """The shapes of one text with ranges among its sizes; so many are listed `before` it."""
    sizes = [(size, _range(what, size)) for size in text.split("x")]
    counts = {found.length for _, found in sizes if found}
    if len(counts) != 1:
        fact = f"its ranges have different lengths: {shortened(text)}" if counts else f"{shortened(text)} is no shape"
        raise CnncalcError(f"{what}: {fact}", hint="those of one shape are walked together: 3x64:128:32x64:128:32")
    [count] = counts
    _check_count(what, before + count)
    columns = [found.values() if found else repeat(size, count) for size, found in sizes]
    return ["x".join(map(str, row)) for row in zip(*columns, strict=True)]


def _check_shape(name: str, text: str) -> None:
    """Raise `CnncalcError` for what is no shape."""
    try:
        parse_shape(text)
    except ValueError as error:
        raise CnncalcError(f"the shape of `{name}` {error}") from None


def _items(what: str, text: str) -> Iterator[str]:
    """What stands between the commas that are neither in brackets nor in quotes."""
    depth, quote, start = 0, "", 0
    for place, letter in enumerate(f"{text},"):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"" and not text[start:place].strip():
            quote = letter
        elif letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth -= 1
        elif letter == "," and depth <= 0:
            item = text[start:place].strip()
            if not item:
                raise CnncalcError(f"{what}: there is none before a comma or at the end", hint=f"give {_FORMS}")
            yield item
            start = place + 1
    if start <= len(text):
        raise CnncalcError(f"{what}: a bracket or a quote is open in {shortened(text)}")


def _range(what: str, text: str) -> _Range | None:
    """The range that a text is, or None; raises `CnncalcError` for one without values."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    numbers = [Decimal(number) for number in found.groups(default="1")]
    first, last, step = numbers
    count = int((last - first) / step) + 1 if step and (last - first) / step >= 0 else 0
    if count < 1:
        raise CnncalcError(f"{what}: the range {text.strip()} has none", hint="a range is FIRST:LAST:STEP")
    return _Range(first, step, count, all("." not in number for number in found.groups(default="1")))


def _expanded(what: str, parts: Sequence[Sequence[Any] | _Range]) -> tuple[Any, ...]:
    """The values of lists and ranges in turn, once they are not too many."""
    _check_count(what, sum(part.length if isinstance(part, _Range) else len(part) for part in parts))
    return tuple(value for part in parts for value in (part.values() if isinstance(part, _Range) else part))


def _check_count(what: str, count: int) -> None:
    if count > MOST_POINTS:
        raise CnncalcError(f"{what} are {count:,}, and {MOST_POINTS:,} is the most")
