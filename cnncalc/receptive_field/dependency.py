"""Which input pixels can change a unit, exactly: the graph walked backwards with sets of positions.

Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019,
doi:10.23915/distill.00021, give the interval of an interior unit and clip it at the image. Here each layer says which
positions of its inputs its taps read, so that a set is clipped at every layer on the way, keeps the holes of dilations
and strides, and drops paths that read padding only. Channels are followed like any axis.

A pixel, here, is all channels at one place of the input, and a unit all channels at one place of a map. That it can
change the unit says that a path of taps leads from one to the other; given weights of zero, or functions that happen
to be constant, are not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError
from cnncalc.geometry.boxes import Box, BoxUnion, united
from cnncalc.geometry.index_set import IndexSet, union_of, whole
from cnncalc.geometry.periodic import IrregularError
from cnncalc.receptive_field.bounding_boxes import BoundingBoxes
from cnncalc.shapes import AXIS_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.shapes import Shape

MOST_PARTS: Final = 100_000
"""The most boxes, and patterns along their axes, that are walked through layers for one unit."""

PARTS_A_LAYER: Final = 100
"""As many more for each layer of the network."""

Unit = tuple[int, ...]
"""The place of a unit along each spatial axis or, in a vector, its number among the features."""


def pixels_seen(network: Graph, tensor: int, unit: Unit | None) -> dict[str, tuple[IndexSet, ...]]:
    """For each input that a tensor depends on, the pixels along each axis that can change its unit.

    None of any input for a tensor that no input reaches.

    Without a unit, those that can change any of them; raises `CnncalcError` where there is no such unit, and
    `IrregularError` where the pixels follow no bounded number of patterns.

    >>> import cnncalc
    >>> network = cnncalc.load("alexnet", input="3x224x224")
    >>> height, width = pixels_seen(network, network.tensor("conv2"), (24, 24))["input"]
    >>> height.first, height.last, width.total
    (176, 218, 43)
    """
    found = dependency_boxes(network, tensor, unit)
    if not network.tensors[tensor].sees_input:
        return {name: projected([], shape) for name, shape in network.inputs.items()}
    return {name: projected(found[name], network.inputs[name]) for name in found}


def projected(found: list[Box], shape: Shape) -> tuple[IndexSet, ...]:
    """Along each spatial axis of an input of this shape, the positions that any of the boxes has."""
    return tuple(union_of(box[axis] for box in found) for axis in range(1, len(shape)))


def dependency_boxes(network: Graph, tensor: int, unit: Unit | None) -> dict[str, list[Box]]:
    """For each input that a tensor depends on, boxes of all that can change its unit, channels first.

    Of many boxes the union may be larger, but not what it has along any spatial axis (`bounding_boxes`). Raises
    `IrregularError` where positions follow no bounded number of patterns.
    """
    tensors = network.tensors
    found = {
        number: boxes
        for number, boxes in boxes_behind(network, tensor, unit_box(network, tensor, unit))
        if tensors[number].producer is None
    }
    return {tensors[number].name: boxes for number, boxes in sorted(found.items())}


def boxes_behind(network: Graph, tensor: int, wanted_box: Box) -> Iterator[tuple[int, list[Box]]]:
    """The boxes that a box of a tensor is computed from, of each tensor on the way, the last one first.

    Of an input that is reached without any pixel of it being read there are none. Where there are many boxes, the union
    may be as that of `dependency_boxes`. Raises `IrregularError`.

    >>> import cnncalc
    >>> network = cnncalc.load("lenet")
    >>> box = unit_box(network, network.tensor("c3"), (4, 4))
    >>> [(number, boxes[0][1].total) for number, boxes in boxes_behind(network, network.tensor("c3"), box)]
    [(3, 1), (2, 5), (1, 10), (0, 14)]
    """
    tensors = network.tensors
    wanted = {tensor: BoxUnion()}
    wanted[tensor].add(wanted_box)
    bounding_boxes = BoundingBoxes(network)
    left = MOST_PARTS + PARTS_A_LAYER * len(network.nodes)
    for earlier in reversed(tensors[: tensor + 1]):
        node, number = earlier.producer, earlier.number
        union = wanted.pop(number, None)
        if union is None or not earlier.sees_input:
            continue
        if node is None:
            yield number, union.boxes()
            continue
        try:
            output_boxes = bounding_boxes.simplified(number, union.boxes())
            left = _left_after(left, output_boxes)
            walk_back(node, output_boxes, [wanted.setdefault(taken, BoxUnion()) for taken in node.inputs])
        except IrregularError as error:
            raise error.behind(tensors[tensor].name, earlier.name) from None
        yield number, output_boxes


def _left_after(parts: int, output_boxes: list[Box]) -> int:
    """How many parts may still be walked after some boxes; raises `IrregularError`."""
    parts -= sum(1 + sum(len(axis.pieces) for axis in box) for box in output_boxes)
    if parts < 0:
        raise IrregularError
    return parts


def walk_back(node: Node, output_boxes: list[Box], input_unions: Sequence[BoxUnion]) -> None:
    """Add what a node reads to give the boxes that leave it: `input_unions` has a union for each of its inputs.

    Raises `IrregularError` where the positions follow no bounded number of patterns.

    >>> import cnncalc
    >>> node = cnncalc.load("lenet").nodes[0]
    >>> pixels = BoxUnion()
    >>> walk_back(node, [(whole(6), IndexSet.span(9, 9), IndexSet.span(3, 4))], [pixels])
    >>> [[(axis.first, axis.last) for axis in box] for box in pixels.boxes()]
    [[(0, 0), (7, 11), (1, 6)]]
    """
    *later, own = reversed(node.steps)
    for step in later:
        (reading,) = step.readings()
        output_boxes = united(part for box in output_boxes for part in reading.sources(box))
    for union, reading in zip(input_unions, own.readings(), strict=True):
        for box in output_boxes:
            for part in reading.sources(box):
                union.add(part)


def whole_place(shape: Shape, unit: Unit | None, axis: int) -> Unit:
    """The place of a unit of which its number along an axis may be all that is given: the middle of the others.

    >>> whole_place((16, 9, 5), (4,), 2), whole_place((16, 9, 5), None, 2), whole_place((16, 9, 5), (0, 1), 2)
    ((4, 4), (4, 2), (0, 1))
    """
    middle = tuple((size - 1) // 2 for size in shape[1:])
    if unit is None:
        return middle
    if len(unit) != 1:
        return unit
    return (*middle[: axis - 1], *unit, *middle[axis:])


def unit_box(network: Graph, tensor: int, unit: Unit | None) -> Box:
    """A unit as a box of its tensor: all channels at its place; raises `CnncalcError` where there is no such place."""
    name, shape = network.tensors[tensor].name, network.tensors[tensor].shape
    if unit is None:
        return tuple(map(whole, shape))
    sizes = shape[1:] or shape
    if len(unit) != len(sizes):
        raise CnncalcError(
            f"the unit {_text(unit)} has {_counted(len(unit))}, and `{name}` is {network.layout.text(shape)}",
            hint=f"give {_wanted(shape)}",
        )
    for axis, (at, size) in enumerate(zip(unit, sizes, strict=True)):
        if not 0 <= at < size:
            what = AXIS_NAMES[len(sizes)][axis] if len(shape) > 1 else "size"
            raise CnncalcError(
                f"there is no unit {_text(unit)} in `{name}`, which is {network.layout.text(shape)}: "
                f"its {what} is {size}, and {at} is asked for",
                hint=f"its units are {_text([0] * len(sizes))} to {_text([n - 1 for n in sizes])}",
            )
    places = tuple(IndexSet.span(at, at) for at in unit)
    return (whole(shape[0]), *places) if len(shape) > 1 else places


def _text(unit: Sequence[int]) -> str:
    return ",".join(map(str, unit))


def _counted(numbers: int) -> str:
    return f"{numbers} number{'s' * (numbers != 1)}"


def _wanted(shape: Shape) -> str:
    """What a unit of a tensor of this shape is."""
    axes = {1: "X", 2: "Y,X", 3: "Z,Y,X"}
    return f"a place as {axes[len(shape) - 1]}" if len(shape) > 1 else "the number of a feature, or no unit for all"
