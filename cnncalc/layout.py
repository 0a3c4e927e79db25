"""Shapes as the program computes with them, channels first, and as a spec writes and reads them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeVar

from cnncalc.errors import shape_text, shown
from cnncalc.window import MAX_SIZE

T = TypeVar("T")

Shape = tuple[int, ...]
"""Channels first, without the batch: ``(C,)``, ``(C, L)``, ``(C, H, W)`` or ``(C, D, H, W)``."""

MAX_RANK: Final = 3
"""The most spatial axes."""


class Layout(NamedTuple):
    """How a spec orders the axes of a shape: channels first or last.

    >>> CHANNELS_LAST.shown((3, 224, 320)), CHANNELS_LAST.internal((224, 320, 3))
    ((224, 320, 3), (3, 224, 320))
    """

    name: str
    channels_last: bool

    def shown(self, shape: tuple[T, ...]) -> tuple[T, ...]:
        """An internal shape, or whatever there is of each axis, as the user writes and reads it."""
        return (*shape[1:], shape[0]) if self.channels_last and shape else shape

    def internal(self, shape: tuple[T, ...]) -> tuple[T, ...]:
        """A user's shape, or whatever there is of each axis, with its channels first."""
        return (shape[-1], *shape[:-1]) if self.channels_last and shape else shape

    def axis(self, dim: int, axes: int) -> int:
        """The internal axis that a user's `dim` means, of a tensor with so many axes; raises `ValueError`.

        >>> CHANNELS_FIRST.axis(-1, 3), CHANNELS_LAST.axis(-1, 3)
        (2, 0)
        """
        if not -axes <= dim < axes:
            raise ValueError(f"must be from {-axes} to {axes - 1}, not {dim}")
        dim %= axes
        return (dim + 1) % axes if self.channels_last else dim

    def text(self, shape: Shape) -> str:
        """An internal shape in words, as the user reads it."""
        return shape_text(self.shown(shape))


CHANNELS_FIRST: Final = Layout("channels_first", channels_last=False)
CHANNELS_LAST: Final = Layout("channels_last", channels_last=True)
LAYOUTS: Final = {layout.name: layout for layout in (CHANNELS_FIRST, CHANNELS_LAST)}


def parse_shape(value: object) -> Shape:
    """A shape as written: `3x224x224`, `3 x 224 x 224`, a list, or one integer; raises `ValueError`.

    >>> parse_shape("3x224x224"), parse_shape([1, 28, 28]), parse_shape(784)
    ((3, 224, 224), (1, 28, 28), (784,))
    """
    if isinstance(value, str):
        parts = value.replace("\N{MULTIPLICATION SIGN}", "x").lower().split("x")
        if not all(re.fullmatch(r"\s*[0-9]{1,400}\s*", part) for part in parts):
            raise ValueError(f"must be a shape such as 3x224x224, not {shown(value)}")
        sizes: list[object] = [int(part) for part in parts]
    else:
        sizes = value if isinstance(value, list) else [value]
    if not 1 <= len(sizes) <= MAX_RANK + 1:
        raise ValueError(f"must have 1 to {MAX_RANK + 1} sizes, without the batch, not {len(sizes)}")
    return tuple(_size(size, value) for size in sizes)


def _size(size: object, whole: object) -> int:
    if isinstance(size, float) and size.is_integer():
        size = int(size)
    if not isinstance(size, int) or isinstance(size, bool):
        raise ValueError(f"must be a shape such as 3x224x224, not {shown(whole)}")
    if not 1 <= size <= MAX_SIZE:
        raise ValueError(f"must have sizes from 1 to {MAX_SIZE}, not {shown(size)}")
    return size
