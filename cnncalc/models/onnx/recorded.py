"""Layers that a file of our own names: each is one only if the nodes are those that it would be written as.

The first node of a layer has its name in its metadata and, where the nodes alone do not tell all of it, its type and
options. Other programs rewrite graphs and leave metadata as it is; so the layer is written once more, and the nodes,
their attributes and the constants among their inputs have to be the same. Where they are not, they are read like
those of any file.
"""

from __future__ import annotations

import json
import struct
from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, LayerError
from cnncalc.layers import find
from cnncalc.models.onnx.constants import Computed, Constant, Filled
from cnncalc.models.onnx.flows import Flow, plain_axes
from cnncalc.models.onnx.target import BATCH, CODES, Rows, Target
from cnncalc.models.onnx.writing import LayerWriting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer
    from cnncalc.models.onnx.building import Building
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.records import Node
    from cnncalc.models.onnx.target import Initialiser, NodeRecord

RECORD: Final = "cnncalc.record"
"""The key of a layer's type, options and inputs, and of the number of its nodes."""

MOST_CHARACTERS: Final = 2**16
MOST_NODES: Final = 4096
"""The longest record, and the most nodes of a layer, that are looked at."""


def record(type_: str, options: Mapping[str, Any], inputs: Sequence[str], nodes: int) -> str:
    """What is written of a layer.

    >>> record("conv2d", {"out_channels": 4}, ["input"], 2)
    '{"type": "conv2d", "options": {"out_channels": 4}, "inputs": ["input"], "nodes": 2}'
    """
    return json.dumps({"type": type_, "options": dict(options), "inputs": list(inputs), "nodes": nodes})


def nodes_of_layer(node: Node) -> int:
    """The number of nodes of the layer of ours that begins with one, as the file says; 0 where none does.

    >>> from cnncalc.models.onnx.records import Node
    >>> nodes_of_layer(Node(b"", (0, 0), 0))
    0
    """
    text = node.metadata.get(RECORD) if node.has_metadata else None
    if text is None:
        return 0
    try:
        count = json.loads(text)["nodes"] if len(text) <= MOST_CHARACTERS else 1
    except (ValueError, KeyError, TypeError, RecursionError):
        return 1
    return count if isinstance(count, int) and 0 < count <= MOST_NODES else 1


def recognised(reading: Reading) -> Flow | None:
    """The output of the layer that begins with a node, as the file says; None where it says nothing that holds."""
    text = reading.node.metadata.get(RECORD) if reading.node.has_metadata else None
    if text is None or len(text) > MOST_CHARACTERS:
        return None
    try:
        said = json.loads(text)
        type_, options, inputs, count = (said[key] for key in ("type", "options", "inputs", "nodes"))
        layer = _layer(type_, options)
        flows = [reading.known(name) if isinstance(name, str) else None for name in inputs]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    nodes = _nodes(reading.network, reading.node, count)
    if layer is None or not nodes or not all(isinstance(each, Flow) and each.is_plain for each in flows):
        return None
    arriving = [each for each in flows if isinstance(each, Flow)]
    try:
        writing, output = _written(reading, layer, list(inputs), arriving)
    except (CnncalcError, LayerError):
        return None
    found = _Comparison(reading, dict(zip(inputs, inputs, strict=True)), writing.target.constants)
    is_last = found.same(writing.nodes, nodes) and found.names.get(output) == nodes[-1].outputs[0]
    if not is_last or _read_elsewhere(reading.network, nodes):
        return None
    network, shapes, arrays = reading.network, writing.input_shapes, found.arrays()
    for name, sizes in {**layer.weight_shapes(shapes), **layer.buffer_shapes(shapes)}.items():
        if name not in arrays:  # what nothing is computed with, such as a count
            arrays[name] = Filled(0.0, sizes, "float32", (reading.node.name, name))
            network.not_stored += prod(sizes)
    network.unlearnt.update(constant.key for constant in found.own_numbers)
    reading.consume(nodes[1:])
    return reading.layer(type_, options, arriving, arrays, axes=plain_axes(len(writing.output_shape)))


def _layer(type_: Any, options: Any) -> Layer | None:
    """The layer of a type as written and options; None where there is none."""
    known = find(type_) if isinstance(type_, str) and isinstance(options, dict) else None
    if known is None or known[0].references or known[0].is_scope:
        return None
    try:
        return known[0](**options)
    except LayerError:
        return None


def _nodes(network: Building, first: Node, count: Any) -> list[Node]:
    """So many nodes of the file, from the first on; none where there are fewer."""
    if not isinstance(count, int) or not 0 < count <= MOST_NODES:
        return []
    places = network.places
    if not places:
        places.update((id(node), place) for place, node in enumerate(network.nodes))
    at = places[id(first)]
    nodes = list(network.nodes[at : at + count])
    return nodes if len(nodes) == count else []


def _written(reading: Reading, layer: Layer, inputs: list[str], flows: Sequence[Flow]) -> tuple[LayerWriting, str]:
    """The layer as it is written for the file, and the name of its output; raises an error where it cannot be."""
    graph = reading.network.graph
    batches = [info.dims[0] for info in graph.inputs if info.dims]
    free = any(isinstance(batch, str) for batch in batches)
    floats = [info.dtype for info in graph.inputs if info.dtype in ("float32", "float16", "float64")]
    batch = next((flow.batch for flow in flows), 1)
    target = Target(reading.opset, BATCH if free and flows else batch, floats[0] if floats else "float32")
    target.names.update(inputs)
    shapes = [flow.shape for flow in flows]
    shape = layer.output_shape(shapes)
    writing = LayerWriting(target, "layer", layer, inputs, shapes, shape, batch=target.batch)
    output = writing.written()
    if layer.last_step is not None:
        output = writing.inner(layer.last_step, "activation.", output, shape)
    writing.finish(output)
    return writing, writing.name


def _read_elsewhere(network: Building, nodes: Sequence[Node]) -> bool:
    """Whether another node reads what lies between, or it is an output."""
    inside = set(map(id, nodes))
    between = [name for node in nodes for name in node.outputs if name]
    last = set(nodes[-1].outputs)
    return any(
        name in network.outputs or any(id(reader) not in inside for reader in network.readers.get(name, []))
        for name in between
        if name not in last
    )


class _Comparison:
    """Holds the nodes that a layer is written as against those of a file: `names` are the file's by the written ones.

    `found` are the layer's arrays, or rows of them, `own_numbers` what operators take and the layer does not have.
    """

    def __init__(self, reading: Reading, names: dict[str, str], constants: Mapping[str, Initialiser]) -> None:
        self.reading = reading
        self.names = names
        self.constants = constants
        self.found: dict[str | Rows, Constant] = {}
        self.own_numbers: list[Constant] = []

    def arrays(self) -> dict[str, Constant]:
        """The arrays that were found, those of which there are rows put together."""
        whole = {part: constant for part, constant in self.found.items() if not isinstance(part, Rows)}
        parts: dict[str, dict[int, Constant]] = {}
        for part, constant in self.found.items():
            if isinstance(part, Rows):
                parts.setdefault(part.array, {})[part.start] = constant
        return {**whole, **{name: _joined([rows[at] for at in sorted(rows)]) for name, rows in parts.items()}}

    def same(self, written: Sequence[NodeRecord], nodes: Sequence[Node]) -> bool:
        """Whether the nodes are the same, one by one."""
        return len(written) == len(nodes) and all(map(self._same_node, written, nodes))

    def _same_node(self, written: NodeRecord, node: Node) -> bool:
        if (written.operator, len(written.inputs)) != (node.op, len(node.inputs)) or node.domain:
            return False
        if len(written.outputs) != len(node.outputs) or not _same_attributes(written.attributes, node.attributes):
            return False
        if not all(map(self._same_input, written.inputs, node.inputs)):
            return False
        self.names.update(zip(written.outputs, node.outputs, strict=True))
        return True

    def _same_input(self, written: str, name: str) -> bool:
        """Whether an input is the same tensor, or a constant of the same values."""
        if written in self.names:
            return self.names[written] == name
        if not written or not name:
            return written == name
        initialiser = self.constants.get(written)
        constant = self.reading.known(name)
        if initialiser is None or not isinstance(constant, Constant) or constant.shape != initialiser.dims:
            return False
        self.names[written] = name
        if initialiser.make is None:
            self.own_numbers.append(constant)
            return _same_values(initialiser, constant)
        if initialiser.restore is None:
            return False
        restored = {part: restore(constant) for part, restore in initialiser.restore.items()}
        if sum(array.size for array in restored.values()) < constant.size:  # such as a second bias of zeros
            self.own_numbers.append(constant)
        self.found.update(restored)
        return True


def _joined(parts: Sequence[Constant]) -> Constant:
    """Rows of constants behind one another."""
    first = parts[0]

    def rows() -> Array:
        from numpy import concatenate

        return concatenate([each.array() for each in parts])

    shape = (sum(each.shape[0] for each in parts), *first.shape[1:])
    return Computed(rows, shape, first.dtype, tuple(each.key for each in parts))


def _same_attributes(written: Mapping[str, Any], read: Mapping[str, Any]) -> bool:
    """Whether attributes are equal, numbers in single precision."""
    return written.keys() == read.keys() and all(_as_stored(value) == read[name] for name, value in written.items())


def _as_stored(value: Any) -> Any:
    """An attribute as a file gives it back."""
    if isinstance(value, float):
        return struct.unpack("<f", struct.pack("<f", value))[0]
    if isinstance(value, (list, tuple)):
        return [_as_stored(item) for item in value]
    return int(value) if isinstance(value, bool) else value


def _same_values(initialiser: Initialiser, constant: Constant) -> bool:
    """Whether a constant has the values of what is written."""
    code = CODES.get(initialiser.element_type)
    if code is None or constant.dtype != initialiser.element_type or constant.size > MOST_CHARACTERS:
        return False
    return list(struct.unpack(f"<{constant.size}{code}", initialiser.data)) == constant.numbers()
