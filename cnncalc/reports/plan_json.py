"""The plan of a session as JSON, for other programs."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head
from cnncalc.reports.style import PLAIN, Style

if TYPE_CHECKING:
    from cnncalc.sessions.results import Measurement, Plan


def render(plan: Plan, style: Style = PLAIN) -> str:
    """The plan as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(plan), indent=style.indent)


def as_object(plan: Plan) -> dict[str, Any]:
    """The plan as plain dicts and lists; times and differences are there where it was measured."""
    return {
        **head(plan),
        "batch_size": plan.batch_size,
        "dtype": plan.dtype,
        "seed": plan.seed,
        "weights": plan.weights,
        "exact": plan.exact,
        **({} if plan.measured is None else _measured(plan.measured)),
        "operations": [operation._asdict() for operation in plan.operations],
        "idle": plan.idle,
        "totals": {
            "operations": len(plan.operations),
            "layers": plan.layers,
            "macs": plan.macs,
            "weight_bytes": plan.weight_bytes,
            "tensor_bytes": plan.tensor_bytes,
            "scratch_bytes": plan.scratch_bytes,
            "threads": plan.threads,
            "blas_threads": plan.blas_threads,
            "waits": plan.waits,
        },
    }


def _measured(found: Measurement) -> dict[str, Any]:
    """What runs took, and how far the outputs are from those of a pass layer by layer; null where that is infinite."""
    return {
        "ok": not found.faults,
        "faults": found.faults,
        "tolerance": found.tolerance,
        "differences": {name: _finite(apart) for name, apart in found.differences},
        "preparing_seconds": found.preparing_seconds,
        "seconds": found.seconds,
        "runs": found.runs,
    }


def _finite(value: float | None) -> float | None:
    return value if value is None or isfinite(value) else None
