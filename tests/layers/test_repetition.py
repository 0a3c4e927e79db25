"""Expansion and tiling against ONNX Runtime; in both data formats."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.layers import LAYERS
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute
from tests.onnx_engine import run_operator

Shape = tuple[int, ...]


@compares("expand")
@given(shape=shapes(largest=3), seed=seeds, layout=layouts, data=st.data())
def test_expand(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    sizes = [data.draw(st.integers(1, 4)) if size == 1 else size for size in shape]
    written = [
        -1 if size == before and data.draw(st.booleans()) else size for size, before in zip(sizes, shape, strict=True)
    ]
    expected = run_operator("Expand", x, np.array([len(x), *sizes], np.int64))
    close(execute(LAYERS["expand"](sizes=written), x, layout=layout), expected)


@compares("tile")
@given(shape=shapes(), seed=seeds, layout=layouts, data=st.data())
def test_tile(shape: Shape, seed: int, layout: Any, data: st.DataObject) -> None:
    x = batch(seed, shape)
    repeats = [data.draw(st.integers(1, 3)) for _ in shape]
    expected = run_operator("Tile", x, np.array([1, *repeats], np.int64))
    close(execute(LAYERS["tile"](repeats=repeats), x, layout=layout), expected)


def test_what_is_expanded_is_a_tensor_of_its_own() -> None:
    """It may be written to by the layer behind it, and counts with all of its bytes."""
    x = np.ones((1, 3, 1), np.float32)
    output = LAYERS["expand"](sizes=[3, 4]).forward([x], {})
    assert output.base is None
    assert output.nbytes == 4 * x.nbytes
