"""Pieces of text in lines that have room for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def filled(pieces: Sequence[str], fits: Callable[[str], bool]) -> Iterator[str]:
    """The pieces in as few lines as `fits` allows; one that has no room by itself is broken at its blanks.

    >>> list(filled(["1", " + 2", " + 3"], lambda text: len(text) < 6))
    ['1 + 2', '+ 3']
    """
    broken = [part for piece in pieces for part in ([piece] if fits(piece.strip()) else words(piece))]
    line = ""
    for part in broken:
        if line and not fits((line + part).rstrip()):
            yield line.rstrip()
            line = part.lstrip()
        else:
            line += part
    yield line


def words(text: str) -> list[str]:
    """The words of a text, each with the blanks behind it.

    >>> words("a + b")
    ['a ', '+ ', 'b']
    """
    return re.findall(r"\s*\S+\s*", text)
