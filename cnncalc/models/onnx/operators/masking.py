"""Choices by masks."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from cnncalc.models.onnx.constants import Computed, Constant
from cnncalc.models.onnx.flows import Flow
from cnncalc.models.onnx.operators.arithmetic import added_value, keeps, value_beside

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.models.onnx.reading import Reading


def read_where(node: Reading) -> Flow:
    """`Where` of a constant mask, which puts a number into some places of a tensor, as a mask of attention does."""
    chosen, (first, second) = node.constant(0), (node.input(1), node.input(2))
    is_first = isinstance(first, Flow)
    x, other = (first, second) if is_first else (second, first)
    if not isinstance(x, Flow) or not isinstance(other, Constant) or other.uniform is None:
        raise node.refuse("it does not choose between a tensor and a number")
    number = float(other.uniform)
    if not keeps(x, chosen):
        raise node.refuse(f"its mask is {list(chosen.shape)} beside a tensor of {list(x.dims)}")

    def mask(kept: float, put: float) -> Constant:
        def values() -> Array:
            import numpy as np

            return np.where(chosen.array().astype(bool) == is_first, kept, put).astype("float32")

        return Computed(values, chosen.shape, "float32", (chosen.key, is_first, kept, put))

    if isfinite(number):
        x = node.layer("multiply", {"value": value_beside(node, x, mask(1.0, 0.0))}, [x], tensor="" if number else None)
    return node.layer("add", {"value": added_value(node, x, mask(0.0, number))}, [x]) if number else x
