"""How much more memory weights may take as kernels have them: the tiles of Winograd's filters are 2 or 4 times as many.

What a filter saves grows with the pixels of its map, and what it takes does not: the largest maps come first.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.sessions.operations import Convolve, Multiply
from cnncalc.sessions.rule import Kernel

if TYPE_CHECKING:
    from cnncalc.sessions.lowering import Lowered

SHARE: Final = 10
"""Weights may take a tenth more: those of VGG-16 take 7 % more, and of U-Net, with large maps, 160 % if not held."""
ALWAYS: Final = 12 * 2**20
"""Bytes that may be taken beside whatever weights."""


def hold_weights(lowered: Lowered) -> None:
    """Give convolutions that would take too much memory a kernel that takes less: smaller tiles, or none."""
    operations = lowered.operations
    weights = sum(operation.weight.nbytes for operation in operations if isinstance(operation, (Convolve, Multiply)))
    left = max(weights // SHARE, ALWAYS)
    tiled = [operation for operation in operations if isinstance(operation, Convolve) and operation.kernel.tile]
    for operation in sorted(tiled, key=lambda one: -prod(lowered.shapes[one.output][1:])):
        if operation.kernel is Kernel.WINOGRAD_4 and _more(operation) > left:
            operation.kernel = Kernel.WINOGRAD_2
        if _more(operation) > left:
            operation.kernel = Kernel.COLUMNS
        left -= _more(operation)


def _more(operation: Convolve) -> int:
    """The bytes that the weight takes beyond its own: there are ``(m + 2)^2`` values in the place of 9."""
    tile = operation.kernel.tile
    return operation.weight.nbytes * ((tile + 2) ** 2 - 9) // 9 if tile else 0
