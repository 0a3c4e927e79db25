"""Recurrent layers: what a unit sees, values that stay finite, types, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.layers import LAYERS
from cnncalc.receptive_field.dependency import pixels_seen
from tests.layers.drawing import batch
from tests.layers.execution import close, execute
from tests.layers.test_recurrence import drawn
from tests.marking import slow_but
from tests.rows import every_row

OPTIONS = [
    f"{both}{layers}{last}"
    for both in ("", ", bidirectional: true")
    for layers in ("", ", num_layers: 2")
    for last in ("", ", output: last")
]
PARTS = ("", "- slice: {end: 2}\n", "- slice: {start: 1}\n", "- slice: {start: 2}\n")
"""Of 4 channels of two directions those of the first, of both and of the second."""


@pytest.mark.parametrize("part", slow_but(PARTS[:1], PARTS))
@pytest.mark.parametrize("options", slow_but(OPTIONS[::3], OPTIONS))
@pytest.mark.parametrize("dim", [0, 1])
def test_what_is_told_of_units_is_proven(options: str, part: str, dim: int) -> None:
    layers = f"- conv1d: {{out_channels: 3, kernel_size: 2}}\n- gru: {{hidden_size: 2, dim: {dim}{options}}}\n{part}"
    try:
        network = cnncalc.load(f"input: 2x6\nlayers:\n{layers}")
    except cnncalc.CnncalcError:
        assert part
        return
    name, shape = network.nodes[-1].name, network.nodes[-1].output_shape
    for unit in np.ndindex(*shape[1:]):
        proof = network.receptive_field(name, unit or (0,), verify=True).proof
        assert proof is not None
        assert proof.mismatches == ()


@pytest.mark.parametrize(
    ("options", "expected"), [("", (0, 5)), (", num_layers: 2", (0, 5)), (", output: last", (0, 8))]
)
def test_a_step_sees_those_before_it(options: str, expected: tuple[int, int]) -> None:
    network = cnncalc.load(f"input: 2x9\nlayers:\n- lstm: {{name: a, hidden_size: 2{options}}}\n")
    [seen] = pixels_seen(network, network.tensor("a"), (0,) if "last" in options else (5,))["input"]
    assert (seen.first, seen.last) == expected
    field = network.report().layers[0].receptive_field["input"]
    assert (field.is_global, field.size, field.stride, field.padding, field.exact) == (
        True,
        (9,),
        (None,),
        (None,),
        True,
    )


@every_row("name", ["lstm", "gru", "rnn"])
@every_row("options", ["", ", bidirectional: true, num_layers: 2", ", dim: -1"])
def test_a_change_is_seen_by_the_steps_behind_it(name: str, options: str) -> None:
    """Each step of the input is moved, and the outputs watched."""
    network = cnncalc.load(f"input: 4x5\nlayers:\n- {name}: {{name: a, hidden_size: 3{options}}}\n")
    axis = 1 if "-1" in options else 2
    x = np.random.default_rng(0).standard_normal((1, 4, 5)).astype(np.float32)
    before = np.asarray(network.forward(x))
    for step in range(x.shape[axis]):
        moved = x.copy()
        np.moveaxis(moved, axis, 0)[step] += 1
        changed = (np.asarray(network.forward(moved)) != before).any((0, 3 - axis))
        np.testing.assert_array_equal(
            changed, ("two" in options or "bi" in options) | (np.arange(x.shape[axis]) >= step)
        )


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2, 64])
@pytest.mark.parametrize(
    "options", ["lstm", "gru", "rnn", "rnn: nonlinearity: relu", "rnn: num_layers: 3, nonlinearity: relu"]
)
def test_thousands_of_steps_stay_finite(options: str, size: int) -> None:
    name, _, more = options.partition(": ")
    written = f"hidden_size: {size}{', ' + more if more else ''}"
    network = cnncalc.load(f"input: 3x5000\nlayers:\n- {name}: {{{written}}}\n- linear: {{dim: 0, out_features: 2}}\n")
    x = np.random.default_rng(0).standard_normal((1, 3, 5000)).astype(np.float32)
    for seed in range(3):
        output = np.asarray(network.forward(x, seed=seed))
        assert np.isfinite(output).all()
        assert np.square(output).mean() < 100


@every_row("dtype", ["float16", "float32", "float64"])
@every_row("name", ["lstm", "gru", "rnn"])
def test_types_stay(name: str, dtype: str) -> None:
    layer = LAYERS[name](hidden_size=3, bidirectional=True)
    x = batch(0, (4, 6), dtype=dtype)
    weights = {key: array.astype(dtype) for key, array in drawn(layer, (4, 6), 1).items()}
    doubles = {key: array.astype("float64") for key, array in weights.items()}
    exact = execute(layer, x.astype("float64"), weights=doubles)
    close(execute(layer, x, weights=weights), exact, absolute={"float16": 0.02, "float32": 1e-5, "float64": 0}[dtype])


REFUSED = [
    ((7,), {}, "it takes a sequence, channels x length, and this is a vector"),
    ((3, 4, 5), {}, "it takes a sequence, channels x length, and this is a map"),
    ((3, 4), {"input_size": 4}, "`input_size` is 4, the input has 3"),
    ((3, 4), {"dim": 2}, "`dim` must be from -2 to 1, not 2"),
]


@pytest.mark.parametrize(("shape", "options", "fact"), REFUSED)
def test_refused_inputs(shape: tuple[int, ...], options: dict[str, Any], fact: str) -> None:
    with pytest.raises(LayerError) as error:
        LAYERS["lstm"](hidden_size=2, **options).output_shape([shape])
    assert error.value.fact == fact
    assert error.value.hint or "dim" in options


def test_an_input_size_that_is_the_length_tells_of_dim() -> None:
    with pytest.raises(LayerError) as error:
        LAYERS["gru"](hidden_size=2, input_size=9).output_shape([(3, 9)])
    assert error.value.hint == "the other axis has so many: `dim` says which axis is that of the features"


def test_a_projection_is_smaller_than_the_state() -> None:
    with pytest.raises(LayerError) as error:
        LAYERS["lstm"](hidden_size=3, proj_size=3)
    assert error.value.fact == "`proj_size` 3 is not smaller than `hidden_size` 3"
