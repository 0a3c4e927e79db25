"""Inputs that are looked up: whole numbers, of which each has a row in the table of an embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node, Tensor

INDEX_DTYPE: Final = "int32"
"""The type of such inputs: no float of 32 bits holds every number that a size may be."""


class Index(NamedTuple):
    """The input's values are whole numbers from 0 to below `bound`, for the sake of the layer `taker`.

    `alone` says that no other layer takes them, so that they need not be floats.
    """

    bound: int
    taker: str
    alone: bool


def index_inputs(network: Graph) -> dict[str, Index]:
    """The inputs that are looked up, by name; others are not there.

    >>> import cnncalc
    >>> text = cnncalc.load("flatten() | embedding(10, 4)", input="3x5")
    >>> index_inputs(text)
    {'input': Index(bound=10, taker='embedding_1', alone=True)}
    """
    if all(node.layer.index_bound is None for node in network.nodes):
        return {}
    found: dict[int, Index] = {}
    for tensor in reversed(network.tensors):
        _add(found, tensor)
    return {name: found[number] for number, name in enumerate(network.inputs) if number in found}


def _add(found: dict[int, Index], tensor: Tensor) -> None:
    """What the readers of a tensor look up, given that of later tensors."""
    taken = [_of_reader(found, reader) for reader in tensor.readers]
    known = [index for index in taken if index is not None]
    if known:
        smallest = min(known, key=lambda index: index.bound)
        alone = len(known) == len(taken) and all(index.alone for index in known)
        found[tensor.number] = smallest._replace(alone=alone)


def _of_reader(found: Mapping[int, Index], reader: Node) -> Index | None:
    """What a reader looks up, or what is made of the values that it passes on unchanged."""
    bound = reader.layer.index_bound
    if bound is not None:
        return Index(bound, reader.name, alone=True)
    return found.get(reader.output) if _passes_values(reader) else None


def check_indices(network: Graph) -> None:
    """Raise `CnncalcError` where a layer looks up what another has computed, which is no whole number.

    >>> import cnncalc
    >>> check_indices(cnncalc.load("relu() | embedding(10, 4)", input=[3]))
    Traceback (most recent call last):
    ...
    cnncalc.errors.CnncalcError: error: `embedding_1` looks up whole numbers, and `relu_1` computes others
    hint: an embedding takes an input of the network, or a constant
    """
    for node in network.nodes:
        if node.layer.index_bound is not None:
            _check_origin(network, node)


def _check_origin(network: Graph, node: Node) -> None:
    """Raise `CnncalcError` unless what a node looks up is given, or comes of layers that pass values on."""
    numbers = list(node.inputs)
    while numbers:
        producer = network.tensors[numbers.pop()].producer
        if producer is None or not producer.inputs:
            continue
        if not _passes_values(producer):
            raise CnncalcError(
                f"`{node.name}` looks up whole numbers, and `{producer.name}` computes others",
                hint="an embedding takes an input of the network, or a constant",
            )
        numbers += producer.inputs


def _passes_values(node: Node) -> bool:
    """Whether a layer moves values, or passes them on: it computes nothing, and has nothing to compute with."""
    return not (node.weight_shapes or node.buffer_shapes or node.flops)
