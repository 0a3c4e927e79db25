"""Which tensors a tensor depends on, how long each is needed, and how many values are alive at once.

All take the tensors of a graph, by number, which are in the order of execution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cnncalc.graph.node import Tensor


def dependencies_of(tensors: Sequence[Tensor], number: int) -> list[int]:
    """The numbers of the tensors that one depends on, in order, and its own.

    >>> import cnncalc
    >>> dependencies_of(cnncalc.load("lenet").tensors, 3)
    [0, 1, 2, 3]
    """
    found = {number}
    for tensor in reversed(tensors[: number + 1]):
        if tensor.producer and tensor.number in found:
            found.update(tensor.producer.inputs)
    return sorted(found)


def releases(tensors: Sequence[Tensor], outputs: Collection[int]) -> dict[int, list[int]]:
    """For each tensor that a node makes, the tensors that are not needed after it; outputs are kept to the end.

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> releases(network.tensors, network.outputs)[2]
    [1]
    """
    released: dict[int, list[int]] = {tensor.number: [] for tensor in tensors if tensor.producer}
    kept = set(outputs)
    for tensor in tensors:
        if tensor.number not in kept and (tensor.readers or tensor.producer):
            last = tensor.readers[-1].output if tensor.readers else tensor.number
            released[last].append(tensor.number)
    return released


def releases_leading_to(tensors: Sequence[Tensor], number: int) -> dict[int, list[int]]:
    """The tensors that one depends on and itself, in order, each with the tensors that are not needed after it.

    >>> import cnncalc
    >>> releases_leading_to(cnncalc.load("lenet").tensors, 2)
    {0: [], 1: [0], 2: [1]}
    """
    leading = dependencies_of(tensors, number)
    last = dict.fromkeys(leading, number)
    for tensor in map(tensors.__getitem__, leading):
        if tensor.producer:
            last |= dict.fromkeys(tensor.producer.inputs, tensor.number)
    released: dict[int, list[int]] = {each: [] for each in leading}
    for each, user in last.items():
        if each != number:
            released[user].append(each)
    return released


def live_elements(tensors: Sequence[Tensor], outputs: Collection[int]) -> dict[int, int]:
    """How many values are alive while each tensor is made, a layer's inputs and output together, for one sample.

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> live_elements(network.tensors, network.outputs)[1]  # 1 x 28 x 28 and 6 x 28 x 28
    5488
    """
    sizes = [tensor.size for tensor in tensors]
    alive = sum(sizes[tensor.number] for tensor in tensors if tensor.readers and not tensor.producer)
    found = {}
    for number, released in releases(tensors, outputs).items():
        alive += sizes[number]
        found[number] = alive
        alive -= sum(sizes[other] for other in released)
    return found


def peak_elements(tensors: Sequence[Tensor], outputs: Collection[int]) -> int:
    """The largest number of values alive at once, a layer's inputs and output together, for one sample.

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> peak_elements(network.tensors, network.outputs)
    5880
    """
    return max(live_elements(tensors, outputs).values(), default=0)


def live_at(tensors: Sequence[Tensor], outputs: Collection[int], number: int) -> list[int]:
    """The numbers of the tensors that are alive while one is made, in order, and its own.

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> live_at(network.tensors, network.outputs, 2)
    [1, 2]
    """
    alive = {tensor.number for tensor in tensors if tensor.readers and not tensor.producer}
    for made, released in releases(tensors, outputs).items():
        alive.add(made)
        if made == number:
            break
        alive.difference_update(released)
    return sorted(alive)
