"""Which layers use whose arrays: those of a block or group that shares are paired by their names inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnncalc.text_nodes import Scalar, Source

PAIRED_BY_NAME: Final = "layers are paired by their names inside; with `share: false` an entry keeps its own arrays"


class Pairing:
    """Layers use the arrays of others: those inside `own`, of those of the same names inside `owner`.

    Both are full names; `own` is None until it is known, and empty for layers that stand in no scope. `at` is where
    `source` says so.
    """

    __slots__ = ("at", "copies", "own", "owner", "paired", "source")

    def __init__(self, owner: str, source: Source, at: Scalar, own: str | None = None) -> None:
        self.owner = owner
        self.source = source
        self.at = at
        self.own = own
        self.copies: list[Pairing] = []
        """The pairings of what was expanded for it: each round of a loop is one."""
        self.paired: set[str] = set()
        """The full names of the layers of the owner that have a counterpart."""

    def of(self, own: str) -> Pairing:
        """The pairing of what bears that full name."""
        self.copies.append(Pairing(self.owner, self.source, self.at, own))
        return self.copies[-1]

    def counterpart(self, name: str) -> str:
        """The full name of the owner's layer that a layer inside is paired with."""
        if name == self.own:
            return self.owner
        return f"{self.owner}.{name.removeprefix(f'{self.own}.')}"
