"""The calculation of output values of a layer as JSON, for other programs."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from cnncalc.reports.json_values import dumps, head
from cnncalc.reports.style import PLAIN, Style
from cnncalc.steps.expressions import text_of

if TYPE_CHECKING:
    from cnncalc.steps.expressions import Expression
    from cnncalc.steps.results import Equation, LayerMatrices, Plane, Steps, UnitSteps


def render(found: Steps, style: Style = PLAIN) -> str:
    """The steps as one JSON object: on one line, or indented for a person."""
    return dumps(as_object(found), indent=style.indent)


def layer_head(found: Steps | LayerMatrices) -> dict[str, Any]:
    """What the layer is, and where its values come from."""
    keys = ("layer", "type", "input_shapes", "output_shape", "summary", "input_source", "weight_source", "seed")
    return {**head(found), **{key: getattr(found, key) for key in keys}, "weights": found.weights, "notes": found.notes}


def as_object(found: Steps) -> dict[str, Any]:
    """The steps as plain dicts and lists, with the keys of the JSON."""
    return {**layer_head(found), "units": found.units, "steps": [_step(step) for step in found.steps]}


def _step(step: UnitSteps) -> dict[str, Any]:
    """One unit with the keys of the JSON."""
    return {
        "unit": step.unit,
        "formula": step.formula._asdict(),
        "result": finite(step.result),
        "equations": [_equation(line) for line in step.equations],
        "notes": step.notes,
        "planes": [[_plane(plane) for plane in row] for row in step.planes],
        "output": None if step.output is None else _plane(step.output),
        **({} if step.turned is None else {"turned": _step(step.turned)}),
    }


def _equation(line: Equation) -> dict[str, Any]:
    """A line, its numbers with all of their digits."""
    expression: Expression | None = line.expression
    return {
        "left": line.left,
        "expression": None if expression is None else text_of(expression, lambda number: whole(number.value)),
        "result": finite(line.result),
    }


def whole(value: float) -> str:
    """A number with all of its digits.

    >>> whole(3.0), whole(0.1)
    ('3', '0.1')
    """
    return repr(value).removesuffix(".0")


def _plane(plane: Plane) -> dict[str, Any]:
    """A plane with the keys of the JSON; values are null where they are not calculated or not finite."""
    return {
        **plane._asdict(),
        "values": [[None if value is None else finite(value) for value in row] for row in plane.values],
        "factors": [finite(factor) for factor in plane.factors],
    }


def finite(value: float) -> float | int | None:
    """A number as JSON has it: whole ones without a point, and null for one that is not finite."""
    if not isfinite(value):
        return None
    return int(value) if value == int(value) and abs(value) < 1e15 else value
