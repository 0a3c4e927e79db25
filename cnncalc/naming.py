"""Names that are made where none is given."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator


def numbered(base: str, joint: str = "_") -> Iterator[str]:
    """A name, and then the same with numbers from 2 on behind it, without end.

    >>> from itertools import islice
    >>> list(islice(numbered("block"), 3))
    ['block', 'block_2', 'block_3']
    """
    yield base
    for number in count(2):
        yield f"{base}{joint}{number}"


def unused(base: str, taken: Container[str], joint: str = "_") -> str:
    """The first of the `numbered` names that is not taken.

    >>> unused("relu", {"relu", "relu_2"}), unused("Block", {"Block"}, joint="")
    ('relu_3', 'Block2')
    """
    return next(name for name in numbered(base, joint) if name not in taken)


def residual_name(convolutions: int, *, is_depthwise: bool) -> str:
    """What a block is called that adds its input to so many convolutions one after another.

    >>> residual_name(2, is_depthwise=False), residual_name(3, is_depthwise=False), residual_name(3, is_depthwise=True)
    ('basic_block', 'bottleneck', 'inverted_residual')
    """
    if is_depthwise:
        return "inverted_residual"
    return {2: "basic_block", 3: "bottleneck"}.get(convolutions, "residual_block")
