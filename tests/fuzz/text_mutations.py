"""Mutations of a spec's text: of its bytes, and of its tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

PIECES: Final = (
    *"{}[]:,-=\"'&*!|>#%@\n\t \\?.0159xae_é\u2028\x00\x1b",
    *("null", "true", "-1", "1e9", ".inf", ".nan", "=", "{index}", "in_channels", "previous", "input", "name", "from"),
    *("layers", "repeat", "when: false", "for", "*x", "&x ", "<<: ", "10**9", "stage1.b0", "\n  ", "\n- ", "[]", "{}"),
    *("0", "-3", "2147483648", "0.5", "same", "conv2d", "relu", "residual", "parallel", "branches", "share", "---\n"),
)
_TOKENS: Final = re.compile(r"[\w.+-]+|\s+|[^\w\s]")


def mutated_bytes(rng: Random, data: bytes) -> bytes:
    """A few bytes changed, cut out, put in or repeated."""
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        start = rng.randrange(len(changed) + 1)
        length = rng.choice((0, 1, 1, 2, 5, 20, 100))
        kind = rng.randrange(4)
        if kind == 0:
            changed[start : start + length] = rng.randbytes(length)
        elif kind == 1:
            del changed[start : start + length]
        elif kind == 2:
            changed[start:start] = changed[start : start + length] * rng.choice((1, 1, 50))
        elif start < len(changed):
            changed[start] ^= 1 << rng.randrange(8)
    return bytes(changed)


def mutated_tokens(rng: Random, text: str) -> str:
    """A few tokens replaced, left out, doubled, swapped, or joined by others."""
    tokens = _TOKENS.findall(text)
    for _ in range(rng.randrange(1, 5)):
        _mutate(rng, tokens)
    return "".join(tokens)


def _mutate(rng: Random, tokens: list[str]) -> None:
    if not tokens:
        return
    at, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    kind = rng.randrange(6)
    if kind == 0:
        tokens[at] = rng.choice(PIECES)
    elif kind == 1:
        tokens.insert(at, rng.choice(PIECES))
    elif kind == 2:
        del tokens[at : at + rng.choice((1, 1, 2, 8))]
    elif kind == 3:
        tokens[at], tokens[other] = tokens[other], tokens[at]
    elif kind == 4:
        tokens[at] = tokens[other]
    else:
        tokens[at:at] = tokens[at : at + rng.choice((1, 2, 8, 30))]
