"""The worked examples of lecture notes, from the printed lines to the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.steps.expressions import Operation
from tests.rows import every_row
from tests.steps.lines import printed_lines
from tests.worked_examples import PARAMETERS, SHAPES, TOY, VALUES, network_text

if TYPE_CHECKING:
    from cnncalc.steps.expressions import Expression
    from tests.worked_examples import Nested


@every_row(("image", "layer", "expected"), VALUES)
def test_values(image: Nested, layer: dict[str, Any], expected: Nested) -> None:
    found = cnncalc.load(network_text(layer, image)).steps(unit="all", data=[image])
    values = np.ravel(expected).tolist()
    assert [step.result for step in found.steps] == values
    lines = printed_lines(found.to_text(width=1000))
    assert all(line.holds and line.is_exact for line in lines)
    assert {float(line.result) for line in lines} <= set(values)
    assert lines


def test_three_filters() -> None:
    filters = [[[[factor] * 2] * 2] for factor in (1, 10, -1)]
    options = {"out_channels": 3, "kernel_size": 2, "padding": "same", "bias": "false", "weight": filters}
    found = cnncalc.load(network_text({"conv2d": options}, TOY)).steps(unit=(1, 2), channels=(0, 1, 2), data=[TOY])
    assert [step.result for step in found.steps] == [15, 150, -15]


@every_row(("shape", "layer", "expected"), SHAPES)
def test_shapes(shape: str, layer: str, expected: tuple[int, ...]) -> None:
    """There is a last unit, and none behind it."""
    network = cnncalc.load(f"input: {shape}\nlayers:\n  - {layer}\n")
    last = tuple(size - 1 for size in expected[1:])
    found = network.steps(unit=last, channels=expected[0] - 1)
    assert (found.output_shape, found.steps[0].unit) == (expected, (expected[0] - 1, *last))
    for axis in range(len(last)):
        behind = tuple(at + (number == axis) for number, at in enumerate(last))
        with pytest.raises(cnncalc.CnncalcError, match="no unit"):
            network.steps(unit=behind)


@pytest.mark.parametrize(("shape", "layer", "expected"), PARAMETERS)
def test_parameters(shape: str, layer: str, expected: int) -> None:
    """Each has its place in the lines of a unit: a factor, or the bias."""
    network = cnncalc.load(f"input: {shape}\nlayers:\n  - {layer}\n")
    filters = network.nodes[0].output_shape[0]
    found = network.steps()
    factors = [products(line.expression) for line in found.steps[0].equations]
    shared = sum(factors[:-1]) if "separable" in layer else 0  # the filters of its first part, which all channels use
    biases = "bias" in network.nodes[0].weight_shapes
    assert shared + filters * (sum(factors) - shared + biases) == expected


def products(expression: Expression | None) -> int:
    """How many products an expression has."""
    if not isinstance(expression, Operation):
        return 0
    return (expression.name == "*") + sum(map(products, expression.operands))
