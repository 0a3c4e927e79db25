"""What a user should know of a network beside its figures: what nobody uses, and what may be meant otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import enumerated, first_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.graph.node import Node

SHOWN: Final = 3
"""The names that a note gives; it counts the others."""
LARGE_KERNEL: Final = 8
"""A size from which that of a convolution is rather its number of filters."""


def unused_note(names: Sequence[str]) -> str:
    """The note on tensors that no layer takes and that are no output.

    >>> unused_note(["a"]), unused_note(["a", "b"])
    ('`a` is taken by no layer, and is no output', '`a` and `b` are taken by no layer, and are no outputs')
    """
    if len(names) == 1:
        return f"{listed(names)} is taken by no layer, and is no output"
    return f"{listed(names)} are taken by no layer, and are no outputs"


def position_notes(nodes: Iterable[Node]) -> Iterator[str]:
    """A note for each convolution of one line whose first option seems to be the channels that arrive.

    So PyTorch's class has them, and `conv2d(3, 16, 3)` on 3 channels would be 3 filters of size 16.
    """
    from cnncalc.layers import Convolution

    for node in nodes:
        layer = node.layer
        if not isinstance(layer, Convolution) or layer.in_channels is not None:
            continue
        if len(layer.kernel_size) > 1 or len(layer.stride) > 1:  # a size for each axis is no number of filters
            continue
        filters, size, stride = layer.out_channels, layer.kernel_size[0], layer.stride[0]
        if filters == node.input_shapes[0][0] and size >= LARGE_KERNEL and 1 < stride < size:
            rank = len(node.output_shape) - 1
            meant = f"Conv{rank}d({filters}, {size}, {stride}) or conv{rank}d({size}, {stride})"
            fact = f"`{node.name}` has {filters} filters of size {size} and stride {stride}"
            yield f"{fact}; {size} filters of size {stride} are {meant}"


def listed(names: Sequence[str]) -> str:
    """Names in a row, the last counted where they are many.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ('`a` and `b`', '`a`, `b`, `c` and 2 more')
    """
    words = [f"`{name}`" for name in names]
    if len(names) > SHOWN:
        return first_of(words, SHOWN)
    return enumerated(words)
