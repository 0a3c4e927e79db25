"""What a person should know beside the result, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.characters import printable
from cnncalc.cli import streams

if TYPE_CHECKING:
    from collections.abc import Iterable


def tell(notes: Iterable[str]) -> None:
    """Write each note on a line of its own, once."""
    for note in dict.fromkeys(notes):
        streams.tell(f"note: {printable(note)}")
