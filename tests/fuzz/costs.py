"""What a command line may cost: a fixed allowance, and beyond it what its network needs."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.fuzz import limits
from tests.fuzz.verdicts import DONE, REFUSED, Fault, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fuzz.cases import Case
    from tests.fuzz.trial import Outcome, Run

SECONDS: Final = 2.0
BYTES: Final = 200 * 2**20
SECONDS_A_LAYER: Final = 1e-3
BYTES_A_LAYER: Final = 20_000
SECONDS_A_BYTE: Final = 1e-6
"""Of all files together."""
OPERATIONS_A_SECOND: Final = 2e8
"""What a forward pass does at the least."""

_FIXING: Final = {"--input", "--set", "--variant", "--batch"}


class Need(NamedTuple):
    """What the network of a command line needs, as far as its summary tells: layers, operations, bytes."""

    layers: int = 0
    operations: float = 0
    bytes: int = 0


def faults(outcome: Outcome, case: Case, run: Run, limit: float) -> Iterator[Fault]:
    """Whether the command line took too long or too much; a slow one gets a second chance.

    `run` executes a command line of the same case, `limit` are the seconds after which one is stopped.
    """
    yield from _refused(outcome, run)
    if _slow(outcome):
        outcome = min(run(outcome.arguments), outcome, key=_slow)
    slow, large = _slow(outcome), outcome.grown > BYTES
    if not (slow or large):
        return
    need = _need(outcome, run)
    text = sum(map(len, case.files.values()))
    seconds = SECONDS + SECONDS_A_LAYER * need.layers + SECONDS_A_BYTE * text
    seconds = limits.slack() * (seconds + need.operations / OPERATIONS_A_SECOND)
    if slow and (outcome.stopped or outcome.seconds > seconds) and seconds < limit:
        how = "stopped after" if outcome.stopped else "took"
        yield Fault("time", f"{how} {outcome.seconds:.0f} s, {seconds:.0f} s allowed", outcome.arguments)
    room = BYTES + BYTES_A_LAYER * need.layers + need.bytes
    if large and outcome.grown > room:
        yield Fault("memory", f"grew by {outcome.grown >> 20} MiB, {room >> 20} allowed", outcome.arguments)


def _refused(outcome: Outcome, run: Run) -> Iterator[Fault]:
    """Whether memory is said to be too small for a network that needs little of it."""
    if outcome.status != REFUSED or not re.search(r"\b(in|of) memory\b", outcome.err):
        return
    need = _need(outcome, run)
    if need.layers and need.bytes + BYTES_A_LAYER * need.layers < BYTES:
        yield Fault("refused", f"{outcome.err[:150]}, where {need.bytes:,} bytes are needed", outcome.arguments)


def _slow(outcome: Outcome) -> bool:
    return outcome.stopped or outcome.seconds > SECONDS * limits.slack()


def _need(outcome: Outcome, run: Run) -> Need:
    """What a summary of the same network tells; nothing where it is refused."""
    command, *rest = outcome.arguments
    fixing = [word for pair in pairwise(rest) if pair[0] in _FIXING for word in pair]
    spec = next((word for word in rest if word.startswith("spec.yaml")), None)
    if command == "summary":
        fixing = [word for word in fixing if word != "--batch"]
    if spec is None:
        return Need()
    told = run(("summary", spec, *fixing, "--json"))
    summary: Any = parsed(told.out) if told.status == DONE else None
    if summary is None:
        return Need()
    totals = summary["totals"]
    work, held = _executed(outcome, summary)
    return Need(totals["layers"], work, held)


def _executed(outcome: Outcome, summary: dict[str, Any]) -> tuple[float, int]:
    """The operations and bytes of the forward passes of the command line."""
    totals = summary["totals"]
    if outcome.arguments[0] == "run":
        values = totals["output_bytes"] / 4 + totals["parameters"] * summary["batch_size"]
        double = 2 if "float64" in outcome.arguments else 1
        held = totals["weight_bytes"] + totals["peak_activation_bytes"]
        return summary["batch_size"] * totals["flops"] + 10 * values, double * held
    if "--verify" in outcome.arguments:
        positions = sum(sum(shape[1:]) for shape in summary["inputs"].values())
        return positions * (totals["flops"] + totals["output_bytes"]), totals["peak_activation_bytes"]
    return 0, 0
