"""Slices against ONNX Runtime, along one axis and several, forwards and backwards; in both data formats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.layers import LAYERS
from cnncalc.reports.registry import render
from cnncalc.reports.style import PLAIN
from tests.layers.comparison import compares, record
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute
from tests.onnx_engine import run_operator

Shape = tuple[int, ...]
Bounds = tuple[int | None, int | None, int]


@st.composite
def bounds(draw: st.DrawFn, size: int) -> Bounds:
    """Bounds that leave something of an axis of this size."""
    ends = st.none() | st.integers(-size - 3, size + 3)
    drawn = st.tuples(ends, ends, st.integers(1, 4) | st.integers(-4, -1))
    return draw(drawn.filter(lambda found: len(range(*slice(*found).indices(size))) > 0))


@st.composite
def sizes_of(draw: st.DrawFn, whole: int) -> list[int]:
    """Sizes of at least 1 that add up to a whole."""
    cuts = sorted(draw(st.sets(st.integers(1, whole - 1)))) if whole > 1 else []
    return [end - start for start, end in zip([0, *cuts], [*cuts, whole], strict=True)]


def onnx_ends(start: int | None, end: int | None, step: int) -> tuple[int, int]:
    """The bounds as ONNX writes those that are left out."""
    far = 2**31 - 1
    return (
        (0 if step > 0 else far) if start is None else start,
        (far if step > 0 else -far) if end is None else end,
    )


def sliced(x: Any, dims: list[int], each: list[Bounds]) -> Any:
    starts, ends = zip(*(onnx_ends(*one) for one in each), strict=True)
    rows = (starts, ends, [1 + dim for dim in dims], [step for _, _, step in each])
    return run_operator("Slice", x, *(np.array(row, np.int64) for row in rows))


@compares("slice")
@given(shape=shapes(largest=9), seed=seeds, layout=layouts, data=st.data())
def test_slice(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    dim = data.draw(st.integers(0, len(shape) - 1))
    start, end, step = one = data.draw(bounds(shape[dim]))
    given_options = {"start": start, "end": end, "step": None if step == 1 else step}
    options = {name: value for name, value in given_options.items() if value is not None}
    close(execute(LAYERS["slice"](dim=dim, **options), x, layout=layout), sliced(x, [dim], [one]))


@given(shape=shapes(largest=9), seed=seeds, layout=layouts, data=st.data())
def test_several_axes(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    dims = data.draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
    each = [data.draw(bounds(shape[dim])) for dim in dims]
    starts, ends, steps = map(list, zip(*each, strict=True))
    written = [dim - len(shape) * data.draw(st.booleans()) for dim in dims]
    layer = LAYERS["slice"](dim=written, start=starts, end=ends, step=steps)
    close(execute(layer, x, layout=layout), sliced(x, dims, each))


def test_one_number_holds_for_all_axes() -> None:
    layer = LAYERS["slice"](dim=[1, 2], start=1, end=-1, step=2)
    assert layer.output_shape([(3, 9, 8)]) == (3, 4, 3)


@compares("split")
@given(shape=shapes(largest=6), seed=seeds, layout=layouts, data=st.data())
def test_split(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    """Into equal parts, or into parts of given sizes, one of which may be left to be found."""
    x = batch(seed, shape)
    dim = data.draw(st.integers(0, len(shape) - 1))
    sizes = data.draw(sizes_of(shape[dim]))
    written: Any = [-1 if n == data.draw(st.sampled_from([0, None])) else size for n, size in enumerate(sizes)]
    if len(set(sizes)) == 1 and data.draw(st.booleans()):
        written = len(sizes)
    layer = LAYERS["split"](sections=written, dim=dim - len(shape) * data.draw(st.booleans())).with_layout(layout)
    parts = list(layer.parts(layout.internal(shape)))
    assert len(parts) == len(sizes)
    for number, part in enumerate(parts):
        split_sizes = np.array(sizes, np.int64)
        close(
            execute(part, x, layout=layout),
            run_operator("Split", x, split_sizes, axis=1 + dim, output=number, outputs=len(sizes)),
        )
    record("split")


FORMULAS = [
    ("end: -2", "H_out = end + H_in = (-2) + 10 = 8"),
    ("step: 3", "H_out = ceil(H_in / step) = ceil(10 / 3) = 4"),
    ("step: -1", "H_out = H_in = 10"),
    ("step: -3", "H_out = ceil(H_in / 3) = ceil(10 / 3) = 4"),
    ("start: -3, end: 1, step: -2", "H_out = ceil((max(start + H_in + 1, 0) - (end + 1)) / 2)"),
]


@pytest.mark.parametrize(("bounds", "formula"), FORMULAS)
def test_formulas(bounds: str, formula: str) -> None:
    network = cnncalc.load(f"input: 3x10x12\nlayers:\n- slice: {{name: s, dim: 1, {bounds}}}\n")
    text = " ".join(render("explanation", "table", network.explain("s"), PLAIN).split())
    assert formula in text
