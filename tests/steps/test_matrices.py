"""A layer's matrices: products with the input are the forward pass, transposes the transposed convolution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.steps.selection import values_of
from tests.marking import slow_after
from tests.steps.cases import LAYERS
from tests.steps.test_lines import small_output

if TYPE_CHECKING:
    from cnncalc.steps.results import LayerMatrices

LINEAR = [
    case
    for case in LAYERS
    if case[0].startswith(("conv", "depthwise", "avg", "linear", "global_avg", "adaptive_avg"))
    and "activation" not in case[0]
    and "dim=0" not in case[0]
]
"""The layers that are linear maps of a whole input, less a bias."""


def dense(found: LayerMatrices) -> dict[str, np.ndarray[Any, Any]]:
    """The matrices by name, zeros where no value stands."""
    return {each.name: np.array([[value or 0.0 for value in row] for row in each.rows]) for each in found.matrices}


@pytest.mark.parametrize(("layer", "input_"), slow_after(8, LINEAR))
def test_products_are_the_forward_pass(layer: str, input_: str) -> None:
    network = cnncalc.load(layer, input=input_)
    matrices = dense(network.layer_matrices())
    node = network.nodes[0]
    values = values_of(network, node, None, seed=0, weights=None, drawn="small")
    output = small_output(network, 0)
    bias = values.array("bias") if "bias" in values.names() else np.zeros(len(output))
    output = output - bias.reshape(-1, *(1,) * (output.ndim - 1))
    np.testing.assert_allclose(matrices["T"] @ values.inputs[0].reshape(-1), output.reshape(-1), atol=1e-12)
    np.testing.assert_allclose(matrices["T x"][:, 0], output.reshape(-1), atol=1e-12)
    if "P" in matrices:
        np.testing.assert_allclose(matrices["K"] @ matrices["P"], output.reshape(len(output), -1), atol=1e-12)
        np.testing.assert_allclose(matrices["K P"], output.reshape(len(output), -1), atol=1e-12)


WEIGHTS = [[[[1, 2, 0], [3, -1, 5]]], [[[2, 0, 7], [0, 4, -3]]]]
"""Of a convolution to two channels, and of the transposed one from them: ``(2, 1, 2, 3)``."""


@pytest.mark.parametrize("options", ["stride=1", "stride=2", "stride=[2, 1], padding=1", "dilation=2, padding=[1, 2]"])
def test_the_transpose_is_the_transposed_convolution(options: str) -> None:
    """Of the same kernel: its matrix, and its output."""
    convolution = cnncalc.load(f"conv2d(2, [2, 3], bias=false, weight={WEIGHTS}, {options})", input="1x5x7")
    shape = convolution.nodes[0].output_shape
    size = "output_size=[5, 7]"
    back = cnncalc.load(
        f"conv_transpose2d(1, [2, 3], bias=false, weight={WEIGHTS}, {options}, {size})", input="x".join(map(str, shape))
    )
    matrix = dense(convolution.layer_matrices())["T"]
    np.testing.assert_array_equal(dense(back.layer_matrices())["T"], matrix.T)
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    output = back.forward(x, dtype="float64")
    assert isinstance(output, np.ndarray)
    np.testing.assert_allclose(matrix.T @ x.reshape(-1), output.reshape(-1))


def test_zeros_by_structure_are_told_from_others() -> None:
    found = cnncalc.load("conv1d(1, 2, weight=[[[0, 3]]])", input="1x3").layer_matrices()
    [t] = [matrix for matrix in found.matrices if matrix.name == "T"]
    assert [list(row) for row in t.rows] == [[0, 3, None], [None, 0, 3]]
    assert t.stored == 4


def test_of_a_large_layer_there_is_a_corner() -> None:
    """The whole would have 5 x 10**10 values; its corner is that of the layer's, filter by filter."""
    found = cnncalc.load("alexnet").layer_matrices("conv1")
    assert [(m.name, m.shape, len(m.rows), m.is_whole) for m in found.matrices] == [
        ("P", (363, 3025), 16, False),
        ("K", (96, 363), 16, False),
        ("T", (290400, 154587), 16, False),
    ]
    assert found.matrices[2].stored == 96 * 363 * 3025
    assert all(len(row) == 16 for m in found.matrices for row in m.rows)


@pytest.mark.parametrize(
    ("layer", "notes"),
    [
        ("linear(2)", ["the bias of each output channel is added afterwards"]),
        ("linear(2, bias=false, activation=relu)", ["the activation relu is applied afterwards"]),
    ],
)
def test_what_is_not_in_the_matrices_is_said(layer: str, notes: list[str]) -> None:
    assert list(cnncalc.load(layer, input="3").layer_matrices().notes) == notes
