"""Formulas in LaTeX's mathematics: for documents of LaTeX, and for Markdown that KaTeX or MathJax typesets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.symbolic.rendering import ANY, ATOM, POWER, PRODUCT, QUOTIENT, SUM, Notation, Pattern, plain_number
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST: Final = 40
"""The most characters of a name that are written; of longer ones, which no line has room for, the two ends are."""

_INDEX: Final = re.compile(r"(.+)_(in|out|[0-9]+)")
"""A name with what is written as its subscript: `in`, `out`, or the number of an input."""


def _symbol_writer(words: Callable[[str], str], subscript: str) -> Callable[[str], str]:
    """How a symbol is written: one letter in italics, `words` otherwise, with a subscript."""

    def written(name: str) -> str:
        found = _INDEX.fullmatch(name)
        if found:
            base, index = found.groups()
            return written(base) + subscript % (index if index.isdecimal() else words(index))
        return name if len(name) == 1 and name.isascii() and name.isalpha() else words(name)

    return written


def _number_writer(comma: str) -> Callable[[float], str]:
    """How a number is written, with something between its thousands."""

    def written(value: float) -> str:
        if isinstance(value, int):
            return f"{value:,}".replace(",", comma)
        mantissa, _, exponent = plain_number(value).partition("e")
        if not exponent:
            return mantissa
        power = f"10^{{{int(exponent)}}}"
        return power if mantissa == "1" else rf"{mantissa} \cdot {power}"

    return written


def _shortened(name: str) -> str:
    """The name on one line, or its beginning and its end with a mark between them."""
    name = printable(name)
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 3]}…{name[-2 * _LONGEST // 3 :]}"


_ESCAPES: Final = {character: f"\\{character}" for character in "{}$&#%_"} | {
    "\\": r"\backslash ",
    "~": r"\sim ",
    "^": r"\wedge ",
    " ": r"\ ",
    "…": r"\ldots ",
}
"""Characters that mean something in LaTeX's mathematics, and how they are written there."""


def _latex_words(name: str) -> str:
    r"""A name that is one word and no product of its letters, upright; `\mbox` has letters that mathematics has not.

    >>> print(_latex_words("kernel_size"), _latex_words("bytes of a value"), _latex_words("grün"))
    \mathrm{kernel\_size} \mathrm{bytes\ of\ a\ value} \mathrm{gr\mbox{ü}n}
    """
    return rf"\mathrm{{{''.join(map(_latex_letter, _shortened(name)))}}}"


def _latex_letter(letter: str) -> str:
    return _ESCAPES.get(letter, letter if letter.isascii() else rf"\mbox{{{letter}}}")


def _markdown_words(name: str) -> str:
    r"""A name in upright letters, with blanks for its underscores and no sign that Markdown or mathematics obeys.

    >>> print(_markdown_words("kernel_size"), ascii(_markdown_words("100%")))
    \text{kernel size} '\\text{100\uff05}'
    """
    letters = (" " if letter == "_" else _wide(letter) for letter in _shortened(name))
    return rf"\text{{{''.join(letters)}}}"


def _wide(letter: str) -> str:
    """The same sign of the width that Chinese signs have, which is no other sign for any program, unless it is none."""
    return letter if letter.isalnum() or letter in " .-+/…" or not letter.isascii() else chr(ord(letter) + 0xFEE0)


LATEX: Final = Notation(
    symbol=_symbol_writer(_latex_words, "_{%s}"),
    number=_number_writer(r"\,"),
    operators={
        "-": Pattern("%s - %s", (SUM, QUOTIENT), SUM),
        "x": Pattern(r"%s \cdot %s", (PRODUCT, PRODUCT), PRODUCT),
        "//": Pattern(r"\left\lfloor \frac{%s}{%s} \right\rfloor", (ANY, ANY)),
        "ceil": Pattern(r"\left\lceil \frac{%s}{%s} \right\rceil", (ANY, ANY)),
        "scaled": Pattern(r"\left\lfloor %s \cdot %s \right\rfloor", (PRODUCT, PRODUCT)),
        "/": Pattern(r"\frac{%s}{%s}", (ANY, ANY), POWER),
        "%": Pattern(r"%s \bmod %s", (PRODUCT, POWER), QUOTIENT),
        "**": Pattern("%s^{%s}", (ATOM, ANY), POWER),
    },
    functions={"max": r"\max", "min": r"\min", "gcd": r"\gcd", "broadcast": r"\max"},
    brackets=r"\left(%s\right)",
    broken_brackets=r"\bigl(%s\bigr)",
    ellipsis=r"\dots",
)
"""LaTeX's mathematics, without the dollar signs around it; no package is needed."""

MARKDOWN: Final = LATEX._replace(symbol=_symbol_writer(_markdown_words, " _{%s}"), number=_number_writer("{,}"))
r"""What KaTeX and MathJax typeset within Markdown, whoever reads it first.

Where Markdown's own signs are obeyed in formulas, as by GitHub, a backslash before a sign is lost, and what stands
between two underscores may become emphasis: here a backslash stands before letters only, and each underscore behind a
blank, where it ends no emphasis.
"""
