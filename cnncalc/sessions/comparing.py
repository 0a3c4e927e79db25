"""The outputs of a session beside those of a pass layer by layer, with the same weights on the same values."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from cnncalc.execution.differences import TOLERANCE, difference
from cnncalc.execution.indices import index_inputs
from cnncalc.execution.tensors import in_spec_order, not_finite, prepared_inputs
from cnncalc.sessions.results import OutputDifference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.execution.results import Execution, RunReport
    from cnncalc.graph.graph import Graph
    from cnncalc.kernels import Array

AS_LARGE: Final = 10.0
"""How many times what rounding makes of the inputs' last digit may be made of that of all layers."""
SPREAD: Final = (
    "values that are not finite spread over tiles of Winograd's convolutions and over pairs, and are not compared: "
    "`--exact` has neither"
)


class Comparison(NamedTuple):
    """How far each output is from that of the pass, what is wrong, and what is to be known of it."""

    differences: tuple[OutputDifference, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def comparison(
    network: Graph,
    array: Any,
    outputs: Mapping[str, Array],
    layered: Execution,
    pass_of: Callable[[Any], Execution],
    *,
    exact: bool,
) -> Comparison:
    """The outputs of a session of an array, held against a pass over it.

    Where they differ by more than rounding usually does, `pass_of` makes another of inputs that are changed in their
    last digit: what that changes is no fault of the session. One that is not `exact` is not held to values that are
    not finite.
    """
    data, batched = prepared_inputs(network, array, layered.report.dtype)
    spreads = not exact and any(not_finite(values) for values in data.values())
    differences = _differences(network, _in_place_of_lost(outputs, layered) if spreads else outputs, layered)
    notes = [*layered.report.notes, *[SPREAD] * spreads]
    rounding: dict[str, float] = {}
    if _faults(differences, rounding):
        again = pass_of(_nudged(network, data, batched=batched))
        changed = _differences(network, again.outputs, layered)
        rounding = {name: apart if apart is not None and isfinite(apart) else 0.0 for name, apart in changed}
        notes += _notes_of_rounding(differences, rounding)
    faults = (*_layer_faults(layered.report), *_faults(differences, rounding))
    return Comparison(differences, faults, tuple(notes))


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
