"""Arithmetic with constants, held against the values of ONNX Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.models.onnx.graphs import differences, drawn, model, node, types

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("operator", "type_"),
    [
        *(("Add", "add"), ("Sub", "subtract"), ("Mul", "multiply"), ("Div", "divide")),
        *(("Max", "maximum"), ("Min", "minimum"), ("Sum", "add")),
    ],
)
@pytest.mark.parametrize("operands", ["x, c", "c, x"])
def test_numbers_beside_a_tensor_change_it(operator: str, type_: str, operands: str, tmp_path: Path) -> None:
    """Several numbers, which are not all alike, are never those that change nothing."""
    made = model(
        [node(f"y = {operator}({operands})")], {"c": drawn(3, 1, 1, low=0.5) - 0.6}, {"x": [2, 3, 4, 5]}, ["y"]
    )
    assert types(made, tmp_path) == [type_]
    assert differences(made, tmp_path, x=drawn(2, 3, 4, 5, low=0.1))["y"] < 1e-6
