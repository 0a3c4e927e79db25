"""How wide texts are: in Helvetica, and so in Arial and Liberation Sans, which have the same widths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

SIZE: Final = 7.0
"""The size of text in a figure, in points."""

SMALLEST: Final = 6.0
"""The least size of any text: no smaller one is read in print."""

FAMILY: Final = "Helvetica, Arial, 'Liberation Sans', sans-serif"
"""The fonts that a figure asks for, which are as wide as each other."""

ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
"""What stands for the rest of a text that is cut."""

_WIDE: Final = 1000
"""The width that is assumed of every other character: that of the widest letters, and of ideographs."""


def _by_character(widths: dict[int, str]) -> dict[str, int]:
    return {character: width for width, characters in widths.items() for character in characters}


_REGULAR: Final = _by_character(
    {
        191: "'",
        222: "ijl",
        260: "|",
        278: " !,./:;I[\\]ft\N{MIDDLE DOT}\N{NO-BREAK SPACE}",
        333: "()-`r\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}",
        334: "{}",
        355: '"',
        389: "*",
        400: "\N{DEGREE SIGN}",
        469: "^",
        500: "Jcksvxyz",
        549: "\N{LESS-THAN OR EQUAL TO}\N{ALMOST EQUAL TO}",
        556: "#$0123456789?L_abdeghnopqu\N{EN DASH}",
        584: "+<=>~\N{MULTIPLICATION SIGN}\N{MINUS SIGN}",
        611: "FTZ",
        667: "&ABEKPSVXY",
        713: "\N{N-ARY SUMMATION}",
        722: "CDHNRUw",
        778: "GOQ",
        833: "Mm",
        889: "%",
        944: "W",
        1000: "\N{RIGHTWARDS ARROW}\N{HORIZONTAL ELLIPSIS}",
        1015: "@",
    }
)
_BOLD: Final = _by_character(
    {
        238: "'",
        278: " ,./I\\ijl\N{MIDDLE DOT}\N{NO-BREAK SPACE}",
        280: "|",
        333: "!()-:;[]`ft\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}",
        389: "*r{}",
        400: "\N{DEGREE SIGN}",
        474: '"',
        500: "z",
        549: "\N{LESS-THAN OR EQUAL TO}\N{ALMOST EQUAL TO}",
        556: "#$0123456789J_aceksvxy\N{EN DASH}",
        584: "+<=>^~\N{MULTIPLICATION SIGN}\N{MINUS SIGN}",
        611: "?FLTZbdghnopqu",
        667: "EPSVXY",
        713: "\N{N-ARY SUMMATION}",
        722: "&ABCDHKNRU",
        778: "GOQw",
        833: "M",
        889: "%m",
        944: "W",
        975: "@",
        1000: "\N{RIGHTWARDS ARROW}\N{HORIZONTAL ELLIPSIS}",
    }
)


def text_width(text: str, size: float = SIZE, *, bold: bool = False) -> float:
    """The width of a line of text in points; characters beyond the common ones count as wide ones.

    >>> text_width("conv", 10), text_width("conv", 10, bold=True), text_width("", 10)
    (21.12, 23.34, 0.0)
    """
    widths = _BOLD if bold else _REGULAR
    return sum(widths.get(character, _WIDE) for character in text) * size / 1000


_ROUNDING: Final = 0.01
"""By how much a text may be longer, as sums of widths are rounded: files have no digits for less than that."""


def baseline(middle: float, size: float = SIZE) -> float:
    """The baseline of a text whose capitals have their middle at a height.

    >>> baseline(10.0)
    12.45
    """
    return middle + size * 0.35


def shortened_to(text: str, width: float, size: float = SIZE, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits in a width with an ellipsis behind.

    >>> shortened_to("features", 20), shortened_to("features", 40)
    ('feat…', 'features')
    """
    if text_width(text, size, bold=bold) <= width + _ROUNDING:
        return text
    room = width - text_width(ELLIPSIS, size, bold=bold)
    kept = ""
    for character in text:
        if text_width(kept + character, size, bold=bold) > room:
            break
        kept += character
    return kept.rstrip(" ,") + ELLIPSIS


def on_lines(pieces: Iterable[str], width: float, size: float = SIZE) -> list[str]:
    """Pieces of a text on lines, as many on each as fit in a width; one that does not has a line of its own.

    >>> on_lines("two words and more".split(), 40)
    ['two words', 'and more']
    """
    lines: list[str] = []
    for piece in pieces:
        longer = f"{lines[-1]} {piece}" if lines else piece
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(piece)
    return lines
