"""The totals at points of a grid, one after the other; what several points have in common is computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.graph.resizing import resized
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.given_inputs import axes_error, given_inputs
from cnncalc.spec.layer_factory import LayerCache
from cnncalc.spec.variant import ChosenVariant
from cnncalc.summary.totals import TotalsCounter
from cnncalc.sweeping.results import SweepRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.graph import Graph
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape
    from cnncalc.spec.document import Spec
    from cnncalc.sweeping.grid import GridPoint


class PointCounter:
    """Counts the totals of one spec at the points of a grid, for `batch` samples in values of `dtype`."""

    def __init__(self, spec: Spec, layers: Mapping[str, type[Layer]], batch: int, dtype: str) -> None:
        self.spec = spec
        self.layers = layers
        self.cache = LayerCache(layers)
        self.counter = TotalsCounter(batch, dtype)
        self.visits = 0
        """What the networks have cost, in entries of the spec that were visited; one that fails as the one before."""
        self.last_visits = spec.entry_count
        self._last: _Settings | None = None

    def row(self, point: GridPoint) -> SweepRow:
        """The row of a point; what is wrong with it is not raised, but in the row."""
        shapes: dict[str, Shape] = {}
        try:
            settings = self._settings(point)
            shapes = settings.shapes(point.input)
            network = settings.network(shapes)
            self.last_visits = network.entries
            return self._row(point, settings.variant, shapes, network)
        except CnncalcError as error:
            inputs = {name: self.spec.layout.external(shape) for name, shape in shapes.items()}
            variant = point.variant or next(iter(self.spec.variants), None)
            format_ = self.spec.layout.name
            return SweepRow(self.spec.name, variant, point.settings, inputs, format_, None, located_message(error))
        finally:
            self.visits += self.last_visits

    def _row(self, point: GridPoint, variant: str | None, shapes: dict[str, Shape], network: Graph) -> SweepRow:
        layout = self.spec.layout
        inputs = {name: layout.external(shape) for name, shape in shapes.items()}
        totals = self.counter.totals(network)
        return SweepRow(
            self.spec.name, variant, point.settings, inputs, layout.name, totals, None, tuple(network.notes)
        )

    def _settings(self, point: GridPoint) -> _Settings:
        """The spec with a point's variant and parameters, kept for the next point if this has the same."""
        last = self._last
        key = f"{point.variant} {point.settings!r}"  # as 1, 1.0 and true are equal to Python, and not to a spec
        if last is None or last.key != key:
            self._last = None
            choice = ChosenVariant(self.spec, point.variant, point.settings)
            last = self._last = _Settings(key, Blueprint(choice, self.layers, cache=self.cache))
        return last


class _Settings:
    """The networks of a spec with its variant and parameters chosen: at every size the same layers, where they are."""

    def __init__(self, key: str, blueprint: Blueprint) -> None:
        self.key = key
        self.blueprint = blueprint
        self._built: Graph | None = None

    @property
    def variant(self) -> str | None:
        """The name of the variant; None where the spec has none."""
        return self.blueprint.variant

    def shapes(self, override: Any) -> dict[str, Shape]:
        """The internal shapes of the inputs: the spec's own, or those given instead."""
        return {**self.blueprint.inputs, **given_inputs(self.blueprint, override)}

    def network(self, shapes: dict[str, Shape]) -> Graph:
        """The network at these shapes; raises `CnncalcError`, at the place in the spec."""
        network = None if self._built is None else resized(self._built, shapes, self.blueprint.cache.steps())
        if network is None:
            try:
                network = self._built = self.blueprint.at(shapes)
            except CnncalcError as error:
                raise axes_error(self.blueprint.with_inputs(shapes)) or error from None
        return network


def located_message(error: CnncalcError) -> str:
    """An error on one line, with its place before it."""
    place = error.place
    return error.message if place is None else f"{place.file}:{place.line}:{place.column}: {error.message}"
