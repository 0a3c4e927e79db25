"""The operations that a network is run as: fewer than its layers, as norms and last steps are part of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.kernels.prepared.phases import border_of_phases, phases_of
from cnncalc.sessions.rule import Kernel, kernel_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.graph.node import Node, Step
    from cnncalc.kernels import Array
    from cnncalc.kernels.prepared.phases import Phase
    from cnncalc.kernels.windows import AxisWindow
    from cnncalc.shapes import Shape

Border = tuple[int, int, int, int]
"""Pixels above, below, left and right of a map."""

NO_BORDER: Final[Border] = (0, 0, 0, 0)


class Ending:
    """What an operation does last: it adds a bias and a tensor, and holds the sums in bounds or applies a function."""

    __slots__ = ("added", "bias", "function", "high", "low")

    def __init__(self, bias: Array | None = None) -> None:
        self.bias = bias
        self.added: int | None = None
        self.low: float | None = None
        self.high: float | None = None
        self.function: Callable[[Array], object] | None = None

    @property
    def is_open(self) -> bool:
        """Whether more can still be done: after bounds or a function nothing is added."""
        return self.low is None and self.high is None and self.function is None


class Operation:
    """One step of a run: the numbers of the tensors that it takes and makes, and the nodes that it is of."""

    name = ""

    def __init__(self, inputs: Sequence[int], output: int, node: Node, bias: Array | None = None) -> None:
        self.inputs = list(inputs)
        self.output = output
        self.nodes = [node]
        self.ending = Ending(bias)

    @property
    def takes(self) -> list[int]:
        """All tensors that are read."""
        return self.inputs if self.ending.added is None else [*self.inputs, self.ending.added]


class Convolve(Operation):
    """A convolution by a weight ``(filters, C / groups, kh, kw)``, which is not changed where others read it."""

    def __init__(
        self,
        inputs: Sequence[int],
        output: int,
        node: Node,
        weight: Array,
        bias: Array | None,
        windows: Sequence[AxisWindow],
        groups: int,
        *,
        is_shared: bool,
    ) -> None:
        super().__init__(inputs, output, node, bias)
        self.weight = weight
        self.windows = list(windows)
        self.groups = groups
        self.floor: Array | None = None
        """What each channel of the input is held above before it is multiplied."""
        self.kernel = Kernel.COLUMNS
        self._is_own = not is_shared and weight.flags.writeable

    @property
    def is_pointwise(self) -> bool:
        """Whether each pixel is read by itself, and none beyond the border."""
        return self.groups == 1 and all(w.kernel_size == 1 and not any(w.padding) for w in self.windows)

    def scale(self, factors: Array) -> None:
        """MultiplyMatrix the weight by factors that broadcast to it."""
        if not self._is_own:
            self.weight, self._is_own = self.weight.copy(), True
        np.multiply(self.weight, factors.astype(self.weight.dtype), out=self.weight)

    def border(self, shapes: Mapping[int, Shape]) -> Border:
        """The border that is read beyond the input; a Winograd convolution reads whole tiles."""
        before, after = self._maps(shapes)
        tile, found = self.kernel.tile, []
        for window, size, made in zip(self.windows, before[1:], after[1:], strict=True):
            first, last = window.padding
            if tile:
                last = max(last, -(-made // tile) * tile + 2 - size - first)
            found += [first, last]
        return (found[0], found[1], found[2], found[3])

    def _maps(self, shapes: Mapping[int, Shape]) -> tuple[Shape, Shape]:
        """``(C, H, W)`` of the input and of the output."""
        return with_two_axes(shapes[self.inputs[0]]), with_two_axes(shapes[self.output])

    def choose_kernel(self, shapes: Mapping[int, Shape], *, exact: bool) -> None:
        """Take the kernel that the rule gives it."""
        before, after = self._maps(shapes)
        self.kernel = kernel_of(self.windows, self.groups, before, after, exact=exact)


class ConvolveTransposed(Convolve):
    """A transposed convolution without dilation or groups, its weight turned to ``(filters, C, kh, kw)``."""

    def phases(self, shapes: Mapping[int, Shape]) -> list[list[Phase]]:
        """The phases along each axis."""
        _, after = self._maps(shapes)
        return [phases_of(window, made) for window, made in zip(self.windows, after[1:], strict=True)]

    def border(self, shapes: Mapping[int, Shape]) -> Border:
        """The border that the phases read."""
        before, _ = self._maps(shapes)
        down, across = map(border_of_phases, self.phases(shapes), before[1:])
        return (*down, *across)

    @property
    def is_pointwise(self) -> bool:
        """Never: each pixel becomes several."""
        return False

    def choose_kernel(self, shapes: Mapping[int, Shape], *, exact: bool) -> None:
        """There is one."""
        del shapes, exact
        self.kernel = Kernel.PHASES


class PoolMap(Operation):
    """A pool over moving windows: by a maximum, or by a sum times what each position's is divided by."""

    name = "pool axis by axis"

    def __init__(
        self,
        inputs: Sequence[int],
        output: int,
        node: Node,
        windows: Sequence[AxisWindow],
        operation: np.ufunc,
        factors: Array | None,
    ) -> None:
        super().__init__(inputs, output, node)
        self.windows = list(windows)
        self.operation = operation
        self.factors = factors


class Mean(Operation):
    """The mean of a map."""

    name = "mean of the map"


class Rescale(Operation):
    """A map with each channel scaled, or as it is where there is no scale; what follows is the ending.

    `deviation` is about the largest of a channel of what a scale and a bias make.
    """

    name = "value by value"

    def __init__(
        self,
        inputs: Sequence[int],
        output: int,
        node: Node,
        scale: Array | None = None,
        bias: Array | None = None,
        deviation: float = 0.0,
    ) -> None:
        super().__init__(inputs, output, node, bias)
        self.scale = scale
        self.deviation = deviation


class CropMap(Operation):
    """A part of a map, `above` and `left` of which so many pixels are cut off."""

    name = "copy of a part"

    def __init__(self, inputs: Sequence[int], output: int, node: Node, above: int, left: int) -> None:
        super().__init__(inputs, output, node)
        self.above = above
        self.left = left


class MultiplyMatrix(Operation):
    """A vector times a matrix ``(outputs, inputs)``."""

    name = "vector x matrix"

    def __init__(self, inputs: Sequence[int], output: int, node: Node, weight: Array, bias: Array | None) -> None:
        super().__init__(inputs, output, node, bias)
        self.weight = weight


class Join(Operation):
    """Maps one after another along the channels."""

    name = "written in place"


class Flat(Operation):
    """A map as a vector, channel by channel."""

    name = "copy"


class Layered(Operation):
    """A step of a node as the layer itself executes it, channels first."""

    name = "the layer's own"

    def __init__(self, inputs: Sequence[int], output: int, node: Node, step: Step, arrays: Mapping[str, Array]) -> None:
        super().__init__(inputs, output, node)
        self.step = step
        self.arrays = arrays


def with_two_axes(shape: Shape) -> Shape:
    """``(C, H, W)`` of any shape that lies in memory of ours: of a vector ``(C, 1, 1)``, of a sequence ``(C, L, 1)``.

    >>> with_two_axes((64,)), with_two_axes((64, 100))
    ((64, 1, 1), (64, 100, 1))
    """
    return (*shape, 1, 1)[:3]
