"""Embeddings against ONNX's Gather, in all ranks and both data formats; the numbers that are drawn and given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.execution import executor
from cnncalc.execution.indices import index_inputs
from cnncalc.geometry.index_set import IndexSet
from cnncalc.layers import LAYERS
from cnncalc.shapes import CHANNELS_LAST
from tests.layers import comparison
from tests.layers.comparison import compares
from tests.layers.drawing import layouts, seeds, shapes
from tests.layers.execution import close, to_internal
from tests.onnx_engine import run_operator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Shape = tuple[int, ...]


@compares("embedding")
@given(
    shape=shapes(most=3),
    count=st.integers(1, 7),
    features=st.integers(1, 4),
    seed=seeds,
    layout=layouts,
    kind=st.sampled_from(["int32", "int64", "float32"]),
    data=st.data(),
)
def test_embedding(
    shape: Shape, count: int, features: int, seed: int, layout: Any, kind: str, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    numbers = rng.integers(count, size=(2, *shape))
    table = rng.standard_normal((count, features)).astype(np.float32)
    place = data.draw(st.integers(-len(shape) - 1, len(shape)) | st.none())
    layer = LAYERS["embedding"](num_embeddings=count, embedding_dim=features, dim=place).with_layout(layout)
    comparison.record("embedding")
    x = to_internal(numbers.astype(kind), layout)
    output = layer.forward([x], {"weight": table})
    assert output.shape[1:] == layer.output_shape([x.shape[1:]])
    assert output.dtype == np.float32
    default = -1 if layout is CHANNELS_LAST else 0
    axis = (default if place is None else place) % (len(shape) + 1)
    expected = np.moveaxis(run_operator("Gather", table, numbers, axis=0), -1, 1 + axis)
    close(np.moveaxis(output, 1, -1) if layout.channels_last else output, expected)


@given(shape=shapes(least=2, most=3, largest=3), layout=layouts, data=st.data())
def test_a_value_reads_the_number_of_its_place(shape: Shape, layout: Any, data: st.DataObject) -> None:
    """What is claimed of boxes of the output, and where it can change, against what changes when a number does."""
    place = data.draw(st.integers(-len(shape) - 1, len(shape)) | st.none())
    layer = LAYERS["embedding"](num_embeddings=2, embedding_dim=3, dim=place).with_layout(layout)
    table = np.array([[0.0, 0, 0], [1, 1, 1]])
    [reading] = layer.reads([shape], layer.output_shape([shape]))
    for at in np.ndindex(*shape):
        x = np.zeros((1, *shape), int)
        x[(0, *at)] = 1
        changed = layer.forward([x], {"weight": table}) != 0
        assert np.array_equal(layer.reachable([x == 1]), changed)
        for unit in np.argwhere(changed[0]):
            box = tuple(IndexSet.span(int(n), int(n)) for n in unit)
            assert [tuple(axis.first for axis in part) for part in reading.sources(box)] == [at]


@pytest.mark.parametrize(
    ("options", "shape", "fact"),
    [
        ({}, (2, 3, 4, 5), "8 x 2 x 3 x 4 x 5 would have 5 axes, and 4 are the most"),
        ({"dim": 2}, (7,), "`dim` must be from -2 to 1, not 2"),
    ],
)
def test_what_cannot_be_looked_up(options: dict[str, Any], shape: Shape, fact: str) -> None:
    layer = LAYERS["embedding"](num_embeddings=9, embedding_dim=8, **options)
    with pytest.raises(LayerError) as caught:
        layer.output_shape([shape])
    assert caught.value.fact == fact


def test_a_number_of_padding_is_one_of_the_numbers() -> None:
    """As in torch.nn.Embedding; its row is there and counted."""
    layer = LAYERS["embedding"](num_embeddings=10, embedding_dim=3, padding_idx=-10)
    assert layer.weight_shapes([(4,)]) == {"weight": (10, 3)}
    with pytest.raises(LayerError, match="`padding_idx` must be from -10 to 9, not 10"):
        LAYERS["embedding"](num_embeddings=10, embedding_dim=3, padding_idx=10)


TEXT = """
inputs: {words: [7], image: 4x7}
layers:
  - flatten: {name: same, from: words}
  - embedding: {name: short, num_embeddings: 5, embedding_dim: 4}
  - embedding: {name: long, num_embeddings: 50000, embedding_dim: 4, from: words}
  - add: {from: [short, long, image]}
"""


def test_whole_numbers_are_drawn_for_what_is_looked_up() -> None:
    """Those that every table has, through layers that pass values on; other inputs are drawn as ever."""
    network = cnncalc.load(TEXT)
    assert index_inputs(network) == {"words": (5, "short", True)}
    report, _ = executor.run(network, read=range(2))
    assert report.ok
    words = report.input_values["words"].values
    assert words is not None
    assert set(words) <= {0, 1, 2, 3, 4}
    assert len(set(words)) > 1
    image = report.input_values["image"]
    assert image.values is not None
    assert image.minimum is not None
    assert image.minimum < 0


def test_numbers_that_others_take_too_are_floats() -> None:
    """And no layer that computes passes numbers on."""
    network = cnncalc.load(f"{TEXT}  - reshape: {{shape: [1, 7], from: words}}\n  - relu\n")
    assert index_inputs(network) == {"words": (5, "short", False)}
    assert executor.run(network)[0].ok
    relu = cnncalc.load("input: [7]\nlayers:\n- relu\n- embedding: {name: e, num_embeddings: 5, embedding_dim: 4}\n")
    assert index_inputs(relu) == {}
    with pytest.raises(cnncalc.CnncalcError, match="`e` looks up whole numbers, and `relu_1` computes others"):
        executor.run(relu)


NET = "input: [4]\nlayers:\n- embedding: {name: e, num_embeddings: 16777218, embedding_dim: 1, weight: 0.5}\n"


@pytest.mark.slow
def test_large_numbers_are_not_rounded() -> None:
    """Floats of 32 bits have no 16,777,217."""
    network = cnncalc.load(NET)
    found: Any = network.forward([0, 1, 2**24, 2**24 + 1])
    assert found.tolist() == [[0.5] * 4]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([0, 1, 2, 9], "`input` has the value 9, and `e` looks up whole numbers from 0 to 8"),
        ([0, -1, 2, 3], "`input` has the value -1, and `e` looks up whole numbers from 0 to 8"),
        ([0.5, 1, 2, 3], "`input` has the value 0.5, and `e` looks up whole numbers from 0 to 8"),
        ([0, 1, 2, float("nan")], "`input` has the value nan, and `e` looks up whole numbers from 0 to 8"),
    ],
)
def test_numbers_that_are_given_must_be_there(numbers: list[float], told: str) -> None:
    network = cnncalc.load(NET.replace("16777218", "9"))
    with pytest.raises(cnncalc.CnncalcError) as caught:
        network.forward(numbers)
    assert str(caught.value) == f"error: {told}"


def test_by_the_command_line(run: Callable[..., Any], tmp_path: Path) -> None:
    spec, numbers = tmp_path / "net.yaml", tmp_path / "words.csv"
    spec.write_text(
        "input: [4]\nlayers:\n- embedding: {num_embeddings: 3, embedding_dim: 2, weight: [[1, 2], [3, 4], [5, 6]]}\n"
    )
    numbers.write_text("2,0,1,2\n")
    result = run("run", str(spec), "--data", str(numbers), "-o", str(tmp_path / "out.npy"))
    assert result.status == 0
    assert np.load(tmp_path / "out.npy").tolist() == [[5, 1, 3, 5], [6, 2, 4, 6]]
    numbers.write_text("2,0,1,3\n")
    result = run("run", str(spec), "--data", str(numbers))
    assert (result.status, result.err) == (
        2,
        "error: `input` has the value 3, and `embedding_1` looks up whole numbers from 0 to 2\n",
    )
