"""The figures of a network as plain data, for whatever shows them.

Integers are exact, and shapes are as the spec's `data_format` orders them, without the batch.
"""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from typing import Any, NamedTuple

from cnncalc.layout import Shape


class ReceptiveField(NamedTuple):
    """What a unit sees of one input, per spatial axis of that input, in pixels.

    `size` is that of an interior unit, from the first pixel to the last, `stride` the distance between neighbours as a
    fraction `(pixels, units)`, `padding` minus the first pixel that unit 0 sees. A unit is all channels at a place, and
    of a vector all features. Where units repeat each other in runs the stride is their mean, such as ``(1, 2)`` behind
    an upsampling by 2, or the height ``(1, 14)`` of 14 x 14 places that were flattened. Where unit 0 sees nothing, as
    something else was joined before, `padding` is what later units tell of it or, without a stride, that of the first
    unit that sees any.

    Stride and padding are None along an axis that every path sees whole, where `size` is what all units together see of
    it. The stride alone is None where neighbours do not advance evenly: along several axes, or from the end of a row to
    the start of the next, as in the width of places that were flattened.

    `aligned` is false where paths with different centres merge; `is_global` tells that some path sees the whole map,
    along some axis, and the figures are those of the others. `exact` is false where a unit may see less, as there are
    too many paths, or too irregular ones, to follow each.
    """

    size: tuple[int, ...]
    stride: tuple[tuple[int, int] | None, ...]
    padding: tuple[int | None, ...]
    aligned: bool
    is_global: bool
    exact: bool = True


class WindowFigures(NamedTuple):
    """The window of a layer, per spatial axis; `padding` is what is applied before and after at this input size."""

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int | None


class LayerFigures(NamedTuple):
    """All figures of one layer. Counts are of one sample; only `output_bytes` grows with the batch."""

    name: str
    type: str
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    window: WindowFigures | None
    activation: str | None
    parameters: int
    buffers: int
    weights: dict[str, Shape]
    macs: int
    flops: int
    output_bytes: int
    receptive_field: dict[str, ReceptiveField]


class Totals(NamedTuple):
    """Sums over the layers; `weight_bytes` are those of parameters and buffers."""

    layers: int
    parameters: int
    buffers: int
    macs: int
    flops: int
    weight_bytes: int
    output_bytes: int
    peak_activation_bytes: int


class Report(NamedTuple):
    """The figures of a network at one input size.

    `settings` are the parameters that were set, `notes` is what a user should know beside the figures.
    """

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    batch_size: int
    dtype: str
    layers: tuple[LayerFigures, ...]
    outputs: tuple[str, ...]
    totals: Totals
    notes: tuple[str, ...]
