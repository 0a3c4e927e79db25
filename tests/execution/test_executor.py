"""The executed proof: that it passes where it should, and that it can fail."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.execution.executor import run
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer
from cnncalc.layers.convolution import Convolution

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
