"""Names of layers as ours."""

from __future__ import annotations

import re
from typing import Final

from cnncalc.models.imported import layer_name

_NO_NAME: Final = re.compile(r"[^\w.+/-]")
_LONGEST_NAME: Final = 150


def written_name(name: str) -> str:
    """The name of a layer as ours: `_` for what cannot stand in one, and at the end of words that mean something.

    >>> written_name("block 1: conv"), written_name("input"), written_name("conv1/relu")
    ('block_1__conv', 'input_', 'conv1/relu')
    """
    word = _NO_NAME.sub("_", name)[:_LONGEST_NAME].strip(".") or "_"
    word = re.sub(r"\.\.+", ".", word)
    return layer_name(word)
