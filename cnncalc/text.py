r"""Characters on their way to a terminal: what could disturb it is spelled out, what it cannot show has an ASCII form.

Names, sources and values come from files that anyone may have written. A terminal obeys escape sequences in them,
turns the order of text about, or shows nothing; so each such character is written as its code, `\x1b`.
"""

from __future__ import annotations

from typing import Final

ASCII_FORMS: Final = {
    "✓": "ok",
    "✗": "FAIL",
    "…": "...",
    "─": "-",
    "→": "->",
    "≈": "~=",
    "·": "*",
    "\N{ASTERISK OPERATOR}": "*",
    "∑": "sum",
    "▀": "'",
    "▄": ".",
    **dict.fromkeys("█▉▊▋▌▍▎▏", "#"),
}
"""What stands for the symbols of our own output where the encoding lacks them."""

_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_IDEOGRAPHIC_SPACE: Final = "\u3000"
_INVISIBLE: Final = (
    *("\u034f\u034f", "\u115f\u1160", "\u17b4\u17b5", "\u180b\u180f", "\u3164\u3164", "\ufe00\ufe0f", "\uffa0\uffa0"),
    "\U000e0100\U000e01ef",
)
"""The first and last of the letters and marks that show nothing (Unicode's `Default_Ignorable_Code_Point`), though
Python calls them printable."""


def printable(text: str, encoding: str = "utf-8") -> str:
    r"""The text on one line, with every character spelled out that a terminal would obey or not show.

    These are control and format characters (escape, bidirectional overrides, zero-width joiners), lone surrogates,
    blanks that are no space, and what Unicode has not assigned. Letters of all scripts, their accents and emoji stay,
    unless `encoding` lacks them.

    >>> print(printable("a\tb\x1b[2J"), printable("gr\xf6\xdfe 畳み込み"), printable("✓ gr\xf6\xdfe", "ascii"))
    a\tb\x1b[2J größe 畳み込み ok gr\xf6\xdfe
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written(character, encoding) for character in text)


def columns(text: str) -> int:
    r"""The columns that a printable text takes in a terminal: two a Chinese or Japanese character, none an accent.

    >>> columns("conv"), columns("畳み込み"), columns("e\u0301")
    (4, 8, 1)
    """
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def fitting(text: str, room: int) -> int:
    """How many characters of the beginning of a text take at most so many columns.

    >>> fitting("畳み込み", 5), fitting("conv", 5)
    (2, 4)
    """
    if text.isascii():
        return min(len(text), max(room, 0))
    taken = 0
    for index, character in enumerate(text):
        taken += _width(character)
        if taken > room:
            return index
    return len(text)


def unencodable(error: UnicodeError) -> tuple[str, int]:
    r"""The error handler of a stream: an ASCII form for what its encoding lacks, and where to go on.

    >>> import codecs
    >>> codecs.register_error("spelled", unencodable)
    >>> "✗ caf\xe9".encode("ascii", "spelled")
    b'FAIL caf\\xe9'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(ASCII_FORMS.get(character) or _spelled(character) for character in lost), error.end


def _written(character: str, encoding: str) -> str:
    if not character.isprintable() and character != _IDEOGRAPHIC_SPACE:
        return _spelled(character)
    if any(first <= character <= last for first, last in _INVISIBLE):
        return _spelled(character)
    if character.isascii() or has(encoding, character):
        return character
    return ASCII_FORMS.get(character) or _spelled(character)


def shortened(text: str, most: int = 40) -> str:
    """A word of the input as a message repeats it.

    >>> shortened("alpha"), shortened("x" * 99, 5)
    ('alpha', 'xxxxx…')
    """
    return text if len(text) <= most else text[:most] + "…"


def has(encoding: str, character: str) -> bool:
    """Whether an encoding has a character.

    >>> has("utf-8", "█"), has("latin-1", "█"), has("no-such-encoding", "e")
    (True, False, False)
    """
    if encoding.lower().startswith("utf"):
        return True
    try:
        character.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _spelled(character: str) -> str:
    if character.isascii():
        return _SHORT.get(character) or f"\\x{ord(character):02x}"
    return character.encode("ascii", "backslashreplace").decode()


def _width(character: str) -> int:
    """The columns of one character, by Unicode's categories and East Asian widths (UAX 11)."""
    if character.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(character) in {"Mn", "Me"} or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if east_asian_width(character) in "FW" else 1
