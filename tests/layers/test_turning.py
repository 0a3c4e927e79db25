"""Rolls and flips against ONNX Runtime, which has a roll as two slices joined; in both data formats."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.layers import LAYERS
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute
from tests.onnx_engine import run_operator

Shape = tuple[int, ...]
FAR = 2**31 - 1


def part(x: Any, start: int, end: int, axis: int, step: int = 1) -> Any:
    return run_operator("Slice", x, *(np.array([value], np.int64) for value in (start, end, axis, step)))


def some_dims(data: st.DataObject, shape: Shape) -> tuple[list[int], list[int]]:
    """Some axes, and how a spec may write them."""
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
    return dims, [dim - len(shape) * data.draw(st.booleans()) for dim in dims]


@compares("flip")
@given(shape=shapes(), seed=seeds, layout=layouts, data=st.data())
def test_flip(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = expected = batch(seed, shape)
    dims, written = some_dims(data, shape)
    for dim in dims:
        expected = part(expected, FAR, -FAR, 1 + dim, -1)
    close(execute(LAYERS["flip"](dim=written), x, layout=layout), expected)


@compares("roll")
@given(shape=shapes(), seed=seeds, layout=layouts, data=st.data())
def test_roll(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = expected = batch(seed, shape)
    dims, written = some_dims(data, shape)
    shifts = [data.draw(st.integers(-9, 9)) for _ in dims]
    for dim, shift in zip(dims, shifts, strict=True):
        cut = -shift % shape[dim]
        parts = [part(expected, cut, FAR, 1 + dim), part(expected, 0, cut, 1 + dim)] if cut else [expected]
        expected = run_operator("Concat", *parts, axis=1 + dim)
    close(execute(LAYERS["roll"](shifts=shifts, dim=written), x, layout=layout), expected)


def fields(layers: str, shape: str = "1x9x12") -> Any:
    network = cnncalc.load(f"input: {shape}\nlayers:\n- conv: {{out_channels: 2, kernel_size: 3}}\n{layers}")
    return network.report().layers[-1].receptive_field["input"]


def test_a_flip_turns_the_stride_and_nothing_else() -> None:
    """Unit 0 sees the last pixels, from 9 on; behind two flips all is as it was."""
    once, twice = (fields("- flip: {dim: 2}\n" * times) for times in (1, 2))
    assert (once.size, once.stride, once.padding) == ((3, 3), ((1, 1), (-1, 1)), (0, -9))
    assert (twice.size, twice.stride, twice.padding) == ((3, 3), ((1, 1), (1, 1)), (0, 0))
    behind = fields("- flip: {dim: 2}\n- conv: {out_channels: 1, kernel_size: 2, stride: 2}\n")
    assert (behind.size, behind.stride, behind.padding) == ((4, 4), ((2, 1), (-2, 1)), (0, -8))
    assert once.exact
    assert behind.exact


def test_units_over_the_seam_of_a_roll_see_both_ends() -> None:
    rolled = fields("- roll: {shifts: 2, dim: 1}\n")
    assert (rolled.size, rolled.stride, rolled.padding) == ((3, 3), (None, (1, 1)), (-5, 0))
    assert fields("- roll: {shifts: 2, dim: 1}\n- conv: {out_channels: 1, kernel_size: 2}\n").size == (9, 4)
    back = fields("- roll: {shifts: 2, dim: 1}\n- roll: {shifts: -2, dim: 1}\n")
    assert (back.size, back.stride, back.padding) == ((3, 3), ((1, 1), (1, 1)), (0, 0))
