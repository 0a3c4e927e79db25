"""A session that is run, timed, and held against a pass layer by layer with the same weights on the same values."""

from __future__ import annotations

from functools import partial
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from cnncalc.execution.differences import TOLERANCE
from cnncalc.execution.executor import check_runs, execute
from cnncalc.execution.resources import check_memory
from cnncalc.execution.tensors import in_spec_order, random_inputs
from cnncalc.sessions.comparing import comparison
from cnncalc.sessions.results import Measurement, Planned
from cnncalc.sessions.session import Session
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.graph import Graph
    from cnncalc.models.stored_arrays import Store
    from cnncalc.watching import Watch

MEASURED_SECONDS: Final = 0.5
"""About as long it is run again and again for the least time of a run."""
OPERATIONS_SECONDS: Final = 0.25
"""And for the least times of its operations."""
FEWEST: Final = 5
PATIENCE: Final = 6
"""Slow networks are measured so often too, as the first runs take longer, unless it takes so many times as long."""
MOST_TIMED: Final = 10_000
"""Of more operations none is timed by itself: it takes as much memory as the session, and nobody reads so many."""


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
    pass_of = partial(execute, network, seed=seed, dtype=dtype, weights=weights, threads=threads)
    layered = pass_of(array, watch=watch)
    samples = layered.report.batch_size
    started = perf_counter()
    with Session(network, seed=seed, dtype=dtype, threads=threads, exact=exact, weights=weights) as session:
        session.plan_with(samples)  # binds it to memory for so many samples
        preparing = perf_counter() - started
        found = session.run(array)
        outputs = found if isinstance(found, dict) else {network.tensors[network.outputs[0]].name: found}
        least, runs = _least(session, array)
        timed = session.operations <= MOST_TIMED
        plan = session.plan_with(samples, _of_operations(session, array) if timed else {})
    compared = comparison(network, array, outputs, layered, pass_of, exact=exact)
    measured = Measurement(preparing, least, runs, TOLERANCE, compared.differences, compared.faults)
    return Planned(plan._replace(notes=compared.notes, measured=measured), outputs)


def _least(session: Session, array: Any) -> tuple[float, int]:
    """The least time that a run takes, and of how many."""
    least, runs, started = inf, 0, perf_counter()
    while not runs or _goes_on(runs, perf_counter() - started, MEASURED_SECONDS):
        before = perf_counter()
        session.run(array)
        least, runs = min(least, perf_counter() - before), runs + 1
    return least, runs


def _of_operations(session: Session, array: Any) -> Mapping[int, float]:
    """The least time that each operation takes, by its number."""
    started, runs = perf_counter(), 1
    least = session.operation_seconds(array)
    while _goes_on(runs, perf_counter() - started, OPERATIONS_SECONDS):
        again = session.operation_seconds(array)
        least = {number: min(seconds, again[number]) for number, seconds in least.items()}
        runs += 1
    return least


def _goes_on(runs: int, passed: float, seconds: float) -> bool:
    """Whether one more run is measured, after so many in the time that passed, of about so many seconds.

    >>> _goes_on(5, 0.4, 0.5), _goes_on(5, 0.6, 0.5), _goes_on(2, 0.6, 0.5), _goes_on(1, 60, 0.5)
    (True, False, True, False)
    """
    return passed < seconds or (runs < FEWEST and passed < PATIENCE * seconds)
