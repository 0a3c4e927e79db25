"""Operations added one after another, of which some become part of one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.sessions.operations import Convolve, Flat, Join, Layered, MultiplyMatrix, Operation, Rescale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array

MOST_SHIFTED: Final = 32
"""Deviations by which a norm may shift what is multiplied before it is shifted: more would cost as many digits."""
HIGHEST_FLOOR: Final = 1e20
"""Of a larger one the scale is so small that its product with a weight may have few digits."""
CLOSED: Final = (Flat, Join, Layered)
"""What does nothing last."""


class Fusion:
    """The operations so far, in their order; `readers` are how many read each tensor.

    `alike` says of a tensor whose values are those of another which one that is. An operation is open, to be given a
    further step, as long as nothing reads what it makes.
    """

    def __init__(self, readers: Mapping[int, int]) -> None:
        self.alike: dict[int, int] = {}
        self._readers = readers
        self._made: dict[Operation, None] = {}  # in their order; one is taken out or put last in no time
        self._open: dict[int, Operation] = {}

    @property
    def operations(self) -> list[Operation]:
        """The operations in the order in which they can be run."""
        return list(self._made)

    def source(self, number: int) -> int:
        """The tensor that holds the values of this one."""
        return self.alike.get(number, number)

    def append(self, operation: Operation) -> None:
        """Add an operation; more may be fused into it where only one step reads what it makes."""
        self._made[operation] = None
        if not isinstance(operation, CLOSED) and self._readers[operation.output] == 1:
            self._open[operation.output] = operation

    def alias(self, taken: int, output: int) -> None:
        """Add a tensor with the values of another."""
        self.alike[output] = self.source(taken)
        operation = self._open.pop(taken, None)
        if operation is not None and self._readers[output] == 1:
            self._open[output] = operation

    def scaled(
        self,
        taken: int,
        output: int,
        node: Node,
        scale: Array,
        shift: Array,
        dtype: np.dtype[np.float32],
        deviation: float,
    ) -> None:
        """Add ``scale x + shift``, of a channel each: to the convolution that makes x, or by itself.

        `deviation` is about the largest of a channel of what is made.
        """
        maker = self._open.get(taken)
        if isinstance(maker, Convolve) and maker.ending.added is None and maker.ending.is_open:
            self._extend(taken, output, node)
            maker.scale(scale.reshape(-1, *(1,) * (maker.weight.ndim - 1)))
            bias = maker.ending.bias
            maker.ending.bias = (shift if bias is None else shift + bias * scale).astype(dtype)
        else:
            self.append(Rescale([taken], output, node, scale.astype(dtype), shift.astype(dtype), deviation))

    def convolved(self, made: Convolve) -> None:
        """Add a convolution, with a scale, a shift and a rectifier before it where nothing else reads what they make.

        ``max(s x + t, 0)`` is ``s max(x, -t / s) + t`` for s above 0: where the convolution is of single pixels, s and
        t go into its weight and its bias, and what is left is a maximum.
        """
        before = self._open.get(made.inputs[0])
        if made.is_pointwise and isinstance(before, Rescale):
            floor = _floor(before)
            if floor is not None:
                ending, scale = before.ending, before.scale
                assert ending.bias is not None
                assert scale is not None
                del self._made[before], self._open[made.inputs[0]]
                made.inputs = list(before.inputs)
                made.nodes = [*before.nodes, *made.nodes]
                made.floor = floor
                shift = np.tensordot(made.weight, ending.bias, (1, 0)).reshape(-1)
                made.ending.bias = shift if made.ending.bias is None else made.ending.bias + shift
                made.scale(scale.reshape(1, -1, *(1,) * (made.weight.ndim - 2)))
        self.append(made)

    def added(self, one: int, other: int, output: int, node: Node) -> None:
        """Add a sum: where the later of the two is made, which waits for the other, or by itself."""
        for mine, waited in ((other, one), (one, other)):
            maker = self._open.get(mine)
            if mine != waited and isinstance(maker, (Convolve, MultiplyMatrix)) and maker.ending.added is None:
                extended = self._extend(mine, output, node)
                if extended is not None:
                    extended.ending.added = waited
                    del self._made[extended]
                    self._made[extended] = None
                    return
        operation = Rescale([one], output, node)
        operation.ending.added = other
        self.append(operation)

    def bounded(self, taken: int, output: int, node: Node, low: float | None, high: float | None) -> None:
        """Add that values are held in bounds."""
        ending = self._last(taken, output, node).ending
        ending.low, ending.high = low, high

    def applied(self, taken: int, output: int, node: Node, function: Callable[[Array], object]) -> None:
        """Add a function that changes an array value by value."""
        self._last(taken, output, node).ending.function = function

    def _last(self, taken: int, output: int, node: Node) -> Operation:
        """The operation that makes a tensor, which now makes another of it; one by itself where it cannot."""
        operation = self._extend(taken, output, node)
        if operation is None:
            operation = Rescale([taken], output, node)
            self.append(operation)
        return operation

    def _extend(self, taken: int, output: int, node: Node) -> Operation | None:
        """The operation that makes a tensor, now with a step that makes another of it; None where it cannot be."""
        operation = self._open.get(taken)
        if operation is None or not operation.ending.is_open:
            return None
        del self._open[taken]
        self.alike.pop(taken, None)  # a tensor that nothing reads any more
        operation.output = output
        operation.nodes.append(node)
        if self._readers[output] == 1:
            self._open[output] = operation
        return operation


def _floor(before: Rescale) -> Array | None:
    """What the values before a scale, a shift and a rectifier are held above; None where it is not that or not safe."""
    ending, scale = before.ending, before.scale
    if scale is None or ending.bias is None or ending.added is not None or ending.function is not None:
        return None
    if (ending.low, ending.high) != (0.0, None) or not (scale > 0).all():
        return None
    if not np.abs(ending.bias).max() <= MOST_SHIFTED * before.deviation:  # nor what is not a number
        return None
    floor: Array = -ending.bias / scale
    return floor if np.abs(floor).max() <= HIGHEST_FLOOR else None
