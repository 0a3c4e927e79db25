"""Inputs as callers give them for a module."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc import CnncalcError
from cnncalc.models.pytorch.given import given_inputs


class Module:
    """As much of a module as is looked at."""

    def forward(self, x: Any, mask: Any = None) -> Any:
        """Take two tensors."""

    def named_children(self) -> list[tuple[str, object]]:
        return [("mask", None)]


@pytest.mark.parametrize(
    ("given", "inputs"),
    [
        ("3x8x8", {"x": ((3, 8, 8), "float32", "")}),
        ([3, 8, 8], {"x": ((3, 8, 8), "float32", "")}),
        ((5,), {"x": ((5,), "float32", "")}),
        (np.zeros((2, 3, 8), "int64"), {"x": ((3, 8), "int64", "")}),
        (["3x8x8", (4, 4)], {"x": ((3, 8, 8), "float32", ""), "mask_input": ((4, 4), "float32", "")}),
        ({"mask": "4x4"}, {"mask_input": ((4, 4), "float32", "mask")}),
        ({"x": [3], "mask": "4"}, {"x": ((3,), "float32", ""), "mask_input": ((4,), "float32", "")}),
    ],
)
def test_inputs_are_named_by_the_parameters_of_forward(given: Any, inputs: dict[str, Any]) -> None:
    assert given_inputs(Module(), given) == {name: (*each, "") for name, each in inputs.items()}


def test_a_parameter_may_take_a_dict() -> None:
    assert given_inputs(Module(), {"x": {"image": "3x8x8", "mask": [4]}}) == {
        "image": ((3, 8, 8), "float32", "x", "image"),
        "mask_input": ((4,), "float32", "x", "mask"),
    }


class OfHalfPrecision(Module):
    """The same with parameters, of which the first is a table of numbers."""

    def parameters(self) -> list[Any]:
        return [np.zeros(2, "int8"), np.zeros(3, "float16"), np.zeros(3, "float32")]


def test_shapes_have_values_of_the_type_of_the_module() -> None:
    assert given_inputs(OfHalfPrecision(), "3")["x"].dtype == "float16"
    assert given_inputs(OfHalfPrecision(), np.zeros((1, 3)))["x"].dtype == "float64"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"y": "3x8x8"}, "forward() of Module has no parameter `y`"),
        ("3x0", "the shape of `x` must have sizes from 1 to 2147483647, not 0"),
        (np.zeros(3), "`x` is a tensor of 1 axes"),
        ({}, "`input` has no shape"),
        (None, "`input` has no shape"),
    ],
)
def test_wrong_inputs_are_told(given: Any, message: str) -> None:
    with pytest.raises(CnncalcError) as raised:
        given_inputs(Module(), given)
    assert raised.value.message == message
