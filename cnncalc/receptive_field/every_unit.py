"""What every unit of every tensor sees of the inputs, exactly, found forward through the layers.

A unit that several paths reach sees a union of boxes, which along each axis of the input follows from its place along
one axis of its tensor alone, unless paths die on the way at different places. So a table for each axis of the input
tells of all units. Where no tables do, and where a layer reads in another way than axis by axis, nothing is told of the
tensor, and of single units the walk back (`dependency`) still is.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cnncalc.geometry.periodic import IrregularError
from cnncalc.graph.opaque import leads_to_opaque
from cnncalc.receptive_field.axis_tables import AxisTable
from cnncalc.receptive_field.dependency import pixels_seen
from cnncalc.receptive_field.table_parts import Part, united_parts
from cnncalc.receptive_field.table_passing import Passing, keeps
from cnncalc.receptive_field.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.shapes import Shape


class Sight(NamedTuple):
    """What the units of a tensor see of one input: for each axis of the input the axis of the tensor, and the table.

    Spatial axes are counted from 0. The axis of the tensor is None where all units see the same along that of the
    input; the table has one position then. A unit that sees nothing by one of the tables sees nothing at all, nor does
    one whose place is not in the masks of `alive`, by axes of the tensor. Where a tensor has several sights of an
    input, its units see what they see by any of them.
    """

    input: str
    axes: tuple[tuple[int | None, AxisTable], ...]
    alive: dict[int, NDArray[np.bool_]]


def sights(network: Graph) -> list[tuple[Sight, ...] | None]:
    """What the units of every tensor see, by its number; None where tables do not tell it.

    Of a vector it is what all of its features see together. A tensor that no input reaches has no sights.

    >>> import cnncalc
    >>> network = cnncalc.load("alexnet")
    >>> [(input, ((axis, height), _), _)] = sights(network)[network.tensor("conv3")]
    >>> input, axis, int(height.first[3]), int(height.last[3]), int(height.pixels()[3])
    ('input', 0, 16, 114, 99)
    """
    tables = Tables()
    passing = Passing(tables)
    parts = [_of_input(name, shape, tables) for name, shape in network.inputs.items()]
    for node in network.nodes:
        parts.append(_behind(node, [parts[number] for number in node.inputs], passing) if node.sees_input else [])
    known: dict[object, tuple[Sight, ...] | None] = {}
    found = []
    for number, own in enumerate(parts):
        key = (id(own), len(network.tensors[number].shape) > 1)
        if own is None or key not in known:
            known[key] = _sights(network, number, own, tables)
        found.append(known[key])
    return found


def _of_input(name: str, shape: Shape, tables: Tables) -> list[Part] | None:
    """The one part of an input; None for one of too many places."""
    try:
        return [Part.of_input(name, shape, tables)]
    except IrregularError:
        return None


def _behind(node: Node, inputs: Sequence[list[Part] | None], passing: Passing) -> list[Part] | None:
    """The parts of a node's output, given those of its inputs; None where they are not told."""
    arriving = inputs
    try:
        for step in node.steps:
            readings = step.readings()
            if len(readings) == 1 and keeps(readings[0]):
                continue
            found: list[Part] = []
            for own, reading, shape in zip(arriving, readings, step.input_shapes, strict=True):
                if own is None:
                    return None
                found += [behind for part in own for behind in passing.behind(part, reading, shape, step.output_shape)]
            arriving = [united_parts(found, step.output_shape, passing.tables)]
    except IrregularError:
        return None
    return arriving[0]


def _sights(network: Graph, number: int, parts: list[Part] | None, tables: Tables) -> tuple[Sight, ...] | None:
    """What units see, all channels together, in the fewest tables; of a single unit by the walk back if need be."""
    tensor = network.tensors[number]
    if not tensor.sees_input:
        return ()
    if parts is not None:
        try:
            return _of_parts(network, number, parts, tables)
        except IrregularError:
            pass
    if prod(tensor.shape[1:]) > 1 or leads_to_opaque(network, number):
        return None
    try:
        seen = pixels_seen(network, number, None)
    except IrregularError:
        return None
    return tuple(Sight(name, tuple((None, _table_of(axis)) for axis in axes), {}) for name, axes in seen.items())


def _table_of(pixels: IndexSet) -> AxisTable:
    """A table of one position."""
    if not pixels:
        return AxisTable(np.array([0]), np.array([-1]))
    bits = np.array([pixels.bits(0, pixels.last + 1)], object) if pixels.pieces else None
    return AxisTable(np.array([pixels.first]), np.array([pixels.last]), bits)


def _of_parts(network: Graph, number: int, parts: Sequence[Part], tables: Tables) -> tuple[Sight, ...]:
    """The sights of all channels together, in the order of the inputs."""
    together = united_parts([p.without_channels(tables) for p in parts], network.tensors[number].shape, tables)
    order = list(network.inputs)
    return tuple(
        Sight(
            part.input,
            tuple((None if key is None else key - 1, table) for key, table in part.axes),
            {axis - 1: mask for axis, mask in part.untold().items()},
        )
        for part in sorted(together, key=lambda part: order.index(part.input))
    )
