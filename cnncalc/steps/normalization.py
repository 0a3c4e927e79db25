"""Output values of normalisations and of softmax: statistics of some values, and what they make of one."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from cnncalc.layers.axis_normalization import L2Norm, OverAxes, RMSNorm
from cnncalc.layers.normalization import GroupNorm, Tracking
from cnncalc.steps import planes
from cnncalc.steps.expressions import Number, call, multiplied, total
from cnncalc.steps.results import Formula
from cnncalc.steps.units import Calculation, LayerAtHand, check_terms, chunks, equation, indexed, letters, summed, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.steps.expressions import Expression
    from cnncalc.steps.results import Equation, Plane
    from cnncalc.steps.units import Unit


class Pointwise(LayerAtHand):
    """A layer whose output has the shape of its input."""

    def left(self, unit: Sequence[int] | None = None) -> str:
        """The output's value, with symbols or numbers."""
        return indexed("Y", self.index() if unit is None else unit)

    def index(self) -> tuple[str, ...]:
        """The letters of an index."""
        return ("c", *letters(len(self.output_shape) - 1))

    def input_planes(self, unit: Unit, number: int = 0) -> list[Plane]:
        """An input around the value, which is one of a plane, or of a row."""
        shape = self.own.input_shapes[number]
        unit = tuple(min(at, size - 1) for at, size in zip(unit, shape, strict=True))
        axes = min(len(unit) - 1, 2) or 1
        lead, place, sizes = unit[:-axes], unit[-axes:], shape[-axes:]
        views = [planes.view(size, 0, 0, range(at, at + 1)) for size, at in zip(sizes, place, strict=True)]
        which = f" {number + 1}" if len(self.own.input_shapes) > 1 else ""
        channel = [f"channel {unit[0]}"] if shape[0] > 1 and len(unit) > 1 else []
        title = ", ".join([f"input{which} {times(shape[1:] or shape)}", *channel, *(f"plane {z}" for z in lead[1:])])
        return [planes.cut("input", title, lambda at: self.read((*lead, *at), number), sizes, views, {place: None})]


class Normalization(Pointwise):
    """``(x - mean) / sqrt(variance + eps) * weight + bias`` with running statistics, or with those of some values."""

    @property
    def has_running(self) -> bool:
        """Whether the statistics are kept."""
        return isinstance(self.node.layer, Tracking) and self.node.layer.track_running_stats

    @property
    def over(self) -> str:
        """What the statistics are taken over."""
        layer = self.node.layer
        if isinstance(layer, OverAxes):
            axes = layer.normalized_axes(self.input_shape)
            names = self.index()
            return f"over {', '.join(names[axis] for axis in axes)}"
        if isinstance(layer, GroupNorm):
            return f"over a group of {self.input_shape[0] // layer.num_groups} channels and the map"
        return "over the map of the channel"

    @property
    def summary(self) -> str:
        """What the layer is set to, in a few words."""
        eps = getattr(self.node.layer, "eps", None)
        kept = "running statistics" if self.has_running else f"statistics {self.over}"
        return kept if eps is None else f"{kept}, eps {eps:g}"

    def read_values(self, unit: Unit) -> list[float]:
        """The values whose statistics a value is normalised by."""
        layer, shape = self.node.layer, self.input_shape
        if isinstance(layer, OverAxes):
            axes = layer.normalized_axes(shape)
            spans = [
                range(size) if axis in axes else [at] for axis, (size, at) in enumerate(zip(shape, unit, strict=True))
            ]
        elif isinstance(layer, GroupNorm):
            each = shape[0] // layer.num_groups
            first = unit[0] // each * each
            spans = [range(first, first + each), *map(range, shape[1:])]
        else:
            spans = [[unit[0]], *map(range, shape[1:])]
        check_terms(prod(map(len, spans)))
        return [self.read(index) for index in product(*spans)]

    def calculation(self, unit: Unit) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        layer = self.node.layer
        if isinstance(layer, RMSNorm):
            return self._by_root(unit, layer)
        if isinstance(layer, L2Norm):
            return self._by_length(unit, layer)
        x, eps = Number(self.read(unit)), Number(float(layer.eps))  # type: ignore[attr-defined]
        lines: list[Equation] = []
        if self.has_running:
            mean = Number(self.values.number("running_mean", unit[0]) or 0.0)
            variance = Number(self.values.number("running_var", unit[0]) or 0.0)
        else:
            values = self.read_values(unit)
            lines = summed("mean", chunks("values", [Number(value) for value in values]), divisor=Number(len(values)))
            mean = Number(lines[-1].result, len(lines) - 1)
            squares = [call("^", call("-", Number(value), mean), Number(2.0)) for value in values]
            lines += summed("variance", chunks("values", squares), (), Number(len(values)), len(lines))
            variance = Number(lines[-1].result, len(lines) - 1)
        normal: Expression = call("/", call("-", x, mean), call("sqrt", call("+", variance, eps)))
        lines.append(equation(self.left(unit), self._scaled(normal, unit)))
        return Calculation(
            self._formula(unit, "(X{} - mean{}) / sqrt(variance{} + eps)"),
            lines,
            [tuple(self.input_planes(unit))],
            1,
            self._notes(unit),
        )

    def _notes(self, unit: Unit) -> tuple[str, ...]:
        if not self.has_running:
            return ()
        mean, variance = self.values.number("running_mean", unit[0]), self.values.number("running_var", unit[0])
        return (f"the running mean of channel {unit[0]} is {mean:.4g}, its running variance {variance:.4g}",)

    def _scaled(self, normal: Expression, unit: Unit) -> Expression:
        """Times the weight and plus the bias, where the layer has them."""
        weight, bias = (self._number(name, unit) for name in ("weight", "bias"))
        scaled = normal if weight is None else multiplied(normal, Number(weight))
        return scaled if bias is None else total([scaled, Number(bias)])

    def _number(self, name: str, unit: Unit) -> float | None:
        """The number of the weight or the bias that belongs to a value."""
        layer = self.node.layer
        if name not in self.values.names():
            return None
        if isinstance(layer, OverAxes) and not isinstance(layer, L2Norm):
            return self.values.number(name, tuple(unit[axis] for axis in layer.normalized_axes(self.input_shape)))
        return self.values.number(name, unit[0])

    def _by_root(self, unit: Unit, layer: RMSNorm) -> Calculation:
        values = self.read_values(unit)
        eps = float(np.finfo(np.float64).eps) if layer.eps is None else float(layer.eps)
        squares: list[Expression] = [call("^", Number(value), Number(2.0)) for value in values]
        lines = summed("mean of squares", chunks("values", squares), divisor=Number(len(values)))
        square = Number(lines[-1].result, len(lines) - 1)
        normal = call("/", Number(self.read(unit)), call("sqrt", call("+", square, Number(eps))))
        lines.append(equation(self.left(unit), self._scaled(normal, unit)))
        return Calculation(
            self._formula(unit, "X{} / sqrt(mean of squares + eps)"), lines, [tuple(self.input_planes(unit))], 1, ()
        )

    def _by_length(self, unit: Unit, layer: L2Norm) -> Calculation:
        values = self.read_values(unit)
        squares: list[Expression] = [call("^", Number(value), Number(2.0)) for value in values]
        lines = summed("sum of squares", chunks("values", squares))
        length = call("max", call("sqrt", Number(lines[-1].result, len(lines) - 1)), Number(float(layer.eps)))
        lines.append(equation(self.left(unit), self._scaled(call("/", Number(self.read(unit)), length), unit)))
        return Calculation(
            self._formula(unit, "X{} / max(sqrt(sum of squares), eps)"), lines, [tuple(self.input_planes(unit))], 1, ()
        )

    def _formula(self, unit: Unit, text: str) -> Formula:
        texts = []
        for index in (self.index(), unit):
            place, channel = indexed("", index), indexed("", index[:1]) if self.has_running else ""
            filled = text.replace("X{}", f"X{place}").replace("{}", channel)
            for name, sign in (("weight", " * "), ("bias", " + ")):
                if name in self.values.names():
                    layer = self.node.layer
                    over = (
                        [index[axis] for axis in layer.normalized_axes(self.input_shape)]
                        if isinstance(layer, OverAxes) and not isinstance(layer, L2Norm)
                        else index[:1]
                    )
                    filled += f"{sign}{indexed(name, over)}"
            texts.append(filled)
        return Formula(self.left(), *texts)


class Softmax(Pointwise):
    """``exp(x_i) / sum(exp(x_j))``, or its logarithm, along an axis; the largest value is taken off before."""

    @property
    def axis(self) -> int:
        """The axis along which the exponentials are summed."""
        return self.node.layer.worked_axis(self.input_shape)  # type: ignore[attr-defined, no-any-return]

    @property
    def summary(self) -> str:
        """What the layer is set to, in a few words."""
        return f"over {self.index()[self.axis]}, {self.input_shape[self.axis]} values"

    def calculation(self, unit: Unit) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        axis, count = self.axis, self.input_shape[self.axis]
        check_terms(count)
        values = [self.read((*unit[:axis], at, *unit[axis + 1 :])) for at in range(count)]
        lines = self._largest(values)
        most = Number(lines[-1].result, len(lines) - 1)
        first = len(lines)
        lines += [equation(f"e[{at}]", call("exp", call("-", Number(v), most))) for at, v in enumerate(values)]
        powers: list[Expression] = [Number(lines[first + at].result, first + at) for at in range(count)]
        lines.append(equation("sum", total(powers)))
        whole = Number(lines[-1].result, len(lines) - 1)
        own = unit[axis]
        if self.node.layer.type_name == "softmax":
            last = call("/", powers[own], whole)
        else:
            last = call("-", call("-", Number(values[own]), most), call("log", whole))
        lines.append(equation(self.left(unit), last))
        return Calculation(
            self._formula(unit),
            lines,
            [tuple(self.input_planes(unit))],
            1,
            ("the largest value is taken off, so that no power overflows",),
        )

    def _largest(self, values: list[float]) -> list[Equation]:
        parts = chunks("values", [Number(value) for value in values])
        if len(parts) == 1:
            return [equation("largest", call("max", *parts[0].terms) if len(values) > 1 else parts[0].terms[0])]
        lines = [equation(part.label, call("max", *part.terms)) for part in parts]
        return [*lines, equation("largest", call("max", *(Number(line.result, at) for at, line in enumerate(lines))))]

    def _formula(self, unit: Unit) -> Formula:
        def share(index: Sequence[int | str]) -> str:
            own = indexed("X", index)
            others = indexed("X", ["j" if axis == self.axis else at for axis, at in enumerate(index)])
            power = f"sum over j of exp({others} - largest)"
            if self.node.layer.type_name == "softmax":
                return f"exp({own} - largest) / ({power})"
            return f"{own} - largest - log({power})"

        return Formula(self.left(), share(self.index()), share(unit))
