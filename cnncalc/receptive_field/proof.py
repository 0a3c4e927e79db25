"""The pixels that a unit sees, proven by execution: each is perturbed, and the unit watched.

Executed as it is, a network proves little: a maximum hides all values but one, a rectifier hides half of them, weights
cancel, and small changes drown in rounding. So every layer is executed in a form in which nothing can hide
(`Layer.reachable`), and which changes where the layer itself can change and nowhere else:

- weights are 1 and biases 0, so that products and sums have no negative term and nothing cancels;
- a maximum, a product, a quotient by statistics, a softmax become sums of all that they read, each with weight 1 or,
  in a mean or an interpolation, with the weight it has; negative weights of a cubic kernel are kept from cancelling;
- functions of one value, and normalisation by stored statistics, are strictly monotone where it matters: they pass on
  what is reachable;
- after each layer only whether a value is above 0 is kept, so that nothing overflows or vanishes, however deep.

The input is 1 at all pixels of one position along an axis and 0 elsewhere. By induction over the layers a value is
above 0 if and only if a path of taps leads to it from there: this is no chance but a proof, since integers hold the
number of a window's taps, and no sum of numbers that are not negative, one of them positive, is rounded to 0.

The positions of the taps are those of the kernels, which find them in the arrays by slicing, gathering and padding, and
not those of the sets that are held against them. The batch is made of the positions of the axis, in blocks that
keep memory bounded. A filter over all channels makes the same of each of its outputs, so that such maps are computed
once: all positions together cost about as much as one or a few plain forward passes.
"""

from __future__ import annotations

from itertools import count
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc import kernels
from cnncalc.errors import CnncalcError, shape_text
from cnncalc.execution.resources import available, check_work
from cnncalc.graph.liveness import releases_leading_to
from cnncalc.receptive_field.channel_maps import ChannelMaps, LiveBytes, reachable
from cnncalc.receptive_field.results import Mismatch, Proof
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.receptive_field.dependency import Unit
    from cnncalc.shapes import Shape
    from cnncalc.watching import Watch

    Places = list[NDArray[np.intp]] | NDArray[np.intp]
    """Sets of positions along an axis, each an array."""

MEMORY: Final = 2**28
"""About the most bytes that the tensors of a block of positions take."""

HINT: Final = "try a smaller input; nothing is executed unless a proof is asked for"

SCRATCH: Final = 16
"""How many times the tensors that are kept the kernels may take besides."""


def verify(
    network: Graph,
    tensor: int,
    unit: Unit | None,
    claimed: Mapping[str, tuple[IndexSet, ...]],
    watch: Watch = unwatched,
) -> Proof:
    """Hold the claimed pixels of a unit, by input and axis, against those that change it when they are perturbed.

    Without a unit, of all units together. The steps that `watch` is told of are executions, by the input's name.

    >>> import cnncalc
    >>> from cnncalc.receptive_field.dependency import pixels_seen
    >>> network = cnncalc.load("lenet")
    >>> verify(network, network.tensor("c3"), (4, 4), pixels_seen(network, network.tensor("c3"), (4, 4))).ok
    True
    """
    walk = _ReachabilityPass(network, tensor, unit)
    executions = sum(positions.total + 1 for axes in claimed.values() for positions in axes)
    check_work(f"the proof of `{network.tensors[tensor].name}`", executions * walk.operations, HINT)
    watch("", 0, executions)
    done = count(1)
    mismatches: list[Mismatch] = []
    perturbed = 0

    def executed(name: str) -> None:
        watch(name, min(next(done), executions), executions)

    for name, axes in claimed.items():
        for axis, positions in enumerate(axes):
            size = network.inputs[name][axis + 1]
            perturbed += size
            wrong = walk.mismatches(name, axis, size, positions, executed)
            mismatches += [Mismatch(name, axis, pixel, is_claimed) for pixel, is_claimed in wrong]
    return Proof(perturbed, tuple(mismatches))


class _ReachabilityPass:
    """Executes what leads to one tensor, layer by layer, and lets go of what is no longer needed."""

    def __init__(self, network: Graph, tensor: int, unit: Unit | None) -> None:
        self.network = network
        self.tensor = tensor
        self.unit = unit
        self.needed = releases_leading_to(network.tensors, tensor)
        self.room = available()
        _check_memory(network, self.needed, self.room)
        producers = (network.tensors[number].producer for number in self.needed)
        self.operations = sum(node.flops for node in producers if node)
        self.block = 1
        self.peak = 0

    def mismatches(
        self, name: str, axis: int, size: int, claimed: IndexSet, executed: Callable[[str], None]
    ) -> Iterator[tuple[int, bool]]:
        """The positions along an axis of an input about which the claim is wrong, and whether they are claimed.

        Those that are claimed are perturbed one by one. All others go together, and one by one only if the unit
        changes with them: it does if and only if it does with one of them.
        """
        is_claimed = _flags(claimed, size)
        inside, outside = np.flatnonzero(is_claimed), np.flatnonzero(~is_claimed)
        surplus = any(self._changes(name, axis, [outside] if len(outside) else [], executed))
        for places, expected in ((inside, True), (outside[: len(outside) * surplus], False)):
            changes = self._changes(name, axis, places.reshape(-1, 1), executed)
            yield from (
                (int(place), expected) for place, changed in zip(places, changes, strict=True) if changed != expected
            )

    def _changes(self, name: str, axis: int, samples: Places, executed: Callable[[str], None]) -> Iterator[bool]:
        """For each set of positions along an axis of an input, whether the unit changes with them."""
        start = 0
        while start < len(samples):
            block = samples[start : start + self.block]
            output = self._executed(self._perturbed(name, axis, block))
            for number in range(len(block)):
                yield any(part[number].any() for part in map(self._at_unit, output.parts))
            for _ in block:
                executed(name)
            start += len(block)
            memory = MEMORY if self.room is None else min(MEMORY, self.room)
            self.block = max(1, memory // (self.peak * (1 + SCRATCH)))

    def _at_unit(self, part: Array) -> Array:
        if self.unit is None or part.ndim == 2:
            return part
        place: tuple[Any, ...] = (..., *self.unit)
        there: Array = part[place]
        return there

    def _perturbed(self, name: str, axis: int, samples: Places) -> dict[int, ChannelMaps]:
        """The inputs by number; each sample has ones at its places along the axis."""
        inputs: dict[int, ChannelMaps] = {}
        for number, (other, shape) in enumerate(self.network.inputs.items()):
            thin = np.zeros((len(samples), 1, *shape[1:]), bool)
            if other == name:
                for sample, places in enumerate(samples):
                    np.moveaxis(thin[sample, 0], axis, 0)[places] = True
            inputs[number] = ChannelMaps.of(kernels.dependency.repeated(thin, shape[0]))
        return inputs

    def _executed(self, tensors: dict[int, ChannelMaps]) -> ChannelMaps:
        """What is reachable of the tensor; raises `CnncalcError` before the tensors take more memory than there is."""
        samples = len(tensors[0].parts[0])
        live = LiveBytes()
        for number, unneeded in self.needed.items():
            node = self.network.tensors[number].producer
            if node and not node.sees_input:
                tensors[number] = _unreachable(samples, node.output_shape)
            elif node:
                tensors[number] = reachable(node, [tensors[taken] for taken in node.inputs])
                _check_shape(node, tensors[number].shape)
            live.add(tensors[number])
            if self.room is not None and live.size > self.room:
                raise _does_not_fit(self.network.tensors[number].name)
            for other in unneeded:
                live.remove(tensors.pop(other))
        self.peak = max(1, -(-live.peak // samples))
        return self._feature(tensors[self.tensor])

    def _feature(self, output: ChannelMaps) -> ChannelMaps:
        """Of a vector only the feature that is the unit."""
        if self.unit is None or len(output.shape) > 1:
            return output
        return ChannelMaps.of(output.any_of(output.channels[list(self.unit)]))


def _unreachable(samples: int, shape: Shape) -> ChannelMaps:
    """A tensor that no input reaches."""
    return ChannelMaps.of(kernels.dependency.repeated(np.zeros((samples, 1, *shape[1:]), bool), shape[0]))


def _check_shape(node: Node, shape: Shape) -> None:
    """Raise `CnncalcError` unless the executed layer gives the shape that it states: else nothing is proven."""
    if shape != node.output_shape:
        given, stated = shape_text(shape), shape_text(node.output_shape)
        fact = f"`{node.name}` gives {given} where it states {stated}, and so nothing can be proven of it"
        raise CnncalcError(fact, hint="`run` holds every layer's shape against the executed one")


def _flags(claimed: IndexSet, size: int) -> NDArray[np.bool_]:
    """For each position of an axis whether it is claimed."""
    digits = claimed.bits(0, size).to_bytes(-(-size // 8), "little")
    flags = np.unpackbits(np.frombuffer(digits, np.uint8), count=size, bitorder="little")
    return flags.view(np.bool_)


def _check_memory(network: Graph, needed: Mapping[int, list[int]], room: int | None) -> None:
    """Raise `CnncalcError` if the maps of one channel that are kept, and what a layer takes besides, do not fit."""
    sizes = {number: prod(network.tensors[number].shape[1:]) for number in needed}
    live = 0
    for number, unneeded in needed.items():
        live += sizes[number]
        if room is not None and live + sizes[number] * SCRATCH > room:
            raise _does_not_fit(network.tensors[number].name)
        live -= sum(sizes[other] for other in unneeded)


def _does_not_fit(name: str) -> CnncalcError:
    return CnncalcError(f"the map of `{name}` does not fit in memory", hint=HINT)
