"""What is said of the activation arena: a row a tensor, and what all take together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.memory.results import Arena, Plan

HEADINGS: Final = ("tensor", "shape", "bytes", "offset", "until", "alive")
FIGURES: Final = ("shape", "bytes", "offset", "alive")
"""The headings of all columns, and of those with figures."""


def rows(arena: Arena) -> Iterator[tuple[str, ...]]:
    """Of each tensor what it takes and where, the last layer that needs it, and what is alive when it is made."""
    inputs = set(arena.inputs)
    for tensor in arena.tensors:
        yield (
            tensor.name,
            number_text.tight(tensor.shape),
            number_text.exact(tensor.size),
            number_text.exact(tensor.offset),
            arena.steps[tensor.last].layer,
            "" if tensor.name in inputs else number_text.exact(arena.steps[tensor.first].alive),
        )


def sums(arena: Arena) -> Iterator[tuple[str, str, str]]:
    """What the arena takes, the most that is alive at once, and what it would take by other plans."""
    samples = f", batch of {arena.batch_size}" if arena.batch_size > 1 else ""
    yield "arena, bytes", number_text.exact(arena.size), f"by {arena.plan}; {arena.dtype}{samples}"
    if arena.steps:
        yield "alive at once, bytes", number_text.exact(arena.bound), f"the most, at {arena.fullest.layer}"
    for plan in arena.plans:
        if plan.name != arena.plan:
            yield f"by {plan.name}, bytes", number_text.exact(plan.size), _ratio(plan, arena)


def _ratio(plan: Plan, arena: Arena) -> str:
    """How much more a plan takes than is alive at once."""
    more = plan.size - arena.bound
    return f"{plan.size / arena.bound:.2f} times what is alive at once" if more else "as much as is alive at once"


def note(arena: Arena) -> str:
    """How sizes and offsets were chosen."""
    return f"sizes and offsets are multiples of {arena.align} bytes; nothing is done in place"
