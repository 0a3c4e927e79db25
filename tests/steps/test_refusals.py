"""What there are no steps of is refused, with what to do; large layers take no memory, and odd values no harm."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from tests.marking import slow_after
from tests.steps.lines import printed_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

REFUSED = [
    (["lenet"], "has 9 layers: say which one\nhint: such as c1, s2, c3"),
    (["lenet", "c9"], "has no layer `c9`"),
    (["lenet", "c1", "--unit", "28,0"], "has units 0,0 to 27,27, and no unit 28,0"),
    (["lenet", "c1", "--unit", "1"], "has 2 numbers, not 1"),
    (["lenet", "c1", "--unit", "1,1,1"], "has 2 numbers, not 3"),
    (["lenet", "c1", "--unit", "-1,0"], "'--unit'"),
    (["lenet", "c1", "--channels", "6"], "has channels 0 to 5, and no channel 6"),
    (["lenet", "f6", "--unit", "84"], "has units 0 to 83, and no unit 84"),
    (["lenet", "f6", "--unit", "1,1"], "its unit is one number"),
    (["lenet", "flatten_1"], "whose values are not written out\nhint: those of these are: adaptive_avg_pool"),
    (["lenet", "s2", "--flip"], "has no kernel to turn\nhint: these have: conv"),
    (["lenet", "c1", "--as", "matrix", "--unit", "0,0"], "leave --unit, --flip and a folder out"),
    (["lenet", "softmax_1", "--as", "matrix"], "is a softmax, and no matrix"),
    (["max_pool2d(2)", "--input", "1x4x4", "--as", "matrix"], "is a max_pool2d, and no matrix"),
    (["resnet18", "layer1"], "is a scope of 14 layers: name one of them\nhint: such as layer1.0.conv1"),
    (["lenet", "c1", "--data", "[[1, 2"], "--data"),
    (["lenet", "c1", "--input", "1x28x28", "--data", "[[1]]"], "leave --input out"),
    (["layer_norm(dims=[0, 1, 2])", "--input", "3x400x400"], "made of 480,000 terms, and at most 131,072 are written"),
    (["relu()", "--input", "4096x4096x32"], "values, and at most 268,435,456 are drawn"),
    (["conv1d(1, 1000000000, padding=500000000)", "--input", "1x9"], "is made of 1,000,000,000 terms"),
    (["conv1d(1, 1000000000, padding=500000000)", "--input", "1x9", "--as", "matrix"], "made of 1,000,000,000 terms"),
    (["max_pool1d(99999, padding=40000)", "--input", "1x99999", "--unit", "9999999999"], "and no unit 9999999999"),
    (["linear(9)", "--input", "200000000"], "made of 200,000,000 terms"),
    (["conv2d(512, 3, weight_norm=true)", "--input", "9999x3x3"], "and at most 16,777,216 are drawn"),
    (["lenet", "c1", "-o", "x.pdf"], "cannot write .pdf files"),
]


LONG = [
    (["global_avg_pool1d()", "--input", "1x200000000"], "made of 200,000,000 terms"),
    (["adaptive_avg_pool1d(3)", "--input", "1x200000000"], "made of 66,666,667 terms"),
]
"""Those whose inputs are drawn before."""


@pytest.mark.parametrize(("arguments", "words"), slow_after(len(REFUSED), [*REFUSED, *LONG]))
def test_refusals(arguments: list[str], words: str, run: Run) -> None:
    outcome = run("steps", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert words in outcome.err


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("vgg16 classifier.0", {}, marks=pytest.mark.slow),
        pytest.param("alexnet fc6", {"unit": 4095}, marks=pytest.mark.slow),
        ("vgg16 features.28", {"channels": 511, "unit": (13, 13)}),
    ],
)
def test_of_a_large_layer_one_filter_is_drawn(name: str, options: dict[str, Any]) -> None:
    """VGG's first fully connected layer has 102,764,544 weights."""
    network_name, layer = name.split()
    network = cnncalc.load(network_name)
    tracemalloc.start()
    text = network.steps(layer, **options).to_text(width=80)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**26
    assert len(text.splitlines()) < 100


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("layer", ["conv2d(1, 2, bias=false)", "max_pool2d(2)", "avg_pool2d(2)", "softmax()", "gelu()"])
def test_values_that_are_not_finite(layer: str, value: float) -> None:
    """They are printed as they are, and make what the forward pass makes of them."""
    network = cnncalc.load(layer, input="1x2x2")
    data = np.array([[[1.0, value], [2.0, 3.0]]])
    found = network.steps(unit="all", data=data, drawn="run")
    output = network.forward(data, dtype="float64")
    assert isinstance(output, np.ndarray)
    np.testing.assert_array_almost_equal([step.result for step in found.steps], output.reshape(-1))
    assert all((found.to_text(), found.to_text("json"), found.to_text("csv"), found.to_svg(), found.to_html()))
    assert "NaN" not in found.to_text("json")


@pytest.mark.slow
def test_all_units_of_a_large_layer_are_the_first(run: Run) -> None:
    """As many as have room in a page, and the page says so."""
    outcome = run("steps", "vgg16", "features.28", "--unit", "all", "--json")
    found = json.loads(outcome.out)
    assert outcome.err == "note: the first 26 of 196 units; name another with --unit\n"
    assert (len(found["steps"]), found["units"]) == (26, 196)


def test_with_weights_and_data_the_network_is_executed(run: Run) -> None:
    """Up to the layer: values are those of a run."""
    rng = np.random.default_rng(0)
    np.save("digit.npy", rng.normal(size=(1, 28, 28)))
    network = cnncalc.load("lenet")
    _, outputs = network.run(np.load("digit.npy"), layer="f6", dtype="float64")
    text = run("steps", "lenet", "f6", "--unit", "7", "--data", "digit.npy", "--values", "run", "--full").out
    lines = printed_lines(text)
    assert float(lines[-1].result) == pytest.approx(outputs["f6"][7], abs=1e-4)
    assert "input: computed from the data" in text
    given = run("steps", "lenet", "f6", "--unit", "7", "--data", "digit.npy").out
    assert "weights: small whole numbers" in given
