"""Text in lines of a width, as a terminal counts it: some characters take two columns, and some none."""

from __future__ import annotations

import re
import textwrap

from cnncalc.text import columns, fitting


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """The text in lines of at most `width` columns, all but the first set in; at least one line.

    Lines end between words; a word without room on a line of its own is broken.

    >>> wrapped("a plain line", 8, "  "), wrapped("層 畳み込み", 8, "  ")
    (['a plain', '  line'], ['層', '  畳み込', '  み'])
    """
    if text.isascii():
        return textwrap.wrap(text, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
    lines = [""]
    for word in re.findall(r" *[^ ]+", text):
        if lines[-1].strip() and columns(lines[-1] + word) > width:
            lines.append(indent + word.lstrip())
        else:
            lines[-1] += word
        while (end := fitting(lines[-1], width)) < len(lines[-1]):
            lines[-1:] = [lines[-1][:end], indent + lines[-1][end:]]
    return lines
