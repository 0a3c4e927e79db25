"""Under which condition the shortcut of a residual sum is there, or has layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.structure.program import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.structure.program import Branches
    from cnncalc.structure.slots import Slots


def shortcut_condition(slots: Slots, items: Sequence[Branches], path: Sequence[str]) -> str:
    """An expression that tells the stretches whose shortcut has layers from those where it is the identity.

    Where in some there is no sum, it tells those that have one.
    """
    is_sum = any(item.when is ABSENT for item in items)
    flags = [item.when is not ABSENT if is_sum else bool(item.branches[1]) for item in items]
    for text, values in _conditions(slots, items):
        found = values if not is_sum else [not value for value in values]
        if found == flags:
            return _negated(text) if is_sum else text
    known = next((name for name, vector in slots.vectors.items() if vector == flags), None)
    return known or slots.new(flags, "shortcut", path)


def _conditions(slots: Slots, items: Sequence[Branches]) -> Iterator[tuple[str, list[bool]]]:
    """Conditions under which an identity does not do, with what they are in each stretch."""
    strides: list[tuple[str, list[bool]]] = [
        (f"{name} != 1", [value != 1 for value in vector])
        for name, vector in slots.vectors.items()
        if name.endswith("stride")
    ]
    arriving = [item.arriving for item in items]
    leaving = [item.merge.arriving for item in items]
    out = str(leaving[0]) if len(set(leaving)) == 1 else slots.expression(leaving)
    widths: list[tuple[str, list[bool]]] = []
    if None not in (*arriving, *leaving) and out is not None:
        widths = [(f"in_channels != {out}", [a != b for a, b in zip(arriving, leaving, strict=True)])]
    yield from strides
    yield from widths
    for stride, first in strides:
        for width, second in widths:
            yield f"{stride} or {width}", [a or b for a, b in zip(first, second, strict=True)]


def _negated(text: str) -> str:
    return text.replace("!=", "==").replace(" or ", " and ")
