"""Bars of blocks, in eighths where the encoding has them."""

from __future__ import annotations

from typing import Final

from cnncalc.reports.number_text import rounded
from cnncalc.text import has

FULL: Final = "█"
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_ASCII: Final = "#"


def bar(value: int, largest: int, room: int, encoding: str = "utf-8") -> str:
    """A bar as long as the value is, where `largest` takes `room` columns; of what is not 0 something shows.

    >>> bar(100, 100, 4), bar(40, 100, 4), bar(1, 1000, 4), bar(0, 100, 4), bar(50, 100, 4, "ascii")
    ('████', '█▋', '▏', '', '##')
    """
    if value <= 0 or largest <= 0 or room <= 0:
        return ""
    if not all(has(encoding, block) for block in FULL + _EIGHTHS):
        return _ASCII * max(rounded(value * room, largest), 1)
    eighths = max(rounded(8 * value * room, largest), 1)
    return (FULL * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def percentage(value: int, total: int, digits: int = 1) -> str:
    """A share in per cent with so many digits behind the point, none or one; empty where it is nothing.

    >>> percentage(1, 3), percentage(1, 10**6), percentage(0, 7), percentage(0, 0), percentage(2, 3, 0)
    ('33.3%', '<0.1%', '', '', '67%')
    """
    if not value or not total:
        return ""
    scale = 10**digits
    units = rounded(100 * scale * value, total)
    return f"{units / scale:.{digits}f}%" if units else f"<{1 / scale:.{digits}f}%"
