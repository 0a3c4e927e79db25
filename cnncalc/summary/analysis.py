"""From a network to a report: every figure of every layer and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.graph.liveness import live_at, live_elements
from cnncalc.graph.window_figures import window_figures
from cnncalc.layers.base import OPAQUE
from cnncalc.receptive_field.figures import ReceptiveField, nothing_seen, receptive_field_of
from cnncalc.receptive_field.propagation import receptive_fields
from cnncalc.summary.results import LayerFigures, LiveTensor, Peak, Report, Totals, sums

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node, Tensor
    from cnncalc.receptive_field.propagation import Fields
    from cnncalc.shapes import Layout


def analyse(network: Graph, *, batch: int = 1, dtype: str = "float32") -> Report:
    """The report of a network for a batch of so many samples, in values of `dtype`.

    >>> import cnncalc
    >>> analyse(cnncalc.load("lenet")).layers[0].macs
    117600
    """
    tensors = network.tensors
    by_kind: dict[object, _KindFigures] = {}
    for node in network.nodes:
        if node.counted_kind not in by_kind:
            by_kind[node.counted_kind] = _KindFigures(node, network.layout)
    fields = _ReportedFields(receptive_fields(network), network)
    value_bytes = batch * DTYPE_BYTES[dtype]
    live = live_elements(tensors, network.outputs)
    layers = tuple(
        by_kind[node.counted_kind].figures(node, tensors, fields.of(node.output), live[node.output], value_bytes)
        for node in network.nodes
    )
    return Report(
        **network.heading,
        batch_size=batch,
        dtype=dtype,
        layers=layers,
        outputs=tuple(tensors[number].name for number in network.outputs),
        totals=_totals(layers, DTYPE_BYTES[dtype]),
        peak=_peak(network, live, value_bytes),
        notes=(*network.notes, *_size_notes(network)),
    )


def _size_notes(network: Graph) -> tuple[str, ...]:
    """What is to be noted of a network whose input has another size than the spec's."""
    if network.inputs == network.blueprint.own_inputs:
        return ()
    from cnncalc.summary.size_notes import size_notes

    return tuple(size_notes(network))


class _KindFigures:
    """What follows from a layer and the shapes of its inputs alone, and is the same wherever they occur again."""

    def __init__(self, node: Node, layout: Layout) -> None:
        self.type = node.type
        self.input_shapes = tuple(map(layout.external, node.input_shapes))
        self.output_shape = layout.external(node.output_shape)
        self.role = node.layer.role
        self.window = window_figures(node)
        self.activation = None if node.layer.last_step is None else node.layer.last_step.type_name
        self.weights = node.weight_shapes
        self.buffer_shapes = node.buffer_shapes
        self.parameters = node.parameters
        self.frozen = node.frozen
        self.buffers = node.buffers
        self.macs = node.macs
        self.flops = node.flops
        self.values = node.output_size

    def figures(
        self, node: Node, tensors: list[Tensor], fields: dict[str, ReceptiveField], live: int, value_bytes: int
    ) -> LayerFigures:
        """The figures of a node of this kind, while so many values are alive."""
        return LayerFigures(
            node.name,
            self.type,
            tuple([tensors[number].name for number in node.inputs]),
            self.input_shapes,
            self.output_shape,
            self.role,
            self.window,
            self.activation,
            self.parameters,
            self.frozen,
            self.buffers,
            node.shares,
            self.weights,
            self.buffer_shapes,
            self.macs,
            self.flops,
            self.values * value_bytes,
            live * value_bytes,
            fields,
        )


def _totals(layers: tuple[LayerFigures, ...], value_bytes: int) -> Totals:
    """The sums over the layers, and the peak of live tensors."""
    counts = (
        (
            each.parameters,
            each.frozen,
            each.buffers,
            each.macs,
            each.flops,
            each.output_bytes,
            each.type == OPAQUE,
        )
        for each in layers
    )
    return Totals(**sums(counts, value_bytes), peak_activation_bytes=max(layer.live_bytes for layer in layers))


def _peak(network: Graph, live: dict[int, int], value_bytes: int) -> Peak:
    """Where most values are alive, for the first time, and in which tensors."""
    tensors = network.tensors
    number = max(live, key=live.__getitem__)
    alive = map(tensors.__getitem__, live_at(tensors, network.outputs, number))
    return Peak(
        tensors[number].name,
        tuple(LiveTensor(tensor.name, tensor.size * value_bytes) for tensor in alive if tensor.sees_input),
    )


class _ReportedFields:
    """The fields of all tensors as a report has them; tensors that share their fields share those too."""

    def __init__(self, fields: list[Fields], network: Graph) -> None:
        self.fields = fields
        self.tensors = network.tensors
        self.unseen = {name: nothing_seen(len(shape) - 1) for name, shape in network.inputs.items()}
        self.known: dict[int, dict[str, ReceptiveField]] = {}

    def of(self, tensor: int) -> dict[str, ReceptiveField]:
        """The receptive field of a tensor, by the name of the input."""
        fields = self.fields[tensor]
        if not fields:
            return self.unseen
        known = self.known.get(id(fields))
        if known is None:
            shape = self.tensors[tensor].shape
            known = {name: receptive_field_of(of_input, shape) for name, of_input in fields.items()}
            self.known[id(fields)] = known
        return known
