"""Output values of convolutions: the products of a window and a kernel, channel by channel."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.steps import planes
from cnncalc.steps.expressions import Number, multiplied, total
from cnncalc.steps.results import Formula
from cnncalc.steps.units import (
    ON_ONE_LINE,
    Calculation,
    Part,
    check_terms,
    chunks,
    equation,
    indexed,
    letters,
    summed,
    tap_letters,
)
from cnncalc.steps.windows import Windowed, landing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.steps.expressions import Expression
    from cnncalc.steps.results import Equation, Plane
    from cnncalc.steps.units import Unit
    from cnncalc.steps.windows import Tap

PLACES: Final = ("r", "s", "t")
"""The letters of the positions of the input that are spread over the output."""


class Filtering(Windowed):
    """What the convolutions share: kernels, and groups of channels."""

    filters_axis = 0
    """The axis of the weight that numbers the filters."""

    @property
    def groups(self) -> int:
        """The groups that the input's channels are cut into."""
        return self.node.layer.window_groups(self.input_shape) or 1

    @property
    def summary(self) -> str:
        """What the layer is set to, in a few words."""
        groups = f", {self.groups} groups" if 1 < self.groups < self.input_shape[0] else ""
        return f"{super().summary}{groups}"

    def channels_of(self, channel: int) -> range:
        """The input's channels that an output's channel is made of."""
        each = self.input_shape[0] // self.groups
        first = channel * self.groups // self.output_shape[0] * each
        return range(first, first + each)

    def kernels(self, channel: int) -> Array:
        """The kernel of each of these channels ``(C / groups, *kernel)``."""
        return self.values.weight(channel)

    def bias(self, channel: int) -> list[Expression]:
        """The bias of an output's channel, if the layer has one."""
        found = self.values.number("bias", channel)
        return [] if found is None else [Number(found)]

    @property
    def has_bias(self) -> bool:
        """Whether a bias is added."""
        return "bias" in self.values.names()

    def parts(self, channels: Sequence[int], terms: Sequence[Sequence[Expression]], row: int) -> list[Part]:
        """The terms of each channel on lines of their own; rows of a kernel where those are too long.

        `row` is the number of terms of a row of the kernel.
        """
        if terms and len(terms[0]) == 1:
            flat = [term for of_channel in terms for term in of_channel]
            return chunks("channels" if len(flat) > 1 else "channel", flat, channels[0] if channels else 0)
        found: list[Part] = []
        for channel, of_channel in zip(channels, terms, strict=True):
            if len(of_channel) <= ON_ONE_LINE:
                found.append(Part(f"channel {channel}", of_channel))
                continue
            size = row if row <= ON_ONE_LINE else 16
            for number, start in enumerate(range(0, len(of_channel), size)):
                found.append(Part(f"channel {channel}, row {number}", of_channel[start : start + size]))
        return found

    def kernel_planes(self, kernel: Array, label: str, used: Sequence[tuple[int, ...]] = ()) -> list[Plane]:
        """A kernel as it is drawn, its volume a plane each; `used` are the taps that stand out."""
        if kernel.ndim == 3:
            return [
                plane
                for lead in range(len(kernel))
                for plane in self.kernel_planes(
                    kernel[lead], f"{label}, plane {lead}", [at[1:] for at in used if at[0] == lead]
                )
            ]
        views = [range(size) for size in kernel.shape]
        window = dict.fromkeys(used)
        return [planes.cut("kernel", label, lambda at: float(kernel[at]), kernel.shape, views, window)]


class Convolution(Filtering):
    """Cross-correlation, as every framework computes it, whatever its groups."""

    @property
    def mode(self) -> str:
        """What the padding is: zeros, or a way to go on with the map."""
        return str(getattr(self.node.layer, "padding_mode", "zeros"))

    def gathered(self, channels: range, taps: Sequence[Sequence[Tap]]) -> Array:
        """The values under a window ``(C / groups, *kernel)``, zeros where it lies on padding."""
        sources = [[-1 if tap.source is None else tap.source for tap in along] for along in taps]
        x = self.values.inputs[0][channels.start : channels.stop]
        found = x[np.ix_(range(len(channels)), *([max(at, 0) for at in along] for along in sources))].astype(np.float64)
        for axis, along in enumerate(sources):
            outside = [number for number, at in enumerate(along) if at < 0]
            index: tuple[Any, ...] = (slice(None), *(slice(None),) * axis, outside)
            found[index] = 0.0
        return found

    def result(self, unit: Unit) -> float:
        """The value of a unit, as fast as may be."""
        channel, *position = unit
        values = self.gathered(self.channels_of(channel), self.taps(position))
        products = values * self.kernels(channel).reshape(values.shape)
        return float(products.sum()) + (self.values.number("bias", channel) or 0.0)

    def calculation(self, unit: Unit, *, turned: bool = False) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        channel, *position = unit
        channels, taps = self.channels_of(channel), self.taps(position)
        check_terms(len(channels) * prod(map(len, taps)))
        kernels = self.kernels(channel)
        if turned:
            kernels = np.flip(kernels, axis=tuple(range(1, kernels.ndim)))
        values = self.gathered(channels, taps)
        terms = [
            [multiplied(Number(x), Number(k)) for x, k in zip(xs.ravel().tolist(), ks.ravel().tolist(), strict=True)]
            for xs, ks in zip(values, kernels.reshape(values.shape), strict=True)
        ]
        lines = summed(self.left(unit), self.parts(channels, terms, len(taps[-1])), self.bias(channel))
        notes = [self.window_note(taps), *self._group_note(channel)]
        return Calculation(
            self.formula(unit, turned=turned),
            lines,
            self._planes(channels, taps, kernels, "kernel, turned" if turned else "kernel"),
            len(channels),
            tuple(notes),
        )

    def _group_note(self, channel: int) -> list[str]:
        channels = self.channels_of(channel)
        if self.groups == 1:
            return []
        last = f" to {channels[-1]}" if len(channels) > 1 else ""
        return [f"output channel {channel} sees input channel{'s' * bool(last)} {channels[0]}{last} alone"]

    def formula(self, unit: Unit, *, turned: bool = False) -> Formula:
        """The sum with indices."""
        channel, *position = unit
        symbols = self._sum(self.places(letters(self.rank)), "o", None, turned=turned)
        numbers = self._sum(self.places([str(at) for at in position]), channel, channel, turned=turned)
        return Formula(self.left(), symbols, numbers)

    def _sum(self, places: Sequence[str], filter_: int | str, channel: int | None, *, turned: bool) -> str:
        """The sum, for an output's channel that is a letter or a number."""
        several = self.input_shape[0] // self.groups > 1
        over = ["i"] if several else []
        first = self._first(channel)
        input_ = [f"{first}+i" if first else "i"] if several else [first or "0"] if self.input_shape[0] > 1 else []
        kernel = [filter_] if self.output_shape[0] > 1 else []
        taps = self._tap_index(turned=turned)
        added = f" + {indexed('bias', kernel) if kernel else 'bias'}" if self.has_bias else ""
        factors = indexed("X", [*input_, *places]), indexed("K", [*kernel, *over, *taps])
        return f"sum over {', '.join([*over, *tap_letters(self.rank)])} of {factors[0]}*{factors[1]}{added}"

    def _tap_index(self, *, turned: bool) -> list[str]:
        """The index of a tap in the kernel, which may be turned."""
        taps = tap_letters(self.rank)
        if not turned:
            return list(taps)
        return [f"{window.kernel_size - 1}-{tap}" for window, tap in zip(self.windows, taps, strict=True)]

    def _first(self, channel: int | None) -> str:
        """The first of the input's channels that a group has: nothing where there is one group, and it is 0."""
        if self.groups == 1:
            return ""
        if channel is not None:
            return str(self.channels_of(channel)[0])
        each, filters = self.input_shape[0] // self.groups, self.output_shape[0] // self.groups
        group = "o" if filters == 1 else f"floor(o/{filters})"
        return group if each == 1 else f"{group}*{each}"

    def _planes(
        self, channels: range, taps: Sequence[Sequence[Tap]], kernels: Array, word: str
    ) -> list[tuple[Plane, ...]]:
        """The first channels, each with its kernel."""
        found: list[tuple[Plane, ...]] = []
        numbers = [range(len(along)) for along in taps]
        for channel, kernel in zip(channels[: planes.MOST_PLANES], kernels, strict=False):
            factors = {at: float(kernel[at]) for at in product(*numbers)}
            label = f"{word} {' x '.join(map(str, kernel.shape))}"
            label += f", channel {channel - channels[0]}" if len(channels) > 1 else ""
            pairs = zip(self.input_planes(channel, taps, factors), self.kernel_planes(kernel, label), strict=False)
            found += pairs
        return found[: planes.MOST_PLANES]


class Separable(Convolution):
    """A depthwise convolution and one over the channels that it gives, written as one."""

    def result(self, unit: Unit) -> float:
        """The value of a unit, as fast as may be."""
        return self.calculation(unit).equations[-1].result

    def calculation(self, unit: Unit, *, turned: bool = False) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        channel, *position = unit
        taps = self.taps(position)
        depthwise = self.values.array("depthwise_weight")
        pointwise = self.values.part("pointwise_weight", channel).reshape(-1)
        check_terms(depthwise.size)
        if turned:
            depthwise = np.flip(depthwise, axis=tuple(range(2, depthwise.ndim)))
        each = len(depthwise) // self.input_shape[0]
        lines = []
        found: list[tuple[Plane, ...]] = []
        for filter_, kernel in enumerate(depthwise[:, 0]):
            read = filter_ // each
            values = self.gathered(range(read, read + 1), taps)[0]
            pairs = zip(values.ravel().tolist(), kernel.ravel().tolist(), strict=True)
            lines.append(equation(f"D[{filter_}]", total([multiplied(Number(x), Number(k)) for x, k in pairs])))
            if len(found) < planes.MOST_PLANES:
                factors = {at: float(kernel[at]) for at in product(*(range(size) for size in kernel.shape))}
                kernels = self.kernel_planes(kernel, f"kernel of filter {filter_}")
                found += zip(self.input_planes(read, taps, factors), kernels, strict=False)
        mixed = [
            multiplied(Number(line.result, number), Number(p))
            for number, (line, p) in enumerate(zip(lines, pointwise.tolist(), strict=True))
        ]
        lines.append(equation(self.left(unit), total([*mixed, *self.bias(channel)])))
        return Calculation(self.formula(unit, turned=turned), lines, found, len(depthwise), (self.window_note(taps),))

    def _sum(self, places: Sequence[str], filter_: int | str, channel: int | None, *, turned: bool) -> str:
        del channel
        each = self.values.node.weight_shapes["depthwise_weight"][0] // self.input_shape[0]
        read = "i" if each == 1 else f"floor(i/{each})"
        factors = indexed("X", [read, *places]), indexed("K", ["i", *self._tap_index(turned=turned)])
        inner = f"sum over {', '.join(tap_letters(self.rank))} of {factors[0]}*{factors[1]}"
        added = f" + {indexed('bias', [filter_])}" if self.has_bias else ""
        return f"sum over i of P[{filter_},i]*D[i]{added} with D[i] = {inner}"


class Transposed(Filtering):
    """Transposed convolution: each value of the input is spread over the output, weighted by the kernel."""

    filters_axis = 1

    padding_word = "cut by"

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
        found: list[tuple[Plane, ...]] = []
        used = [tuple(tap.number for tap in pair) for pair in landed]
        for read, kernel in zip(channels[: planes.MOST_PLANES], kernels, strict=False):
            label = f"kernel {' x '.join(map(str, kernel.shape))}"
            label += f", channel {read}" if len(channels) > 1 else ""
            factors = {at: float(kernel[at]) for at in used}
            found += zip(self.input_planes(read, taps, factors), self.kernel_planes(kernel, label, used), strict=False)
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
