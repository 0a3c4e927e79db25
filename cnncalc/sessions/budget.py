"""How much more memory weights may take as kernels have them: 16 or 36 values are in the place of 9.

What a Winograd tile saves grows with the pixels of its map, and what its filters take does not. So memory is given
where it saves the most products a byte: tiles of 2 x 2 values to all large maps, and of 4 x 4 to the largest.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.sessions.operations import Convolve, MultiplyMatrix
from cnncalc.sessions.rule import Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.sessions.lowering import Lowered

SHARE: Final = 14
"""Weights may take 7 % more: those of VGG-16 would take 15 % more, and of U-Net, with large maps, 160 %."""
ALWAYS: Final = 12 * 2**20
"""Bytes that may be taken beside whatever weights."""


class Offer(NamedTuple):
    """A kernel for a convolution in the place of another, the bytes more that it takes, and what it saves for each."""

    operation: Convolve
    before: Kernel
    kernel: Kernel
    cost: int
    saved: float


def limit_weights(lowered: Lowered) -> None:
    """Give convolutions for which there is no memory a kernel that takes less: smaller tiles, or none."""
    operations = lowered.operations
    weights = sum(
        operation.weight.nbytes for operation in operations if isinstance(operation, (Convolve, MultiplyMatrix))
    )
    left = max(weights // SHARE, ALWAYS)
    offers: list[Offer] = []
    for operation in operations:
        if isinstance(operation, Convolve) and operation.kernel.tile:
            offers += _offers(operation, prod(lowered.shapes[operation.output][1:]))
            operation.kernel = Kernel.COLUMNS
    for offer in sorted(offers, key=lambda one: -one.saved):
        if offer.operation.kernel is offer.before and offer.cost <= left:
            offer.operation.kernel = offer.kernel
            left -= offer.cost


def _offers(operation: Convolve, pixels: int) -> Iterator[Offer]:
    """The kernels up to the one that the rule gave, each in the place of the one before."""
    before, values, products = Kernel.COLUMNS, 9, 9.0
    for kernel in (Kernel.WINOGRAD_2, Kernel.WINOGRAD_4):
        made = kernel.tile
        if made > operation.kernel.tile:
            return
        more, fewer = (made + 2) ** 2 - values, products - ((made + 2) / made) ** 2
        yield Offer(operation, before, kernel, operation.weight.nbytes * more // 9, pixels * fewer / more)
        before, values, products = kernel, values + more, products - fewer
