"""The executed proof: that it passes where it should, and that it can fail."""

from __future__ import annotations

import weakref
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.execution import executor, resources
from cnncalc.execution.executor import run
from cnncalc.execution.tensors import statistics
from cnncalc.execution.weights import WeightDraw
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer
from cnncalc.layers.convolution import Convolution
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class WrongShape(Convolution):
    """Forgets the stride in its shape rule."""

    type_name = "wrong_shape"

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """As if the stride were 1."""
        channels, *sizes = inputs[0]
        del channels
        return (self.out_channels, *sizes)


class UnusedBias(Convolution):
    """Counts a second bias that its forward pass does not read."""

    type_name = "unused_bias"

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """One array too many."""
        return {**super().weight_shapes(inputs), "second_bias": (self.out_channels,)}


class WrongWeight(Convolution):
    """Counts a weight that does not fit its input."""

    type_name = "wrong_weight"

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """One input channel too many."""
        out, channels, *kernel = super().weight_shapes(inputs)["weight"]
        return {"weight": (out, channels + 1, *kernel), "bias": (out,)}


class Infinite(Layer):
    """Divides by zero."""

    type_name = "infinite"

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """All values infinite."""
        del weights
        return inputs[0] / 0


FAULTY: dict[str, type[Layer]] = {kind.type_name: kind for kind in (WrongShape, UnusedBias, WrongWeight, Infinite)}
CONV = "{name: wrong, out_channels: 4, kernel_size: 3, stride: 2, padding: 1}"


@pytest.mark.parametrize(
    ("layer", "fault"),
    [
        (f"wrong_shape: {CONV}", "came out as 4 x 4 x 4"),
        (f"unused_bias: {CONV}", "counts a `second_bias` that its forward pass does not read"),
        ("infinite: {name: wrong}", "has values that are not finite"),
    ],
)
def test_a_wrong_layer_is_found(layer: str, fault: str) -> None:
    text = f"input: 2x8x8\nlayers:\n  - {layer}\n  - relu: {{name: after}}\n"
    report, _ = run(cnncalc.load(text, layers={**LAYERS, **FAULTY}))
    assert not report.ok
    assert report.layers[0].faults == (fault,)
    assert report.layers[0].name == "wrong"


def test_an_output_that_cannot_be_computed_is_an_error() -> None:
    network = cnncalc.load(f"input: 2x8x8\nlayers:\n  - wrong_weight: {CONV}\n", layers={**LAYERS, **FAULTY})
    with pytest.raises(cnncalc.CnncalcError, match="`wrong` could not be executed: "):
        network.forward()


def test_a_layer_that_cannot_be_executed_stops_what_needs_it() -> None:
    text = (
        f"input: 2x8x8\nlayers:\n  - wrong_weight: {CONV}\n  - relu: {{name: a}}\n  - relu: {{name: b, from: input}}\n"
    )
    report, _ = run(cnncalc.load(text, layers={**LAYERS, **FAULTY}))
    wrong, needs_it, does_not = report.layers
    assert wrong.faults[0].startswith("could not be executed: ")
    assert wrong.actual_shape is None
    assert needs_it.faults == ("could not be executed without its inputs",)
    assert does_not.ok
    assert report.mismatches == 2


def test_what_is_right_is_found_right() -> None:
    report, outputs = run(cnncalc.load("lenet"))
    assert report.ok
    assert [layer.actual_shape for layer in report.layers] == [layer.expected_shape for layer in report.layers]
    assert report.parameters == 61706
    np.testing.assert_allclose(outputs["softmax_1"].sum(), 1, rtol=1e-6)


def test_the_seed_decides() -> None:
    network = cnncalc.load("lenet")
    first, again, other = (network.forward(seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(np.asarray(first), np.asarray(other))


def test_a_layer_has_the_same_weights_whatever_stands_before_it() -> None:
    layer = "  - linear: {name: fc, out_features: 3}\n"
    image = np.ones(5)
    alone = cnncalc.load(f"input: 5\nlayers:\n{layer}").forward(image)
    behind = cnncalc.load(f"input: 5\nlayers:\n  - identity\n{layer}").forward(image)
    np.testing.assert_array_equal(alone, behind)


DEEP = {
    "plain": "conv: {out_channels: 8, kernel_size: 3, padding: 1, activation: relu}",
    "residual": "residual: {layers: [conv: {out_channels: 8, kernel_size: 1}, relu]}",
    "normed": "residual: {layers: [conv: {out_channels: 8, kernel_size: 1}, batch_norm]}",
}


@pytest.mark.parametrize("kind", slow_but({"plain"}, DEEP))
def test_values_stay_finite_through_deep_networks(kind: str) -> None:
    report, _ = run(cnncalc.load(f"input: 8x16\nlayers:\n  - repeat: 1000\n    layers: [{DEEP[kind]}]\n"))
    assert report.ok
    deviation = report.layers[-1].std
    assert deviation is not None
    assert 1e-6 < deviation < 1e6


def test_tensors_are_let_go_when_their_last_reader_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[Any]] = []
    alive: list[int] = []
    inner = Convolution.forward

    def forward(self: Convolution, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        alive.append(sum(reference() is not None for reference in made))
        output = inner(self, inputs, weights)
        made.append(weakref.ref(output))
        return output

    monkeypatch.setattr(Convolution, "forward", forward)
    run(cnncalc.load("input: 2x9\nlayers:\n  - repeat: 6\n    layers: [conv: {out_channels: 2, kernel_size: 1}]\n"))
    assert alive == [0, 1, 1, 1, 1, 1]


def test_a_network_that_does_not_fit_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    network = cnncalc.load("alexnet")
    needed = (60965224 + 2 * prod((96, 55, 55))) * 4
    monkeypatch.setattr(executor, "available", lambda: needed - 1)
    with pytest.raises(cnncalc.CnncalcError, match="does not fit in memory: its weights take"):
        run(network)
    monkeypatch.setattr(executor, "available", lambda: needed)
    executor.check_memory(network, 1, "float32")


def test_the_machine_tells_its_memory() -> None:
    room = resources.available()
    assert room is None or 2**20 < room < 2**60


ARRAYS = [
    (np.zeros((1, 28, 28)), (10,)),
    (np.zeros((3, 1, 28, 28)), (3, 10)),
    (np.zeros((1, 28, 28), np.uint8), (10,)),
    (None, (1, 10)),
]


@pytest.mark.parametrize(("array", "shape"), ARRAYS)
def test_the_output_has_a_batch_where_the_input_has(array: Any, shape: tuple[int, ...]) -> None:
    assert np.asarray(cnncalc.load("lenet").forward(array)).shape == shape


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((1, 28, 29)), "`input` is 1 x 28 x 29, and the network takes 1 x 28 x 28"),
        (np.zeros((0, 1, 28, 28)), "the inputs must have one batch size, of at least 1"),
        (np.array(["a"]), "`input` holds <U1, not real numbers"),
    ],
)
def test_arrays_that_do_not_fit(array: Any, message: str) -> None:
    with pytest.raises(cnncalc.CnncalcError, match=message):
        cnncalc.load("lenet").forward(array)


def test_several_inputs_and_outputs_go_by_name() -> None:
    text = """
inputs: {left: 1x4, right: 1x4}
outputs: [sum, product]
layers:
  - add: {name: sum, from: [left, right]}
  - multiply: {name: product, from: [left, right]}
"""
    outputs = cnncalc.load(text).forward({"left": np.full((1, 4), 2.0), "right": np.full((1, 4), 5.0)})
    assert isinstance(outputs, dict)
    assert {name: set(value.ravel().tolist()) for name, value in outputs.items()} == {"sum": {7.0}, "product": {10.0}}


def test_channels_last_data_goes_in_and_out_channels_last() -> None:
    text = "input: 4x5x2\ndata_format: channels_last\nlayers:\n  - scale: {factor: 2}\n"
    image = np.arange(40.0).reshape(4, 5, 2)
    np.testing.assert_array_equal(np.asarray(cnncalc.load(text).forward(image)), 2 * image)


INITIALISERS = {
    "zeros": (0.0, 0.0),
    "ones": (1.0, 0.0),
    "{constant: 0.1}": (0.1, 0.0),
    "normal": (0.0, 1.0),
    "uniform": (0.5, 12**-0.5),
    "kaiming_normal": (0.0, (2 / 400) ** 0.5),
    "kaiming_uniform": (0.0, (2 / 400) ** 0.5),
    "xavier_normal": (0.0, (2 / 700) ** 0.5),
    "xavier_uniform": (0.0, (2 / 700) ** 0.5),
}
"""Mean and deviation, by the definitions of torch.nn.init."""


@pytest.mark.parametrize("written", INITIALISERS)
def test_initialisers(written: str) -> None:
    text = f"input: 400\nlayers:\n  - linear: {{out_features: 300, bias: false, weight: {written}}}\n"
    weight = np.asarray(cnncalc.load(text).forward(np.eye(400)))
    mean, deviation = INITIALISERS[written]
    assert weight.mean() == pytest.approx(mean, abs=0.01)
    assert weight.std() == pytest.approx(deviation, rel=0.02, abs=1e-6)


def test_statistics_are_those_of_the_whole_array() -> None:
    values = np.random.default_rng(0).normal(3, 2, 3_000_001).astype(np.float32)
    mean, deviation = statistics(values)
    assert mean == pytest.approx(np.mean(values, dtype=np.float64), rel=1e-12)
    assert deviation == pytest.approx(np.std(values, dtype=np.float64), rel=1e-9)


TOO_LARGE = [
    ("2147483647", "relu", "tensors up to 17.2 GB"),
    ("1x2147483647x2147483647x2147483647", "relu", "tensors up to more than 1,000,000,000 GB"),
    ("1x9", "conv: {out_channels: 2147483647, kernel_size: 2147483647, padding: same}", "its weights take more than"),
    ("1x9x9x9", "upsample: {size: 2147483647}", "more than 1,000,000,000 GB"),
]


@pytest.mark.parametrize(("sizes", "layer", "message"), TOO_LARGE)
@pytest.mark.parametrize("room", [10**9, None])
def test_sizes_that_no_array_can_have_are_refused(
    sizes: str, layer: str, message: str, room: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the machine does not tell its memory, what NumPy can address is the limit."""
    network = cnncalc.load(f"input: {sizes}\nlayers:\n  - {layer}\n")
    monkeypatch.setattr(executor, "available", lambda: room)
    if room is None and "17.2" in message:
        executor.check_memory(network, 1, "float32")
        return
    with pytest.raises(cnncalc.CnncalcError, match="does not fit in memory") as caught:
        run(network)
    assert message in str(caught.value)


def test_memory_that_ends_while_weights_are_drawn_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(WeightDraw, "arrays", fail)
    with pytest.raises(cnncalc.CnncalcError, match="`c1` does not fit in memory"):
        run(cnncalc.load("lenet"))


def test_an_axis_wise_last_step_is_counted_beside_its_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    network = cnncalc.load("input: 1000\nlayers:\n  - scale: {factor: 2, activation: softmax}\n")
    for room, fits in ((12_000, True), (11_999, False)):
        monkeypatch.setattr(executor, "available", lambda room=room: room)
        if fits:
            executor.check_memory(network, 1, "float32")
        else:
            with pytest.raises(cnncalc.CnncalcError, match="does not fit"):
                executor.check_memory(network, 1, "float32")


def test_work_that_takes_hours_is_refused_before_it_starts() -> None:
    """A pool of 2,000 x 2,000 at each of 4,001 x 4,001 places compares 4,000,000 values, less one, at each."""
    pool = "max_pool: {kernel_size: 2000, stride: 1, padding: 1000}"
    network = cnncalc.load(f"name: net\ninput: 1x4000x4000\nlayers: [{pool}, {pool}]\n")
    places = [(4000 + 2000 - 2000 + 1) ** 2, (4001 + 2000 - 2000 + 1) ** 2]
    operations = sum(places) * (2000 * 2000 - 1)
    with pytest.raises(cnncalc.CnncalcError) as caught:
        run(network)
    assert caught.value.message == (
        f"net takes {operations:,} operations, and at most 100,000,000,000,000 are executed: more take hours"
    )
