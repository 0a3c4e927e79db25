"""What is known of the receptive fields of layers and of one unit, as plain data, complete in itself.

Shapes are as the spec's `data_format` orders them.
"""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import Any, NamedTuple

from cnncalc.conversion import Convertible
from cnncalc.graph.window_figures import WindowFigures
from cnncalc.receptive_field.figures import ReceptiveField
from cnncalc.shapes import Shape


class Merge(NamedTuple):
    """The `layer` where paths with different centres first meet, and the two inputs of it by which they arrive."""

    layer: str
    paths: tuple[str, str]


class FieldFigures(NamedTuple):
    """The receptive field of one layer, by input, and what it is made of.

    `merges` name, for each input whose paths are not aligned, where they meet. `patterns` are, by input and axis, the
    number of units after which the field repeats, and how much further it begins there. `arriving` are the receptive
    fields of the layer's own inputs, by name. `role` is what the layer is in a chain of layers, as in a summary.
    """

    name: str
    type: str
    output_shape: Shape
    receptive_field: dict[str, ReceptiveField]
    merges: dict[str, Merge]
    patterns: dict[str, tuple[tuple[int, int] | None, ...]]
    window: WindowFigures | None
    arriving: dict[str, dict[str, ReceptiveField]]
    role: str = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the tensors that the layer reads, each once."""
        return tuple(self.arriving)


class UnitFigures(NamedTuple):
    """What one unit sees, by input and along each spatial axis: the first and last pixel, and how many count.

    `unit` is None for all units of a layer together, an interval None where padding only is seen.
    """

    unit: tuple[int, ...] | None
    interval: dict[str, tuple[tuple[int, int] | None, ...]]
    pixels: dict[str, tuple[int, ...]]


class _FieldReport(NamedTuple):
    """The fields of the class below."""

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    layers: tuple[FieldFigures, ...]
    notes: tuple[str, ...]


class FieldReport(Convertible, _FieldReport):
    """The receptive fields of the layers of a network."""

    __slots__ = ()
    subject = "receptive_fields"


class Mismatch(NamedTuple):
    """A pixel along an axis of an input about which the claim is wrong: it was `claimed` to change the unit, or not."""

    input: str
    axis: int
    pixel: int
    claimed: bool


class Proof(NamedTuple):
    """What came of a proof by execution: the positions perturbed, and those about which the claim is wrong."""

    perturbed: int
    mismatches: tuple[Mismatch, ...]

    @property
    def ok(self) -> bool:
        """Whether every pixel of the claimed set changes the unit, and none outside it does."""
        return not self.mismatches


class _LayerFieldReport(NamedTuple):
    """The fields of the class below."""

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    layer: FieldFigures
    seen: UnitFigures | None
    proof: Proof | None
    notes: tuple[str, ...]


class LayerFieldReport(Convertible, _LayerFieldReport):
    """The receptive field of one layer, what a unit of it sees, and the proof of that.

    `seen` is None where no unit was asked for, `proof` where none was.
    """

    __slots__ = ()
    subject = "receptive_field"
