"""The values of an output around a unit, each behind the activation that is the layer's last step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import CnncalcError
from cnncalc.steps import planes
from cnncalc.steps.elementwise import activated, slope_at
from cnncalc.steps.expressions import Number
from cnncalc.steps.units import equation

if TYPE_CHECKING:
    from cnncalc.steps.results import Equation, Plane
    from cnncalc.steps.units import LayerAtHand, Unit


def with_last_step(lines: list[Equation], at: LayerAtHand, unit: Unit) -> list[Equation]:
    """The lines of a unit, and one for the activation that is the layer's last step, if it has one."""
    if len(at.node.steps) == 1:
        return lines
    layer = at.node.steps[1].layer
    result = Number(lines[-1].result, len(lines) - 1)
    expression = activated(layer, result, slope_at(at.values.array, layer, unit, "activation.weight"))
    if expression is None:
        raise CnncalcError(f"`{at.node.name}` has the activation {layer.type_name}, which is not written out")
    return [*lines, equation(layer.type_name, expression)]


class Outputs:
    """The values that are drawn beside a unit, each calculated once."""

    def __init__(self, at: LayerAtHand) -> None:
        self.at = at
        self.known: dict[Unit, float] = {}

    def value(self, unit: Unit) -> float:
        """The value of a unit."""
        if unit not in self.known:
            lines = [equation("", Number(self.at.result(unit)))]
            self.known[unit] = with_last_step(lines, self.at, unit)[-1].result
        return self.known[unit]

    def plane(self, unit: Unit, result: float, *, alone: bool = False) -> Plane | None:
        """The output's channel around a unit, with the values up to this one, or this one `alone`; None of a vector."""
        if not alone:
            self.known[unit] = result
        if not self.at.has_map:
            return None
        shape = self.at.output_shape
        axes = min(len(unit) - 1, 2)
        lead, place, sizes = unit[:-axes], unit[-axes:], shape[-axes:]
        views = [
            planes.view(size, 0, 0, range(at, at + 1), planes.OUTPUT_CELLS)
            for size, at in zip(sizes, place, strict=True)
        ]

        def read(cell: tuple[int, ...]) -> float | None:
            if cell == place:
                return result
            return None if alone or cell > place else self.value((*lead, *cell))

        channel = [f"channel {unit[0]}"] if shape[0] > 1 else []
        title = ", ".join([self.at.output_word, *channel, *(f"plane {z}" for z in lead[1:])])
        return planes.cut("output", title, read, sizes, views, {}, place)
