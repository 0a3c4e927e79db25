"""Every kernel of convolution against a loop, over drawn shapes, places and numbers of threads."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncalc.kernels.prepared.columns import (
    ColumnConvolution,
    filter_matrices,
    paired_filters,
    paired_windows,
    window_view,
)
from cnncalc.kernels.prepared.depthwise import TapConvolution
from cnncalc.kernels.prepared.finish import Finish
from cnncalc.kernels.prepared.phases import border_of_phases, phase_matrices, phases_of
from cnncalc.kernels.prepared.shares import Share
from cnncalc.kernels.prepared.winograd import WinogradConvolution, transformed_filters
from cnncalc.kernels.windows import AxisWindow
from tests.kernels.prepared.binding import channels_last, finished, naive_convolution, outputs

TOLERANCE = 1e-5
"""Of the largest value, in float32."""


class Place(NamedTuple):
    """Where an output lies, and what is done last."""

    border: int
    beside: int
    bias: bool
    added: bool
    low: float | None
    high: float | None

    def finish(self, shape: tuple[int, ...], rng: np.random.Generator) -> Finish:
        count, channels, *sizes = shape
        bias = rng.standard_normal(channels).astype(np.float32) if self.bias else None
        added = rng.standard_normal((count, *sizes, channels)).astype(np.float32) if self.added else None
        return Finish(bias, added, self.low, self.high)


places = st.builds(
    Place,
    st.integers(0, 2),
    st.sampled_from([0, 0, 3]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 0.0]),
    st.sampled_from([None, 0.5]),
)
sizes = st.tuples(st.integers(1, 3), st.sampled_from([1, 3, 4]), st.integers(5, 12), st.integers(5, 12))
kernels = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.integers(0, 2))


def drawn(shape: tuple[int, ...], seed: int) -> tuple[np.random.Generator, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng, rng.standard_normal(shape).astype(np.float32)


def agree(found: list[np.ndarray], wanted: np.ndarray, tolerance: float = TOLERANCE) -> None:
    for output in found:
        np.testing.assert_allclose(output, wanted, rtol=0, atol=tolerance * max(np.abs(wanted).max(), 1.0))


@given(
    sizes, kernels, st.sampled_from([1, 4, 5]), st.sampled_from([1, 1, 2]), places, st.booleans(), st.integers(0, 99)
)
def test_columns(
    size: tuple[int, ...],
    kernel: tuple[int, ...],
    filters: int,
    groups: int,
    place: Place,
    floored: bool,
    seed: int,
) -> None:
    rng, x = drawn(size, seed)
    high, wide, stride, dilation, padding = kernel
    groups = groups if size[1] % groups == 0 == filters % groups else 1
    weight = rng.standard_normal((filters, size[1] // groups, high, wide)).astype(np.float32)
    floored = floored and not padding  # the border is of zeros, and not of what is held above something
    floor = rng.standard_normal(size[1]).astype(np.float32) if floored and groups == 1 else None
    values = x if floor is None else np.maximum(x, floor.reshape(-1, 1, 1))
    sums = naive_convolution(values, weight, stride, dilation, padding, groups)
    finish = place.finish(sums.shape, rng)
    windows = window_view(channels_last(x, padding), (high, wide), (stride, stride), (dilation, dilation))

    def make(target: np.ndarray) -> ColumnConvolution:
        return ColumnConvolution(windows, filter_matrices(weight, groups), finish, target, floor)

    agree(outputs(sums.shape, place.border, place.beside, make), finished(sums, finish))


@given(sizes, st.sampled_from([2, 4]), st.sampled_from([1, 4, 5]), st.integers(0, 2), places, st.integers(0, 99))
def test_winograd(size: tuple[int, ...], made: int, filters: int, padding: int, place: Place, seed: int) -> None:
    rng, x = drawn(size, seed)
    weight = rng.standard_normal((filters, size[1], 3, 3)).astype(np.float32)
    sums = naive_convolution(x, weight, 1, 1, padding, 1)
    finish = place.finish(sums.shape, rng)
    source = channels_last(x, padding, beyond=made)

    def make(target: np.ndarray) -> WinogradConvolution:
        return WinogradConvolution(source, transformed_filters(weight, made), finish, target)

    found = outputs(sums.shape, place.border, place.beside, make)
    agree(found, finished(sums, finish), {2: TOLERANCE, 4: 10 * TOLERANCE}[made])


@given(sizes, kernels, places, st.integers(0, 99))
def test_depthwise(size: tuple[int, ...], kernel: tuple[int, ...], place: Place, seed: int) -> None:
    rng, x = drawn(size, seed)
    high, wide, stride, dilation, padding = kernel
    weight = rng.standard_normal((size[1], 1, high, wide)).astype(np.float32)
    sums = naive_convolution(x, weight, stride, dilation, padding, size[1])
    finish = place.finish(sums.shape, rng)
    windows = window_view(channels_last(x, padding), (high, wide), (stride, stride), (dilation, dilation))

    def make(target: np.ndarray) -> TapConvolution:
        return TapConvolution(windows, weight[:, 0], finish, target)

    agree(outputs(sums.shape, place.border, place.beside, make), finished(sums, finish))


@given(sizes, st.integers(1, 3), st.integers(1, 2), places, st.integers(0, 99))
def test_two_positions_at_once(size: tuple[int, ...], wide: int, stride: int, place: Place, seed: int) -> None:
    rng, x = drawn(size, seed)
    weight = rng.standard_normal((5, size[1], 2, wide)).astype(np.float32)
    sums = naive_convolution(x, weight, stride, 1, 1, 1)
    assume(sums.shape[3] % 2 == 0)
    finish = place.finish(sums.shape, rng)
    windows = paired_windows(window_view(channels_last(x, 1), (2, wide), (stride, stride), (1, 1)), stride)
    filters = paired_filters(filter_matrices(weight), 2, wide, stride)

    def make(target: np.ndarray) -> ColumnConvolution:
        return ColumnConvolution(windows, filters, finish, target)

    agree(outputs(sums.shape, place.border, place.beside, make), finished(sums, finish))


@pytest.mark.parametrize(("made", "most"), [(2, 1e-5), (4, 1e-4)])
def test_winograd_is_within_a_ten_thousandth(made: int, most: float) -> None:
    """Of the deviation of the output, for as many channels as the widest networks have, against float64."""
    rng, x = drawn((1, 512, 24, 24), 0)
    weight = (rng.standard_normal((16, 512, 3, 3)) / 68).astype(np.float32)
    wanted = naive_convolution(x, weight, 1, 1, 1, 1)
    source = channels_last(x, 1, beyond=made)

    def make(target: np.ndarray) -> WinogradConvolution:
        return WinogradConvolution(source, transformed_filters(weight, made), Finish(), target)

    for output in outputs(wanted.shape, 0, 0, make):
        assert np.abs(output - wanted).max() <= most * wanted.std()


def naive_transposed(x: np.ndarray, weight: np.ndarray, window: AxisWindow) -> np.ndarray:
    """The definition, of ``(N, C, H, W)`` and ``(C, out, k, k)``: each input is spread over the output by all taps."""
    count, _, high, wide = x.shape
    before, after = window.padding
    kernel, stride = window.kernel_size, window.stride
    whole = np.zeros((count, weight.shape[1], *((size - 1) * stride + kernel for size in (high, wide))))
    for i in range(high):
        for j in range(wide):
            spread = np.einsum("nc,cokl->nokl", x[:, :, i, j].astype(float), weight.astype(float))
            whole[:, :, i * stride : i * stride + kernel, j * stride : j * stride + kernel] += spread
    whole = np.pad(whole, ((0, 0), (0, 0), (0, window.output_padding), (0, window.output_padding)))
    return whole[:, :, before : whole.shape[2] - after, before : whole.shape[3] - after]


@given(sizes, st.integers(1, 4), st.integers(1, 3), st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(0, 99))
def test_phases(size: tuple[int, ...], kernel: int, stride: int, padding: tuple[int, int], seed: int) -> None:
    assume(kernel >= stride)
    rng, x = drawn(size, seed)
    window = AxisWindow(kernel, stride, 1, padding, output_padding=seed % stride)
    weight = rng.standard_normal((size[1], 5, kernel, kernel)).astype(np.float32)
    wanted = naive_transposed(x, weight, window)
    made = np.zeros((*wanted.shape[:1], *wanted.shape[2:], 5), np.float32)
    down, across = (phases_of(window, axis) for axis in wanted.shape[2:])
    border = max(*border_of_phases(down, size[2]), *border_of_phases(across, size[3]))
    padded = channels_last(x, border)
    for one, other in product(down, across):
        part = padded[:, one.first + border : one.stop + border, other.first + border : other.stop + border]
        windows = window_view(part, (one.taps, other.taps), (1, 1), (1, 1))
        matrices = phase_matrices(weight.swapaxes(0, 1), one, other, (stride, stride))
        target = made[:, one.start :: stride, other.start :: stride]
        bound = ColumnConvolution(windows, matrices, Finish(), target)
        for call in bound.calls(Share(0, 1, np.empty(bound.scratch_size, np.float32))):
            call()
    agree([made.transpose(0, 3, 1, 2)], wanted)
