"""Output values of pools: the largest, the smallest or the mean of a window."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from cnncalc.layers.adaptive_pooling import AdaptivePool, GlobalPool
from cnncalc.layers.windowed import per_axis
from cnncalc.steps.expressions import Number, call, total
from cnncalc.steps.results import Formula
from cnncalc.steps.units import (
    ON_ONE_LINE,
    Calculation,
    Part,
    check_terms,
    equation,
    indexed,
    letters,
    summed,
    tap_letters,
    times,
)
from cnncalc.steps.windows import Tap, Windowed, slid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.steps.expressions import Expression
    from cnncalc.steps.results import Equation
    from cnncalc.steps.units import Unit


class Pool(Windowed):
    """A pool over windows that move, over windows that follow from both sizes, or over the whole map."""

    @property
    def function(self) -> str:
        """What is made of a window: `max`, `min` or `mean`."""
        name = self.node.layer.type_name
        return "max" if "max" in name else "min" if "min" in name else "mean"

    @property
    def border(self) -> float | None:
        """The value of the padding: zero in a mean, and none where it never counts."""
        return 0.0 if self.function == "mean" else None

    @property
    def summary(self) -> str:
        """What the layer is set to, in a few words."""
        if self.windows:
            return super().summary
        sizes = times(self.output_shape[1:]) if isinstance(self.node.layer, AdaptivePool) else "1"
        return f"windows that give {sizes}" if sizes != "1" else "over the whole map"

    @property
    def pads(self) -> list[tuple[int, int]]:
        """The padding along each spatial axis."""
        return super().pads if self.windows else [(0, 0)] * self.rank

    def taps(self, position: Sequence[int]) -> list[list[Tap]]:
        """The taps along each axis that belong to a position of the output."""
        if self.windows:
            axes = zip(self.windows, self.input_shape[1:], position, strict=True)
            return [slid(window, size, at) for window, size, at in axes]
        parts = zip(self._position(position), self.input_shape[1:], self._counts(), strict=True)
        spans = [range(at * size // count, -(-(at + 1) * size // count)) for at, size, count in parts]
        check_terms(prod(map(len, spans)))
        return [[Tap(number, place, place) for number, place in enumerate(span)] for span in spans]

    def _counts(self) -> tuple[int, ...]:
        """The positions along each spatial axis of a pool whose windows do not move."""
        layer = self.node.layer
        if isinstance(layer, GlobalPool):
            return (1,) * self.rank
        assert isinstance(layer, AdaptivePool)
        sizes = per_axis(layer.output_size, self.rank, "output_size")
        return tuple(n if size is None else size for n, size in zip(self.input_shape[1:], sizes, strict=True))

    def _position(self, position: Sequence[int]) -> Sequence[int]:
        """The position, also where the output has no axes for it."""
        return position or (0,) * self.rank

    def first_whole(self) -> tuple[int, ...]:
        """The position that is shown unless another is asked for."""
        return super().first_whole() if self.windows else (0,) * (len(self.output_shape) - 1)

    def calculation(self, unit: Unit) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        channel, *position = unit
        taps = self.taps(position)
        inside = [[tap for tap in along if tap.source is not None] for along in taps]
        check_terms(prod(map(len, inside)))
        rows: list[list[Expression]] = [
            [Number(self.read((channel, *(tap.place for tap in (*lead, tap))))) for tap in inside[-1]]
            for lead in product(*inside[:-1])
        ]
        left, notes = self.left(unit), [self.window_note(taps)]
        marked = None
        if self.function == "mean":
            divisor, note = self.divisor(taps)
            notes += [note] if note else []
            lines = summed(left, _parts(rows), divisor=Number(divisor))
        else:
            lines = self._extreme(left, rows)
            marked = self._where(channel, inside, lines[-1].result)
            if marked is not None:
                kind = "largest" if self.function == "max" else "smallest"
                notes.append(f"the {kind} is {indexed('X', self._input_index(channel, marked))}")
        planes = self.input_planes(channel, taps, marked=marked)
        return Calculation(self._formula(unit), lines, [(plane,) for plane in planes], 1, tuple(notes))

    def _input_index(self, channel: int, places: Sequence[int]) -> list[int]:
        return [*([channel] if self.input_shape[0] > 1 else []), *places]

    def _extreme(self, left: str, rows: list[list[Expression]]) -> list[Equation]:
        """The largest or the smallest of some rows."""
        flat = [value for row in rows for value in row]
        if len(flat) <= ON_ONE_LINE:
            return [equation(left, call(self.function, *flat) if len(flat) > 1 else flat[0])]
        lines = [equation(part.label, call(self.function, *part.terms)) for part in _parts(rows)]
        results = [Number(line.result, number) for number, line in enumerate(lines)]
        return [*lines, equation(left, call(self.function, *results))]

    def _where(self, channel: int, inside: list[list[Tap]], result: float) -> tuple[int, ...] | None:
        """The first place of the window that has this value."""
        for pair in product(*inside):
            places = tuple(tap.place for tap in pair)
            if self.read((channel, *places)) == result:
                return places
        return None

    def divisor(self, taps: list[list[Tap]]) -> tuple[float, str]:
        """What the sum of a window is divided by, and why."""
        layer = self.node.layer
        inside = prod(sum(tap.source is not None for tap in along) for along in taps)
        override = getattr(layer, "divisor_override", None)
        if override:
            return float(override), "`divisor_override` is what the sum is divided by"
        if not self.windows:
            return float(inside), ""
        include = getattr(layer, "count_include_pad", None)
        if include is None:
            include = not isinstance(getattr(layer, "padding", None), str)
        if not include:
            return float(inside), "the padding does not count in the mean" if inside < prod(map(len, taps)) else ""
        counted = prod(
            sum(-before <= tap.place < size + after for tap in along)
            for along, (before, after), size in zip(taps, self.pads, self.input_shape[1:], strict=True)
        )
        return float(counted), "the padding counts in the mean, as zeros" if inside < counted else ""

    def _formula(self, unit: Unit) -> Formula:
        channel, *position = unit
        several = self.input_shape[0] > 1
        if self.windows:
            places = (self.places(letters(self.rank)), self.places([str(at) for at in position]))
            over = ", ".join(tap_letters(self.rank))
        else:
            places = (list(tap_letters(self.rank)),) * 2
            over = "all " + ", ".join(tap_letters(self.rank)) + " of the window"

        def over_window(first: int | str, index: Sequence[str]) -> str:
            return f"{self.function} over {over} of {indexed('X', [*([first] if several else []), *index])}"

        return Formula(self.left(), over_window("o", places[0]), over_window(channel, places[1]))

    def left(self, unit: Sequence[int] | None = None) -> str:
        """The output's value, with symbols or numbers; the channel is left out where there is one."""
        rank = len(self.output_shape) - 1
        index: Sequence[int | str] = ("o", *letters(rank)) if unit is None else unit
        return indexed("Y", index if self.output_shape[0] > 1 or rank == 0 else index[1:])


def _parts(rows: list[list[Expression]]) -> list[Part]:
    """The rows of a window, all on one line where that has room for them."""
    flat = [value for row in rows for value in row]
    if len(flat) <= ON_ONE_LINE:
        return [Part("", flat or [total([Number(0.0)])])]
    if len(rows) == 1 or len(rows[0]) > ON_ONE_LINE:
        return [
            Part(f"values {start} to {start + len(flat[start : start + 16]) - 1}", flat[start : start + 16])
            for start in range(0, len(flat), 16)
        ]
    return [Part(f"row {number}", row) for number, row in enumerate(rows)]
