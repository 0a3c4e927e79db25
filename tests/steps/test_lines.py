"""Every printed line gives its printed result, and every value is that of the forward pass by the kernels."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.execution.nodes import RecordedWeights, execute_node
from cnncalc.steps.selection import values_of
from tests.marking import slow_after
from tests.steps.cases import LAYERS, MERGES, merge
from tests.steps.lines import agree, printed_lines

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.steps.results import Steps

NETWORKS = [*LAYERS, *((merge(kind), None) for kind in MERGES)]


def loaded(source: str, input_: str | None) -> cnncalc.Network:
    return cnncalc.load(source, input=input_)


def all_units(network: cnncalc.Network, **given: Any) -> Steps:
    """The steps of every unit of every channel of the only layer."""
    shape = network.nodes[-1].output_shape
    return network.steps(unit="all", channels=range(shape[0]), **given)


def small_output(network: cnncalc.Network, seed: int) -> Array:
    """What the kernels make of the small numbers that are drawn for a layer."""
    node = network.nodes[-1]
    values = values_of(network, node, None, seed=seed, weights=None, drawn="small")
    arrays = RecordedWeights({name: values.array(name) for name in values.names()})
    output: Array = execute_node(node, [x[np.newaxis].astype(float) for x in values.inputs], arrays)[0]
    return output


def check(found: Steps, output: Array) -> None:
    """Each value is the forward pass's, and each line of it holds."""
    for step in found.steps:
        assert math.isclose(step.result, output[step.unit], rel_tol=1e-9, abs_tol=1e-9), step
    texts = found.to_text(width=10**5).split("\n\n")
    lines = printed_lines("\n".join(texts))
    wrong = [line for line in lines if not line.holds]
    assert not wrong, wrong[:3]
    assert len(lines) >= len(found.steps) - sum(len(step.equations) == 1 for step in found.steps)


@pytest.mark.parametrize(("layer", "input_"), slow_after(24, NETWORKS))
def test_small_numbers(layer: str, input_: str | None) -> None:
    network = loaded(layer, input_)
    check(all_units(network, seed=3), small_output(network, 3))


@pytest.mark.parametrize(("layer", "input_"), slow_after(8, NETWORKS))
def test_the_values_of_a_run(layer: str, input_: str | None) -> None:
    network = loaded(layer, input_)
    name = network.nodes[-1].name
    _, outputs = network.run(seed=5, dtype="float64", layer=name)
    check(all_units(network, seed=5, drawn="run"), outputs[name][0])


def test_the_last_line_is_the_value() -> None:
    """Also where its activation stands on a line of its own, and digits are left out of both."""
    network = cnncalc.load("conv2d(2, 3, activation=gelu)", input="2x4x4")
    found = network.steps(drawn="run", unit=(1, 1))
    lines = printed_lines(found.to_text(width=10**5))
    assert [line.left for line in lines] == ["channel 0", "channel 1", "Y[0,1,1]", "gelu"]
    assert agree(found.steps[0].result, lines[-1].result, exact=lines[-1].is_exact)
    output = network.forward(dtype="float64")
    assert isinstance(output, np.ndarray)
    assert agree(output[0, 0, 1, 1], lines[-1].result, exact=lines[-1].is_exact)


@pytest.mark.parametrize(
    ("layer", "input_", "left_out"),
    [
        ("conv2d(2, 3)", "40x3x3", 32),
        ("linear(3)", "4000", 242),
        ("global_avg_pool2d()", "1x20x20", 12),
        ("global_max_pool2d()", "1x20x20", 12),
        ("softmax()", "1000", 991 + 55),
        ("separable_conv2d(2, 3)", "30x3x3", 22),
        ("layer_norm()", "500", 48),
    ],
)
@pytest.mark.parametrize("drawn", ["small", "run"])
def test_of_many_lines_the_first_are_printed(layer: str, input_: str, left_out: int, drawn: str) -> None:
    """And those hold: one number stands for the lines that are left out."""
    found = cnncalc.load(layer, input=input_).steps(drawn=drawn)
    text = found.to_text(width=10**5)
    lines = printed_lines(text)
    assert all(line.holds for line in lines)
    together = [int(word.split()[-1]) for word in text.split(" lines, together")[:-1]]
    assert sum(together) == left_out
    assert len(lines) + left_out == len(found.steps[0].equations)
    assert agree(found.steps[0].result, lines[-1].result, exact=lines[-1].is_exact)


@given(data=st.data())
def test_drawn_convolutions(data: st.DataObject) -> None:
    """Any window on a small map, in either direction."""
    rank = data.draw(st.integers(1, 3))
    sizes = data.draw(st.tuples(*[st.integers(1, 5)] * rank))
    groups = data.draw(st.integers(1, 2))
    options = {
        "kernel_size": list(data.draw(st.tuples(*[st.integers(1, 3)] * rank))),
        "stride": list(data.draw(st.tuples(*[st.integers(1, 3)] * rank))),
        "dilation": data.draw(st.integers(1, 2)),
        "groups": groups,
        "padding": [list(data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2)))) for _ in range(rank)],
    }
    kind = data.draw(st.sampled_from(["conv", "conv_transpose"]))
    written = ", ".join(f"{name}: {value}" for name, value in options.items())
    shape = "x".join(map(str, (2 * groups, *sizes)))
    try:
        network = cnncalc.load(f"input: {shape}\nlayers:\n  - {kind}: {{out_channels: {groups}, {written}}}\n")
    except CnncalcError:
        assume(False)
    check(all_units(network), small_output(network, 0))


@pytest.mark.parametrize(
    ("layer", "data", "results"),
    [
        ("softmax()", [0.0, 30.0], ["30", "9.358e-14", "1", "1", "9.358e-14"]),
        ("max_pool1d(2)", [[-1e13, 0.3]], ["0.3"]),
        ("conv1d(1, 2, bias=false, weight=[[[1, 0]]])", [[0.3, 1e13]], ["0.3"]),
        ("avg_pool1d(3)", [[0.3, -0.1, -0.2]], ["0"]),
        ("softmax()", [1e15 + 0.125, 1e15], ["1000000000000000.1", "1", "0.8825", "1.8825", "0.5312"]),
    ],
)
def test_small_results_are_no_zeros(layer: str, data: Any, results: list[str]) -> None:
    """Only what rounding leaves of a sum is: the exponential of -30 is 9.4e-14, and 0.3 - 0.1 - 0.2 is nothing."""
    shape = "x".join(map(str, np.shape(data)))
    lines = printed_lines(cnncalc.load(layer, input=shape).steps(data=data).to_text(width=1000))
    assert [line.result for line in lines] == results
    assert all(line.holds for line in lines)


def test_what_is_written_as_nothing_is_nothing_where_it_is_used() -> None:
    """The products of channel 1 cancel but for rounding; what a person adds up then is that 0."""
    weight = [[[0.1, 0.2, -0.3], [0.1, 0.2, -0.3]]]
    network = cnncalc.load(f"conv1d(1, 3, bias=false, weight={weight})", input="2x3")
    lines = printed_lines(network.steps(data=[[1.0, 2, 3], [1, 1, 1]]).to_text(width=1000))
    assert [(line.right.strip(), line.result) for line in lines[1:]] == [
        ("1*0.1 + 1*0.2 + 1*(-0.3)", "0"),
        ("-0.4 + 0", "-0.4"),
    ]


def test_a_merge_has_the_name_of_its_scope() -> None:
    """Both branches pass 3 on, and an add makes 6 of them."""
    branches = [["identity"], ["identity", "identity"]]
    network = cnncalc.load(
        {"input": "1x1x1", "layers": [{"parallel": {"name": "p", "branches": branches, "merge": "add"}}]}
    )
    lines = printed_lines(network.steps("p", data=[[[3.0]]]).to_text(width=100))
    assert [(line.right.strip(), line.result) for line in lines] == [("3 + 3", "6")]


def test_flipped() -> None:
    """The mathematical convolution is a cross-correlation with the kernel turned, which NumPy has along one axis."""
    network = cnncalc.load("conv1d(1, 3, bias=false, weight=[[[1, 2, 5]]])", input="1x6")
    signal = [3.0, 1, 4, 1, 5, 9]
    found = network.steps(unit="all", data=[signal], turned=True).steps
    assert [step.turned and step.turned.result for step in found] == np.convolve(signal, [1, 2, 5], "valid").tolist()
    assert [step.result for step in found] == np.correlate(signal, [1, 2, 5], "valid").tolist()


def test_flipped_along_two_axes() -> None:
    network = cnncalc.load("conv2d(1, [2, 3], bias=false)", input="1x3x4")
    step = network.steps(unit=(1, 1), turned=True).steps[0]
    values = values_of(network, network.nodes[0], None, seed=0, weights=None, drawn="small")
    window, kernel = values.inputs[0][0, 1:3, 1:4], values.array("weight")[0, 0]
    assert step.turned is not None
    assert step.turned.result == (window * kernel[::-1, ::-1]).sum()
    assert step.result == (window * kernel).sum()
    lines = printed_lines(network.steps(unit=(1, 1), turned=True).to_text(width=1000))
    assert [float(line.result) for line in lines] == [step.result, step.turned.result]
    assert all(line.holds for line in lines)


def test_the_index_formula_is_true() -> None:
    """Each value of the window stands where the formula says, for every tap."""
    network = cnncalc.load("conv2d(2, [2, 3], stride=[2, 1], padding=1, dilation=[1, 2])", input="2x5x6")
    values = values_of(network, network.nodes[0], None, seed=0, weights=None, drawn="small")
    x, weight, bias = values.inputs[0], values.array("weight"), values.array("bias")
    padded = np.pad(x, [(0, 0), (9, 9), (9, 9)])
    for step in all_units(network).steps:
        formula = step.formula.numbers
        rows, columns = formula.partition("X[i,")[2].partition("]")[0].split(",")
        total = bias[step.unit[0]]
        for i, a, b in product(range(2), range(2), range(3)):
            names = {"a": a, "b": b}
            total += padded[i, eval(rows, names) + 9, eval(columns, dict(names)) + 9] * weight[step.unit[0], i, a, b]
        assert total == step.result
