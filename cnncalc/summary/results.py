"""The figures of a network as plain data, for whatever shows them.

Integers are exact, and shapes are as the spec's `data_format` orders them, without the batch.
"""
# No postponed annotations here: named tuples compile each one that is a string, which takes half of the import.

from typing import Any, NamedTuple

from cnncalc.conversion import Convertible
from cnncalc.graph.window_figures import WindowFigures
from cnncalc.receptive_field.figures import ReceptiveField
from cnncalc.shapes import Shape


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
    notes: tuple[str, ...]


class Report(Convertible, _Report):
    """The figures of a network at one input size.

    `settings` are the parameters that were set, `notes` is what a user should know beside the figures.
    """

    __slots__ = ()
    subject = "summary"
