"""Merges against ONNX Runtime, with broadcasting over any axes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.layers import LAYERS
from cnncalc.layers.merging import Concat
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute
from tests.onnx_engine import run_operator


@compares("average")
@given(shape=shapes(), count=st.integers(2, 4), seed=seeds, layout=layouts, data=st.data())
def test_average(shape: tuple[int, ...], count: int, seed: int, layout: Any, data: st.DataObject) -> None:
    """Any axis of any input may be 1, as long as the others say what it is."""
    ones = [[data.draw(st.booleans()) for _ in shape] for _ in range(count)]
    inputs = [
        batch(seed + number, [1 if one else size for one, size in zip(row, shape, strict=True)])
        for number, row in enumerate(ones)
    ]
    close(execute(LAYERS["average"](), *inputs, layout=layout), run_operator("Mean", *inputs))


@compares("concat")
@given(
    shape=shapes(),
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    seed=seeds,
    layout=layouts,
    data=st.data(),
)
def test_concat(shape: tuple[int, ...], sizes: list[int], seed: int, layout: Any, data: st.DataObject) -> None:
    channels = len(shape) - 1 if layout.channels_last else 0
    dim = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
    axis = channels if dim is None else dim % len(shape)
    inputs = [batch(seed + n, (*shape[:axis], size, *shape[axis + 1 :])) for n, size in enumerate(sizes)]
    layer = Concat() if dim is None else Concat(dim=dim)
    close(execute(layer, *inputs, layout=layout), run_operator("Concat", *inputs, axis=1 + axis))
