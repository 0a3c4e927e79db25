"""A session that is run, timed, and held against a pass layer by layer with the same weights on the same values."""

from __future__ import annotations

from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from cnncalc.execution.differences import TOLERANCE, difference
from cnncalc.execution.executor import execute
from cnncalc.execution.tensors import in_spec_order, random_inputs
from cnncalc.sessions.results import Measurement, OutputDifference, Planned
from cnncalc.sessions.session import Session
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.execution.results import Execution, RunReport
    from cnncalc.graph.graph import Graph
    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import Store
    from cnncalc.watching import Watch

MEASURED_SECONDS: Final = 0.5
"""About as long it is run again and again for the least time of a run."""
OPERATIONS_SECONDS: Final = 0.25
"""And for the least times of its operations."""


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
        seconds = _of_operations(session, array)
        differences = _differences(network, outputs, layered)
        faults = (*_layer_faults(layered.report), *_faults(differences))
        measured = Measurement(preparing, least, runs, TOLERANCE, differences, faults)
        plan = session.told(samples, seconds, measured)
    return Planned(plan._replace(notes=layered.report.notes), outputs)


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


def _faults(differences: tuple[OutputDifference, ...]) -> list[str]:
    """The outputs that differ by more than rounding."""
    return [
        f"{name} differs from that of the pass layer by layer by {apart:.2g} of its largest value: "
        f"{TOLERANCE:g} is the most"
        for name, apart in differences
        if apart is not None and apart > TOLERANCE
    ]
