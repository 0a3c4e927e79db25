"""The activation arena as JSON, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.memory.results import Arena, ArenaTensor


def render(arena: Arena, style: Style = PLAIN) -> str:
    """The arena as one JSON object."""
    whole = {
        **head(arena),
        "batch_size": arena.batch_size,
        "dtype": arena.dtype,
        "align": arena.align,
        "plan": arena.plan,
        "arena_bytes": arena.size,
        "bound_bytes": arena.bound,
        "plans": {plan.name: plan.size for plan in arena.plans},
        "steps": [{"layer": step.layer, "alive_bytes": step.alive} for step in arena.steps],
        "tensors": list(map(_of_tensor, arena.tensors)),
    }
    return dumps(whole, indent=style.indent)


def _of_tensor(tensor: ArenaTensor) -> dict[str, Any]:
    """A tensor with the keys of the JSON."""
    return {
        "name": tensor.name,
        "shape": tensor.shape,
        "bytes": tensor.bytes,
        "aligned_bytes": tensor.size,
        "first_step": tensor.first,
        "last_step": tensor.last,
        "offset": tensor.offset,
    }
