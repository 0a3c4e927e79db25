"""Text in lines of a width, as a terminal counts it: some characters take two columns, and some none."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Final

from cnncalc.text import columns, fitting

if TYPE_CHECKING:
    from collections.abc import Sequence

_WITHIN_CODE: Final = re.compile(r" (?=[^`]*`(?:[^`]*`[^`]*`)*[^`]*$)")
"""A blank between backticks: an odd number of them follows."""
_UNBROKEN: Final = "\u00a0"
"""What stands for a blank at which no line ends; in printable text there is none."""


def packed(pieces: Sequence[str], width: int, indent: str = "") -> list[str]:
    """Pieces of text side by side, in lines of at most `width` columns, all but the first set in; at least one line.

    Lines end between pieces; a piece without room on a line of its own is wrapped.

    >>> packed(["peak at c1:", "a 3 MB", "+ b 4 MB"], 20, "  ")
    ['peak at c1: a 3 MB', '  + b 4 MB']
    """
    lines = [""]
    for piece in pieces:
        if lines[-1].strip() and columns(lines[-1]) + 1 + columns(piece) <= width:
            lines[-1] += f" {piece}"
        else:
            start = indent if lines[-1].strip() else ""
            lines[-1:] = [line for line in (lines[-1], *wrapped(start + piece, width, indent * 2)) if line]
    return lines


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """The text in lines of at most `width` columns, all but the first set in; at least one line.

    Lines end between words; a word without room on a line of its own is broken.

    >>> wrapped("a plain line", 8, "  "), wrapped("層 畳み込み", 8, "  ")
    (['a plain', '  line'], ['層', '  畳み込', '  み'])
    """
    indent = indent[: max(width - 2, 0)]  # every line has room for a character of its own, which may be a wide one
    if text.isascii():
        return textwrap.wrap(text, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
    lines = [""]
    for word in re.findall(r" *[^ ]+", text):
        if lines[-1].strip() and columns(lines[-1] + word) > width:
            lines.append(indent + word.lstrip())
        else:
            lines[-1] += word
        while (end := max(fitting(lines[-1], width), 1)) < len(lines[-1]):
            lines[-1:] = [lines[-1][:end], indent + lines[-1][end:]]
    return lines


def wrapped_prose(text: str, width: int, indent: str = "") -> list[str]:
    """As `wrapped`, but no line ends within `code`, unless that has no room on a line of its own.

    >>> wrapped_prose("see `cnncalc help` too", 16)
    ['see', '`cnncalc help`', 'too']
    """
    unbroken = wrapped(_WITHIN_CODE.sub(_UNBROKEN, text), width, indent)
    return [line.replace(_UNBROKEN, " ") for line in unbroken]
