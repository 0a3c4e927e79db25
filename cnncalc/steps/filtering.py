"""What the convolutions share: kernels, groups of channels, and a bias."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from cnncalc.steps import planes
from cnncalc.steps.expressions import Number
from cnncalc.steps.units import ON_ONE_LINE, Part, chunks, times
from cnncalc.steps.windows import Windowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnncalc.kernels import Array
    from cnncalc.steps.expressions import Expression
    from cnncalc.steps.results import Plane
    from cnncalc.steps.windows import Tap


class Filtering(Windowed):
    """What the convolutions share: kernels, and groups of channels."""

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

    def plane_pairs(
        self,
        channels: Sequence[int],
        taps: Sequence[Sequence[Tap]],
        kernels: Iterable[Array],
        word: str,
        used: Sequence[tuple[int, ...]] = (),
    ) -> list[tuple[Plane, ...]]:
        """The first channels, each with its kernel, of which the taps that are `used` stand out where not all are."""
        found: list[tuple[Plane, ...]] = []
        for number, (channel, kernel) in enumerate(zip(channels[: planes.MOST_PLANES], kernels, strict=False)):
            label = f"{word} {times(kernel.shape)}" + (f", channel {number}" if len(channels) > 1 else "")
            every = used or list(product(*map(range, kernel.shape)))
            factors = {at: float(kernel[at]) for at in every}
            drawn = self.input_planes(channel, taps, factors), self.kernel_planes(kernel, label, used)
            found += zip(*drawn, strict=False)
        return found[: planes.MOST_PLANES]
