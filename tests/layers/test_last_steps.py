"""An activation as a layer's own last step: the same as that activation as a layer behind it, but for the row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.layers import LAYERS
from cnncalc.layers.activation_option import Activated
from tests.marking import slow_but
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

WEIGHED = {
    "conv": "out_channels: 4, kernel_size: 3",
    "conv_transpose": "out_channels: 4, kernel_size: 3, stride: 2",
    "depthwise_conv": "kernel_size: 3, padding: same",
    "separable_conv": "out_channels: 4, kernel_size: 3",
    "deform_conv": "out_channels: 4, kernel_size: 1, offset_groups: 2, from: [other, input]",
    "locally_connected": "out_channels: 4, kernel_size: 3",
    "linear": "out_features: 4, dim: 0",
    "scale": "bias: true",
    "prelu": "num_parameters: 4",
    "multihead_attention": "num_heads: 2",
    "embedding": "num_embeddings: 9, embedding_dim: 4, from: [input]",
}
NORMS = {
    "batch_norm": "eps: 0.001",
    "layer_norm": "dims: [0, 1, 2]",
    "group_norm": "num_groups: 2",
    "instance_norm": "affine: true",
    "local_response_norm": "size: 3",
    "rms_norm": "eps: 0.001",
    "l2_norm": "scale: true",
    "global_response_norm": "eps: 0.001",
    "normalize": "mean: 0.1, variance: 0.5",
}
MERGES = ("add", "subtract", "multiply", "divide", "maximum", "minimum", "average", "concat", "stack")
KINDS = {**WEIGHED, **NORMS, **dict.fromkeys(MERGES, "from: [other, input]")}
"""Every layer with weights, every norm and every merge, with options for 4 channels of 5 x 5 pixels."""

STEPS = ("relu: {}", "prelu: {weight: 0.3}", "leaky_relu: {negative_slope: 0.1}", "softmax: {dim: 1}")


def network(*layers: str) -> cnncalc.Network:
    lines = "".join(f"  - {layer}\n" for layer in ("tanh: {name: other}", *layers))
    return cnncalc.load(f"name: steps\ninput: 4x5x5\nlayers:\n{lines}")


def test_every_layer_with_weights_every_norm_and_every_merge_takes_an_activation() -> None:
    assert {name for name, kind in LAYERS.items() if issubclass(kind, Activated)} == set(KINDS)


@pytest.mark.parametrize("step", slow_but(STEPS[1:2], STEPS))
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_same_as_a_layer_behind(kind: str, step: str) -> None:
    name, options = step.split(": ", 1)
    own = network(f"{kind}: {{name: found, {KINDS[kind]}, activation: {{{step}}}}}")
    behind = network(f"{kind}: {{name: found, {KINDS[kind]}}}", f"{name}: {options}")
    found, layer, last = own.report().layers[-1], *behind.report().layers[-2:]
    assert len(own.nodes) == len(behind.nodes) - 1
    assert (found.type, found.activation) == (layer.type, name)
    assert found.output_shape == last.output_shape
    assert found.flops == layer.flops + last.flops
    assert (found.macs, found.parameters) == (layer.macs, layer.parameters + last.parameters)
    assert found.weights == {**layer.weights, **{f"activation.{key}": shape for key, shape in last.weights.items()}}
    assert found.receptive_field == last.receptive_field
    np.testing.assert_array_equal(own.forward(seed=3), behind.forward(seed=3))


@every_row("kind", KINDS)
def test_weights_of_an_activation_are_drawn_as_its_own(kind: str) -> None:
    """PReLU's slopes begin near 0.25, whatever the layer draws its own arrays around."""

    both = f"{kind}: {{name: found, {KINDS[kind]}, activation: {{prelu: {{num_parameters: 1}}}}}}"
    own = network(both)
    from cnncalc.execution.weights import WeightDraw

    drawer = WeightDraw(own, 0, "float32")
    arrays = [drawer.arrays(node) for node in own.nodes][-1]
    assert 0.15 <= float(arrays["activation.weight"][0]) <= 0.35


@pytest.mark.parametrize("merge", ["concat", "add", "multiply", "maximum", "average"])
def test_parallel_hands_its_activation_to_the_merge(merge: str) -> None:
    branches = "branches: [[tanh], [sigmoid]]"
    own = network(f"parallel: {{name: p, merge: {merge}, activation: {{elu: {{alpha: 2}}}}, {branches}}}")
    behind = network(f"parallel: {{name: p, merge: {merge}, {branches}}}", "elu: {alpha: 2}")
    assert [node.layer.last_step is not None for node in own.nodes] == [False, False, False, True]
    np.testing.assert_array_equal(own.forward(), behind.forward())


@pytest.mark.parametrize("activation", ["relu", '\'=["relu", "tanh"][0]\'', "{relu: {}}"])
def test_residual_hands_its_activation_to_the_sum(activation: str) -> None:
    own = network(f"residual: {{activation: {activation}, layers: [sigmoid]}}")
    behind = network("residual: {layers: [sigmoid]}", "relu")
    assert [(layer.type, layer.activation) for layer in own.report().layers[1:]] == [("sigmoid", None), ("add", "relu")]
    np.testing.assert_array_equal(own.forward(), behind.forward())


def test_every_command_tells_of_it(run: Callable[..., Any]) -> None:
    """As in ResNet: the sum's relu is in its type, in its FLOPs and in their formula."""
    text = (
        "input: 4x8\nlayers:\n  - residual: {name: block, activation: relu, layers: [batch_norm: {activation: relu}]}\n"
    )
    assert "batch_norm + relu" in run("summary", "-", stdin=text).out
    layers = json.loads(run("summary", "-", "--json", stdin=text).out)["layers"]
    assert [(layer["activation"], layer["flops"]) for layer in layers] == [("relu", 96), ("relu", 64)]
    assert "FLOPs = add + relu = 32 + 32 = 64" in run("explain", "-", "block", stdin=text).out
    assert "proven by execution" in run("receptive-field", "-", "block", "--unit", "3", "--verify", stdin=text).out
    assert run("run", "-", stdin=text).status == 0
    assert "activation" in run("layers", "batch_norm").out


def test_fields_by_each_input_are_those_behind_the_last_step(run: Callable[..., Any]) -> None:
    text = "input: 1x5x5\nlayers:\n  - add: {name: a, from: [input, input], activation: {softmax: {dim: 1}}}\n"
    assert "height: 0 to 4" in run("receptive-field", "-", "a", "--unit", "2,2", "--verify", stdin=text).out


WRONG = [
    ("residual: {activation: rellu, layers: [relu]}", "`residual`: `activation` has no activation `rellu`"),
    ("residual: {activation: relu, shortcut: false, layers: [relu]}", "with `shortcut: false` there is none"),
    ("residual: {activation: relu, shortcut: '=1 > 2', layers: [relu]}", "with `shortcut: false` there is none"),
    ("parallel: {activation: [], branches: [[relu]]}", "`parallel`: `activation` must be the type of an activation"),
    ("concat: {activation: {prelu: {weight: [1, 2]}}}", "`activation.weight` is 2, which does not broadcast to 1"),
    ("scale: {activation: {prelu: {activation: relu}}}", "`prelu`: an activation within a layer has none of its own"),
    ("add: {from: [other, input], activation: {prelu: {num_parameters: 3}}}", "`num_parameters` is 3, the input has 4"),
    (
        "max_pool: {kernel_size: 2, activation: relu}",
        "`max_pool_1` has no option `activation`",
    ),
]


def test_a_layer_that_has_none_is_followed_by_one(run: Callable[..., Any]) -> None:
    text = "input: 1x4\nlayers:\n  - max_pool: {kernel_size: 2, activation: relu}\n"
    assert run("summary", "-", stdin=text).err == (
        "error: <stdin>:3:32: `max_pool_1` has no option `activation`\n"
        "    3 |   - max_pool: {kernel_size: 2, activation: relu}\n"
        "      |                                ^^^^^^^^^^\n"
        "hint: write it as a layer after this one, such as `- relu`\n"
    )


@every_row(("layer", "message"), WRONG)
def test_what_cannot_be_is_refused_at_its_place(layer: str, message: str) -> None:
    with pytest.raises(cnncalc.CnncalcError) as caught:
        network(layer)
    assert message in str(caught.value)
    assert caught.value.place is not None
    assert caught.value.place.column > 1
