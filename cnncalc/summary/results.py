"""The figures of a network as plain data, for whatever shows them.

Integers are exact, and shapes are as the spec's `data_format` orders them, without the batch.
"""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from collections.abc import Iterable
from typing import Any, NamedTuple

from cnncalc.conversion import Convertible
from cnncalc.graph.window_figures import WindowFigures
from cnncalc.receptive_field.figures import ReceptiveField
from cnncalc.shapes import Shape


class LayerFigures(NamedTuple):
    """All figures of one layer. Counts are of one sample; only `output_bytes` and `live_bytes` grow with the batch.

    `role` is what the layer is in a chain of layers: `weighted`, `norm`, `activation`, `merge`, or empty. `frozen` are
    parameters that are not trained. A layer that `shares` the arrays of an earlier one, by its full name, has them in
    `weights` and `buffer_shapes`, and they are counted there. `live_bytes` are those of all tensors alive while it is
    executed.
    """

    name: str
    type: str
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    role: str
    window: WindowFigures | None
    activation: str | None
    parameters: int
    frozen: int
    buffers: int
    shares: str | None
    weights: dict[str, Shape]
    buffer_shapes: dict[str, Shape]
    macs: int
    flops: int
    output_bytes: int
    live_bytes: int
    receptive_field: dict[str, ReceptiveField]


class Totals(NamedTuple):
    """Sums over the layers; `weight_bytes` are those of parameters, frozen ones too, and buffers.

    `opaque` is how many of the layers are of a kind of which nothing is known but the shape: what these would add to
    MACs and FLOPs is missing in the sums.
    """

    layers: int
    parameters: int
    frozen: int
    buffers: int
    macs: int
    flops: int
    weight_bytes: int
    output_bytes: int
    peak_activation_bytes: int
    opaque: int = 0


def sums(counts: Iterable[tuple[int, int, int, int, int, int, bool]], value_bytes: int) -> dict[str, int]:
    """The totals that are sums, by name.

    `counts` has of each layer parameters, frozen ones, buffers, MACs, FLOPs and bytes of output, and whether it is
    opaque.

    >>> list(sums([(10, 0, 2, 90, 200, 32, False), (0, 5, 0, 0, 0, 16, True)], value_bytes=4).values())
    [2, 10, 5, 2, 90, 200, 68, 48, 1]
    """
    layers = list(counts)
    columns = map(sum, zip(*layers, strict=True)) if layers else (0,) * 7
    parameters, frozen, buffers, macs, flops, output_bytes, opaque = columns
    return {
        "layers": len(layers),
        "parameters": parameters,
        "frozen": frozen,
        "buffers": buffers,
        "macs": macs,
        "flops": flops,
        "weight_bytes": (parameters + frozen + buffers) * value_bytes,
        "output_bytes": output_bytes,
        "opaque": opaque,
    }


class LiveTensor(NamedTuple):
    """A tensor that is alive at the peak: the name of the layer or input that gives it, and its bytes."""

    name: str
    bytes: int


class Peak(NamedTuple):
    """Where the largest sum of live tensors is first reached: the layer, and those tensors in order of execution."""

    layer: str
    tensors: tuple[LiveTensor, ...]


class _Report(NamedTuple):
    """The fields of the class below."""

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
    peak: Peak
    notes: tuple[str, ...]


class Report(Convertible, _Report):
    """The figures of a network at one input size.

    `settings` are the parameters that were set, `notes` is what a user should know beside the figures.
    """

    __slots__ = ()
    subject = "summary"
