"""Learnt and given tensors: they take nothing, have no batch, and count for nobody's field or activations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.cli import main
from cnncalc.execution.executor import execute
from tests.layers import comparison
from tests.layers.comparison import compares
from tests.spec.reading import refused

if TYPE_CHECKING:
    from pathlib import Path

    from cnncalc import Network

POSITIONS = """
input: 3x16x16
layers:
  - conv2d: {out_channels: 8, kernel_size: 4, stride: 4}
  - flatten: {name: tokens, start_dim: 1}
  - parameter: {name: position, shape: =in_shape}
  - constant: {name: signs, value: [[1], [-1], [1], [-1], [1], [-1], [1], [-1]]}
  - multiply: {name: signed, from: [position, signs]}
  - add: {name: sum, from: [tokens, signed]}
"""


def layer(network: Network, name: str) -> Any:
    return next(found for found in network.report().layers if found.name == name)


@compares("parameter", "constant")
def test_values_broadcast_over_the_batch() -> None:
    """The sum less the tokens is the signed position, whatever the sample."""
    network = cnncalc.load(POSITIONS.replace("shape: =in_shape", "shape: 8x16, weight: uniform"))
    images = np.random.default_rng(0).standard_normal((5, 3, 16, 16))
    values = {
        name: execute(network, images, dtype="float64", layer=name).outputs[name]
        for name in ("tokens", "position", "signs", "signed", "sum")
    }
    assert {name: array.shape for name, array in values.items()} == {
        "tokens": (5, 8, 16),
        "position": (8, 16),
        "signs": (8, 1),
        "signed": (8, 16),
        "sum": (5, 8, 16),
    }
    for node in network.nodes:
        comparison.record(node.layer.type_name)
    signs = np.array([1, -1] * 4).reshape(8, 1)
    np.testing.assert_array_equal(values["signs"], signs)
    np.testing.assert_allclose(values["sum"], values["tokens"] + values["position"] * signs, rtol=1e-12)
    assert values["position"].min() >= 0


def test_given_values() -> None:
    given = "parameter: {name: p, shape: 2x3, weight: [[1, 2, 3], [4, 5, 6]]}"
    text = f"input: 2x3\nlayers: [{given}, add: {{from: [input, p]}}]\n"
    for dtype in ("float32", "float16", "float64"):
        found = execute(cnncalc.load(text), np.ones((4, 2, 3)), dtype=dtype).outputs["add_1"]
        assert found.dtype == dtype
        assert found.tolist() == [[[2, 3, 4], [5, 6, 7]]] * 4


def test_channels_last() -> None:
    """Shapes and values are written as the spec writes shapes; arrays have PyTorch's layout."""
    network = cnncalc.load(
        "data_format: channels_last\ninput: 2x1x3\nlayers:\n- constant: {name: c, value: [[[1, 2, 3]], [[4, 5, 6]]]}\n"
        "- parameter: {name: p, shape: 2x1x3, weight: [[[10], [40]], [[20], [50]], [[30], [60]]]}\n"
        "- add: {from: [input, c, p]}\n"
    )
    assert layer(network, "p").weights == {"weight": (3, 2, 1)}
    assert layer(network, "c").output_shape == (2, 1, 3)
    found = execute(network, np.zeros((2, 1, 3))).outputs["add_1"]
    assert found.tolist() == [[[11, 22, 33]], [[44, 55, 66]]]


def test_figures() -> None:
    network = cnncalc.load(POSITIONS)
    position, signs, signed, total = (layer(network, name) for name in ("position", "signs", "signed", "sum"))
    assert (position.parameters, position.weights, position.inputs, position.input_shapes) == (
        128,
        {"weight": (8, 16)},
        (),
        (),
    )
    assert (signs.parameters, signs.buffers, signs.weights) == (0, 0, {})
    assert [found.output_bytes for found in (position, signs, signed, total)] == [0, 0, 0, 512]
    for found in (position, signs, signed):
        field = found.receptive_field["input"]
        assert (field.size, field.stride, field.padding) == ((0, 0), (None, None), (None, None))
    assert total.receptive_field == layer(network, "tokens").receptive_field
    totals = network.report().totals
    assert totals.output_bytes == 4 * (3 * 128)
    assert totals.peak_activation_bytes == 4 * (3 * 256 + 128)
    assert {tensor.name for tensor in network.report().peak.tensors} == {"input", "conv2d_1"}


def test_what_arrives_passes() -> None:
    given = "parameter: {name: p, shape: =in_channels}"
    network = cnncalc.load(f"input: 3x4\nlayers: [relu, {given}, tanh, constant: {{value: 2}}]\n")
    assert [node.output_shape for node in network.nodes] == [(3, 4), (3,), (3, 4), (1,)]
    assert network.tensors[network.outputs[0]].name == "tanh_1"
    assert [network.tensors[number].name for number in network.nodes[2].inputs] == ["relu_1"]


def test_as_an_output_it_has_no_batch() -> None:
    network = cnncalc.load("input: 3x4\noutputs: [p, r]\nlayers: [parameter: {name: p, shape: 2x2}, relu: {name: r}]\n")
    found = network.forward(np.ones((7, 3, 4)))
    assert (found["p"].shape, found["r"].shape) == ((2, 2), (7, 3, 4))


@pytest.mark.parametrize("entry", ["parameter: {name: p, shape: 2}", "constant: {name: p, value: [1, 2]}"])
def test_where_nothing_takes_room(
    entry: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    spec = tmp_path / "own.yaml"
    spec.write_text(f"{{input: 3, outputs: [r], layers: [{entry}, relu: {{name: r, from: p}}]}}", encoding="utf-8")
    for form in ("table", "markdown"):
        with pytest.raises(SystemExit) as end:
            main(["summary", "--format", form, str(spec)])
        assert end.value.code == 0
        assert capsys.readouterr().out.endswith(("\npeak at p: 0\n", "\npeak at p: 0 B\n"))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("parameter: {name: p, shape: 2, from: input}", "`p` takes no input"),
        ("constant: {value: [[1, 2], [3]]}", "`constant_1`: `value` is ragged: it has parts of 1 and 2"),
        (
            "constant: {value: [[[[[1]]]]]}",
            "`constant_1`: `value` is 1 x 1 x 1 x 1 x 1, and a tensor has at most 4 axes",
        ),
        (
            "parameter: {shape: 2x3, weight: [1, 2]}",
            "`parameter_1` cannot be: `weight` is 2, which does not broadcast to 2 x 3",
        ),
    ],
)
def test_what_is_refused(entry: str, message: str) -> None:
    assert refused(f"layers: [{entry}]").message == message


def test_a_proof_that_nothing_reaches_it() -> None:
    from cnncalc.receptive_field.measure import unit_report

    found = unit_report(cnncalc.load(POSITIONS), "signed", (3,), proven=True)
    assert found.proof is not None
    assert found.proof.ok
    assert found.seen is not None
    assert found.seen.interval == {"input": (None, None)}
    assert unit_report(cnncalc.load(POSITIONS), "sum", (3,), proven=True).proof.ok  # type: ignore[union-attr]
