"""Texts in HTML: what is written for what means something to it."""

from __future__ import annotations

from html import escape

from cnncalc.text import printable


def escaped(text: str) -> str:
    r"""The text as HTML shows it letter by letter, in an attribute too; ASCII, the same in every encoding.

    >>> print(escaped("a < b & 'c' \x1b \xe9"))
    a &lt; b &amp; &#x27;c&#x27; \x1b &#233;
    """
    return escape(printable(text)).encode("ascii", "xmlcharrefreplace").decode()
