"""Which of our layers lays the values of one shape out as another."""

from __future__ import annotations

from math import prod
from typing import Any


def relaying(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[str, dict[str, Any]]:
    """The type and options that make one shape of the other, with as few sizes written as may be.

    >>> relaying((8, 4, 4), (128,)), relaying((8, 4, 4), (8, 16)), relaying((8, 1, 1), (8,))
    (('flatten', {}), ('flatten', {'start_dim': 1}), ('flatten', {}))
    >>> relaying((16, 9), (4, 4, 9)), relaying((5, 7), (1, 5, 7)), relaying((1, 5, 7), (5, 7))
    (('unflatten', {'dim': 0, 'sizes': [4, 4]}), ('unsqueeze', {'dim': 0}), ('squeeze', {'dim': 0}))
    """
    if len(after) == 1:
        return "flatten", {}
    first = _alike(before, after)
    last = _alike(before[::-1], after[::-1])
    if len(before) == len(after) + 1:
        for axis in range(len(before)):
            if before[axis] == 1 and before[:axis] + before[axis + 1 :] == after:
                return "squeeze", {"dim": axis}
    if len(after) == len(before) + 1:
        for axis in range(len(after)):
            if after[axis] == 1 and after[:axis] + after[axis + 1 :] == before:
                return "unsqueeze", {"dim": axis}
    start = min(first, len(after) - 1)
    end = min(last, len(after) - 1 - start)
    if len(after) < len(before) and len(after) - start - end == 1:
        span: dict[str, Any] = {"start_dim": start} if start else {}
        return "flatten", {**span, "end_dim": len(before) - 1 - end} if end else span
    start = min(first, len(before) - 1)
    end = min(last, len(before) - 1 - start)
    if len(after) > len(before) and len(before) - start - end == 1:
        return "unflatten", {"dim": start, "sizes": list(after[start : len(after) - end])}
    assert prod(before) == prod(after)
    return "reshape", {"shape": list(after)}


def _alike(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """How many axes two shapes have in common from the start."""
    count = 0
    for size, second in zip(one, other, strict=False):
        if size != second:
            break
        count += 1
    return count
