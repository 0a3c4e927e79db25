"""Functions of each value against ONNX Runtime and, in double precision, against Python's `math`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.layers import LAYERS
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import close, execute
from tests.marking import slow_but
from tests.onnx_engine import run_operator
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array


class Case(NamedTuple):
    """The oracle of an array, that of a number, and what makes values of the domain of any."""

    engine: Callable[[Array], Any]
    function: Callable[[float], float]
    within: Callable[[Array], Any] = lambda x: x


def operator(name: str) -> Callable[[Array], Any]:
    return lambda x: run_operator(name, x)


def positive(x: Array) -> Any:
    return np.abs(x) + x.dtype.type(1e-3)


def other_than_zero(x: Array) -> Any:
    return np.where(x < 0, x - x.dtype.type(0.01), x + x.dtype.type(0.01))


FUNCTIONS = {
    "exp": Case(operator("Exp"), math.exp),
    "log": Case(operator("Log"), math.log, positive),
    "sqrt": Case(operator("Sqrt"), math.sqrt, np.abs),
    "rsqrt": Case(lambda x: run_operator("Reciprocal", run_operator("Sqrt", x)), lambda x: x**-0.5, positive),
    "reciprocal": Case(operator("Reciprocal"), lambda x: 1 / x, other_than_zero),
    "square": Case(lambda x: run_operator("Mul", x, x), lambda x: x * x),
    "abs": Case(operator("Abs"), abs),
    "neg": Case(operator("Neg"), lambda x: -x),
    "sign": Case(operator("Sign"), lambda x: (x > 0) - (x < 0)),
    "floor": Case(operator("Floor"), math.floor),
    "ceil": Case(operator("Ceil"), math.ceil),
    "round": Case(operator("Round"), round),
    "sin": Case(operator("Sin"), math.sin),
    "cos": Case(operator("Cos"), math.cos),
    "erf": Case(operator("Erf"), math.erf),
}


@compares(*FUNCTIONS)
@pytest.mark.parametrize("name", slow_but({"exp", "erf", "round"}, FUNCTIONS))
def test_values_are_those_of_the_engine(name: str) -> None:
    case = FUNCTIONS[name]

    @given(shape=shapes(), seed=seeds, scale=st.sampled_from([0.1, 1.0, 5.0]), layout=layouts)
    def check(shape: tuple[int, ...], seed: int, scale: float, layout: Any) -> None:
        x = case.within(batch(seed, shape, scale))
        close(execute(LAYERS[name](), x, layout=layout), case.engine(x))

    check()


@every_row("name", FUNCTIONS)
def test_functions_in_double_precision(name: str) -> None:
    """As good as the math library's, halves and tiny values among them."""
    case = FUNCTIONS[name]
    x = case.within(np.concatenate([np.linspace(-20, 20, 161), [1e-20, -1e-9, 0.0, 1e9, 700.0]]))[np.newaxis]
    x = x[:, :-2] if name == "exp" else x
    expected = np.array([[case.function(float(value)) for value in x[0]]])
    np.testing.assert_allclose(execute(LAYERS[name](), x), expected, rtol=1e-12, atol=0)


@every_row("name", FUNCTIONS)
def test_half_precision_stays(name: str) -> None:
    case = FUNCTIONS[name]
    x = case.within(np.array([[-1.5, 0.5, 2.0]], np.float16))
    expected = [case.function(float(value)) for value in x[0]]
    np.testing.assert_allclose(execute(LAYERS[name](), x)[0].astype(float), expected, rtol=2e-3)


@compares("power")
@given(shape=shapes(), seed=seeds, exponent=st.sampled_from([2.0, 3.0, 0.5, 1.5, -1.0, -2.0, -0.5, 0.0, 1.0]))
def test_power(shape: tuple[int, ...], seed: int, exponent: float) -> None:
    """Whole exponents take negative bases too."""
    x = batch(seed, shape)
    x = other_than_zero(x) if exponent.is_integer() else positive(x)
    close(execute(LAYERS["power"](exponent=exponent), x), run_operator("Pow", x, np.array(exponent, np.float32)))


@compares("clamp")
@given(shape=shapes(), seed=seeds, low=st.none() | st.floats(-2, 0), high=st.none() | st.floats(0, 2))
def test_clamp(shape: tuple[int, ...], seed: int, low: float | None, high: float | None) -> None:
    """Held from both sides, or from one."""
    if low is high is None:
        low = 0.5
    x = batch(seed, shape)
    bounds = [None if bound is None else np.array(bound, np.float32) for bound in (low, high)]
    while bounds[-1] is None:
        bounds.pop()
    options = {name: bound for name, bound in (("min", low), ("max", high)) if bound is not None}
    layer = LAYERS["clamp"](**options)
    close(execute(layer, x), run_operator("Clip", x, *bounds))
    assert layer.flops([shape], shape) == len(options) * math.prod(shape)


OUTSIDE = {
    "log": "`log` takes values above 0",
    "sqrt": "`sqrt` takes values of at least 0",
    "rsqrt": "`rsqrt` takes values above 0",
    "power: {exponent: 0.5}": "`power` takes values of at least 0",
    "power: {exponent: -1.5}": "`power` takes values above 0",
    "multiply: {value: 1, activation: log}": "`log` takes values above 0",
    "subtract: {value: 1, activation: {power: {exponent: 0.5}}}": "`power` takes values of at least 0",
    "multiply: {value: 0, activation: reciprocal}": "`reciprocal` takes values other than 0",
    "multiply: {value: 0, activation: {power: {exponent: -2}}}": "`power` takes values other than 0",
}
"""Layers whose drawn input is not all in their domain."""


@pytest.mark.parametrize("entry", OUTSIDE)
def test_values_outside_of_the_domain_are_told(entry: str, run: Callable[..., Any]) -> None:
    outcome = run("run", "-", stdin=f"input: 4x9\nlayers:\n  - {entry}\n")
    assert outcome.status == 1
    assert f"has values that are not finite; {OUTSIDE[entry]}" in " ".join(outcome.out.split())


@pytest.mark.parametrize("entry", ["exp", "square", "clamp: {min: 0.1, activation: log}", "power: {exponent: 3}"])
def test_drawn_weights_know_how_large_values_become(entry: str) -> None:
    """Behind a function a drawn convolution has values of about the size of 1."""
    name, options = entry.partition(": ")[::2]
    del options
    first = "clamp: {min: 0.1}" if "clamp" in name else entry
    text = f"input: 8x32x32\nlayers:\n  - {first}\n  - conv2d: {{out_channels: 64, kernel_size: 3, bias: false}}\n"
    assert 0.1 < np.std(np.asarray(cnncalc.load(text).forward())) < 10


def test_they_may_be_the_last_step_of_a_layer() -> None:
    x = batch(7, (3, 5))
    own = cnncalc.load("input: 3x5\nlayers:\n  - add: {value: 2, activation: {clamp: {min: 0.5, max: 2}}}\n")
    np.testing.assert_allclose(np.asarray(own.forward(x)), np.clip(x + 2, 0.5, 2), rtol=1e-6)
    [layer] = own.report().layers
    assert (layer.activation, layer.flops) == ("clamp", 45)
