"""FLOPs against arithmetic that counts itself, and the arrays that are drawn."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.execution.executor import run
from cnncalc.execution.weights import WeightDraw
from cnncalc.layers import LAYERS
from tests.layers.cases import POINTWISE, RECURRENT, REQUIRED
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array


class Counted:
    """A number that counts what is done with it; comparisons are counted where one of two values is chosen."""

    operations = 0

    def _one(self, *_: object) -> Counted:
        Counted.operations += 1
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = _one
    __pow__ = exp = log = tanh = erf = sqrt = absolute = _one

    def largest(self, *_: object) -> Counted:
        return self._one()

    smallest = above = largest


def sigmoid(x: Counted) -> Counted:
    return 1 / (1 + (-x).exp())


PER_VALUE: dict[str, Callable[[Counted], Any]] = {
    "relu": lambda x: x.largest(0),
    "relu6": lambda x: x.largest(0).smallest(6),
    "leaky_relu": lambda x: x.above(0) * 0.01,
    "prelu": lambda x: x.above(0) * 0.25,
    "hardtanh": lambda x: x.largest(-1).smallest(1),
    "hardsigmoid": lambda x: (x / 6 + 0.5).largest(0).smallest(1),
    "hardswish": lambda x: x * (x / 6 + 0.5).largest(0).smallest(1),
    "threshold": lambda x: x.above(0),
    "elu": lambda x: (x.above(0).exp() - 1) * 1.0,
    "selu": lambda x: (x.above(0).exp() - 1) * 1.67 * 1.05,
    "celu": lambda x: ((x.above(0) / 1.0).exp() - 1) * 1.0,
    "gelu": lambda x: x * (1 + (x / 1.414).erf()) / 2,
    "silu": lambda x: x / (1 + (-x).exp()),
    "mish": lambda x: x * (1 + x.exp()).log().tanh(),
    "sigmoid": sigmoid,
    "log_sigmoid": lambda x: sigmoid(x).log(),
    "tanh": lambda x: x.tanh(),
    "softplus": lambda x: (1 + (x * 1.0).exp()).log() / 1.0,
    "softsign": lambda x: x / (1 + x.absolute()),
    **{
        name: lambda x: x.exp()
        for name in ("exp", "log", "sqrt", "square", "abs", "neg", "sign", "floor", "ceil", "round", "sin", "cos")
    },
    "erf": lambda x: x.erf(),
    "rsqrt": lambda x: 1 / x.sqrt(),
    "reciprocal": lambda x: 1 / x,
    "power": lambda x: x**2,
    "clamp": lambda x: x.largest(0.1),
    "softmax": lambda x: [x.largest(x), (x - x).exp() + x, x / x],
    "log_softmax": lambda x: [x.largest(x), (x - x).exp() + x, x - x],
    "batch_norm": lambda x: x * 1.0 + 1.0,
    "layer_norm": lambda x: [x + x, (x - x) * x + x, (x - x) / x * 1.0 + 1.0],
    "group_norm": lambda x: [x + x, (x - x) * x + x, x * 1.0 + 1.0],
    "instance_norm": lambda x: [x + x, (x - x) * x + x, x * 1.0 + 1.0],
    "local_response_norm": lambda x: [x * x, x + x + x, x / (x * 0.1 + 1) ** 0.75],
    "normalize": lambda x: (x - 0.5) / 0.2,
    "scale": lambda x: x * 0.5,
}
"""The definition of each type, for one value; sums and maxima over many count one a value."""


@every_row("name", PER_VALUE)
def test_flops_are_the_operations_of_the_definition(name: str) -> None:
    shape = (4, 6, 8)
    Counted.operations = 0
    PER_VALUE[name](Counted())
    assert LAYERS[name](**REQUIRED.get(name, {})).flops([shape], shape) == Counted.operations * prod(shape)


@pytest.mark.parametrize(
    ("name", "operations"), [("add", 2), ("subtract", 2), ("multiply", 2), ("divide", 2), ("average", 3)]
)
def test_flops_of_three_inputs_and_one_output(name: str, operations: int) -> None:
    shape = (4, 6, 8)
    layer = LAYERS[name]()
    assert layer.flops([shape, (4, 1, 1), shape], shape) == operations * prod(shape)


def test_the_tanh_of_gelu_costs_more() -> None:
    Counted.operations = 0
    x: Any = Counted()
    _ = x * (1 + ((x + x * x * x * 0.044715) * 0.8).tanh()) / 2
    assert LAYERS["gelu"](approximate="tanh").flops([(5,)], (5,)) == 5 * Counted.operations


WITH_MACS = {"linear", "squeeze_excite", "matmul", *RECURRENT, "scaled_dot_product_attention", "multihead_attention"}


@every_row("name", sorted(set(POINTWISE) - WITH_MACS))
def test_only_weighted_sums_have_macs(name: str) -> None:
    assert LAYERS[name](**REQUIRED.get(name, {})).macs([(4, 6, 8)], (4, 6, 8)) == 0


def drawn(entry: str) -> dict[str, Array]:
    """The arrays of one layer behind an input of 3 x 8 x 8."""
    network = cnncalc.load(f"input: 3x8x8\nlayers:\n  - {entry}\n")
    return WeightDraw(network, 1, "float64").arrays(network.nodes[0])


@pytest.mark.parametrize(
    ("entry", "name", "around"),
    [
        ("prelu: {num_parameters: 3}", "weight", 0.25),
        ("conv2d: {out_channels: 4, kernel_size: 1, activation: prelu}", "activation.weight", 0.25),
        ("squeeze_excite: {squeeze_channels: 2, activation: prelu}", "activation.weight", 0.25),
        ("squeeze_excite: {squeeze_channels: 2}", "fc1.bias", 0.0),
        ("layer_norm: {dims: [0, 1, 2]}", "weight", 1.0),
        ("layer_norm: {dims: [0, 1, 2]}", "bias", 0.0),
        ("scale", "weight", 1.0),
    ],
)
def test_weights_are_drawn_around(entry: str, name: str, around: float) -> None:
    np.testing.assert_allclose(drawn(entry)[name], around, atol=0.1)


@every_row(
    ("entry", "name", "values"),
    [
        ("normalize: {mean: {constant: 2}}", "mean", [2, 2, 2]),
        ("normalize", "mean", [0, 0, 0]),
        ("normalize", "variance", [1, 1, 1]),
        ("normalize", "count", [0]),
        ("scale: {value: 1e-6, bias: zeros}", "weight", [1e-6] * 3),
        ("scale: {value: 1e-6, bias: zeros}", "bias", [0, 0, 0]),
        ("prelu: {weight: 0.1}", "weight", [0.1]),
        ("conv2d: {out_channels: 4, kernel_size: 1, activation: {prelu: {weight: 0.1}}}", "activation.weight", [0.1]),
    ],
)
def test_given_arrays_are_taken(entry: str, name: str, values: list[float]) -> None:
    np.testing.assert_array_equal(drawn(entry)[name], values)


@pytest.mark.parametrize("word", ["null", "linear"])
def test_no_activation(word: str) -> None:
    network = cnncalc.load(f"input: 4\nlayers:\n  - linear: {{out_features: 2, activation: {word}}}\n")
    assert network.report().layers[0].activation is None


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("normalize: {mean: [1, 2], variance: 1}", "`mean` is 2, which does not broadcast to 3"),
        ("conv2d: {out_channels: 4, kernel_size: 1, activation: {prelu: {weight: [1, 2]}}}", "does not broadcast to 1"),
        (
            "conv2d: {out_channels: 4, kernel_size: 1, activation: {softmax: {dim: 3}}}",
            "`activation` softmax: `dim` must be from -3 to 2, not 3",
        ),
    ],
)
def test_what_cannot_fit_is_told_before_the_work_starts(entry: str, message: str) -> None:
    with pytest.raises(cnncalc.CnncalcError, match="cannot take 3 x 8 x 8") as caught:
        drawn(entry)
    assert message in str(caught.value)


def test_axes_are_counted_as_the_spec_writes_shapes() -> None:
    """Channels last: dim 1 is the width, reshape reads channels fastest, and an activation's axes follow too."""
    text = (
        "data_format: channels_last\ninput: 4x6x2\nlayers:\n"
        "  - softmax: {name: soft, dim: 1}\n"
        "  - reshape: {name: wide, shape: [3, 2, -1], from: input}\n"
        "  - linear: {name: sums, dim: 2, out_features: 3, weight: 1, bias: false, activation: {softmax: {dim: 1}},"
        " from: input}\n"
        "  - layer_norm: {name: norm, dims: [1], affine: false, from: input}\n"
        "outputs: [soft, wide, sums, norm]\n"
    )
    network = cnncalc.load(text)
    assert run(network)[0].ok
    x = np.random.default_rng(2).normal(size=(4, 6, 2)).astype(np.float32)
    outputs = network.forward(x)
    assert isinstance(outputs, dict)

    def softmax(y: Any) -> Any:
        return np.exp(y) / np.exp(y).sum(1, keepdims=True)

    summed = np.repeat(x.sum(2, keepdims=True), 3, 2)
    normal = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5)
    for name, expected in (
        ("soft", softmax(x)),
        ("wide", x.reshape(3, 2, 8)),
        ("sums", softmax(summed)),
        ("norm", normal),
    ):
        np.testing.assert_allclose(outputs[name], expected, rtol=1e-4, atol=1e-5)
