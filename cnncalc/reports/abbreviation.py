"""Abbreviates names such that they still differ."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cnncalc.text import columns, fitting

if TYPE_CHECKING:
    from collections.abc import Iterable


def abbreviated(texts: Iterable[str], room: int, mark: str = "…") -> tuple[dict[str, str], bool]:
    """The text to write for each of `texts` in at most so many columns, and whether different ones still differ.

    That is the text itself, or its beginning and its end with the mark between them. The cut is made where no other
    text that is cut has the same beginning and end, if there is such a place; where there are several, as few digits
    as can be are lost, and twice as much is left of the end as of the beginning, since the end of a dotted name tells
    most.

    >>> abbreviated(["stage1.conv1.leaky_relu_1", "stage2.conv1.leaky_relu_1"], 20)[0].values()
    dict_values(['stage1.conv1…_relu_1', 'stage2.conv1…_relu_1'])
    >>> abbreviated(["  left.convolution"], 12)[0].values()
    dict_values(['  le…olution'])
    >>> abbreviated(["left.conv", "lost.conv"], 4)
    ({'left.conv': 'le…v', 'lost.conv': 'lo…v'}, True)
    """
    known = {text: text for text in texts}
    too_long = [text for text in known if columns(text) > room]
    kept = room - columns(mark)
    uses = Counter(ends for text in too_long for ends in _possible_ends(text, kept))
    distinct = True
    for text in too_long:

        def cost(ends: tuple[str, str], text: str = text) -> tuple[int, int, int]:
            start, end = ends
            digits = sum(map(str.isdigit, text[len(start) : len(text) - len(end)]))
            return uses[ends], digits, abs(2 * len(start) - len(end))

        start, end = min(_possible_ends(text, kept), key=cost)
        known[text] = f"{start}{mark}{end}"
        distinct = distinct and uses[start, end] == 1
    return known, distinct


def _possible_ends(text: str, kept: int) -> list[tuple[str, str]]:
    """The beginnings and ends of a text that leave so many columns of it; what sets it in is part of each beginning."""
    longest = fitting(text, kept)
    heads = (text[:length] for length in range(min(len(text) - len(text.lstrip(" ")), longest), longest + 1))
    return [(head, _end(text, kept - columns(head))) for head in heads]


def _end(text: str, room: int) -> str:
    """The longest end of a text that takes at most so many columns."""
    length = min(len(text), max(room, 0)) if text.isascii() else fitting(text[::-1], room)
    return text[len(text) - length :]
