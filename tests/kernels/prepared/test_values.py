"""Pools, means, scales and products of vectors against loops, over drawn shapes, places and numbers of threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.kernels.prepared.finish import Finish
from cnncalc.kernels.prepared.pooling import MapMean, Pool
from cnncalc.kernels.prepared.shares import Share
from cnncalc.kernels.prepared.values import Product, ScaledMap
from cnncalc.kernels.windows import AxisWindow, slide_over
from tests.kernels.prepared.binding import channels_last, finished, outputs
from tests.kernels.prepared.test_convolution import Place, agree, drawn, places, sizes

NOTHING = {np.maximum: -np.inf, np.add: 0.0}
"""What a window has that lies on nothing."""


def naive_pool(x: np.ndarray, window: AxisWindow, operation: Any) -> np.ndarray:
    """The definition, of ``(N, C, H, W)``: a loop over positions, with what changes nothing beyond the border."""
    before, after = window.padding
    around = ((0, 0), (0, 0), (before, after), (before, after))
    padded = np.pad(x.astype(float), around, constant_values=NOTHING[operation])
    extent = window.dilation * (window.kernel_size - 1) + 1
    down, across = ((size - extent) // window.stride + 1 for size in padded.shape[2:])
    output = np.zeros((*x.shape[:2], down, across))
    for i in range(down):
        for j in range(across):
            top, left = i * window.stride, j * window.stride
            values = padded[:, :, top : top + extent : window.dilation, left : left + extent : window.dilation]
            output[:, :, i, j] = operation.reduce(values, (2, 3))
    return output


@st.composite
def pool_windows(draw: st.DrawFn) -> AxisWindow:
    """A window that lies on a value at each position."""
    kernel = draw(st.integers(1, 4))
    padding = draw(st.tuples(*[st.integers(0, kernel // 2)] * 2))
    return AxisWindow(kernel, draw(st.integers(1, 3)), 1, padding)


@given(
    sizes,
    pool_windows(),
    st.sampled_from([np.maximum, np.add]),
    st.booleans(),
    places,
    st.integers(0, 99),
)
def test_pools(
    size: tuple[int, ...], window: AxisWindow, operation: Any, divided: bool, place: Place, seed: int
) -> None:
    rng, x = drawn(size, seed)
    wanted = naive_pool(x, window, operation)
    factors = rng.uniform(0.1, 1, wanted.shape[2:]).astype(np.float32) if divided and operation is np.add else None
    wanted = wanted if factors is None else wanted * factors
    finish = place.finish(wanted.shape, rng)
    windows = slide_over(size[2:], [window, window])

    def make(target: np.ndarray) -> Pool:
        return Pool(channels_last(x), windows, operation, NOTHING[operation], finish, target, factors)

    agree(outputs(wanted.shape, place.border, place.beside, make), finished(wanted, finish))


@given(sizes, places, st.integers(0, 99))
def test_means(size: tuple[int, ...], place: Place, seed: int) -> None:
    rng, x = drawn(size, seed)
    wanted = x.astype(float).mean((2, 3), keepdims=True)
    finish = place.finish(wanted.shape, rng)
    found = outputs(wanted.shape, place.border, place.beside, lambda target: MapMean(channels_last(x), finish, target))
    agree(found, finished(wanted, finish))


@pytest.mark.parametrize("channels", [1, 3])
def test_the_mean_of_a_large_map_is_not_rounded_away(channels: int) -> None:
    """A million sums one after another in float32 are wrong by one in a hundred."""
    x, target = np.full((1, 1024, 1024, channels), 0.1, np.float32), np.empty((1, 1, 1, channels), np.float32)
    kernel = MapMean(x, Finish(), target)
    for call in kernel.calls(Share(0, 1, np.empty(kernel.scratch_size, np.float32))):
        call()
    np.testing.assert_allclose(target, 0.1, rtol=5e-5)


@given(sizes, st.booleans(), places, st.integers(0, 99))
def test_scales(size: tuple[int, ...], scaled: bool, place: Place, seed: int) -> None:
    rng, x = drawn(size, seed)
    scale = rng.standard_normal(size[1]).astype(np.float32) if scaled else None
    wanted = x.astype(float) if scale is None else x.astype(float) * scale.reshape(-1, 1, 1)
    finish = place.finish(size, rng)
    source = channels_last(x)
    found = outputs(size, place.border, place.beside, lambda target: ScaledMap(source, scale, finish, target))
    agree(found, finished(wanted, finish))


@given(st.tuples(*[st.integers(1, 5)] * 3), places, st.integers(0, 99))
def test_products(size: tuple[int, ...], place: Place, seed: int) -> None:
    count, inputs, units = size
    rng, x = drawn((count, inputs, 1, 1), seed)
    weight = rng.standard_normal((units, inputs)).astype(np.float32)
    wanted = np.array([[[[sum(a * b for a, b in zip(row, x[n, :, 0, 0].astype(float), strict=True))]]
                        for row in weight.astype(float)] for n in range(count)])  # fmt: skip
    finish = place.finish(wanted.shape, rng)
    found = outputs(
        wanted.shape, place.border, place.beside, lambda target: Product(channels_last(x), weight, finish, target)
    )
    agree(found, finished(wanted, finish))
