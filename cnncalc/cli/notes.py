"""What a person should know beside the result, on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnncalc.characters import printable

if TYPE_CHECKING:
    from collections.abc import Iterable


def tell(notes: Iterable[str]) -> None:
    """Write each note on a line of its own, once."""
    for note in dict.fromkeys(notes):
        click.echo(f"note: {printable(note)}", err=True)
