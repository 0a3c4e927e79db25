"""What a user should know of a network beside its figures: what nobody uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import enumerated

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN: Final = 3
"""The names that a note gives; it counts the others."""


def unused_note(names: Sequence[str]) -> str:
    """The note on tensors that no layer takes and that are no output.

    >>> unused_note(["a"]), unused_note(["a", "b"])
    ('`a` is taken by no layer, and is no output', '`a` and `b` are taken by no layer, and are no outputs')
    """
    if len(names) == 1:
        return f"{listed(names)} is taken by no layer, and is no output"
    return f"{listed(names)} are taken by no layer, and are no outputs"


def listed(names: Sequence[str]) -> str:
    """Names in a row, the last counted where they are many.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ('`a` and `b`', '`a`, `b`, `c` and 2 more')
    """
    words = [f"`{name}`" for name in names[:SHOWN]]
    if len(names) > SHOWN:
        return f"{', '.join(words)} and {len(names) - SHOWN} more"
    return enumerated(words)
