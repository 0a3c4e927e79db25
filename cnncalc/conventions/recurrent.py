"""What tools count for the recurrent modules, step by step, layer by layer and direction by direction."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.conventions.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.conventions.operations import Operation

KINDS: Final = ("lstm", "gru", "rnn")


def _steps(operation: Operation) -> int:
    """The length of the sequence."""
    steps: int = operation.layer.steps(operation.inputs[0])  # type: ignore[attr-defined]
    return steps


def _directions(operation: Operation) -> int:
    return 2 if operation.option("bidirectional") else 1


def _states(operation: Operation) -> int:
    """The values of the hidden states of all layers and directions at a step."""
    states: int = _directions(operation) * operation.option("num_layers") * operation.option("hidden_size")
    return states


def _numbers(operation: Operation, *beginnings: str) -> int:
    """The numbers of the arrays whose names begin so."""
    return sum(prod(shape) for name, shape in operation.weights.items() if name.startswith(beginnings))


def _has_projection(operation: Operation) -> bool:
    return _numbers(operation, "weight_hr") > 0


def per_step(words: str, of: Callable[[Operation], int]) -> Rule:
    """So many at each step."""
    return Rule(f"at each step {words}", lambda o: of(o) * _steps(o))


ALL_ARRAYS: Final = per_step("weights and biases", lambda o: o.parameters)

_HOOK: Final = {"lstm": 10, "gru": 7, "rnn": 1}


def _hooked(operation: Operation) -> int:
    """What the hook of ptflops adds: both products, the biases, and a number for each value of a state."""
    products = _numbers(operation, "weight_ih", "weight_hh", "bias")
    return products + _HOOK[operation.kind] * _states(operation)


HOOKED: Final = {
    kind: per_step(f"weights, biases and {times} a hidden value, without projections", _hooked)
    for kind, times in _HOOK.items()
}
"""ptflops, whose hook of recurrent modules others took over."""


def _hooked_twice(operation: Operation) -> int:
    """The same, where a product is 2 a MAC less an addition for each of its results."""
    doubled = _numbers(operation, "weight_ih", "weight_hh") * 2 + _numbers(operation, "bias")
    gates = sum(shape[0] for name, shape in operation.weights.items() if name.startswith(("weight_ih", "weight_hh")))
    return doubled - gates + _HOOK[operation.kind] * _states(operation)


HOOKED_TWICE: Final = {
    kind: per_step(
        f"2 per weight less 1 per row, biases and {times} a hidden value, without projections", _hooked_twice
    )
    for kind, times in _HOOK.items()
}
"""calflops and DeepSpeed."""

_CELL: Final = {"lstm": (4, 4), "gru": (3, 4), "rnn": (1, 0)}
"""Gates, and further operations for each value of a state."""


def _cells(operation: Operation) -> int:
    """What thop counts for cells: a gate sums products and biases; projections it does not know."""
    hidden, found = operation.option("hidden_size"), 0
    gates, further = _CELL[operation.kind]
    biases = 2 if operation.option("bias") else 0
    arriving = operation.weights["weight_ih_l0"][1]
    for _ in range(operation.option("num_layers")):
        found += gates * ((arriving + hidden) * hidden + hidden + biases * hidden) + further * hidden
        arriving = hidden * _directions(operation)
    return found * _directions(operation)


CELLS: Final = {kind: per_step("weights, biases, an addition a gate, and the cell", _cells) for kind in KINDS}
"""thop."""


def _projected_cells(operation: Operation) -> int:
    """The same, with projections."""
    return operation.parameters + sum(_CELL[operation.kind]) * _states(operation)


PROJECTED_CELLS: Final = {
    kind: per_step("weights, biases, an addition a gate, and the cell", _projected_cells) for kind in KINDS
}
"""ultralytics-thop."""


def _dispatched(operation: Operation, of: Callable[[Operation], int]) -> int:
    """Nothing of an LSTM without projection, which is one operation on the processor."""
    return 0 if operation.kind == "lstm" and not _has_projection(operation) else of(operation)


def _products(operation: Operation) -> int:
    return _numbers(operation, "weight")


_FUSED: Final = "; an LSTM without projection, fused on the CPU, is not counted"
DISPATCHED: Final = dict.fromkeys(
    KINDS, per_step(f"weights and biases{_FUSED}", lambda o: _dispatched(o, lambda o: o.parameters))
)
"""ptflops by the operations that are dispatched."""
DISPATCHED_TWICE: Final = dict.fromkeys(
    KINDS, per_step(f"2 per weight{_FUSED}", lambda o: 2 * _dispatched(o, _products))
)
"""PyTorch's own counter."""

_ONNX: Final = {"lstm": 180, "gru": 110}


def _exported(operation: Operation) -> int:
    """What onnx-tool counts of a node: products and biases, and the functions of one direction."""
    return operation.parameters + _ONNX[operation.kind] * (_states(operation) // _directions(operation))


EXPORTED: Final = {
    kind: per_step(f"weights, biases and {times} a hidden value of one direction", _exported)
    for kind, times in _ONNX.items()
}
"""onnx-tool, which does not know a plain RNN."""
