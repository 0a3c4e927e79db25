"""What fills the borders of a map beside zeros, and how large the map must be for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import LayerError
from cnncalc.geometry.access import Access, Mirrored
from cnncalc.geometry.window_access import Sliding
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.geometry.window import Window
    from cnncalc.shapes import Shape

MISSING: Final = {"reflect": 1, "circular": 0}
"""By mode, how many more pixels than its padding an axis must have; other modes take axes of any size."""


def check_borders(mode: str, pads: Sequence[tuple[int, int]], shape: Shape) -> None:
    """Raise `LayerError` where a spatial axis of `shape` has too few pixels to fill its padding with."""
    more = MISSING.get(mode)
    if more is None:
        return
    for axis, (pair, size) in enumerate(zip(pads, shape[1:], strict=True)):
        if max(pair) + more > size:
            name = AXIS_NAMES[len(shape) - 1][axis]
            raise LayerError(
                f"`padding` {max(pair)} in `{mode}` mode needs a {name} of at least {max(pair) + more}, "
                f"the input has {size}",
                option="padding",
                too_small=True,
            )


def bordered_access(window: Window, size: int, mode: str) -> Access:
    """How the positions of a window read an axis of `size` whose padding is filled by `mode`."""
    return SlidingOverBorder(window, size, mode) if any(window.pads(size)) else Sliding(window, size)


class SlidingOverBorder(Sliding):
    """Each position of a window reads its taps on an axis, and where those lie beyond it the pixels that fill these.

    >>> from cnncalc.geometry.index_set import IndexSet
    >>> from cnncalc.geometry.window import Window
    >>> window, first = Window(kernel_size=5, padding=(2, 2)), IndexSet.span(0, 0)
    >>> [list(SlidingOverBorder(window, 9, mode).read_by(first).each()) for mode in ("reflect", "circular")]
    [[0, 1, 2], [0, 1, 2, 7, 8]]
    """

    __slots__ = ("mode",)

    mirrors = True

    def __init__(self, window: Window, size: int, mode: str) -> None:
        super().__init__(window, size)
        self.mode = mode

    def read_by(self, units: IndexSet) -> IndexSet:
        """The taps inside, and what `mode` puts where others lie."""
        before, after = self.window.pads(self.size)
        longer = Sliding(self.window._replace(padding=(0, 0)), before + self.size + after)
        return Mirrored(before, self.size, self.mode).read_by(longer.read_by(units))
