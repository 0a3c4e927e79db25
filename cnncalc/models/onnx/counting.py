"""How many numbers a graph stores for its nodes to weigh with, counted over the nodes and not over layers of ours.

What was translated is held against it, so it knows operators and nothing of what became of them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.models.onnx.constants import Constant

if TYPE_CHECKING:
    from cnncalc.models.onnx.building import Building
    from cnncalc.models.onnx.records import Node

_WEIGHTS: Final = {
    "Conv": (1, 2),
    "ConvTranspose": (1, 2),
    "DeformConv": (1, 3),
    "QLinearConv": (3, 8),
    "QLinearMatMul": (0, 3),
    "QGemm": (3, 6),
    "ConvInteger": (1,),
    "MatMulInteger": (0, 1),
    "Gemm": (1, 2),
    "MatMul": (0, 1),
    "BatchNormalization": (1, 2),
    "PRelu": (1,),
    "LSTM": (1, 2, 3, 7),
    "GRU": (1, 2, 3),
    "RNN": (1, 2, 3),
}
"""The inputs of an operator that are trained, wherever they are constants."""
_WHOLE: Final = frozenset({"QLinearConv", "QLinearMatMul", "QGemm", "ConvInteger", "MatMulInteger"})
"""Those whose weights are whole numbers, which stand for others."""
_STATISTICS: Final = {"BatchNormalization": (3, 4)}
"""The inputs that are kept and not trained."""


class StoredNumbers(NamedTuple):
    """The numbers in weights and in running statistics, and how many others may be weights.

    Those are floating-point constants in other places, such as a bias that a node of its own adds, and weights that
    are stored once and used again.
    """

    weights: int
    statistics: int
    others: int


def stored_numbers(network: Building) -> StoredNumbers:
    """The numbers that the nodes of a translated graph read, each stored one once."""
    weights: dict[object, int] = {}
    statistics: dict[object, int] = {}
    others: dict[object, int] = {}
    uses: Counter[object] = Counter()
    for node in network.nodes:
        if _is_known_before(network, node):
            continue
        for at, name in enumerate(node.inputs):
            value = network.values.get(name)
            is_weight = node.op in _WHOLE and at in _WEIGHTS[node.op]
            if not isinstance(value, Constant) or not (value.is_float or is_weight):
                continue
            kind = others if value.key in network.unlearnt else _kind(node.op, at, weights, statistics, others)
            kind[value.key] = value.size
            uses[value.key] += 1
    again = sum((count - 1) * {**weights, **statistics}.get(key, 0) for key, count in uses.items() if count > 1)
    rest = sum(size * uses[key] for key, size in others.items() if key not in weights)
    others_in_all = rest + again + network.not_stored
    return StoredNumbers(sum(weights.values()), sum(statistics.values()), others_in_all)


def _is_known_before(network: Building, node: Node) -> bool:
    """Whether a node computes with constants alone."""
    return all(isinstance(network.values.get(name), Constant) for name in node.outputs if name)


def _kind(
    operator: str,
    at: int,
    weights: dict[object, int],
    statistics: dict[object, int],
    others: dict[object, int],
) -> dict[object, int]:
    """Where the constant at an input of an operator is counted."""
    if at in _WEIGHTS.get(operator, ()):
        return weights
    return statistics if at in _STATISTICS.get(operator, ()) else others
