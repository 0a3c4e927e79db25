"""Convolution whose filters are not shared by the positions."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.geometry.access import Whole
from cnncalc.layers.convolution import Filtering
from cnncalc.layers.options import Integer, option
from cnncalc.layers.weights import BIAS_ALIASES, WEIGHT_ALIASES, ArrayOption, Weight
from cnncalc.shapes import LETTERS
from cnncalc.symbolic.arithmetic import rename

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class LocallyConnected(Filtering):
    """Locally connected layer: a convolution whose filters have weights of their own at each position.

    ``(C, *I) -> (out_channels, *O)`` with one O = positions of the window per axis. The weight is
    ``(*O, out, C, *kernel)`` and the bias ``(*O, out)``; Keras's kernel of a position is ours with its axes turned,
    ``(kernel x C, out)``. MACs: each output value takes ``C x kernel`` of them; FLOPs: twice the MACs, one addition
    for each biased output value, and those of the activation. LeCun et al. 1989, doi:10.1162/neco.1989.1.4.541;
    Taigman et al. 2014, doi:10.1109/CVPR.2014.220.

    >>> LocallyConnected(out_channels=16, kernel_size=3).weight_shapes([(3, 10, 10)])
    {'weight': (8, 8, 16, 3, 3, 3), 'bias': (8, 8, 16)}
    """

    type_name = "locally_connected"
    positional = ("out_channels", "kernel_size", "stride", "padding", "dilation", "bias")
    aliases = ("local", "local_conv", "unshared_conv", "locally_connected_layer")

    out_channels: int = option(
        Integer(1), meaning="number of filters at each position", aliases=("filters", "num_output", "nb_filter")
    )
    weight: ArrayOption = option(
        Weight(), default=True, meaning="(*positions, out, in, *kernel)", aliases=WEIGHT_ALIASES
    )
    bias: ArrayOption = option(Weight(switch=True), default=True, meaning="(*positions, out)", aliases=BIAS_ALIASES)

    def _filters(self, channels: int) -> int:
        del channels
        return self.out_channels

    def window_groups(self, shape: Shape) -> int:
        """One: each filter reads all channels."""
        del shape
        return 1

    def channel_access(self, before: int, after: int) -> Access:
        """Each filter reads all channels."""
        del after
        return Whole(before)

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight ``(*O, out, C, *kernel)`` and bias ``(*O, out)``."""
        (shape,) = inputs
        letters = LETTERS[len(shape) - 1][1:]
        positions = (rename(size, f"{letter}_out") for size, letter in zip(self.positions(shape), letters, strict=True))
        each = (*positions, self.out_channels)
        weight = {"weight": (*each, shape[0], *self._per_axis("kernel_size", len(shape) - 1))}
        return weight if self.bias is False else {**weight, "bias": each}

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Output values x input channels x kernel."""
        (shape,) = inputs
        taps: int = prod(self._per_axis("kernel_size", len(shape) - 1))
        return prod(output) * shape[0] * taps

    def fan_in(self, name: str, shape: Shape) -> float:
        """The channels and taps, behind as many axes of positions as there are of taps."""
        del name
        return prod(shape[len(shape) // 2 :])

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """That of a bias, which has axes of positions here."""
        del shape
        return 0.0 if name == "bias" else None

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What the windows reach, with weights of 1."""
        (x,) = inputs
        together = kernels.dependency.by_groups(x, 1)
        return kernels.dependency.reachable_by_windows(together, self.geometry(x.shape[1:]), self.out_channels)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Multiply each window with the weights of its position, and add the bias of it."""
        (x,) = inputs
        return kernels.unshared.convolve_unshared(
            x, weights["weight"], weights.get("bias"), windows=self.geometry(x.shape[1:])
        )
