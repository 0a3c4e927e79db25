"""Stacks against ONNX Runtime's Unsqueeze and Concat; in both data formats."""

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


def stacked(inputs: list[Any], axis: int) -> Any:
    place = np.array([axis], np.int64)
    return run_operator("Concat", *(run_operator("Unsqueeze", x, place) for x in inputs), axis=axis)


@compares("stack")
@given(shape=shapes(most=3), count=st.integers(1, 3), seed=seeds, layout=layouts, data=st.data())
def test_stack(shape: Shape, count: int, seed: int, layout: Any, data: st.DataObject) -> None:
    inputs = [batch(seed + number, shape) for number in range(count)]
    dim = data.draw(st.integers(0, len(shape)))
    written = dim - (len(shape) + 1) * data.draw(st.booleans())
    close(execute(LAYERS["stack"](dim=written), *inputs, layout=layout), stacked(inputs, 1 + dim))


@given(shape=shapes(most=3), seed=seeds, layout=layouts)
def test_the_new_axis_becomes_the_channels(shape: Shape, seed: int, layout: Any) -> None:
    inputs = [batch(seed + number, shape) for number in range(2)]
    axis = 1 + len(shape) if layout.channels_last else 1
    close(execute(LAYERS["stack"](), *inputs, layout=layout), stacked(inputs, axis))


def test_each_place_sees_what_its_own_input_sees() -> None:
    """Two convolutions of the same sizes and different fields, stacked along a row of two."""
    layers = (
        "- conv1d: {name: a, out_channels: 4, kernel_size: 3, padding: 1}\n"
        "- conv1d: {name: b, from: input, out_channels: 4, kernel_size: 5, padding: 2}\n"
        "- stack: {name: s, from: [a, b], dim: 1}\n"
    )
    network = cnncalc.load(f"input: 2x9\nlayers:\n{layers}")
    assert network.nodes[-1].output_shape == (4, 2, 9)
    for unit, seen in (((0, 4), (3, 5)), ((1, 4), (2, 6))):
        found = network.receptive_field("s", unit, verify=True)
        assert found.proof is not None
        assert found.proof.mismatches == ()
        assert found.seen is not None
        assert found.seen.interval == {"input": (seen,)}
