"""Earlier entries of a spec, where later ones share their arrays or are the same once more."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.spec.scopes import Frame, Tensors


class Remembered(NamedTuple):
    """How an earlier entry is expanded once more: under another full name, in a frame, and on other tensors.

    `written` is what a copy without a name is called after, and `frame` the one in which the entry stood.
    """

    written: str
    frame: Frame
    expand: Callable[[str, Frame, Tensors], Tensors]


class SharedEntries:
    """What is remembered of earlier entries by full name, where a spec has some that share their arrays."""

    def __init__(self) -> None:
        self.entries: dict[str, Remembered] = {}
        self.spans: dict[str, tuple[int, int]] = {}
        """The numbers of the first node of a group or block, and of the first behind it."""

    def begin(self, name: str, node: int) -> None:
        """Note that a group or block begins with the node of that number."""
        self.spans[name] = node, node

    def end(self, name: str, node: int) -> None:
        """Note that the node of that number is the first behind a group or block."""
        if name in self.spans:
            self.spans[name] = self.spans[name][0], node

    def cut(self, prefix: str, first: int, kept: list[bool]) -> None:
        """Count nodes anew in the scopes of a prefix, where from `first` on only some of them are kept."""
        behind = [first, *(first + count for count in accumulate(kept))]

        def moved(number: int) -> int:
            return behind[min(number - first, len(kept))]

        for name, span in self.spans.items():
            if name.startswith(prefix):
                self.spans[name] = moved(span[0]), moved(span[1])
