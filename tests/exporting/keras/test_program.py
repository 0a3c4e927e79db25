"""Networks as Keras code: how it reads, and what it refuses.

With Keras 3.15 and TensorFlow 2.21 the programs of lenet, resnet20, mobilenet_v3_small, shufflenet_v2_x0_5, googlenet,
densenet_bc_100_12, convnext_tiny, keras_EfficientNetB0, unet, dcgan_generator, xception and yolov8n gave our output,
with drawn weights, within 1e-6 of its largest value; so did those of alexnet, zfnet, inception_v1, nin_cifar10, segnet,
resnet18, mobilenet_v2, efficientnet_b0 and densenet121, of each type in `TABLE` that `network_of` has an example of, of
average pools with padding of every kind, and of LSTMs, GRUs and simple recurrences along either axis, in one direction
and both, with one bias, two and none; that of crnn within 3e-6.
"""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest

import cnncalc
from cnncalc.exporting.keras.program import keras_code
from cnncalc.exporting.keras.table import REASONS, TABLE
from cnncalc.layers import LAYERS
from tests.layers.cases import network_of
from tests.marking import slow_after

if TYPE_CHECKING:
    from collections.abc import Callable

OTHERWISE: Final = {
    "layer_norm": "it is written over the channels alone",
    "softplus": "Keras' softplus has no options",
    "scale": "Keras has no learnt scale and shift",
    "reduce_max": "it is written with `dim` and `keepdim` alone",
    "conv": "Keras' PReLU has a slope for each channel",
    **dict.fromkeys(("lstm", "gru", "rnn"), "Keras' recurrent layers are single, and without a projection"),
    "linear": "Keras' PReLU has a slope for each channel",
}
"""What is refused in the examples of types that are written."""


@pytest.mark.parametrize("spec", ["lenet", "resnet18"])
def test_code_reads_as_a_person_would_write_it(spec: str, golden: Callable[[str, str], None]) -> None:
    golden(f"export_{spec}_keras.txt", keras_code(cnncalc.load(spec)))


@pytest.mark.parametrize("spec", slow_after(1, [(s,) for s in ("mobilenet_v3_small", "googlenet", "unet", "yolov8n")]))
def test_code_compiles_and_its_lines_are_short(spec: str) -> None:
    code = keras_code(cnncalc.load(spec))
    ast.parse(code)
    assert max(map(len, code.splitlines())) <= 88


def test_functions_are_called_after_their_scopes_or_after_what_they_do() -> None:
    def functions(spec: str) -> list[str]:
        tree = ast.parse(keras_code(cnncalc.load(spec)))
        return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and "_block" in node.name]

    assert functions("unet") == ["conv_relu_block"]
    assert functions("yolov8n")[:2] == ["conv_norm_silu_block", "conv_norm_silu_block_2"]
    assert functions("resnet18") == ["basic_block", "downsample_block", "basic_block_2"]
    assert functions("mobilenet_v2")[:2] == ["conv_norm_relu6_block", "conv_norm_relu6_block_2"]
    assert "block_block" not in functions("convnext_tiny")


def test_each_call_is_a_statement_and_each_statement_does_something() -> None:
    for spec in ("vgg16", "yolov8n"):
        lines = keras_code(cnncalc.load(spec)).splitlines()
        assert "    x = x" not in lines
        assert not [line for line in lines if line.endswith(")(") and line.startswith("    return")]
    assert '    x = features_block(inputs, name="features")' in keras_code(cnncalc.load("vgg16")).splitlines()


def test_a_shared_layer_is_made_once_and_called_twice() -> None:
    layers = [{"conv2d": {"name": "a", "out_channels": 3, "kernel_size": 1}}, {"share": "a", "name": "b"}]
    code = keras_code(cnncalc.load(layers, input="3x8x8"))
    assert code.count("layers.Conv2D(") == 1
    assert "    x = a_layer(inputs)\n    x = a_layer(x)\n" in code


@pytest.mark.parametrize("name", slow_after(3, [(name,) for name in LAYERS]))
def test_every_type_is_written_or_refused_with_a_reason(name: str) -> None:
    assert (name in {*TABLE, "split"}) != (name in REASONS)  # a split is slices
    network = network_of(name)
    if name in REASONS or name in OTHERWISE:
        with pytest.raises(cnncalc.CnncalcError) as caught:
            keras_code(network)
        assert f"): {REASONS.get(name) or OTHERWISE[name]}" in str(caught.value)
    else:
        compile(keras_code(network), name, "exec")


def test_layers_that_keras_has_no_word_for_are_told_at_once() -> None:
    layers = [{"min_pool2d": {"name": name, "kernel_size": 1}} for name in ("a", "b", "c", "d")]
    with pytest.raises(cnncalc.CnncalcError) as caught:
        keras_code(cnncalc.load(layers, input="1x4x4"))
    assert str(caught.value) == (
        "error: 4 layers cannot be written in Keras: `a` (min_pool), `b` (min_pool), `c` (min_pool) and 1 more: "
        "Keras has no pool of minima\n"
        "hint: `-o FILE.onnx` writes an ONNX file, which may have it"
    )


def called(code: str, helper: str, x: np.ndarray) -> np.ndarray:
    """What a helper of a program gives for the call that stands in `build`, with NumPy for `keras.ops`."""
    tree = ast.parse(code)
    known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = [node for node in ast.walk(known["build"]) if isinstance(node, ast.Call)]
    (call,) = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == helper]
    names = {"ops": SimpleNamespace(pad=np.pad, square=np.square, ones_like=np.ones_like, average_pool=average_pool)}
    exec(ast.unparse(known[helper]), names)
    return eval(ast.unparse(call), {**names, "inputs": x})  # type: ignore[no-any-return]


def average_pool(x: np.ndarray, size: int, strides: int) -> np.ndarray:
    """The means of square windows that do not overhang, channels last."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), (1, 2))
    return windows[:, ::strides, ::strides].mean((-2, -1))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("helper", "layer"),
    [
        ("local_response_norm", {"local_response_norm": {"size": 5, "alpha": 0.5, "k": 2}}),
        ("local_response_norm", {"local_response_norm": {"size": 4, "alpha": 2, "beta": 0.5}}),
        ("mean_pool", {"avg_pool2d": {"kernel_size": 3, "stride": 2, "ceil_mode": True}}),
        ("mean_pool", {"avg_pool2d": {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False}}),
        ("mean_pool", {"avg_pool2d": {"kernel_size": 2, "stride": 2, "padding": [[1, 0]], "count_include_pad": False}}),
    ],
)
def test_helpers_compute_what_the_layers_do(helper: str, layer: dict[str, Any]) -> None:
    network = cnncalc.load([layer], input="6x7x8" if helper == "local_response_norm" else "3x8x8")
    x = np.random.default_rng(0).normal(size=(2, *network.inputs["input"])).astype("float32")
    ours: Any = network.forward(x)
    found = called(keras_code(network), helper, np.moveaxis(x, 1, -1))
    np.testing.assert_allclose(np.moveaxis(found, -1, 1), ours, rtol=1e-5, atol=1e-6)


def test_padding_that_counts_is_padded_before_what_overhangs() -> None:
    layer = {"avg_pool2d": {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}}
    lines = keras_code(cnncalc.load([layer, "relu"], input="3x8x8")).splitlines()
    at = lines.index("    x = layers.ZeroPadding2D(1)(inputs)")
    assert lines[at + 1] == "    x = mean_pool(x, 3, 2, ((0, 1), (0, 1)))"


@pytest.mark.parametrize(
    ("activation", "line"),
    [
        ("hardsigmoid", '    x = layers.Conv2D(2, 1, activation="hard_sigmoid", name="c")(inputs)'),
        ({"hardsigmoid": {"alpha": 0.2}}, "    x = ops.clip(0.2 * x + 0.5, 0.0, 1.0)"),
        ({"gelu": {"approximate": "tanh"}}, "    x = ops.gelu(x, approximate=True)"),
        ("softplus", '    x = layers.Activation("softplus", name="c.activation")(x)'),
        ({"hardtanh": {"min_val": -2}}, "    x = ops.clip(x, -2.0, 1.0)"),
        ({"clamp": {"min": 0.5}}, "    x = ops.maximum(x, 0.5)"),
    ],
)
def test_an_activation_is_a_word_or_a_function(activation: Any, line: str) -> None:
    layer = {"conv2d": {"name": "c", "out_channels": 2, "kernel_size": 1, "activation": activation}}
    assert line in keras_code(cnncalc.load([layer, "relu"], input="3x8x8")).splitlines()


def test_a_normalisation_takes_the_statistics_that_are_loaded() -> None:
    """Keras computes with what was there when `finalize_state` was called last; with given ones it has no weights."""
    assert "layer.finalize_state()" in keras_code(cnncalc.load([{"normalize": None}], input="3x8x8"))
    assert "finalize_state" not in keras_code(cnncalc.load("lenet"))
    given = keras_code(cnncalc.load([{"normalize": {"name": "n", "mean": [1, 2, 3], "variance": 4}}], input="3x8x8"))
    assert 'layers.Normalization(mean=[1.0, 2.0, 3.0], variance=4.0, name="n")' in given
    assert "finalize_state" not in given


def test_what_is_unpooled_stands_where_its_maximum_was() -> None:
    layers = [{"max_pool2d": {"name": "pool", "kernel_size": 2}}, {"max_unpool2d": {"indices": "pool"}}, "tanh"]
    network = cnncalc.load(layers, input="3x4x6")
    code = keras_code(network)
    assert "    x = max_unpool(x, inputs, 2)" in code.splitlines()
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 6)).astype("float32")
    names: dict[str, Any] = {
        "ops": SimpleNamespace(
            **{name: getattr(np, name) for name in ("reshape", "transpose", "argmax", "expand_dims")},
            one_hot=lambda places, count, dtype: np.eye(count, dtype=dtype)[places],
        )
    }
    (helper,) = [node for node in ast.parse(code).body if getattr(node, "name", "") == "max_unpool"]
    exec(ast.unparse(helper), names)
    source = np.moveaxis(x, 1, -1)
    pooled = source.reshape(2, 2, 2, 3, 2, 3).max((2, 4))
    found = np.tanh(names["max_unpool"](pooled, source, 2))
    ours: Any = network.forward(x)
    np.testing.assert_allclose(np.moveaxis(found, -1, 1), ours, rtol=1e-6)


class Variable(SimpleNamespace):
    """A variable of Keras: its shape, and what is assigned."""

    def assign(self, array: np.ndarray) -> None:
        assert array.shape == self.shape
        self.value = array


@pytest.mark.parametrize(
    ("kind", "options", "line"),
    [
        ("LSTM", {}, 'layers.LSTM(2, return_sequences=True, name="r")(inputs)'),
        ("LSTM", {"output": "last"}, 'layers.LSTM(2, name="r")(inputs)'),
        ("GRU", {"bidirectional": True}, 'layers.Bidirectional(layers.GRU(2, return_sequences=True), name="r")('),
        ("GRU", {"recurrent_bias": False}, 'layers.GRU(2, reset_after=False, return_sequences=True, name="r")('),
        ("SimpleRNN", {"nonlinearity": "relu"}, 'layers.SimpleRNN(2, activation="relu", return_sequences=True, name='),
    ],
)
def test_recurrent_layers_and_their_biases(kind: str, options: dict[str, Any], line: str) -> None:
    """Keras has the gates of a GRU as update, reset, new, and one bias but for a GRU that resets after the product."""
    type_ = {"SimpleRNN": "rnn"}.get(kind, kind.lower())
    code = keras_code(cnncalc.load([{type_: {"name": "r", "hidden_size": 2, **options}}, "tanh"], input="3x5"))
    assert line in code
    has_two = kind == "GRU" and "recurrent_bias" not in options
    assert ("Recurrent layers have one bias" in code) == (not has_two and "recurrent_bias" not in options)
    classes = {
        name: type(name, (SimpleNamespace,), {}) for name in ("RNN", "GRU", "LSTM", "SimpleRNN", "Bidirectional")
    }
    gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[kind]
    shapes = [(3, 2 * gates), (2, 2 * gates), (2, 2 * gates) if has_two else (2 * gates,)]
    layer = classes[kind](name="r", weights=[Variable(shape=shape) for shape in shapes])
    rng = np.random.default_rng(0)
    sizes = {"weight_ih": (2 * gates, 3), "weight_hh": (2 * gates, 2), "bias_ih": (2 * gates,), "bias_hh": (2 * gates,)}
    arrays = {f"r.{name}_l0": rng.normal(size=size) for name, size in sizes.items()}
    if "recurrent_bias" in options:
        del arrays["r.bias_hh_l0"]
    names: dict[str, Any] = {"np": np, "layers": SimpleNamespace(**classes)}
    (helper,) = [node for node in ast.parse(code).body if getattr(node, "name", "") == "load_recurrence"]
    exec(ast.unparse(helper), names)
    names["load_recurrence"](layer, arrays)
    order = [2, 3, 0, 1, 4, 5] if kind == "GRU" else list(range(2 * gates))
    kernel, recurrent, bias = (variable.value for variable in layer.weights)
    np.testing.assert_array_equal(kernel, arrays["r.weight_ih_l0"][order].T)
    np.testing.assert_array_equal(recurrent, arrays["r.weight_hh_l0"][order].T)
    both = [arrays["r.bias_ih_l0"][order], arrays.get("r.bias_hh_l0", np.zeros(2 * gates))[order]]
    np.testing.assert_array_equal(bias, both if has_two else sum(both))
