"""Means and variances of functions of normal values, against closed forms."""

from __future__ import annotations

from math import exp, pi, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from cnncalc.kernels.moments import mean_of_largest, of_function

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array

FORMS: Final[dict[str, tuple[Callable[[Array], Array], float, float]]] = {
    "rectified": (lambda x: np.maximum(x, 0), 1 / sqrt(2 * pi), 1 / 2 - 1 / (2 * pi)),
    "absolute": (np.abs, sqrt(2 / pi), 1 - 2 / pi),
    "square": (np.square, 1.0, 2.0),
    "exponential": (np.exp, exp(1 / 2), exp(2) - exp(1)),
    "sine": (np.sin, 0.0, (1 - exp(-2)) / 2),
    "cosine": (np.cos, exp(-1 / 2), (1 + exp(-2)) / 2 - exp(-1)),
    "line": (lambda x: 3 * x + 2, 2.0, 9.0),
}
"""Functions of a normal value with mean 0 and variance 1, and their means and variances, from textbooks."""


@pytest.mark.parametrize("name", FORMS)
def test_moments_of_functions(name: str) -> None:
    function, mean, variance = FORMS[name]
    found = of_function(function, 0.0, 1.0)
    assert found.mean == pytest.approx(mean, rel=2e-3, abs=1e-9)
    assert found.variance == pytest.approx(variance, rel=3e-3)


def test_mean_and_deviation_of_what_goes_in() -> None:
    """The square of a value with mean m and variance v has the mean m ** 2 + v and the variance 2 v (2 m ** 2 + v)."""
    found = of_function(np.square, 3.0, 2.0)
    assert found.mean == pytest.approx(13.0, rel=1e-3)
    assert found.variance == pytest.approx(2 * 4 * (2 * 9 + 4), rel=1e-3)
    held = of_function(lambda x: x, 0.0, 2.0, lowest=0.0)
    assert held.mean == pytest.approx(2 / sqrt(2 * pi), rel=2e-3)
    assert held.least == 0.0


def test_values_that_are_not_finite_are_left_out() -> None:
    found = of_function(np.sqrt, 0.0, 1.0)  # of the positive half: E sqrt|x| = 2 ** 0.25 gamma(0.75) / sqrt(pi)
    assert found.mean == pytest.approx(2**0.25 * 1.2254167 / sqrt(pi), rel=1e-2)
    assert tuple(of_function(lambda x: x * np.nan, 0.0, 1.0)) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize(("count", "mean"), [(1, 0.0), (2, 0.56419), (4, 1.02938), (9, 1.48501), (49, 2.24074)])
def test_mean_of_the_largest(count: int, mean: float) -> None:
    """Order statistics as tabulated by Harter 1961."""
    assert mean_of_largest(count) == pytest.approx(mean, abs=2e-3)
