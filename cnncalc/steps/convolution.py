"""Output values of convolutions: the products of a window and a kernel, channel by channel."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from cnncalc.steps import planes
from cnncalc.steps.expressions import Number, multiplied, total
from cnncalc.steps.filtering import Filtering
from cnncalc.steps.results import Formula
from cnncalc.steps.units import Calculation, check_terms, equation, indexed, letters, summed, tap_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.steps.results import Plane
    from cnncalc.steps.units import Unit
    from cnncalc.steps.windows import Tap


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
            self.plane_pairs(channels, taps, kernels, "kernel, turned" if turned else "kernel"),
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
                found += self.plane_pairs([read], taps, [kernel], f"kernel of filter {filter_},")
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
