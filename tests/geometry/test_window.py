"""The arithmetic of one axis, against windows that are literally placed and counted."""

from __future__ import annotations

from itertools import count, product
from typing import Literal

import pytest

from cnncalc.geometry.window import TransposedWindow, Window

SIZES, KERNELS, STRIDES, DILATIONS, PADS = range(1, 13), range(1, 6), range(1, 5), range(1, 4), range(4)
WORDS: tuple[Literal["same", "same_lower"], ...] = ("same", "same_lower")


def placed(size: int, taps: list[int], stride: int, pads: tuple[int, int], *, ceil_mode: bool) -> int:
    """The windows that fit; with `ceil_mode` those that overhang by less than a stride and start before the end."""
    fitting = 0
    for start in range(0, size + sum(pads), stride):
        overhang = start + taps[-1] + 1 - (size + sum(pads))
        fitting += (overhang < stride and start < pads[0] + size) if ceil_mode else overhang <= 0
    return fitting


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_windows_with_given_padding_are_counted(ceil_mode: bool) -> None:
    for size, kernel, stride, dilation, before, after in product(SIZES, KERNELS, STRIDES, DILATIONS, PADS, PADS):
        window = Window(kernel, stride, dilation, (before, after), ceil_mode)
        taps = [tap * dilation for tap in range(kernel)]
        expected = placed(size, taps, stride, (before, after), ceil_mode=ceil_mode)
        assert window.positions(size) == expected, (window, size)
        assert window.pads(size) == (before, after)
        assert window.extent == taps[-1] + 1


@pytest.mark.parametrize("word", WORDS)
def test_same_padding_is_the_least_that_fits(word: Literal["same", "same_lower"]) -> None:
    for size, kernel, stride, dilation in product(SIZES, KERNELS, STRIDES, DILATIONS):
        window = Window(kernel, stride, dilation, word)
        starts = range(0, size, stride)
        taps = [tap * dilation for tap in range(kernel)]
        total = next(total for total in count() if starts[-1] + taps[-1] < size + total)
        small, large = sorted((total // 2, total - total // 2))
        assert window.positions(size) == len(starts), (window, size)
        assert window.pads(size) == ((small, large) if word == "same" else (large, small)), (window, size)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "before", "after", "output"),
    [
        (28, 3, 2, 0, 1, 14),
        (5, 3, 2, 1, 1, 3),
        (224, 7, 2, 2, 3, 112),
        (224, 11, 4, 3, 4, 56),
        (3, 2, 1, 0, 1, 3),
        (6, 2, 3, 0, 0, 2),
        (10, 1, 3, 0, 0, 4),
    ],
)
def test_known_same_padding(size: int, kernel: int, stride: int, before: int, after: int, output: int) -> None:
    upper = Window(kernel, stride, padding="same")
    lower = Window(kernel, stride, padding="same_lower")
    assert (*upper.pads(size), upper.positions(size)) == (before, after, output)
    assert (*lower.pads(size), lower.positions(size)) == (after, before, output)


@pytest.mark.parametrize(("size", "positions"), [(32, 16), (33, 17), (1, 1)])
def test_ceil_mode_drops_a_window_that_would_start_behind_the_input(size: int, positions: int) -> None:
    assert Window(kernel_size=1, stride=2, ceil_mode=True).positions(size) == positions


# Transposed


def reached(size: int, window: TransposedWindow) -> int:
    """One more than the last output that a tap of an input position reaches, before anything is cut."""
    return 1 + max(q * window.stride + t * window.dilation for q in range(size) for t in range(window.kernel_size))


def test_transposed_windows_reach_their_output() -> None:
    for size, kernel, stride, dilation, before, after in product(SIZES, KERNELS, STRIDES, DILATIONS, PADS, PADS):
        for added in range(max(stride, dilation)):
            window = TransposedWindow(kernel, stride, dilation, (before, after), added)
            left = range(before, reached(size, window) + added - after)
            assert window.positions(size) == len(left), (window, size)
            assert window.pads(size) == (before, after)


@pytest.mark.parametrize("word", WORDS)
def test_transposed_same_is_the_transpose_of_a_window_with_same_padding(word: Literal["same", "same_lower"]) -> None:
    for size, kernel, stride, dilation in product(SIZES, KERNELS, STRIDES, DILATIONS):
        window = TransposedWindow(kernel, stride, dilation, word)
        forward = Window(kernel, stride, dilation, word)
        assert window.positions(size) == size * stride
        assert forward.positions(size * stride) == size
        assert window.pads(size) == forward.pads(size * stride)
        assert reached(size, window) + window.added - sum(window.pads(size)) == size * stride
