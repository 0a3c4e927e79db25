"""What is on a page about networks, as plain data."""
# No postponed annotations here: named tuples compile each one that is a string.

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.comparison.results import Comparison
from cnncalc.drawing.results import Drawing
from cnncalc.formulas.explanation import LayerExplanation
from cnncalc.memory.results import Arena
from cnncalc.pages.unit_sets import UnitSets
from cnncalc.summary.results import Report


class PageNetwork(NamedTuple):
    """What a page has of one network.

    `label` tells it from the others. `formulas` has an explanation for each layer, or none where there are too many
    layers; `boxes` names for each layer the one by whose name the figure has the box that it is a part of. `figure` is
    None where none could be drawn. `notes` are of the page, beside those of the report.
    """

    label: str
    report: Report
    units: UnitSets
    arena: Arena
    formulas: Sequence[LayerExplanation]
    boxes: tuple[str, ...]
    figure: Drawing | None
    notes: tuple[str, ...]


class Contents(NamedTuple):
    """One network, or several with a comparison of them, and what their units look at: None for a drawing."""

    networks: tuple[PageNetwork, ...]
    comparison: Comparison | None
    picture: bytes | None

    @property
    def title(self) -> str:
        """The name of the network, or the labels of several."""
        if len(self.networks) == 1:
            return self.networks[0].report.name
        return " · ".join(network.label for network in self.networks)
