"""Operators that differ from our types in nothing but names: one row each, for both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Row(NamedTuple):
    """An operator of one input and the layer that it is: option by attribute, with the attribute's default."""

    operator: str
    type: str
    options: Mapping[str, tuple[str, float]] = {}


_OF_ONE_NAME: Final = (
    *("Relu", "Tanh", "Sigmoid", "Softplus", "Softsign", "HardSwish", "Mish", "Exp", "Log", "Sqrt", "Abs", "Neg"),
    *("Reciprocal", "Floor", "Ceil", "Round", "Sign", "Sin", "Cos", "Erf"),
)

ROWS: Final = (
    *(Row(name, name.lower()) for name in _OF_ONE_NAME),
    Row("LeakyRelu", "leaky_relu", {"negative_slope": ("alpha", 0.01)}),
    Row("Elu", "elu", {"alpha": ("alpha", 1.0)}),
    Row("Celu", "celu", {"alpha": ("alpha", 1.0)}),
    Row("HardSigmoid", "hardsigmoid", {"alpha": ("alpha", 0.2), "beta": ("beta", 0.5)}),
)
"""The rows; a type that its family writes by a function of its own is only read by one."""

BY_OPERATOR: Final = {row.operator: row for row in ROWS}
BY_TYPE: Final = {row.type: row for row in ROWS}
