"""Operations as kernels, bound to the places of their tensors in memory for a batch of one size."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.kernels.prepared.columns import (
    ColumnConvolution,
    filter_matrices,
    paired_filters,
    paired_windows,
    window_view,
)
from cnncalc.kernels.prepared.depthwise import TapConvolution
from cnncalc.kernels.prepared.finish import Finish
from cnncalc.kernels.prepared.phases import phase_matrices
from cnncalc.kernels.prepared.pooling import MapMean, Pool
from cnncalc.kernels.prepared.shares import Serial, Several
from cnncalc.kernels.prepared.values import Product, ScaledMap
from cnncalc.kernels.prepared.winograd import WinogradConvolution, transformed_filters
from cnncalc.kernels.windows import slide_over
from cnncalc.sessions.memory import Memory
from cnncalc.sessions.operations import (
    NO_BORDER,
    Convolve,
    ConvolveTransposed,
    CropMap,
    Flat,
    Join,
    Layered,
    Mean,
    MultiplyMatrix,
    PoolMap,
    Rescale,
)
from cnncalc.sessions.rule import Kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cnncalc.kernels import Array
    from cnncalc.kernels.prepared.shares import Bound, Call
    from cnncalc.sessions.operations import Border, Operation
    from cnncalc.sessions.places import Home, Places
    from cnncalc.shapes import Shape

MOST_BESIDE: Final = 2**24
"""Bytes of outputs that are copied beside all tensors; for more, tensors that nothing needs any more are given back."""


def prepared_weight(operation: Convolve, shapes: Mapping[int, Shape]) -> list[Array]:
    """The weight of a convolution as its kernel takes it; of a transposed one for each of its phases."""
    kernel, weight = operation.kernel, operation.weight
    if kernel.tile:
        return [transformed_filters(weight, kernel.tile)]
    if kernel is Kernel.DEPTHWISE:
        return [weight[:, 0]]
    if isinstance(operation, ConvolveTransposed):
        strides = [window.stride for window in operation.windows]
        return [phase_matrices(weight, down, across, strides) for down, across in product(*operation.phases(shapes))]
    matrices = filter_matrices(weight, operation.groups)
    if kernel is Kernel.PAIRS:
        return [paired_filters(matrices, operation.windows[0].kernel_size, *_taps_and_stride(operation))]
    return [matrices]


def _taps_and_stride(operation: Convolve) -> tuple[int, int]:
    across = operation.windows[1]
    return across.kernel_size, across.stride


class Binding:
    """The tensors of a batch of one size where they are, and the kernels that compute one from another.

    `weights` are those of convolutions as `prepared_weight` makes them, by the number of the operation. `unplaced`
    holds the tensors of a run that have no place.
    """

    def __init__(self, places: Places, weights: Mapping[int, list[Array]], batch: int, dtype: Any) -> None:
        self.places = places
        self.weights = weights
        self.lowered = places.lowered
        self.batch = batch
        self.dtype = np.dtype(dtype)
        self.unplaced: dict[int, Array] = {}
        self.memory = Memory(places.size * batch, self.dtype)
        self.wholes = {home.number: home.within(self.memory.values, batch) for home in places.homes}
        for number, values in self.lowered.constants.items():
            self.put(number, values.astype(self.dtype, copy=False))

    def view(self, number: int, border: Border = NO_BORDER) -> Array:
        """A tensor ``(N, H, W, C)``, with a border of so much."""
        part = self.places.parts[number]
        return part.within(self.wholes[part.home.number], border)

    def external(self, number: int, shape: Shape) -> Array:
        """A tensor ``(N, C, ...)`` as layers take it: of this shape, as one and the same may be a map and a vector."""
        source = self.lowered.source(number)
        values = self.unplaced[source] if source in self.unplaced else self.view(source).transpose(0, 3, 1, 2)
        return values if values.ndim == len(shape) + 1 else values.reshape(len(values), *shape)

    def put(self, number: int, values: Array) -> None:
        """Store a tensor ``(N, C, ...)``: where its place is, or as it is, but for a view of a place."""
        if number not in self.places.parts:
            is_view = np.may_share_memory(values, self.memory.values)
            self.unplaced[number] = values.copy() if is_view else values
            return
        home = self.places.parts[number].home
        if number in self.lowered.inputs:  # no operation makes it, and so none clears its border
            for call in self.cleared(home):
                call()
        np.copyto(self.external(number, self.lowered.shapes[number]), values)

    def make_room(self, numbers: Iterable[int]) -> None:
        """Give memory back before these tensors are copied, if they are large: all but theirs and that of constants."""
        sources = {self.lowered.source(number) for number in (*numbers, *self.lowered.constants)}
        homes = {self.places.parts[number].home for number in sources if number in self.places.parts}
        if sum(home.values for home in homes) * self.batch * self.dtype.itemsize > MOST_BESIDE:
            self.memory.give_back((home.start * self.batch, (home.start + home.values) * self.batch) for home in homes)

    def release(self) -> None:
        """Forget the tensors that have no place, but for constants."""
        self.unplaced = {number: values for number, values in self.unplaced.items() if number in self.lowered.constants}

    def cleared(self, home: Home) -> list[Call]:
        """The calls that make the border of a home zeros again, where others use its memory too."""
        if home.border == NO_BORDER or not home.is_reused:
            return []
        whole = self.wholes[home.number]
        above, _, left, _ = home.border
        inner = slice(above, above + home.height)
        strips = [
            whole[:, :above],
            whole[:, above + home.height :],
            whole[:, inner, :left],
            whole[:, inner, left + home.width :],
        ]
        return [partial(strip.fill, 0) for strip in strips if strip.size]

    def kernels(self) -> list[Bound]:
        """What does each operation."""
        return [self._kernel(number, operation) for number, operation in enumerate(self.lowered.operations)]

    def _kernel(self, number: int, operation: Operation) -> Bound:
        found: Bound = _KERNELS[type(operation)](self, number, operation)
        return found

    def _finish(self, operation: Operation) -> Finish:
        ending = operation.ending
        added = None if ending.added is None else self.view(ending.added)
        return Finish(ending.bias, added, ending.low, ending.high, ending.function)

    def _ends(self, operation: Operation) -> tuple[Array, Finish, Array]:
        """What an operation takes, how it ends, and where its output is."""
        return self.view(operation.inputs[0]), self._finish(operation), self.view(operation.output)

    def _convolution(self, number: int, operation: Convolve) -> Bound:
        finish, target, (weight,) = self._finish(operation), self.view(operation.output), self.weights[number]
        padded = self.view(operation.inputs[0], operation.border(self.lowered.shapes))
        if operation.kernel.tile:
            return WinogradConvolution(padded, weight, finish, target)
        kernel, strides, dilations = zip(
            *((window.kernel_size, window.stride, window.dilation) for window in operation.windows), strict=True
        )
        windows = window_view(padded, kernel, strides, dilations)
        if operation.kernel is Kernel.DEPTHWISE:
            return TapConvolution(windows, weight, finish, target)
        if operation.kernel is Kernel.PAIRS:
            windows = paired_windows(windows, strides[1])
        return ColumnConvolution(windows, weight, finish, target, operation.floor)

    def _transposed(self, number: int, operation: ConvolveTransposed) -> Bound:
        """Each phase is a convolution to every stride-th line and column of the output."""
        finish, target, shapes = self._finish(operation), self.view(operation.output), self.lowered.shapes
        above, below, left, right = operation.border(shapes)
        padded = self.view(operation.inputs[0], (above, below, left, right))
        strides = [window.stride for window in operation.windows]
        kernels: list[Bound] = []
        for (down, across), matrices in zip(product(*operation.phases(shapes)), self.weights[number], strict=True):
            x = padded[:, down.first + above : down.stop + above, across.first + left : across.stop + left]
            windows = window_view(x, (down.taps, across.taps), (1, 1), (1, 1))
            place = (slice(None), slice(down.start, None, strides[0]), slice(across.start, None, strides[1]))
            kernels.append(ColumnConvolution(windows, matrices, finish.at(place), target[place]))
        return Several(kernels)

    def _pool(self, _: int, operation: PoolMap) -> Bound:
        x, finish, target = self._ends(operation)
        fill = -np.inf if operation.operation is np.maximum else 0.0
        factors = None if operation.factors is None else operation.factors.astype(self.dtype)
        windows = slide_over(x.shape[1:3], operation.windows)
        return Pool(x, windows, operation.operation, fill, finish, target, factors)

    def _mean(self, _: int, operation: Mean) -> Bound:
        return MapMean(*self._ends(operation))

    def _product(self, _: int, operation: MultiplyMatrix) -> Bound:
        x, finish, target = self._ends(operation)
        return Product(x, operation.weight, finish, target)

    def _scale(self, _: int, operation: Rescale) -> Bound:
        x, finish, target = self._ends(operation)
        return ScaledMap(x, operation.scale, finish, target)

    def _crop(self, _: int, operation: CropMap) -> Bound:
        x, finish, target = self._ends(operation)
        above, left, (height, width) = operation.above, operation.left, target.shape[1:3]
        return ScaledMap(x[:, above : above + height, left : left + width], None, finish, target)

    def _flat(self, _: int, operation: Flat) -> Bound:
        shape = self.lowered.shapes[operation.inputs[0]]
        flat = self.view(operation.output)[:, 0, 0].reshape(self.batch, *shape)
        return Serial([partial(np.copyto, flat, self.external(operation.inputs[0], shape))])

    def _joined(self, _: int, operation: Join) -> Bound:
        """The copies of those inputs that do not lie in the joint tensor."""
        target = self.view(operation.output)
        calls: list[Call] = []
        for number, first in self.places.misplaced(operation):
            part = self.view(number)
            calls.append(partial(np.copyto, target[..., first : first + part.shape[3]], part))
        return Serial(calls)

    def _layered(self, _: int, operation: Layered) -> Bound:
        return Serial([partial(self._execute, operation)])

    def _execute(self, operation: Layered) -> None:
        """Execute a step of a node as its layer does; an input that no other input reaches is of each sample."""
        step = operation.step
        inputs = [self.external(*one) for one in zip(operation.inputs, step.input_shapes, strict=True)]
        inputs = [x if len(x) == self.batch else np.broadcast_to(x, (self.batch, *x.shape[1:])) for x in inputs]
        output = step.layer.forward(inputs, operation.arrays)
        self.put(operation.output, output.astype(self.dtype, copy=False))


_KERNELS: Final[Mapping[type[Operation], Callable[..., Bound]]] = {
    Convolve: Binding._convolution,
    ConvolveTransposed: Binding._transposed,
    PoolMap: Binding._pool,
    Mean: Binding._mean,
    MultiplyMatrix: Binding._product,
    Rescale: Binding._scale,
    CropMap: Binding._crop,
    Flat: Binding._flat,
    Join: Binding._joined,
    Layered: Binding._layered,
}
