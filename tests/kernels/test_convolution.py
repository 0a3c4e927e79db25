"""What convolutions promise: integers stay exact, and the taps are those of the weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc.kernels.convolution import convolve, linear
from cnncalc.kernels.transposed import convolve_transposed
from cnncalc.kernels.windows import AxisWindow
from tests.layers import naive

if TYPE_CHECKING:
    from cnncalc.kernels import Array

LARGE = 2**62
"""Far beyond what a float holds exactly; half of what an integer of 64 bits does."""

WINDOWS = [
    [AxisWindow(3, stride=2, padding=(1, 0)), AxisWindow(2, dilation=3, padding=(2, 2))],
    [AxisWindow(5, padding=(4, 4)), AxisWindow(3, stride=3, dilation=2, padding=(0, 1))],
]


def drawn(shape: tuple[int, ...], seed: int) -> Array:
    """Ones, zeros and minus ones."""
    return np.random.default_rng(seed).integers(-1, 2, shape)


def large(shape: tuple[int, ...], seed: int) -> Array:
    """Odd integers of which a sum over a window still fits."""
    return np.random.default_rng(seed).integers(LARGE // 2**9, LARGE // 2**8, shape) | 1


@pytest.mark.parametrize("windows", WINDOWS)
@pytest.mark.parametrize(("groups", "filters"), [(1, 3), (2, 4), (4, 4)])
def test_integers_are_convolved_exactly(windows: list[AxisWindow], groups: int, filters: int) -> None:
    """Against Python's integers."""
    kernel, stride, dilation, pads = zip(*(window[:4] for window in windows), strict=True)
    x, weight = large((2, 4, 6, 7), 0), drawn((filters, 4 // groups, *kernel), 1)
    found = convolve(x, weight, windows=windows, groups=groups)
    expected = naive.conv(x.astype(object), weight.astype(object), stride, dilation, pads, groups).output
    assert found.dtype == np.int64
    assert (found == expected).all()


@pytest.mark.parametrize("windows", WINDOWS)
@pytest.mark.parametrize("groups", [1, 2])
def test_integers_are_spread_exactly(windows: list[AxisWindow], groups: int) -> None:
    windows = [window._replace(output_padding=1) for window in windows]
    kernel, stride, dilation, pads = zip(*(window[:4] for window in windows), strict=True)
    x, weight = large((2, 4, 6, 7), 2), drawn((4, 3, *kernel), 3)
    found = convolve_transposed(x, weight, windows=windows, groups=groups)
    expected = naive.conv_transpose(x.astype(object), weight.astype(object), stride, dilation, pads, (1, 1), groups)
    assert found.dtype == np.int64
    assert (found == expected.output).all()


def test_integers_are_multiplied_exactly() -> None:
    x, weight = large((2, 5, 3), 4), drawn((4, 5), 5)
    expected = np.einsum("nip,oi->nop", x.astype(object), weight.astype(object))
    assert (linear(x, weight) == expected).all()


@pytest.mark.parametrize("kernel", [convolve, convolve_transposed])
def test_a_weight_with_other_taps_than_the_windows_is_refused(kernel: Any) -> None:
    with pytest.raises(ValueError, match=r"the weight has taps \(3,\), the windows \(2,\)"):
        kernel(np.zeros((1, 1, 5)), np.zeros((1, 1, 3)), windows=[AxisWindow(2)])
