"""The nodes of a graph with those of the model's functions in the places where these are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.records import Reference
from cnncalc.models.onnx.wire import DamagedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.models.onnx.records import File, Function, Node

MOST_LEVELS: Final = 16
"""How deep functions may use functions."""
MOST_INLINED: Final = 20_000
"""The nodes more than the graph has itself: functions that use functions make many out of few bytes."""


def inlined(file: File) -> list[Node]:
    """All nodes in their order. Raises `DamagedError` where there are too many, or functions use themselves."""
    if not file.functions:
        return file.graph.nodes
    found: list[Node] = []
    _add(file, file.graph.nodes, found, 0, len(file.graph.nodes) + MOST_INLINED)
    return found


def _add(file: File, nodes: Sequence[Node], found: list[Node], level: int, most: int) -> None:
    """Add nodes, and those of functions in place of these, to those that are found: at most so many in all."""
    for node in nodes:
        function = file.functions.get((node.domain, node.op))
        if function is None:
            found.append(node)
        elif level >= MOST_LEVELS:
            raise DamagedError(f"`{node.op[:80]}` uses functions that use functions more than {MOST_LEVELS} deep", None)
        else:
            _add(file, _body(function, node, len(found)), found, level + 1, most)
        if len(found) > most:
            fact = f"it has more than {most:,} nodes where its functions are used, and no more are read"
            raise DamagedError(fact, None)


def _body(function: Function, node: Node, number: int) -> list[Node]:
    """The nodes of a function, with the names and the attributes of the place where it is used."""
    names = dict(zip(function.inputs, node.inputs, strict=False))
    names.update(dict.fromkeys(function.inputs[len(node.inputs) :], ""))
    names.update(zip(function.outputs, node.outputs, strict=False))
    prefix = node.name or f"{function.name}_{number}"
    attributes = {**function.defaults, **node.attributes}

    def renamed(name: str) -> str:
        return names.setdefault(name, f"{prefix}/{name}") if name else ""

    return [
        inner.replaced(
            [renamed(name) for name in inner.inputs],
            [renamed(name) for name in inner.outputs],
            f"{prefix}/{inner.name}" if inner.name else prefix,
            {name: value for name, value in _filled(inner.attributes, attributes).items() if value is not None},
        )
        for inner in function.nodes
    ]


def _filled(own: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Attributes of a node, those of the function that they refer to put in their places."""
    return {name: given.get(value.name) if isinstance(value, Reference) else value for name, value in own.items()}
