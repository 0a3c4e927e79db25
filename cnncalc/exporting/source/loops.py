"""Lists of expressions in which several follow each other that differ in nothing, or by a step, as loops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.exporting.source.expressions import Code, Infix, Unpacked, Value, replaced, skeleton, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.exporting.source.expressions import Expression

LEAST: Final = 3
"""The fewest repetitions that are written as a loop."""


def looped(items: Sequence[Expression], star: str = "*", variable: str = "i") -> list[Expression]:
    """The items, with loops in place of what repeats.

    >>> from cnncalc.exporting.source.expressions import call, flat
    >>> [flat(item) for item in looped([call("Block", 64 + 32 * at) for at in range(4)])]
    ['*(Block(64 + 32 * i) for i in range(4))']
    """
    found: list[Expression] = []
    at = 0
    while at < len(items):
        length = _run(items, at)
        if length >= LEAST:
            found.append(_loop(items[at : at + length], star, variable))
            at += length
        else:
            found.append(items[at])
            at += 1
    return found


def is_run(items: Sequence[Expression]) -> bool:
    """Whether all items are one loop."""
    return len(items) >= LEAST and _run(items, 0) == len(items)


def _run(items: Sequence[Expression], start: int) -> int:
    """How many items from `start` on differ by one step, which may be none."""
    length = 1
    shape = skeleton(items[start])
    first = list(values(items[start]))
    step: list[int] | None = None
    before = first
    for item in items[start + 1 :]:
        if skeleton(item) != shape:
            break
        here = list(values(item))
        differences = [_difference(a, b) for a, b in zip(before, here, strict=True)]
        if None in differences or (step is not None and differences != step):
            break
        step = differences  # type: ignore[assignment]
        before = here
        length += 1
    return length


def _difference(a: Value, b: Value) -> int | None:
    """By how much a whole number is larger than another; None where other values differ."""
    if a.value == b.value and type(a.value) is type(b.value):
        return 0
    if type(a.value) is int and type(b.value) is int:
        return b.value - a.value
    return None


def _loop(items: Sequence[Expression], star: str, variable: str) -> Expression:
    """The loop that gives the items."""
    first, second = list(values(items[0])), list(values(items[1]))
    steps = iter([(_difference(a, b) or 0) for a, b in zip(first, second, strict=True)])
    varies = any(a.value != b.value for a, b in zip(first, second, strict=True))

    def written(value: Value) -> Expression:
        step = next(steps)
        if not step:
            return value
        moved: Expression = Code(variable)
        if abs(step) != 1:
            moved = Infix("*", (Value(abs(step)), moved))
        if not value.value and step > 0:
            return moved
        return Infix("+" if step > 0 else "-", (Value(value.value), moved))

    element = replaced(items[0], written)
    return Unpacked(element, f"for {variable if varies else '_'} in range({len(items)})", star)
