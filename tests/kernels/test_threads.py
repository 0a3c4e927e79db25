"""Threads that share work: all parts are done once, failures are told, and nothing is kept."""

from __future__ import annotations

import threading
import weakref
from threading import get_ident
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from cnncalc.kernels import convolution
from cnncalc.kernels.convolution import convolve, linear
from cnncalc.kernels.threads import Scratch, in_threads, portions, sharing_threads, thread_count
from cnncalc.kernels.transposed import convolve_transposed
from cnncalc.kernels.windows import AxisWindow
from tests.layers import naive
from tests.rows import every_row


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_each_part_is_done_once(threads: int) -> None:
    done: list[int] = []
    with sharing_threads(threads):
        for count in (0, 1, 2, 100):
            done.clear()
            in_threads(done.append, range(count))
            assert sorted(done) == list(range(count))


def test_parts_are_done_at_once_and_share_nothing_further() -> None:
    """A part waits for the other, so both must run; inside of them there is one thread."""
    from threading import Barrier

    barrier, found = Barrier(2, timeout=20), set()

    def work(_: int) -> None:
        barrier.wait()
        found.add((get_ident(), thread_count()))

    with sharing_threads(2):
        in_threads(work, range(2))
        assert thread_count() == 2
    assert len(found) == 2
    assert {count for _, count in found} == {1}
    assert thread_count() == 1


@pytest.mark.parametrize("wrong", [0, 7])
def test_what_a_part_raises_is_raised(wrong: int) -> None:
    def work(part: int) -> None:
        if part == wrong:
            raise ValueError("part of it")

    with sharing_threads(2):
        with pytest.raises(ValueError, match="part of it"):
            in_threads(work, range(8))
        done: list[int] = []
        in_threads(done.append, range(4))
        assert sorted(done) == [0, 1, 2, 3]


@pytest.mark.parametrize("allowed", [0, 1])
def test_where_no_more_threads_can_be_started_those_that_are_there_do_the_work(
    allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[threading.Thread] = []

    class Refused(threading.Thread):
        def start(self) -> None:
            if len(started) == allowed:
                raise RuntimeError("can't start new thread")
            started.append(self)
            super().start()

    monkeypatch.setattr("cnncalc.kernels.threads.Thread", Refused)
    done: list[int] = []
    with sharing_threads(4):
        in_threads(done.append, range(20))
        in_threads(done.append, range(20))
    assert sorted(done) == sorted([*range(20)] * 2)
    assert len(started) == allowed


@pytest.mark.filterwarnings("error")
def test_what_the_caller_ignores_is_ignored_in_every_thread() -> None:
    from threading import Barrier

    barrier = Barrier(2, timeout=20)

    def work(_: int) -> None:
        barrier.wait()
        np.zeros(1) / np.zeros(1)

    with sharing_threads(2), np.errstate(all="ignore"):
        in_threads(work, range(2))


def test_arrays_are_let_go_when_the_work_is_done() -> None:
    array = np.ones(10)
    known = weakref.ref(array)
    with sharing_threads(3):
        in_threads(array.__getitem__, range(9))
        in_threads(lambda _: None, range(9))
        del array
        assert known() is None


def test_portions_have_all_places() -> None:
    for size in range(9):
        for count in range(1, 12):
            found = [place for part in portions(size, count) for place in range(size)[part]]
            assert found == list(range(size))


def test_scratch_that_is_lent_is_nobody_elses() -> None:
    scratch = Scratch(np.dtype(np.float32))
    with scratch.lent((2, 3), (4,)) as (first, second), scratch.lent((5,)) as (third,):
        assert not any(np.shares_memory(*pair) for pair in ((first, second), (second, third), (first, third)))
    with scratch.lent((1,)) as (again,):
        assert np.shares_memory(again, third) or np.shares_memory(again, first)


CASES = [
    ("short rows", (1, 4, 7, 7), (4, 4, 3, 3), 1, {"padding": (1, 1)}, 1),
    ("uneven borders", (1, 4, 5, 6), (3, 4, 3, 3), 1, {"padding": (2, 0)}, 1),
    ("behind the map", (1, 2, 3, 40), (2, 2, 5, 3), 1, {"padding": (1, 20)}, 1),
    ("wide borders", (1, 2, 9, 9), (3, 2, 1, 1), 1, {"padding": (3, 4)}, 1),
    ("dilated", (1, 2, 5, 5), (300, 2, 3, 3), 1, {"padding": (2, 2), "dilation": 2}, 1),
    ("dilated far", (1, 4, 9, 9), (3, 4, 3, 3), 1, {"padding": (8, 8), "dilation": 8}, 1),
    ("strided", (3, 4, 9, 11), (4, 2, 3, 3), 2, {"padding": (1, 1)}, 2),
    ("long rows", (1, 2, 3, 40), (2, 2, 3, 3), 1, {"padding": (1, 1)}, 1),
    ("channel by channel", (2, 9, 7, 7), (9, 1, 3, 3), 1, {"padding": (1, 1)}, 9),
    ("several a channel", (1, 3, 7, 7), (9, 1, 3, 3), 2, {"padding": (1, 1)}, 3),
    ("pointwise", (2, 5, 6, 6), (7, 5, 1, 1), 1, {}, 1),
    ("pointwise strided", (2, 5, 7, 7), (7, 5, 1, 1), 2, {}, 1),
    ("along one axis", (2, 3, 50), (4, 3, 5), 1, {"padding": (2, 2)}, 1),
    ("three axes", (1, 2, 3, 4, 4), (2, 2, 3, 3, 3), 1, {"padding": (1, 1)}, 1),
    ("one position", (1, 3, 1, 1), (4, 3, 3, 3), 1, {"padding": (1, 1)}, 1),
]


@every_row("shape, kernel, stride, options, groups", [row[1:] for row in CASES], [row[0] for row in CASES])
def test_convolutions_are_those_of_a_loop(
    shape: tuple[int, ...], kernel: tuple[int, ...], stride: int, options: dict[str, Any], groups: int
) -> None:
    """Every way to lay out columns and to cut tiles, against the definition in Python's integers."""
    rng = np.random.default_rng(7)
    x, weight, bias = (rng.integers(-99, 99, size) for size in (shape, kernel, kernel[:1]))
    windows = [AxisWindow(taps, stride=stride, **options) for taps in kernel[2:]]
    columns = list(zip(*(window[1:4] for window in windows), strict=True))
    expected = naive.conv(x.astype(object), weight.astype(object), columns[0], columns[1], columns[2], groups).output
    each = bias.reshape(-1, *(1,) * len(windows))
    for threads in (1, 2, 3):
        with sharing_threads(threads), patch.object(convolution, "LEAST_PRODUCTS", 0):
            assert (convolve(x, weight, bias, windows=windows, groups=groups) == expected + each).all()
            floats = convolve(x.astype(float), weight.astype(float), windows=windows, groups=groups)
        assert (floats == expected).all()


@pytest.mark.parametrize("threads", [2, 3])
def test_other_products_are_the_same_in_threads(threads: int) -> None:
    rng = np.random.default_rng(8)
    x, weight, bias = (rng.integers(-99, 99, size) for size in ((2, 6, 5, 5), (6, 7, 3, 3), (14,)))
    windows = [AxisWindow(3, stride=2, padding=(1, 0))] * 2
    rows, matrix = rng.integers(-99, 99, (3, 300)), rng.integers(-99, 99, (400, 300))

    def both() -> list[np.ndarray]:
        spread = convolve_transposed(x, weight, bias, windows=windows, groups=2)
        return [spread, linear(rows, matrix, matrix[:, 0]), linear(matrix, rows)]

    expected = both()
    with sharing_threads(threads), patch.object(convolution, "LEAST_PRODUCTS", 0):
        for one, other in zip(both(), expected, strict=True):
            assert (one == other).all()
