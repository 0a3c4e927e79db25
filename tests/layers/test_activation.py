"""Activations against ONNX Runtime and, where ONNX has none, against the definition written out."""

from __future__ import annotations

from math import erf, exp, expm1, log, log1p, sqrt, tanh
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.layers import LAYERS
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute, per_channel
from tests.onnx_engine import run_operator
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array


class Case(NamedTuple):
    """The options that are drawn, and the oracle, which is called with the values and the options."""

    oracle: Callable[..., Any]
    options: dict[str, st.SearchStrategy[Any]] = {}  # noqa: RUF012 - never written to


def operator(name: str, **fixed: Any) -> Callable[..., Any]:
    """An ONNX operator whose attributes are the options."""
    return lambda x, **options: run_operator(name, x, **fixed, **options)


def each(function: Callable[..., float]) -> Callable[..., Any]:
    """A function of one number, for each value in double precision."""

    def oracle(x: Array, **options: Any) -> Any:
        return np.array([function(float(v), **options) for v in x.reshape(-1)]).reshape(x.shape)

    return oracle


def log_sigmoid(x: float) -> float:
    return min(x, 0.0) - log1p(exp(-abs(x)))


def softplus(x: float, beta: float = 1.0, threshold: float = 20.0) -> float:
    return x if beta * x > threshold else (max(beta * x, 0.0) + log1p(exp(-abs(beta * x)))) / beta


def gelu(x: float, approximate: str = "none") -> float:
    if approximate == "none":
        return x * (1 + erf(x / sqrt(2))) / 2
    return x * (1 + tanh(sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2


def clip(x: Array, low: float, high: float) -> Any:
    return run_operator("Clip", x, np.array(low, x.dtype), np.array(high, x.dtype))


slopes = st.floats(-2, 2)
positive = st.floats(0.1, 4)
words = st.sampled_from(["none", "tanh"])

BY_VALUE = {
    "relu": Case(operator("Relu")),
    "relu6": Case(lambda x: clip(x, 0, 6)),
    "leaky_relu": Case(
        lambda x, negative_slope=0.01: operator("LeakyRelu")(x, alpha=negative_slope), {"negative_slope": slopes}
    ),
    "elu": Case(lambda x, alpha=1.0: operator("Elu")(x, alpha=alpha), {"alpha": slopes}),
    "selu": Case(operator("Selu")),
    "celu": Case(lambda x, alpha=1.0: operator("Celu")(x, alpha=alpha), {"alpha": positive}),
    "gelu": Case(operator("Gelu", opset=20), {"approximate": words}),
    "silu": Case(lambda x: x * run_operator("Sigmoid", x)),
    "mish": Case(operator("Mish")),
    "hardswish": Case(operator("HardSwish")),
    "hardsigmoid": Case(
        lambda x, alpha=1 / 6, beta=0.5: run_operator("HardSigmoid", x, alpha=alpha, beta=beta),
        {"alpha": slopes, "beta": slopes},
    ),
    "hardtanh": Case(
        lambda x, min_val=-1.0, max_val=1.0: clip(x, min_val, max_val),
        {"min_val": st.floats(-3, -0.1), "max_val": st.floats(0, 3)},
    ),
    "sigmoid": Case(operator("Sigmoid")),
    "tanh": Case(operator("Tanh")),
    "softplus": Case(lambda x, beta=1.0: run_operator("Softplus", x * np.float32(beta)) / beta, {"beta": positive}),
    "softsign": Case(operator("Softsign")),
    "log_sigmoid": Case(each(log_sigmoid)),
    "threshold": Case(
        lambda x, threshold=0.0, value=0.0: np.where(
            x > np.float32(threshold), run_operator("ThresholdedRelu", x, alpha=threshold), np.float32(value)
        ),
        {"threshold": st.floats(0, 2), "value": slopes},
    ),
}
"""Functions of each value, by the name of the type."""

REQUIRED = {"threshold": {"threshold": 0.0, "value": 0.0}}


@compares(*BY_VALUE)
@pytest.mark.parametrize("name", BY_VALUE)
def test_values_are_those_of_the_engine(name: str) -> None:
    case = BY_VALUE[name]

    @given(shape=shapes(), seed=seeds, scale=st.sampled_from([0.1, 1.0, 5.0, 30.0]), data=st.data())
    def check(shape: tuple[int, ...], seed: int, scale: float, data: st.DataObject) -> None:
        chosen = data.draw(st.fixed_dictionaries({}, optional=case.options))
        options = {**REQUIRED.get(name, {}), **chosen}
        x = batch(seed, shape, scale)
        close(execute(LAYERS[name](**options), x), case.oracle(x, **options))

    check()


@every_row(
    ("name", "function", "options"),
    [
        ("gelu", gelu, {}),
        ("gelu", gelu, {"approximate": "tanh"}),
        ("softplus", softplus, {}),
        ("softplus", softplus, {"beta": 3.0, "threshold": 2.0}),
        ("log_sigmoid", log_sigmoid, {}),
        ("mish", lambda x: x * tanh(softplus(x, threshold=np.inf)), {}),
        ("silu", lambda x: x / (1 + exp(-x)) if x > -700 else 0.0, {}),
        ("sigmoid", lambda x: 1 / (1 + exp(-x)) if x > -700 else 0.0, {}),
        ("elu", lambda x: x if x > 0 else expm1(x), {}),
    ],
)
def test_functions_in_double_precision(name: str, function: Callable[..., float], options: dict[str, Any]) -> None:
    """As good as the math library's, over the whole range, without overflow."""
    x = np.concatenate([np.linspace(-40, 40, 8001), [-1e30, -1e4, 1e4, 1e30, 0.0]])[np.newaxis]
    x = x if name not in ("sigmoid", "silu", "mish") else x.clip(-300, 300)
    expected = each(function)(x, **options)
    np.testing.assert_allclose(execute(LAYERS[name](**options), x), expected, rtol=1e-12, atol=1e-13)


@every_row("name", [*BY_VALUE, "softmax", "log_softmax"])
def test_large_values_stay_finite(name: str) -> None:
    x = np.array([[-3e38, -1e20, -1e3, -89.0, 0.0, 89.0, 1e3, 1e20]], np.float32)
    assert np.isfinite(execute(LAYERS[name](**REQUIRED.get(name, {})), x)).all()


@compares("prelu")
@given(shape=shapes(), seed=seeds, by_channel=st.booleans(), layout=layouts)
def test_prelu(shape: tuple[int, ...], seed: int, by_channel: bool, layout: Any) -> None:
    x = batch(seed, shape)
    axis = x.ndim - 1 if layout.channels_last else 1
    slope = batch(seed + 1, (x.shape[axis] if by_channel else 1,), samples=1)[0]
    layer = LAYERS["prelu"](num_parameters=len(slope))
    assert layer.weight_shapes([shape]) == {"weight": slope.shape}
    expected = run_operator("PRelu", x, per_channel(slope, axis, x.ndim) if by_channel else slope)
    close(execute(layer, x, layout=layout, weights={"weight": slope}), expected)


@compares("prelu")
@given(shape=shapes(), seed=seeds, layout=layouts, data=st.data())
def test_prelu_with_shared_axes(shape: tuple[int, ...], seed: int, layout: Any, data: st.DataObject) -> None:
    """The slopes have size 1 along those axes, which ONNX broadcasts; the array has its channels first."""
    x = batch(seed, shape)
    shared = data.draw(st.lists(st.integers(0, len(shape) - 1), max_size=len(shape), unique=True))
    written = [dim - len(shape) * data.draw(st.booleans()) for dim in shared]
    slopes = batch(seed + 1, [1 if axis in shared else size for axis, size in enumerate(shape)], samples=1)[0]
    layer = LAYERS["prelu"](shared_axes=written)
    internal = layout.internal(slopes.shape)
    assert layer.with_layout(layout).weight_shapes([layout.internal(shape)]) == {"weight": internal}
    weight = np.moveaxis(slopes, -1, 0) if layout.channels_last else slopes
    found = execute(layer, x, layout=layout, weights={"weight": weight})
    close(found, run_operator("PRelu", x, slopes))


@pytest.mark.parametrize(
    ("input_shape", "options", "layout", "slopes"),
    [
        ("4x6x8", "{}", "channels_first", 1),
        ("4x6x8", "{num_parameters: 4}", "channels_first", 4),
        ("4x6x8", "{shared_axes: []}", "channels_first", 192),
        ("4x6x8", "{shared_axes: [1, 2]}", "channels_first", 4),
        ("4x6x8", "{shared_axes: [1]}", "channels_first", 32),
        ("6x8x4", "{shared_axes: [0, 1]}", "channels_last", 4),
        ("6x8x4", "{shared_axes: [-1]}", "channels_last", 48),
        ("6x4", "{shared_axes: [0]}", "channels_last", 4),
        ("4", "{shared_axes: []}", "channels_first", 4),
        ("4x6x8", "{shared_axes: [0, 1], data_format: channels_last}", "channels_first", 4),
        ("4x6x8x2", "{shared_axes: [1, 3]}", "channels_first", 32),
    ],
)
def test_slopes_are_counted_as_keras_and_pytorch_do(
    input_shape: str, options: str, layout: str, slopes: int, run: Callable[..., Any]
) -> None:
    """Counts of `keras.layers.PReLU` 3.15 and `torch.nn.PReLU` 2.14 at these inputs."""
    text = f"data_format: {layout}\ninput: {input_shape}\nlayers:\n  - prelu: {options}\n"
    assert cnncalc.load(text).parameters == slopes
    assert run("run", "-", stdin=text).status == 0
    given = text.replace(options, "{" + ", ".join(filter(None, [options.strip("{}"), "weight: 0.5"])) + "}")
    x = batch(1, cnncalc.load(given).inputs["input"])
    x = np.moveaxis(x, 1, -1) if layout == "channels_last" else x
    np.testing.assert_allclose(np.asarray(cnncalc.load(given).forward(x)), np.where(x > 0, x, x / 2), rtol=1e-6)


@compares("softmax", "log_softmax")
@pytest.mark.parametrize(("name", "engine"), [("softmax", "Softmax"), ("log_softmax", "LogSoftmax")])
def test_softmax(name: str, engine: str) -> None:
    @given(shape=shapes(), seed=seeds, scale=st.sampled_from([0.1, 3.0, 50.0]), layout=layouts, data=st.data())
    def check(shape: tuple[int, ...], seed: int, scale: float, layout: Any, data: st.DataObject) -> None:
        x = batch(seed, shape, scale)
        dim = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1))
        axis = (x.ndim - 1 if layout.channels_last else 1) if dim is None else 1 + dim % len(shape)
        close(
            execute(LAYERS[name](**({} if dim is None else {"dim": dim})), x, layout=layout),
            run_operator(engine, x, axis=axis),
        )

    check()


@compares("glu")
@given(shape=shapes(), seed=seeds, layout=layouts, data=st.data())
def test_glu(shape: tuple[int, ...], seed: int, layout: Any, data: st.DataObject) -> None:
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    shape = tuple(size * 2 if axis == dim % len(shape) else size for axis, size in enumerate(shape))
    x = batch(seed, shape)
    first, second = np.split(x, 2, 1 + dim % len(shape))
    close(execute(LAYERS["glu"](dim=dim), x, layout=layout), first * run_operator("Sigmoid", second))


def test_log_of_softmax_keeps_its_digits() -> None:
    x = np.array([[0.0, 200.0]])
    close(execute(LAYERS["log_softmax"](), x), np.array([[-200.0, -log(1 + exp(-200))]]), relative=1e-12)
