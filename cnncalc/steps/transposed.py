"""Output values of transposed convolutions: the products that land on a place."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.steps.expressions import Number, multiplied, total
from cnncalc.steps.filtering import Filtering
from cnncalc.steps.results import Formula
from cnncalc.steps.units import Calculation, check_terms, equation, indexed, letters, summed, tap_letters
from cnncalc.steps.windows import landing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.steps.expressions import Expression
    from cnncalc.steps.results import Equation
    from cnncalc.steps.units import Unit
    from cnncalc.steps.windows import Tap

PLACES: Final = ("r", "s", "t")
"""The letters of the positions of the input that are spread over the output."""


class Transposed(Filtering):
    """Transposed convolution: each value of the input is spread over the output, weighted by the kernel."""

    padding_word = "cut by"

    @property
    def borders(self) -> list[tuple[int, int]]:
        """Nothing stands around the input: what `padding` says is cut from the output."""
        return [(0, 0)] * self.rank

    def kernels(self, channel: int) -> Array:
        """The kernel of each input channel of the group."""
        within = channel % (self.output_shape[0] // self.groups)
        channels = self.channels_of(channel)
        return self.values.weight(within, axis=1)[channels.start : channels.stop]

    def taps(self, position: Sequence[int]) -> list[list[Tap]]:
        """The taps along each axis that belong to a position of the output."""
        axes = zip(self.windows, self.input_shape[1:], position, strict=True)
        return [landing(window, size, at) for window, size, at in axes]

    def first_whole(self) -> tuple[int, ...]:
        """The first position on which as many products land as on any of the first ones."""
        found = []
        for window, size, count in zip(self.windows, self.input_shape[1:], self.output_shape[1:], strict=True):
            landed = [len(landing(window, size, at)) for at in range(min(count, 1000))]
            found.append(landed.index(max(landed)))
        return tuple(found)

    def calculation(self, unit: Unit) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        channel, *position = unit
        channels, taps = self.channels_of(channel), self.taps(position)
        check_terms(len(channels) * prod(map(len, taps)))
        kernels = self.kernels(channel)
        landed = list(product(*taps))
        terms: list[list[Expression]] = []
        for read, kernel in zip(channels, kernels, strict=True):
            terms.append(
                [
                    multiplied(
                        Number(self.read((read, *(tap.place for tap in pair)))),
                        Number(float(kernel[tuple(tap.number for tap in pair)])),
                    )
                    for pair in landed
                ]
            )
        parts = self.parts(channels, terms, max(len(taps[-1]), 1)) if landed else []
        lines = summed(self.left(unit), parts, self.bias(channel)) if parts else self._empty(unit)
        used = [tuple(tap.number for tap in pair) for pair in landed]
        found = self.plane_pairs(channels, taps, kernels, "kernel", used) if landed else []
        return Calculation(self.formula(unit), lines, found, len(channels), (self._note(taps),))

    def _empty(self, unit: Unit) -> list[Equation]:
        """The line of a value that nothing is spread to."""
        return [equation(self.left(unit), total([*self.bias(unit[0])] or [Number(0.0)]))]

    def _note(self, taps: Sequence[Sequence[Tap]]) -> str:
        count = prod(map(len, taps))
        if not count:
            return "no value of the input is spread to here"
        return f"{count} value{'s' * (count > 1)} of each input channel {'are' if count > 1 else 'is'} spread to here"

    def formula(self, unit: Unit) -> Formula:
        """The index formula, with symbols and with the numbers of a unit."""
        channel, *position = unit
        return Formula(
            self.left(),
            self._sum(letters(self.rank), "o"),
            self._sum([str(at) for at in position], channel),
        )

    def _sum(self, positions: Sequence[str], filter_: int | str) -> str:
        taps = tap_letters(self.rank)
        inputs = PLACES[: self.rank]
        several = self.input_shape[0] // self.groups > 1
        channel = ["i"] if several or self.input_shape[0] > 1 else []
        kernel = [*channel, *([filter_] if self.output_shape[0] > 1 else [])]
        bias = indexed("bias", [filter_]) if self.output_shape[0] > 1 else "bias"
        added = f"{bias} + " if self.has_bias else ""
        conditions = []
        for input_, window, (before, _), tap, at in zip(inputs, self.windows, self.pads, taps, positions, strict=True):
            text = input_ if window.stride == 1 else f"{input_}*{window.stride}"
            text += f"+{tap}" if window.dilation == 1 else f"+{tap}*{window.dilation}"
            conditions.append(f"{text}{f'-{before}' if before else ''} = {at}")
        product_ = f"{indexed('X', [*channel, *inputs])}*{indexed('K', [*kernel, *taps])}"
        return f"{added}sum of {product_} where {' and '.join(conditions)}"
