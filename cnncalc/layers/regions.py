"""Regions of a map. Each is what lies under a box that a detector proposes, brought to one size."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import SAME, Whole
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.base import Layer
from cnncalc.layers.options import Boolean, Integer, Number, PerAxis, Sizes, option
from cnncalc.layers.windowed import per_axis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

MOST_SAMPLES = 256
"""The most samples of a bin along an axis."""


class Regions(Layer):
    """What the layers of regions share: ``(C, H, W)`` and boxes ``(4, K)`` make ``(C, K, *output_size)``."""

    arity = (2, 2)
    input_names = ("map", "boxes")

    output_size: PerAxis = option(Sizes(1), meaning="height and width of each region", aliases=("size", "pooled_size"))
    spatial_scale: float = option(
        Number(above=0.0, maximum=1e6), default=1.0, meaning="what brings boxes to pixels of the map, such as 1/16"
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The channels of the map, the number of boxes, and the size of a region."""
        shape, boxes = inputs
        if len(shape) != 3:
            fact = f"it needs a map with height and width, and {self.layout.text(shape)} arrives"
            raise LayerError(fact, hint="`from: [map, boxes]` names the map first")
        if len(boxes) != 2 or boxes[0] != 4:
            raise self._wrong_boxes(boxes)
        return (shape[0], boxes[1], *per_axis(self.output_size, 2, "output_size"))

    def _wrong_boxes(self, boxes: Shape) -> LayerError:
        """The error for boxes of another shape, such as torchvision's K x 4 or, with the number of an image, K x 5."""
        text = self.layout.text
        fact = f"its boxes are {text(boxes)}, and must be {text((4, boxes[-1] if len(boxes) > 1 else boxes[0]))}"
        if len(boxes) == 2 and boxes[1] == 4:
            fact = f"its boxes are {text(boxes)}, and must be {text((4, boxes[0]))}: x1, y1, x2, y2 of each"
            return LayerError(fact, hint="`permute: {dims: [1, 0]}` makes these of those")
        if len(boxes) == 2 and 5 in boxes:
            return LayerError(fact, hint="leave the image's number out: a sample has its own boxes")
        return LayerError(fact, hint="`from: [map, boxes]` names the map first")

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """All of a channel of the map, and the own box."""
        del output
        shape, boxes = inputs
        return [AxisByAxis([SAME, *map(Whole, shape[1:])]), AxisByAxis([Whole(boxes[0]), SAME])]

    def second_moment(self, inputs: Sequence[float]) -> float:
        """That of the map."""
        return inputs[0]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """All of a channel of which any place is reachable, and the regions whose boxes are."""
        x, boxes = inputs
        flat = x.reshape(*x.shape[:2], -1)
        reached = kernels.dependency.reachable_by_lookup(flat, boxes, [2], [1])
        return kernels.dependency.everywhere(reached, per_axis(self.output_size, 2, "output_size"))


class RoiAlign(Regions):
    """The regions of boxes by bilinear samples; ``(C, H, W)`` and ``(4, K)`` make ``(C, K, *output_size)``.

    ``from: [map, boxes]``. Boxes are x1, y1, x2, y2 in pixels of the image, which `spatial_scale` brings to those of
    the map; they are given features first, 4 x K, where torchvision has K x 4 (as one has with `data_format:
    channels_last`). The regions lie along an axis behind the channels, where torchvision has them in the batch: what
    is a convolution of each region there is `conv3d` with a `kernel_size` of 1 along the regions here, with as many
    weights and operations. A bin is the mean of `sampling_ratio` x `sampling_ratio` samples; 0 or -1: as many as it
    spans pixels, rounded up. `aligned` puts the boxes half a pixel back, and takes those smaller than a pixel as they
    are. FLOPs: 8 for each sample of each output value, its 4 multiplications and 4 additions; 2 x 2 are counted where
    their number follows from the box. He et al. 2017 (Mask R-CNN), arXiv:1703.06870.

    >>> RoiAlign(output_size=7).output_shape([(256, 50, 50), (4, 100)])
    (256, 100, 7, 7)
    """

    type_name = "roi_align"
    positional = ("output_size", "spatial_scale", "sampling_ratio", "aligned")
    aliases = ("roialign",)

    sampling_ratio: int = option(
        Integer(-1, MOST_SAMPLES), default=-1, meaning="samples of a bin along an axis; 0 or -1: as it spans pixels"
    )
    aligned: bool = option(Boolean(), default=False, meaning="put the boxes half a pixel back")

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """8 a sample."""
        del inputs
        along = self.sampling_ratio if self.sampling_ratio > 0 else 2
        return prod(output) * 8 * along**2

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The means of the bins."""
        del weights
        x, boxes = inputs
        return kernels.regions.roi_align(
            x,
            boxes,
            per_axis(self.output_size, 2, "output_size"),
            spatial_scale=self.spatial_scale,
            sampling_ratio=self.sampling_ratio,
            aligned=self.aligned,
        )


class RoiPool(Regions):
    """The regions of boxes by maxima; ``(C, H, W)`` and ``(4, K)`` make ``(C, K, *output_size)``.

    ``from: [map, boxes]``, as those of `roi_align`. Boxes are rounded to pixels, and their bins to whole ones; an empty
    bin is 0. FLOPs: none is counted, as comparisons follow from the boxes. Girshick 2015 (Fast R-CNN),
    arXiv:1504.08083.

    >>> RoiPool(output_size=7).output_shape([(256, 50, 50), (4, 100)])
    (256, 100, 7, 7)
    """

    type_name = "roi_pool"
    positional = ("output_size", "spatial_scale")
    aliases = ("roi_pooling", "max_roi_pool")

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The maxima of the bins."""
        del weights
        x, boxes = inputs
        sizes = per_axis(self.output_size, 2, "output_size")
        return kernels.regions.roi_pool(x, boxes, sizes, spatial_scale=self.spatial_scale)
