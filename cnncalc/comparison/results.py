"""Networks side by side, as plain data."""
# No postponed annotations here: named tuples compile each one that is a string.

from typing import Any, Literal, NamedTuple

from cnncalc.conversion import Convertible
from cnncalc.receptive_field.figures import ReceptiveField
from cnncalc.shapes import Shape
from cnncalc.summary.results import LayerFigures, Totals

ChangeKind = Literal["changed", "added", "removed", "renamed"]


class ComparedNetwork(NamedTuple):
    """One of the networks. `label` is how the caller addressed it, with what tells it from others of the same spec.

    `receptive_field` is that of `last_map`, the last layer with a map of more than one position, by the input's name.
    `depth` is the number of weighted layers on the longest path.
    """

    label: str
    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    totals: Totals
    last_map: str
    receptive_field: dict[str, ReceptiveField]
    depth: int
    notes: tuple[str, ...]


class Difference(NamedTuple):
    """What a network has more than the first one, and how many times as much: None where the first has 0 of it."""

    absolute: dict[str, int]
    ratios: dict[str, float | None]


class LayerChange(NamedTuple):
    """A layer that the second of two networks has otherwise, or that only one of them has.

    `figures` are the names of those that differ, of a layer that is changed; `before` and `after` have all figures.
    `name` is that of the second network; a layer of which it alone differs is renamed.
    """

    name: str
    kind: ChangeKind
    before: LayerFigures | None
    after: LayerFigures | None
    figures: tuple[str, ...] = ()


class _Comparison(NamedTuple):
    networks: tuple[ComparedNetwork, ...]
    differences: tuple[Difference, ...]
    changes: tuple[LayerChange, ...] | None
    renamed: tuple[LayerChange, ...] | None
    differing: int | None
    batch_size: int
    dtype: str


class Comparison(Convertible, _Comparison):
    """The networks, the difference of each but the first to it, and the layers in which two networks differ.

    `changes` are in the order of the second network, layers that it lacks where they stood. They are None where layers
    are not compared, or are more than are told unasked; `differing` is their number where they are compared. `renamed`
    are the pairs of layers that have another name in each network and are the same else.
    """

    __slots__ = ()
    subject = "comparison"
