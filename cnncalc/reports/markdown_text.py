"""Texts in Markdown: what is written for what means something to it."""

from __future__ import annotations

import re
from typing import Final

from cnncalc.text import printable

_MARKUP: Final = re.compile(r"[`*\[\]<>|~&$#!]|(?<![a-zA-Z0-9])_|_(?![a-zA-Z0-9])|\\(?=[!-/:-@\[-`{-~]|$)")
"""What means something in CommonMark or in GitHub's tables; `_` only at the end of a word, as in a name it does not."""


def escaped(text: str) -> str:
    r"""The text as Markdown shows it letter by letter: neither markup nor the end of a cell.

    >>> print(escaped("a|b `c` <b> x_1 _x_ 7/2/3~*\x1b"))
    a\|b \`c\` \<b\> x_1 \_x\_ 7/2/3\~\*\x1b
    """
    return _MARKUP.sub(r"\\\g<0>", printable(text))
