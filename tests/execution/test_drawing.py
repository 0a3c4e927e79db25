"""Random arrays: their values, their distribution, and that threads do not change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

from cnncalc.execution.drawing import BLOCK, PIECE, THREADED, RandomArrays
from tests.marking import slow_but

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS: Final = ((5, 3), (64, 100, 3, 3), (3, 2 * BLOCK + 5), (40, 100_000))
"""Shapes of arrays with small rows, with some that are larger than a block, and of one that is drawn in threads."""

LARGE: Final = THREADED + 7
"""The size of an array that is drawn in threads, the last piece of which is smaller."""


def uniform(size: int, low: float = -1.0, high: float = 1.0, **options: Any) -> NDArray[Any]:
    """An array of that size, drawn for one seed and name."""
    return RandomArrays(3, "conv1", **options).uniform((size,), low, high)


def test_threads_do_not_change_the_values() -> None:
    alone = uniform(LARGE, threads=1)
    for threads in (2, 3):
        np.testing.assert_array_equal(uniform(LARGE, threads=threads), alone)


def test_small_arrays_start_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.kernels.threads.Thread", None)
    assert uniform(THREADED - 1, threads=2).size == THREADED - 1
    with pytest.raises(TypeError):
        uniform(LARGE, threads=2)


def test_values_are_the_middles_of_equal_parts() -> None:
    found = (uniform(LARGE, -2.0, 6.0).astype(np.float64) + 2.0) / 8.0 * 2**16
    parts = np.floor(found)
    np.testing.assert_allclose(found, parts + 0.5, atol=2e-2)
    assert (parts.min(), parts.max()) == (0, 2**16 - 1)
    shares = np.bincount(parts.astype(np.int64) >> 8, minlength=256)
    # Chi-squared with 255 degrees of freedom: beyond these bounds once in a million.
    assert 155 < ((shares - LARGE / 256) ** 2 / (LARGE / 256)).sum() < 380


def test_uniform_values_have_the_mean_and_the_deviation_of_their_interval() -> None:
    found = uniform(LARGE, 0.5, 2.5).astype(np.float64)
    # Within five deviations of each estimate, by the moments of a uniform distribution.
    assert found.mean() == pytest.approx(1.5, abs=5 * (4 / 12 / LARGE) ** 0.5)
    assert found.var() == pytest.approx(4 / 12, abs=5 * 4 * ((1 / 80 - 1 / 144) / LARGE) ** 0.5)
    assert 0.5 < found.min() < 0.501
    assert 2.499 < found.max() < 2.5


def test_normal_values_have_their_deviation() -> None:
    found = RandomArrays(3, "conv1").normal((LARGE,), 3.0).astype(np.float64)
    assert found.mean() == pytest.approx(0.0, abs=5 * 3 / LARGE**0.5)
    assert found.std() == pytest.approx(3.0, abs=5 * 3 / (2 * LARGE) ** 0.5)
    assert (np.abs(found) < 3).mean() == pytest.approx(0.6827, abs=0.002)


def test_pieces_arrays_names_and_seeds_are_drawn_apart() -> None:
    first, second = (draw.uniform((LARGE,), -1.0, 1.0) for draw in [RandomArrays(3, "conv1")] * 2)
    arrays = [first[:PIECE], first[PIECE : 2 * PIECE], first[BLOCK : BLOCK + PIECE], second[:PIECE]]
    arrays += [RandomArrays(seed, name).uniform((PIECE,), -1.0, 1.0) for seed, name in ((3, "conv2"), (4, "conv1"))]
    correlations = np.corrcoef([array[: PIECE - BLOCK] for array in arrays])
    np.testing.assert_allclose(correlations, np.eye(len(arrays)), atol=5 / (PIECE - BLOCK) ** 0.5)


@pytest.mark.parametrize("size", [10, LARGE])
def test_float64_has_the_values_of_float32(size: int) -> None:
    single, double = uniform(size), uniform(size, dtype=np.float64)
    assert [str(array.dtype) for array in (single, double)] == ["float32", "float64"]
    np.testing.assert_array_equal(single, double)


@pytest.mark.parametrize("shape", slow_but({(5, 3), (64, 100, 3, 3), (3, 2 * BLOCK + 5)}, ROWS))
def test_rows_are_centred(shape: tuple[int, ...]) -> None:
    found = [RandomArrays(3, "conv1", threads=threads).centred(shape, 2.0) for threads in (1, 2)]
    np.testing.assert_array_equal(found[0], found[1])
    rows = found[0].reshape(shape[0], -1).astype(np.float64)
    np.testing.assert_allclose(rows.mean(axis=1), 0.0, atol=1e-6)
    lost = 1 / rows.shape[1]
    assert rows.std() == pytest.approx(2 / 3**0.5 * (1 - lost) ** 0.5, rel=0.3 if rows.size < 100 else 0.01)
