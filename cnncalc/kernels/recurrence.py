"""Recurrent layers on floats, step by step; the type stays.

The products with the input are taken of many steps at once, those with the state at each step, over the batch. A step
is a function that keeps its state: given the products of one time, ``(N, gates x H)``, which it may overwrite, it
returns the output of that time, ``(N, H)``. Gates lie in the arrays in PyTorch's order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cnncalc.kernels.convolution import convolve
from cnncalc.kernels.windows import SCRATCH_BYTES, AxisWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.kernels.arrays import Array

    Step = Callable[[Array], Array]
    MakeStep = Callable[["Direction", int], Step]


class Direction(NamedTuple):
    """The arrays of one layer in one direction; `weight_hr` is the projection of an LSTM."""

    weight_ih: Array
    weight_hh: Array
    bias_ih: Array | None = None
    bias_hh: Array | None = None
    weight_hr: Array | None = None

    @property
    def bias(self) -> Array | None:
        """The sum of both biases; None where there is none."""
        if self.bias_ih is None or self.bias_hh is None:
            return self.bias_ih
        total: Array = self.bias_ih + self.bias_hh
        return total

    def state(self, samples: int) -> Array:
        """The hidden state to begin with, which is 0."""
        return np.zeros((samples, self.weight_hh.shape[1]), self.weight_hh.dtype)


def run(x: Array, layers: Sequence[Sequence[Direction]], make_step: MakeStep, *, features_axis: int) -> Array:
    """The outputs at all steps of recurrent layers, one after another, each in one direction or in two.

    Features and steps are the axes 1 and 2 of the input, or the other way round, and of the output too. Of two
    directions the second goes from the last step to the first; their outputs lie one behind the other.
    """
    sequence = np.moveaxis(x, (3 - features_axis, 0, features_axis), (0, 1, 2))
    for directions in layers:
        sequence = _layer(np.ascontiguousarray(sequence), directions, make_step)
    return np.moveaxis(sequence, (0, 1, 2), (3 - features_axis, 0, features_axis))


def last(outputs: Array, directions: int, *, features_axis: int) -> Array:
    """The final output of each direction, ``(N, features)``: at the last step, and of the second at the first."""
    sequence = np.moveaxis(outputs, features_axis, 1)
    ends = zip(np.split(sequence, directions, 1), (-1, 0), strict=False)
    return np.concatenate([part[:, :, end] for part, end in ends], 1)


def _layer(sequence: Array, directions: Sequence[Direction], make_step: MakeStep) -> Array:
    """The outputs ``(L, N, features)`` of one layer on a sequence ``(L, N, C)``."""
    length, samples, _ = sequence.shape
    features = directions[0].weight_hh.shape[1]
    output = np.empty((length, samples, len(directions) * features), sequence.dtype)
    for number, direction in enumerate(directions):
        target = output[:, :, number * features : (number + 1) * features]
        _scan(sequence, target, direction, make_step(direction, samples), backward=number == 1)
    return output


def _scan(sequence: Array, target: Array, direction: Direction, step: Step, *, backward: bool) -> None:
    """Fill the outputs of one direction, with the products of a block of steps at a time."""
    length, samples, _ = sequence.shape
    gates = len(direction.weight_ih)
    block = max(SCRATCH_BYTES // (samples * gates * sequence.itemsize), 1)
    starts = range(0, length, block)
    for start in reversed(starts) if backward else starts:
        part = sequence[start : start + block]
        products = (part.reshape(-1, part.shape[2]) @ direction.weight_ih.T).reshape(-1, samples, gates)
        for time in reversed(range(len(part))) if backward else range(len(part)):
            target[start + time] = step(products[time])


def rnn(direction: Direction, samples: int, *, nonlinearity: Callable[[Array], Array]) -> Step:
    """``h = nonlinearity(W_ih x + W_hh h + b)`` (Elman 1990)."""
    recurrent, bias = direction.weight_hh.T, direction.bias
    hidden = direction.state(samples)

    def step(gates: Array) -> Array:
        nonlocal hidden
        gates += hidden @ recurrent
        if bias is not None:
            gates += bias
        hidden = nonlinearity(gates)
        return hidden

    return step


def lstm(direction: Direction, samples: int) -> Step:
    """``c = f c + i g``, ``h = o tanh(c)``, maybe projected, of the gates i, f, g, o (Gers et al. 2000)."""
    recurrent, bias = direction.weight_hh.T, direction.bias
    projection = None if direction.weight_hr is None else direction.weight_hr.T
    size = len(recurrent.T) // 4
    hidden = direction.state(samples)
    cell = np.zeros((samples, size), hidden.dtype)

    def step(gates: Array) -> Array:
        nonlocal hidden
        gates += hidden @ recurrent
        if bias is not None:
            gates += bias
        hidden = _of_cell(gates, cell)
        if projection is not None:
            hidden = np.matmul(hidden, projection)
        return hidden

    return step


def _of_cell(gates: Array, cell: Array) -> Array:
    """The output of an LSTM's cell ``(N, H, ...)``, which is updated, for gates ``(N, 4 H, ...)``, overwritten."""
    size = cell.shape[1]
    _sigmoid(gates[:, : 2 * size])
    candidate = np.tanh(gates[:, 2 * size : 3 * size])
    _sigmoid(gates[:, 3 * size :])
    candidate *= gates[:, :size]
    cell *= gates[:, size : 2 * size]
    cell += candidate
    output: Array = np.tanh(cell)
    output *= gates[:, 3 * size :]
    return output


def gru(direction: Direction, samples: int, *, reset_after: bool) -> Step:
    """``h = (1 - z) n + z h`` of the gates r, z and the candidate n (Cho et al. 2014).

    The candidate resets the state's product, or with `reset_after` false the state before the product.
    """
    hidden = direction.state(samples)
    size = hidden.shape[1]
    of_gates, of_candidate = direction.weight_hh[: 2 * size].T, direction.weight_hh[2 * size :].T
    recurrent = direction.weight_hh.T
    inside = direction.bias_hh if reset_after else None
    outside = direction.bias_ih if reset_after else direction.bias

    def step(gates: Array) -> Array:
        nonlocal hidden
        if outside is not None:
            gates += outside
        both, candidate = gates[:, : 2 * size], gates[:, 2 * size :]
        reset, update = both[:, :size], both[:, size:]
        if reset_after:
            products = hidden @ recurrent
            if inside is not None:
                products += inside
            both += products[:, : 2 * size]
            _sigmoid(both)
            candidate += reset * products[:, 2 * size :]
        else:
            both += hidden @ of_gates
            _sigmoid(both)
            candidate += (reset * hidden) @ of_candidate
        np.tanh(candidate, out=candidate)
        hidden -= candidate
        hidden *= update
        hidden += candidate
        return hidden

    return step


def _sigmoid(x: Array) -> None:
    """``1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2`` in place: few calls, as the arrays of a step are small."""
    x *= 0.5
    np.tanh(x, out=x)
    x += 1
    x *= 0.5


def relu(x: Array) -> Array:
    """``max(x, 0)``."""
    output: Array = np.maximum(x, 0)
    return output


def reachable(x: Array, *, layers: int, directions: int, features_axis: int) -> Array:
    """Where a recurrence is above 0, one feature a direction: weights of 1 and a tangent, where nothing cancels.

    The tangent of a positive number is positive, and so the state stays that it has become so once.
    """

    def of_ones(features: int) -> list[Direction]:
        ones = Direction(np.ones((1, features), x.dtype), np.ones((1, 1), x.dtype))
        return [ones] * directions

    stacked = [of_ones(directions if layer else x.shape[features_axis]) for layer in range(layers)]
    return run(x, stacked, lambda one, samples: rnn(one, samples, nonlinearity=np.tanh), features_axis=features_axis)


def conv_lstm(x: Array, arrays: Direction, windows: Sequence[AxisWindow]) -> Array:
    """The states ``(N, F, T, *O)`` of an LSTM of maps, for a sequence ``(N, C, T, *I)``.

    `windows` slide over the axes of a frame; the state is convolved with as many taps and stays as large as it is.
    """
    cell: Array | None = None

    def step(gates: Array) -> Array:
        nonlocal cell
        if cell is None:
            cell = np.zeros((len(gates), gates.shape[1] // 4, *gates.shape[2:]), gates.dtype)
        return _of_cell(gates, cell)

    return _run_maps(x, arrays, windows, step)


def reachable_maps(x: Array, windows: Sequence[AxisWindow]) -> Array:
    """Where a recurrence of maps is above 0, in one channel: weights of 1 and a tangent, as in `reachable`."""
    kernel = [window.kernel_size for window in windows]
    ones = Direction(np.ones((1, x.shape[1], *kernel), x.dtype), np.ones((1, 1, *kernel), x.dtype))
    return _run_maps(x, ones, windows, np.tanh)


def _run_maps(x: Array, arrays: Direction, windows: Sequence[AxisWindow], step: Step) -> Array:
    """The states at all times of a recurrence whose products are convolutions."""
    back = [AxisWindow(w.kernel_size, padding=((w.kernel_size - 1) // 2, w.kernel_size // 2)) for w in windows]
    states: list[Array] = []
    for time in range(x.shape[2]):
        gates = convolve(x[:, :, time], arrays.weight_ih, arrays.bias_ih, windows=windows)
        if states:
            gates += convolve(states[-1], arrays.weight_hh, windows=back)
        states.append(step(gates))
    return np.stack(states, 2)
