"""Output values of fully connected layers: the product of the input and a row of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.steps import planes
from cnncalc.steps.expressions import Number, multiplied
from cnncalc.steps.results import Formula
from cnncalc.steps.units import Calculation, LayerAtHand, check_terms, chunks, indexed, summed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.layers.linear import Linear
    from cnncalc.steps.results import Plane
    from cnncalc.steps.units import Unit


class FullyConnected(LayerAtHand):
    """A fully connected layer, along one axis of its input."""

    @property
    def axis(self) -> int:
        """The axis that is multiplied."""
        layer: Linear = self.node.layer  # type: ignore[assignment]
        return layer.worked_axis(self.input_shape)

    @property
    def summary(self) -> str:
        """What the layer is set to, in a few words."""
        return f"{self.input_shape[self.axis]} features to {self.output_shape[self.axis]}"

    def calculation(self, unit: Unit) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        axis, count = self.axis, self.input_shape[self.axis]
        check_terms(count)
        filter_ = unit[axis]
        row = self.values.weight(filter_).reshape(-1)
        xs = [self.read((*unit[:axis], at, *unit[axis + 1 :])) for at in range(count)]
        ws = row.tolist()
        terms = [multiplied(Number(x), Number(w)) for x, w in zip(xs, ws, strict=True)]
        bias = self.values.number("bias", filter_)
        left = indexed("Y", unit)
        lines = summed(left, chunks("features", terms), [] if bias is None else [Number(bias)])
        drawn: list[tuple[Plane, ...]] = []
        if count <= planes.LARGEST_WINDOW:
            drawn.append(self._planes(xs, ws))
        return Calculation(self._formula(unit), lines, drawn, 1, ())

    def _planes(self, xs: Sequence[float], ws: Sequence[float]) -> tuple[Plane, ...]:
        count = len(xs)
        views = [range(count)]
        factors: dict[tuple[int, ...], float | None] = {(at,): w for at, w in enumerate(ws)}
        return (
            planes.cut("input", f"input, {count} features", lambda at: xs[at[0]], [count], views, factors),
            planes.cut("kernel", "row of weights", lambda at: ws[at[0]], [count], views, {}),
        )

    def _formula(self, unit: Unit) -> Formula:
        axis = self.axis
        others = [("y", "x", "z")[number] for number in range(len(unit) - 1)]
        named = [*others[:axis], "o", *others[axis:]]
        bias = "bias" in self.values.names()

        def total(index: Sequence[int | str]) -> str:
            read = [*index[:axis], "i", *index[axis + 1 :]]
            added = f" + {indexed('bias', [index[axis]])}" if bias else ""
            return f"sum over i of {indexed('X', read)}*{indexed('W', [index[axis], 'i'])}{added}"

        return Formula(indexed("Y", named), total(named), total(unit))
