"""Convolution whose taps are moved by another input."""

from __future__ import annotations

from math import gcd, prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME, Whole
from cnncalc.geometry.group_access import grouped
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.convolution import Grouped
from cnncalc.layers.options import Integer, option
from cnncalc.layers.weights import WEIGHT_ALIASES, ArrayOption, Weight
from cnncalc.layers.windowed import need_map
from cnncalc.symbolic.arithmetic import exact_div

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class DeformConv(Grouped):
    """Deformable convolution: a second input moves each tap, and a third, if given, weights it.

    ``from: [x, offset]`` or ``[x, offset, mask]``, as in torchvision and ONNX: x ``(C, H, W)``, the offset
    ``(2 offset_groups x taps, *O)`` with a shift down and one to the right for each tap at each position, and the mask
    ``(offset_groups x taps, *O)``, give ``(out_channels, *O)``, O as of a convolution. Between pixels x is interpolated
    (bilinear), and outside it is 0. In most networks a convolution with the same window makes the offset, and another
    one with a sigmoid the mask:

    ``- conv2d: {name: offset, out_channels: 18, kernel_size: 3, padding: 1, from: x}``, then
    ``- deform_conv2d: {out_channels: 64, kernel_size: 3, padding: 1, from: [x, offset]}``.

    MACs: those of a convolution. FLOPs: twice the MACs, one addition for each biased output value, those of the
    activation and of sampling: 7 for each channel, tap and position (4 products and 3 additions), 1 more with a mask,
    and 10 for each tap of an offset group and position (its coordinates and 4 weights). Dai et al. 2017,
    arXiv:1703.06211; Zhu et al. 2018, arXiv:1811.11168.

    >>> DeformConv(out_channels=64, kernel_size=3, padding=1).output_shape([(16, 7, 7), (18, 7, 7)])
    (64, 7, 7)
    """

    type_name = "deform_conv"
    arity = (2, 3)
    input_names = ("map", "offset")
    positional = ("out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")
    aliases = ("deformable_conv", "deformable_convolution", "modulated_deform_conv", "dcn", "dcnv2", "deform_conv_pack")

    offset_groups: int = option(
        Integer(1),
        default=1,
        meaning="parts that the channels are cut into, each of which has offsets of its own",
        aliases=("deform_groups", "deformable_groups", "deformable_group", "offset_group", "n_offset_grps"),
    )
    weight: ArrayOption = option(Weight(), default=True, meaning="(out, in / groups, *kernel)", aliases=WEIGHT_ALIASES)

    def _taps(self) -> int:
        """The taps of the window."""
        return prod(self._per_axis("kernel_size", 2))

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """``(out_channels, *O)``; raises `LayerError` also for an offset or mask of another shape."""
        shape, *guides = inputs
        need_map(shape)
        if len(shape) != 3:
            raise LayerError(f"it needs 2 spatial axes, the input has {len(shape) - 1}")
        output = super().output_shape([shape])
        if shape[0] % self.offset_groups:
            fact = f"its {shape[0]} channels are not a multiple of `offset_groups` {self.offset_groups}"
            raise LayerError(fact, option="offset_groups")
        for name, found, each in zip(("offset", "mask"), guides, (2, 1), strict=False):
            wanted = (each * self.offset_groups * self._taps(), *output[1:])
            if found != wanted:
                fact = f"its {name} must be {self.layout.text(wanted)}, not {self.layout.text(found)}"
                hint = f"a convolution with the same window and `out_channels: {wanted[0]}` gives it"
                raise LayerError(fact, hint=hint)
        return output

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weight ``(out, in / groups, *kernel)`` and bias ``(out,)``, as in torchvision."""
        weight = (self.out_channels, exact_div(inputs[0][0], self.groups), *self._per_axis("kernel_size", 2))
        return self._with_bias({"weight": weight}, self.out_channels)

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Output values x input channels of a group x kernel."""
        return prod(output) * prod(self.weight_shapes(inputs)["weight"][1:])

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Those of a convolution, and of sampling."""
        places = self._taps() * prod(output[1:])
        each = 7 + (len(inputs) - 2)
        return super().flops(inputs, output) + each * inputs[0][0] * places + 10 * self.offset_groups * places

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Any pixel of x, and the offset and mask at the same position."""
        (channels, *sizes), *guides = inputs
        everywhere = AxisByAxis([grouped(channels, output[0], self.groups), *map(Whole, sizes)])
        # Exact where one number of groups divides the other; else a filter may read the offsets of a part of a group.
        shared = gcd(self.groups, self.offset_groups)
        return [everywhere, *(AxisByAxis([grouped(guide[0], output[0], shared), SAME, SAME]) for guide in guides)]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """Every position from anything of x, and each from its own offset and mask."""
        x, *guides = inputs
        anything = kernels.dependency.reachable_together(kernels.dependency.by_groups(x, self.groups), (2, 3))
        found = kernels.dependency.repeated(anything[:, :, :1, :1], self.out_channels)
        channels = x.shape[1] // self.offset_groups
        inside = x.shape[1] // self.groups
        spans = [(start // channels, (start + inside - 1) // channels + 1) for start in range(0, x.shape[1], inside)]
        for guide in guides:
            by_group = kernels.dependency.by_groups(guide, self.offset_groups)
            moved = kernels.dependency.by_spans(by_group, spans)
            found = found | kernels.dependency.repeated(moved, self.out_channels)
        return found

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Sample x at the moved taps, multiply with the weights, and add the bias."""
        x, offset, *others = inputs
        guide = kernels.deformable.Guide(offset, others[0] if others else None, self.offset_groups)
        return kernels.deformable.deform_convolve(
            x,
            guide,
            weights["weight"],
            weights.get("bias"),
            windows=self.geometry(x.shape[1:]),
            groups=self.groups,
        )
