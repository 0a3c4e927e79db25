"""What tools count of multi-head attention, as PyTorch's module computes it where weights of attention are wanted.

The module calls functions: linear ones, two products of matrices and a softmax. Tools that see modules alone count it
by a formula of their own, or not at all. Where the weights are not wanted, products and softmax are one call that most
tools do not see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.conventions.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cnncalc.conventions.operations import Operation

KIND: Final = "multihead_attention"


def _lengths(operation: Operation) -> tuple[int, int]:
    """The queries of all places, and the keys of each with those that are added."""
    layer: Any = operation.layer
    query, key, _ = layer.sides(operation.inputs)
    added = layer.add_bias_kv + layer.add_zero_attn
    queries: int = layer.places(query) * layer.tokens(query)
    keys: int = layer.tokens(key) + added
    return queries, keys


def scores(operation: Operation) -> int:
    """The products of queries and keys, which the softmax takes."""
    queries, keys = _lengths(operation)
    heads: int = operation.option("num_heads")
    return heads * queries * keys


def products(operation: Operation) -> int:
    """The MACs of both products of matrices."""
    keys, values = _widths(operation)
    queries, count = _lengths(operation)
    return queries * count * (keys + values)


def _widths(operation: Operation) -> tuple[int, int]:
    """The features of all heads of the keys, and of the values."""
    layer: Any = operation.layer
    keys, values, _ = layer.widths(operation.inputs[0])
    return keys, values


def _rows_of_softmax(operation: Operation) -> int:
    """How many rows of scores there are."""
    queries, _ = _lengths(operation)
    heads: int = operation.option("num_heads")
    return heads * queries


def _biases(operation: Operation) -> int:
    """The values to which a bias is added."""
    return operation.flops - 2 * operation.macs - 6 * scores(operation)


def _scaled(operation: Operation) -> int:
    """The values of the queries, which PyTorch multiplies by the scale."""
    queries, _ = _lengths(operation)
    keys, _ = _widths(operation)
    return queries * keys


def _by_ptflops(operation: Operation) -> int:
    """Its formula, in which the last bias is always there; and again what it patches: both products and the softmax."""
    layer: Any = operation.layer
    sides = layer.sides(operation.inputs)
    sizes = [(layer.tokens(side), side[layer.features_axis(side)]) for side in sides]
    (queries, width), (keys, _), (_, valued) = sizes
    projected = sum(count * size * size for count, size in sizes)
    biases = sum(count for count, _ in sizes) * width if "in_proj_bias" in operation.weights else 0
    heads = queries * keys * (width + valued + operation.option("num_heads"))
    formula: int = queries * width + projected + biases + heads + queries * valued * (valued + 1)
    apart: int = layer.places(sides[0])
    return formula * apart + products(operation) + scores(operation)


def _rule(words: str, more: Callable[[Operation], int]) -> Rule:
    """The MACs, and something more."""
    return Rule(words, lambda o: o.macs + more(o))


BIASED: Final = _rule("1 per MAC, 1 per biased value", _biases)
BY_PTFLOPS: Final = Rule("its own formula, and products and softmax again", _by_ptflops)
SOFTMAX_BESIDE: Final = _rule(
    "1 per MAC, 3 n - 1 for each row of n scores", lambda o: 3 * scores(o) - _rows_of_softmax(o)
)
LINEAR_ALONE: Final = Rule("1 per MAC of the linear layers", lambda o: o.macs - products(o))
TWICE_LINEAR: Final = Rule(
    "2 per MAC of the linear layers, 1 per score", lambda o: 2 * (o.macs - products(o)) + scores(o)
)
TWICE_ALL: Final = Rule("2 per MAC, 1 per score", lambda o: 2 * o.macs + scores(o))
EXPORTED: Final = _rule(
    "1 per MAC, biased value and value of the queries, 36 per score, and 2",
    lambda o: _biases(o) + _scaled(o) + 36 * scores(o) + 2,
)

_UNSEEN_IN_ONE_CALL: Final[Mapping[str, Callable[[Operation], int]]] = {
    "fvcore": products,
    "ptflops (backend pytorch)": lambda o: products(o) + scores(o),
    "ptflops (backend aten)": products,
}


def notes(tool: str, operations: Sequence[Operation]) -> Iterator[str]:
    """How much less a tool counts where the weights of attention are not wanted."""
    unseen = _UNSEEN_IN_ONE_CALL.get(tool)
    found = [operation for operation in operations if operation.kind == KIND]
    if unseen and found:
        yield (
            f"attention is counted as with need_weights=True, PyTorch's default; with False, as in torchvision's ViT "
            f"and nn.TransformerEncoder, {tool} counts {sum(map(unseen, found)):,} less"
        )
