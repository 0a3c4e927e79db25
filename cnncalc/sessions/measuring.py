"""A session that is run, timed, and held against a pass layer by layer with the same weights on the same values."""

from __future__ import annotations

from math import inf, isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.execution.differences import TOLERANCE, difference
from cnncalc.execution.executor import check_runs, execute
from cnncalc.execution.indices import index_inputs
from cnncalc.execution.resources import check_memory
from cnncalc.execution.tensors import in_spec_order, not_finite, prepared_inputs, random_inputs
from cnncalc.sessions.results import Measurement, OutputDifference, Planned
from cnncalc.sessions.session import Session
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.execution.results import Execution, RunReport
    from cnncalc.graph.graph import Graph
    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import Store
    from cnncalc.watching import Watch

MEASURED_SECONDS: Final = 0.5
"""About as long it is run again and again for the least time of a run."""
OPERATIONS_SECONDS: Final = 0.25
"""And for the least times of its operations."""
MOST_TIMED: Final = 10_000
"""Of more operations none is timed by itself: it takes as much memory as the session, and nobody reads so many."""
AS_LARGE: Final = 10.0
"""How many times what rounding makes of the inputs' last digit may be made of that of all layers."""
SPREAD: Final = (
    "values that are not finite spread over tiles of Winograd's convolutions and over pairs, and are not compared: "
    "`--exact` has neither"
)


def planned(
    network: Graph,
    array: Any = None,
    *,
    batch: int = 1,
    seed: int = 0,
    dtype: str = "float32",
    threads: int | None = None,
    exact: bool = False,
    watch: Watch = unwatched,
    weights: Store | None = None,
) -> Planned:
    """The measured plan of a session, and its outputs by name.

    `array` is as in `execution.executor.execute`, which makes the pass that outputs are held against, and which
    `watch` follows; without one `batch` samples are drawn from `seed`.
    """
    if array is None:
        check_memory(network, batch, dtype)
        check_runs(network, batch)
        drawn = random_inputs(network, seed, batch, dtype)
        array = {name: in_spec_order(values, network.layout, batched=True) for name, values in drawn.items()}
    layered = execute(network, array, seed=seed, dtype=dtype, watch=watch, weights=weights, threads=threads)
    samples = layered.report.batch_size
    started = perf_counter()
    with Session(network, seed=seed, dtype=dtype, threads=threads, exact=exact, weights=weights) as session:
        session.told(samples)  # binds it to memory for so many samples
        preparing = perf_counter() - started
        found = session.run(array)
        outputs = found if isinstance(found, dict) else {network.tensors[network.outputs[0]].name: found}
        least, runs = _least(session, array)
        timed = session.operations <= MOST_TIMED
        plan = session.told(samples, _of_operations(session, array) if timed else {})
    data, batched = prepared_inputs(network, array, dtype)
    spreads = not exact and any(not_finite(values) for values in data.values())
    differences = _differences(network, _in_place_of_lost(outputs, layered) if spreads else outputs, layered)
    notes = [*layered.report.notes, *[SPREAD] * spreads]
    rounding: dict[str, float] = {}
    if _faults(differences, rounding):
        nudged = _nudged(network, data, batched=batched)
        again = execute(network, nudged, seed=seed, dtype=dtype, weights=weights, threads=threads)
        told = _differences(network, again.outputs, layered)
        rounding = {name: apart if apart is not None and isfinite(apart) else 0.0 for name, apart in told}
        notes += _notes_of_rounding(differences, rounding)
    faults = (*_layer_faults(layered.report), *_faults(differences, rounding))
    measured = Measurement(preparing, least, runs, TOLERANCE, differences, faults)
    return Planned(plan._replace(notes=tuple(notes), measured=measured), outputs)


def _least(session: Session, array: Any) -> tuple[float, int]:
    """The least time that a run takes, and of how many."""
    least, runs, started = inf, 0, perf_counter()
    while not runs or perf_counter() - started < MEASURED_SECONDS:
        before = perf_counter()
        session.run(array)
        least, runs = min(least, perf_counter() - before), runs + 1
    return least, runs


def _of_operations(session: Session, array: Any) -> Mapping[int, float]:
    """The least time that each operation takes, by its number."""
    started = perf_counter()
    least = session.operation_seconds(array)
    while perf_counter() - started < OPERATIONS_SECONDS:
        again = session.operation_seconds(array)
        least = {number: min(seconds, again[number]) for number, seconds in least.items()}
    return least


def _differences(network: Graph, outputs: Mapping[str, Array], layered: Execution) -> tuple[OutputDifference, ...]:
    """How far each output is from that of the pass layer by layer."""
    types = {node.name: node.steps[-1].layer.type_name for node in network.nodes}
    found = []
    for name, ours in outputs.items():
        theirs = layered.outputs.get(name)
        apart = None
        if theirs is not None:
            apart = difference(ours, theirs, types.get(name, "")) if ours.shape == theirs.shape else inf
        found.append(OutputDifference(name, apart))
    return tuple(found)


def _layer_faults(report: RunReport) -> list[str]:
    """What is wrong with the pass layer by layer itself."""
    return [f"{layer.name} {fault}" for layer in report.layers for fault in layer.faults]


def _faults(differences: Sequence[OutputDifference], rounding: Mapping[str, float]) -> list[str]:
    """The outputs that differ by more than rounding, of which it is known for some what it comes to."""
    return [
        f"{name} differs from that of the pass layer by layer by {apart:.2g} of its largest value: "
        f"{TOLERANCE:g} is the most"
        for name, apart in differences
        if apart is not None and apart > max(TOLERANCE, AS_LARGE * rounding.get(name, 0.0))
    ]


def _notes_of_rounding(differences: Sequence[OutputDifference], rounding: Mapping[str, float]) -> list[str]:
    """Which outputs differ, but no more than rounding makes them: deep networks of drawn weights can be chaotic."""
    return [
        f"`{name}` tells nothing of the session, which differs by {apart:.2g} there: inputs that are changed in their "
        f"last digit change it by {rounding[name]:.2g} of its largest value, in a pass layer by layer too"
        for name, apart in differences
        if apart is not None and TOLERANCE < apart <= AS_LARGE * rounding[name]
    ]


def _nudged(network: Graph, data: Mapping[str, Array], *, batched: bool) -> dict[str, Array]:
    """The inputs changed in their last digit, but for those that are looked up, as the spec orders axes."""
    indices = index_inputs(network)
    changed = {name: x if name in indices else np.nextafter(x, np.inf, dtype=x.dtype) for name, x in data.items()}
    return {name: in_spec_order(values, network.layout, batched=batched) for name, values in changed.items()}


def _in_place_of_lost(outputs: Mapping[str, Array], layered: Execution) -> dict[str, Array]:
    """The outputs, with the values of the pass layer by layer where theirs are not finite."""
    found = dict(outputs)
    for name, theirs in layered.outputs.items():
        if name in found and found[name].shape == theirs.shape:
            found[name] = np.where(np.isfinite(found[name]), found[name], theirs)
    return found
