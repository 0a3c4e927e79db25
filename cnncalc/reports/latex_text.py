"""Texts in documents of LaTeX: what is written for what means something to it."""

from __future__ import annotations

import re
from typing import Final

from cnncalc.symbolic.latex_characters import SPECIAL
from cnncalc.text import printable

_SPECIAL: Final = {
    **SPECIAL,
    "→": r"$\to$",
    # After the end of a row or a rule these would begin an argument of it.
    "[": "{[}",
    "*": "{*}",
}
"""What is written for what means something, for what old engines lack, and for what would begin an argument."""

_GROUPED: Final = re.compile(r"(?<![0-9A-Za-z_.,/])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9A-Za-z_./])")
"""A number with commas between its thousands, which stands by itself."""

_TIMES: Final = re.compile(r"(?<![^ (])x(?= [0-9])")
"""The sign between the sizes of a shape, or before a ratio."""

_SPECIALS: Final = re.compile("[" + re.escape("".join(_SPECIAL)) + "]|[-,'`!?](?=[-,'`])")
"""Those characters, and the first of two that the fonts would join, as they make a dash of two hyphens."""


def shown(text: str) -> str:
    r"""A text as LaTeX shows it, with thin gaps between the thousands of its numbers, and a sign for times.

    >>> print(shown("3 x 224 x 224"), shown("25,557,032 (x 2.19)"), shown("conv_1 1,024 B, 1,2"))
    3 $\times$ 224 $\times$ 224 25\,557\,032 ($\times$ 2.19) conv\_1 1\,024 B, 1,2
    """
    grouped = _GROUPED.sub(lambda found: found[0].replace(",", r"\,"), escaped(text))
    return _TIMES.sub(r"$\\times$", grouped)


def escaped(text: str) -> str:
    r"""The text as LaTeX shows it letter by letter, neither markup nor the end of a cell.

    >>> print(escaped("conv_1 50% {a}\\b & ~x^2 [c] #$\x1b"))
    conv\_1 50\% \{a\}\textbackslash{}b \& \textasciitilde{}x\textasciicircum{}2 {[}c] \#\$\textbackslash{}x1b
    """
    return _SPECIALS.sub(lambda found: _SPECIAL.get(found[0], found[0] + "{}"), printable(text))
