"""How fields grow from layer to layer: those of the units around one place, as plain data."""

from __future__ import annotations

from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import floor, prod
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.drawing.boxes import boxes
from cnncalc.errors import CnncalcError, enumerated
from cnncalc.graph.liveness import dependencies_of
from cnncalc.graph.opaque import refuse_opaque
from cnncalc.receptive_field.dependency import unit_box, whole_place
from cnncalc.receptive_field.fan_places import centres
from cnncalc.receptive_field.figures import receptive_field_of
from cnncalc.receptive_field.propagation import receptive_fields
from cnncalc.shapes import AXIS_NAMES
from cnncalc.summary.analysis import analyse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.boxes import Box
    from cnncalc.drawing.options import Options
    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.graph.graph import Graph

MOST: Final = 24
"""The most fields that are drawn; of those that are nearly equal one stands for several."""


class _AxisUnits(NamedTuple):
    """What the units of a layer see along an axis: where the centre of unit 0 lies and how far the next one is.

    Of units whose fields do not all advance alike that is the mean, and `reads` tells what each of them sees.
    """

    start: Fraction
    stride: Fraction
    size: int
    units: int
    reads: AxisMap | None

    def seen(self, unit: int) -> tuple[int, int]:
        """The first pixel that a unit sees, and how many, as if the input had no borders."""
        if self.reads is not None:
            first, last = self.reads.interval(unit)
            return first, last - first + 1
        return floor(self.start + unit * self.stride - Fraction(self.size - 1, 2)), self.size

    def centre(self, unit: int) -> Fraction:
        """The middle of what a unit sees."""
        first, size = self.seen(unit)
        return first + Fraction(size - 1, 2)

    def nearest(self, at: Fraction, place: Fraction) -> int:
        """The unit whose centre is nearest to a place and, of two that are equally near, nearer to another."""
        below = floor((at - self.start) / self.stride)
        found = {min(max(below + step, 0), self.units - 1) for step in (-1, 0, 1, 2)}
        return min(sorted(found), key=lambda unit: (abs(self.centre(unit) - at), abs(self.centre(unit) - place)))


class GrownField(NamedTuple):
    """The field of a unit of a layer along one or two axes: its number, its first pixel and its size along each.

    It stands for `more` others of nearly that size, which are not drawn.
    """

    layer: str
    unit: tuple[int, ...]
    first: tuple[int, ...]
    size: tuple[int, ...]
    more: int = 0


class Growth(NamedTuple):
    """The fields that are larger than those of all layers before, up to a `layer`, in the order of execution.

    They are along `axes` of an `input`, which has `pixels` along each, of units around a `place`. `whole` is the first
    layer whose units see all there is, and `also_whole` the first whose units do so by a statistic besides.
    """

    name: str
    layer: str
    input: str
    axes: tuple[str, ...]
    pixels: tuple[int, ...]
    place: tuple[Fraction, ...]
    fields: tuple[GrownField, ...]
    whole: str | None = None
    also_whole: str | None = None


def growth_of(network: Graph, scope: str | None, options: Options) -> Growth:
    """The fields on the way to a layer, or to the last one that has a map; raises `CnncalcError`.

    >>> import cnncalc
    >>> from cnncalc.drawing.options import Options
    >>> [(field.layer, field.size[0]) for field in growth_of(cnncalc.load("lenet"), None, Options()).fields]
    [('c1', 5), ('s2', 6), ('c3', 14), ('s4', 16)]
    """
    tensor = network.tensor(options.layer or scope)
    tensors = network.tensors
    refuse_opaque(network, "what a unit sees", tensor)
    on_the_way = dependencies_of(tensors, tensor)
    maps = [n for n in on_the_way if tensors[n].producer is None and len(tensors[n].shape) > 1]
    if not maps or tensor == maps[0]:
        raise CnncalcError(
            f"`{tensors[tensor].name}` reads no input that is a map", hint="fields lie on the pixels of one"
        )
    name, shape = tensors[maps[0]].name, tensors[maps[0]].shape
    axes = _axes(name, shape, options.axis)
    along = _AxisUnitsOf(network, name, axes)
    place = along.place(tensor, options.unit)
    names = {tensors[n].name for n in on_the_way}
    if scope is not None:
        inside = {network.nodes[number].name for number in network.layers_of(scope)}
        if tensors[tensor].name not in inside:
            raise CnncalcError(f"`{tensors[tensor].name}` is no layer of `{scope}`")
        names &= inside
    every = [box for box in boxes(analyse(network)) if box.layers and box.layers[0] in names and name in box.field]
    fields, whole = _growing(every, along, place)
    statistics = (box.name for box in every if box.field[name].is_global and box.field[name].stride[axes[0]])
    return Growth(
        name=network.name,
        layer=tensors[tensor].name,
        input=name,
        axes=tuple(AXIS_NAMES[len(shape) - 1][axis] for axis in axes),
        pixels=tuple(shape[axis + 1] for axis in axes),
        place=place,
        fields=_fewer(fields),
        whole=whole,
        also_whole=next(statistics, None),
    )


def _axes(name: str, shape: Sequence[int], axis: str | None) -> tuple[int, ...]:
    """The axes along which fields are drawn: the last two, the only one, or the one of that name."""
    names = AXIS_NAMES[len(shape) - 1]
    if axis is None:
        return tuple(range(len(names)))[-2:]
    if axis not in names:
        raise CnncalcError(f"`{name}` has no {axis}, but {enumerated(list(names), 'and')}")
    return (names.index(axis),)


class _AxisUnitsOf:
    """The units of every tensor, along the axes of an input."""

    def __init__(self, network: Graph, name: str, axes: tuple[int, ...]) -> None:
        self.network = network
        self.name = name
        self.axes = axes
        self.fields = receptive_fields(network)
        self.numbers = {tensor.name: tensor.number for tensor in network.tensors}

    def of(self, tensor: int) -> list[_AxisUnits] | None:
        """The units along each axis; None where they do not advance along all of them."""
        shape, fields = self.network.tensors[tensor].shape, self.fields[tensor].get(self.name, ())
        if len(shape) != len(fields) + 1:
            return None
        figures = receptive_field_of(fields, shape)
        found = []
        for axis in self.axes:
            stride, padding, size = figures.stride[axis], figures.padding[axis], figures.size[axis]
            if stride is None or padding is None or stride[0] <= 0:
                return None
            by_period = centres(fields[axis], axis + 1)
            start = by_period.start if by_period else Fraction(size - 1, 2) - padding
            reads = fields[axis].local if by_period else None
            found.append(_AxisUnits(start, Fraction(*stride), size, shape[axis + 1], reads))
        return found

    def place(self, tensor: int, unit: tuple[int, ...] | None) -> tuple[Fraction, ...]:
        """The middle of what a unit sees, without one of that in the middle of the input, or that middle.

        Along a single axis its number there may be all that is given.
        """
        if unit is not None:
            shape = self.network.tensors[tensor].shape
            if len(self.axes) == 1 < len(shape) == len(self.network.inputs[self.name]):
                unit = whole_place(shape, unit, self.axes[0] + 1)
            unit_box(self.network, tensor, unit)
        sizes = self.network.inputs[self.name][1:]
        middle = [Fraction(sizes[axis] - 1, 2) for axis in self.axes]
        units = self.of(tensor)
        if units is None:
            return tuple(middle)
        chosen = [unit[axis] for axis in self.axes] if unit else map(_AxisUnits.nearest, units, middle, middle)
        return tuple(map(_AxisUnits.centre, units, chosen))


def _growing(
    every: Sequence[Box], along: _AxisUnitsOf, place: tuple[Fraction, ...]
) -> tuple[list[GrownField], str | None]:
    """The fields that are larger than all before, and the first layer that sees all.

    From the last one backwards each is of the unit nearest to the middle of the one behind it, so that they nest.
    """
    larger: list[tuple[str, list[_AxisUnits]]] = []
    whole = None
    largest = [1] * len(place)
    for box in every:
        of_box = along.of(along.numbers[box.layers[-1]])
        if of_box is None:
            whole = whole or box.name
        elif any(line.size > before for line, before in zip(of_box, largest, strict=True)):
            larger.append((box.name, of_box))
            largest = [max(line.size, before) for line, before in zip(of_box, largest, strict=True)]
    found: list[GrownField] = []
    at = place
    for name, of_box in reversed(larger):
        units = tuple(map(_AxisUnits.nearest, of_box, at, place))
        at = tuple(map(_AxisUnits.centre, of_box, units))
        first, size = zip(*map(_AxisUnits.seen, of_box, units), strict=True)
        found.append(GrownField(name, units, first, size))
    return found[::-1], whole


def _fewer(fields: Sequence[GrownField]) -> tuple[GrownField, ...]:
    """At most `MOST` fields: of two neighbours that differ least the smaller one goes, but never the first."""
    areas = [prod(field.size) for field in fields]
    more = [0] * len(fields)
    before, behind = list(range(-1, len(fields))), list(range(1, len(fields) + 1))
    pairs = [(areas[n + 1] / areas[n], n, n + 1) for n in range(1, len(fields) - 1)]
    heapify(pairs)
    gone: set[int] = set()
    while len(fields) - len(gone) > MOST:
        _, smaller, larger = heappop(pairs)
        if smaller in gone or behind[smaller] != larger:
            continue
        gone.add(smaller)
        more[larger] += more[smaller] + 1
        earlier = before[smaller]
        before[larger], behind[earlier] = earlier, larger
        if earlier:
            heappush(pairs, (areas[larger] / areas[earlier], earlier, larger))
    return tuple(field._replace(more=more[n]) for n, field in enumerate(fields) if n not in gone)
