"""From a network to the figures of its receptive fields: of every layer, of one, and of a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.geometry.periodic import IrregularError
from cnncalc.graph.opaque import refuse_opaque
from cnncalc.graph.window_figures import window_figures
from cnncalc.receptive_field.dependency import pixels_seen
from cnncalc.receptive_field.figures import nothing_seen, receptive_field_of
from cnncalc.receptive_field.hull_figures import hull_figures
from cnncalc.receptive_field.misalignment import merge_of
from cnncalc.receptive_field.propagation import receptive_fields
from cnncalc.receptive_field.results import FieldFigures, FieldReport, LayerFieldReport, UnitFigures
from cnncalc.watching import unwatched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.receptive_field.dependency import Unit
    from cnncalc.receptive_field.figures import ReceptiveField
    from cnncalc.receptive_field.propagation import Fields
    from cnncalc.shapes import Shape
    from cnncalc.watching import Watch


def field_report(network: Graph) -> FieldReport:
    """The receptive field of every layer.

    >>> import cnncalc
    >>> field_report(cnncalc.load("lenet")).layers[2].receptive_field["input"].size
    (14, 14)
    """
    return FieldReport(
        **network.heading,
        layers=tuple(field_figures(network)),
        notes=network.notes,
    )


def unit_report(
    network: Graph,
    layer: str | None = None,
    unit: Unit | None = None,
    *,
    proven: bool = False,
    watch: Watch = unwatched,
) -> LayerFieldReport:
    """The receptive field of a layer, and the pixels that a unit of it sees, `proven` by execution if that is asked.

    The layer, or the one whose output a scope has, is unless named the last with a map of more than one position.
    Without a unit the pixels are those of all units together, and only of a vector or where they are to be proven.
    Raises `CnncalcError` for an unknown layer, where there is no such unit, and for a proof that would take hours.

    >>> import cnncalc
    >>> unit_report(cnncalc.load("lenet"), "c3", (4, 4), proven=True).proof.ok
    True
    """
    tensor = network.tensor(layer)
    refuse_opaque(network, "what a unit sees", tensor)
    pixels = _pixels(network, tensor, unit, asked=unit is not None or proven)
    proof = None
    if proven and pixels is not None:
        from cnncalc.receptive_field.proof import verify

        proof = verify(network, tensor, unit, pixels, watch)
    return LayerFieldReport(
        **network.heading,
        layer=field_figures(network, [tensor])[0],
        seen=None if pixels is None else unit_figures(unit, pixels),
        proof=proof,
        notes=network.notes,
    )


def _pixels(network: Graph, tensor: int, unit: Unit | None, *, asked: bool) -> dict[str, tuple[IndexSet, ...]] | None:
    """What a unit sees; unless it is asked for, only of a vector, and only where that is no error."""
    if not asked and len(network.tensors[tensor].shape) > 1:
        return None
    try:
        return pixels_seen(network, tensor, unit)
    except IrregularError:
        if asked:
            raise
        return None


def field_figures(network: Graph, tensors: list[int] | None = None) -> list[FieldFigures]:
    """The receptive fields of some tensors, or of every layer.

    >>> import cnncalc
    >>> field_figures(cnncalc.load("lenet"))[2].receptive_field["input"].size
    (14, 14)
    """
    fields = receptive_fields(network)
    chosen = [node.output for node in network.nodes] if tensors is None else tensors
    return [_figures(network, fields, tensor) for tensor in chosen]


def _figures(network: Graph, fields: list[Fields], tensor: int) -> FieldFigures:
    """The figures of one tensor, given the fields of all."""
    tensors = network.tensors
    shape, node = tensors[tensor].shape, tensors[tensor].producer
    if node is not None and not node.sees_input:
        return _unseeing(network, node)
    merges = ((name, merge_of(network, fields, tensor, name)) for name in fields[tensor])
    return FieldFigures(
        name=tensors[tensor].name,
        type="input" if node is None else node.type,
        output_shape=network.layout.external(shape),
        receptive_field=_by_input(fields[tensor], shape),
        merges={name: merge for name, merge in merges if merge is not None},
        patterns={
            name: tuple(hull_figures(field, shape).pattern for field in of_input)
            for name, of_input in fields[tensor].items()
        },
        window=None if node is None else window_figures(node),
        arriving={} if node is None else {tensors[n].name: _by_input(fields[n], tensors[n].shape) for n in node.inputs},
        role="" if node is None else node.layer.role,
    )


def _unseeing(network: Graph, node: Node) -> FieldFigures:
    """The figures of a node that no input reaches."""
    return FieldFigures(
        name=node.name,
        type=node.type,
        output_shape=network.layout.external(node.output_shape),
        receptive_field={name: nothing_seen(len(shape) - 1) for name, shape in network.inputs.items()},
        merges={},
        patterns={name: (None,) * (len(shape) - 1) for name, shape in network.inputs.items()},
        window=window_figures(node),
        arriving={},
        role=node.layer.role,
    )


def _by_input(fields: Fields, shape: Shape) -> dict[str, ReceptiveField]:
    """The receptive field of a tensor in each input, by the input's name."""
    return {name: receptive_field_of(of_input, shape) for name, of_input in fields.items()}


def unit_figures(unit: Unit | None, pixels: Mapping[str, tuple[IndexSet, ...]]) -> UnitFigures:
    """The figures of what a unit sees.

    >>> import cnncalc
    >>> from cnncalc.receptive_field.dependency import pixels_seen
    >>> network = cnncalc.load("lenet")
    >>> unit_figures((0, 0), pixels_seen(network, network.tensor("c1"), (0, 0))).interval["input"]
    ((0, 2), (0, 2))
    """
    return UnitFigures(
        unit,
        {name: tuple((p.first, p.last) if p else None for p in axes) for name, axes in pixels.items()},
        {name: tuple(p.total for p in axes) for name, axes in pixels.items()},
    )
