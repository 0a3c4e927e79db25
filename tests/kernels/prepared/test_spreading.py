"""The kernel of transposed convolution against the definition, over drawn shapes, places and numbers of threads."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.kernels.prepared.spreading import Spread, spread_matrices
from tests.kernels.prepared.binding import channels_last, finished, outputs
from tests.kernels.prepared.test_convolution import Place, drawn, places


def naive_spread(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The definition, of ``(N, C, H, W)`` and in float64: each pixel is a block of the output."""
    count, _, height, width = x.shape
    _, filters, down, across = weight.shape
    output = np.zeros((count, filters, height * down, width * across))
    for y in range(height):
        for z in range(width):
            block = np.einsum("nc,coij->noij", x[:, :, y, z].astype(float), weight.astype(float))
            output[:, :, y * down : (y + 1) * down, z * across : (z + 1) * across] = block
    return output


@given(
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 6), st.integers(1, 6)),
    st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3)),
    st.integers(0, 1),
    places,
    st.integers(0, 99),
)
def test_spread(shape: tuple[int, ...], filters: tuple[int, ...], around: int, place: Place, seed: int) -> None:
    rng, x = drawn(shape, seed)
    weight = rng.standard_normal((shape[1], *filters)).astype(np.float32)
    made = (shape[0], filters[0], shape[2] * filters[1], shape[3] * filters[2])
    finish = place.finish(made, rng)
    source = channels_last(x, around)[:, around : around + shape[2], around : around + shape[3]]
    expected = finished(naive_spread(x, weight), finish)

    def make(target: np.ndarray) -> Spread:
        return Spread(source, spread_matrices(weight), finish, target)

    for found in outputs(made, place.border, place.beside, make):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * max(np.abs(expected).max(), 1))
