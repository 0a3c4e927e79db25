"""The fan of a unit: what it reads of every layer before it, along one axis, exactly and at true centres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import CnncalcError, enumerated
from cnncalc.graph.liveness import dependencies_of
from cnncalc.graph.opaque import refuse_opaque
from cnncalc.receptive_field.dependency import boxes_behind, unit_box, whole_place
from cnncalc.receptive_field.fan_drafts import Draft, Walk
from cnncalc.receptive_field.fan_places import PlacesOfUnits
from cnncalc.receptive_field.fan_results import Fan
from cnncalc.receptive_field.fan_rows import axes_behind, rows_of
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from cnncalc.graph.graph import Graph
    from cnncalc.receptive_field.dependency import Unit
    from cnncalc.receptive_field.fan_rows import Axes

MOST_TENSORS: Final = 2000
"""The last tensors on the way of which rows are made."""

MARGIN: Final = 8
"""Around a cone that is as wide as the page, this part of its width is in sight too."""


class FanRoom(NamedTuple):
    """How much is to be drawn: rows, units side by side, and whether every layer has a row of its own."""

    rows: int = 24
    units: int = 48
    unfold: bool = False


_USUAL: Final = FanRoom()


def fan_of(
    network: Graph,
    layer: str | None = None,
    unit: Unit | None = None,
    axis: str | None = None,
    *,
    scope: str | None = None,
    room: FanRoom = _USUAL,
) -> Fan:
    """The fan of a unit of a layer or, of a scope, that within it; unless named, the last layer that has a map.

    The `unit` is its place or its number along the axis, being in the middle of the others; without it the one in the
    middle of all. The axis is the last one unless it is named. Raises `CnncalcError` for a layer that is none or has no
    map, and for a unit or an axis that it does not have.

    >>> import cnncalc
    >>> found = fan_of(cnncalc.load("lenet"), unit=(0,))
    >>> [(row.name, row.size, row.cone, str(row.start)) for row in found.rows]  # doctest: +NORMALIZE_WHITESPACE
    [('input', 28, (0, 13, 14), '0'), ('c1', 28, (0, 11, 12), '0'),
     ('s2', 14, (0, 5, 6), '1/2'), ('c3', 10, (0, 1, 2), '9/2'), ('s4', 5, (0, 0, 1), '11/2')]
    """
    return _Fan(network, layer, unit, axis, scope, room).found()


class _Fan:
    """The analysis: the tensors on the way, the cone of each, the rows that they make and the units in sight."""

    def __init__(
        self, network: Graph, layer: str | None, unit: Unit | None, axis: str | None, scope: str | None, room: FanRoom
    ) -> None:
        self.network = network
        self.room = room
        self.tensor = tensor = network.tensor(scope if layer is None else layer)
        self.name, self.shape = network.tensors[tensor].name, network.tensors[tensor].shape
        refuse_opaque(network, "what a unit sees", tensor)
        self.inside = self._inside(scope)
        self.axis = self._axis(axis)
        self.unit = whole_place(self.shape, unit, self.axis)
        box = unit_box(network, tensor, self.unit)
        self.cones = dict(boxes_behind(network, tensor, box))
        self.on_the_way = [n for n in dependencies_of(network.tensors, tensor) if network.tensors[n].sees_input]
        self.axes: Axes = axes_behind(network, tensor, self.axis, self.on_the_way)
        self.input = self._input()
        self.places = PlacesOfUnits(network, self.axes, self.input, self.on_the_way)

    def _inside(self, scope: str | None) -> set[int]:
        """The tensors that are made in the scope, or all; raises `CnncalcError` where the fan's is none of them."""
        nodes = self.network.nodes
        inside = {nodes[number].output for number in self.network.layers_of(scope)}
        tensor = self.network.tensors[self.tensor]
        if tensor.producer is None:
            raise CnncalcError(f"`{self.name}` is an input, and no layer", hint="a fan is of a unit of a layer")
        if self.tensor not in inside:
            raise CnncalcError(f"`{self.name}` is no layer of `{scope}`")
        if len(self.shape) == 1:
            hint = "name a layer before it, whose units lie side by side"
            raise CnncalcError(f"`{self.name}` is a vector, and has no map whose units could be drawn", hint=hint)
        if not tensor.sees_input:
            raise CnncalcError(f"`{self.name}` reads no input")
        return inside

    def _axis(self, name: str | None) -> int:
        """The axis of that name, the last one unless it is named; raises `CnncalcError`."""
        names = AXIS_NAMES[len(self.shape) - 1]
        if name is None:
            return len(names)
        if name not in names:
            raise CnncalcError(f"`{self.name}` has no {name}, but {enumerated(list(names), 'and')}")
        return names.index(name) + 1

    def _input(self) -> int:
        """The number of the input whose pixels places are told in: the first that has a map and is seen."""
        tensors = self.network.tensors
        inputs = [n for n in self.on_the_way if tensors[n].producer is None]
        maps = [n for n in inputs if len(tensors[n].shape) > 1 and self.axes[n] is not None]
        seen = [n for n in maps if self.cones.get(n)]
        found = [*seen, *maps, *inputs]
        if not maps:
            raise CnncalcError(f"no input that `{self.name}` reads is a map", hint="a fan lies over the pixels of one")
        return found[0]

    def found(self) -> Fan:
        """Everything together."""
        last = self.on_the_way[-MOST_TENSORS:]
        inputs = [n for n in self.on_the_way if self.network.tensors[n].producer is None]
        every = rows_of(
            self.network, self.axes, self._in_scope(sorted({*inputs, *last})), self.inside, unfold=self.room.unfold
        )
        starts = [place for place, row in enumerate(every) if not row.reads]
        kept = sorted({*starts[: self.room.rows], *range(max(len(every) - self.room.rows, 0), len(every))})
        left_out = len(every) - len(kept)
        numbers = {tensor: place for place, number in enumerate(kept) for tensor in every[number].tensors}
        walk = Walk(self.network, self.tensor, self.axes, self.cones, self.places)
        drafts = [Draft(walk, every[number], numbers) for number in kept]
        low, high = self._in_sight(drafts, is_cut=bool(left_out))
        node = self.network.tensors[self.input]
        return Fan(
            name=self.network.name,
            layer=self.name,
            axis=AXIS_NAMES[len(self.shape) - 1][self.axis - 1],
            unit=self.unit[self.axis - 1],
            input=node.name,
            pixels=self.places.size(self.input),
            rows=tuple(draft.row(low, high, 2 * self.room.units) for draft in drafts),
            low=low,
            high=high,
            left_out=left_out + max(len(self.on_the_way) - len(last) - len(inputs), 0),
        )

    def _in_scope(self, candidates: list[int]) -> list[int]:
        """Those of the tensors that are made in the scope, or read there."""
        tensors = self.network.tensors
        made = [n for n in candidates if n in self.inside]
        read = {taken for n in made if (node := tensors[n].producer) for taken in node.inputs}
        return [n for n in candidates if n in self.inside or n in read]

    def _in_sight(self, drafts: Sequence[Draft], *, is_cut: bool) -> tuple[Fraction, Fraction]:
        """From where to where is drawn: all, or as many units around the cone as there is room for, or the cone."""
        chosen = [draft for draft in drafts if draft.reads or not is_cut] or list(drafts)
        room = self.room.units * min(abs(draft.stride) for draft in chosen)
        half = min(abs(draft.stride) for draft in chosen) / 2
        ends = [end for draft in chosen for end in draft.reached(drafts, 0, draft.size - 1)]
        cones = [
            end for draft in chosen if draft.cone for end in draft.reached(drafts, draft.cone.first, draft.cone.last)
        ]
        first, last = min(*ends, *cones) - half, max(*ends, *cones) + half
        if last - first <= room:
            return first, last
        low, high = min(cones), max(cones)
        more = max((room - (high - low)) / 2, (high - low) / MARGIN)
        low, high = low - more, high + more
        if low < first:
            low, high = first, min(high + first - low, last)
        elif high > last:
            low, high = max(low + last - high, first), last
        return low, high
