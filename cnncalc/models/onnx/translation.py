"""The walk over the nodes of a graph, in which each becomes layers, a constant, or another view of a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError
from cnncalc.models.onnx import folding, idioms, operators
from cnncalc.models.onnx.building import UntranslatableError, origin
from cnncalc.models.onnx.reading import Reading
from cnncalc.models.onnx.wire import DamagedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.building import Building
    from cnncalc.models.onnx.records import Node

MOST_REFUSED: Final = 2000
"""After so many nodes that cannot be translated, no more are looked at."""


def translate(network: Building) -> None:
    """Translate every node; those that cannot be are kept in `network.refused`. Raises `DamagedError`."""
    for node in network.nodes:
        if id(node) not in network.consumed:
            _translate(network, node)


def _translate(network: Building, node: Node) -> None:
    """One node, and those that are one layer with it."""
    reading = Reading(network, node)
    try:
        reading.give(_read(reading))
    except UntranslatableError as error:
        if error.reason:
            network.refused.append((node, error.reason))
        if len(network.refused) > MOST_REFUSED:
            raise DamagedError(f"more than {MOST_REFUSED} nodes have no layer here") from None
        network.values.update(dict.fromkeys(filter(None, node.outputs)))


def _read(reading: Reading) -> Any:
    """What a node gives: a tensor, a constant, or a list of these."""
    node = reading.node
    if any(name and reading.network.value(name, node) is None for name in node.inputs):
        raise UntranslatableError("")
    folded = folding.folded(reading)
    if folded is not None:
        return folded
    done = idioms.recognised(reading)
    if done is not None:
        return done
    read = operators.reader(node.op, node.domain)
    if read is None:
        raise UntranslatableError("it has no layer here")
    return read(reading)


def refusal(path: str, refused: Sequence[tuple[Node, str]], count: int) -> CnncalcError:
    """The error for nodes that are no layers here."""
    shown = [f"{origin(node)} ({reason})" for node, reason in refused[:5]]
    more = f", and {len(refused) - 5} more" if len(refused) > 5 else ""
    verb = "has" if len(refused) == 1 else "have"
    fact = f"{path}: {len(refused)} of {count} nodes {verb} no layer here: {', '.join(shown)}{more}"
    return CnncalcError(fact, code="unknown-type")
