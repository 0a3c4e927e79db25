"""Sums of many values are as exact where channels lie last, as sessions have them, as where they lie first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from cnncalc import kernels

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array

MAP: Final = (2, 3)
"""The axes of lines and columns."""

SUMS: Final[dict[str, Callable[[Array], Array]]] = {
    "global mean": kernels.pooling.global_avg_pool,
    "mean": lambda x: kernels.reduction.mean(x, MAP),
    "sum": lambda x: kernels.reduction.total(x, MAP),
    "sum of sizes": lambda x: kernels.reduction.l1_norm(x, MAP),
    "root of squares": lambda x: kernels.reduction.l2_norm(x, MAP),
    "variance": lambda x: kernels.reduction.variance(x, MAP, 0),
    "deviation": lambda x: kernels.reduction.deviation(x, MAP, 1),
    "logarithm": lambda x: kernels.reduction.log_sum_exp(x, MAP),
    "means of channels": lambda x: kernels.normalization.channel_statistics(x)[0],
    "variances of channels": lambda x: kernels.normalization.channel_statistics(x)[1],
    "normalised": lambda x: kernels.normalization.normalised(x, MAP, 1e-5, None, None, along=()),
    "divided by the root": lambda x: kernels.normalization.rms_norm(x, MAP, 1e-5, None),
    "divided by the norm": lambda x: kernels.normalization.unit_norm(x, MAP, 1e-5, None),
}


@pytest.mark.parametrize("name", SUMS)
def test_channels_that_lie_last(name: str) -> None:
    """Against the same in double precision; of three channels, so that many values make one sum."""
    values = np.random.default_rng(0).uniform(0.1, 0.2, (1, 300, 300, 3)).astype(np.float32)
    x = values.transpose(0, 3, 1, 2)
    wanted = SUMS[name](x.astype(np.float64))
    found = SUMS[name](x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, rtol=0, atol=3e-6 * np.abs(wanted).max())
