"""The nodes and tensors that a network is in ONNX.

Tensors have the batch first and the channels next, also of a spec that has its channels last. They are called by the
names of our layers and inputs, initialisers as weight files have them (``layer1.0.conv1.weight``). A layer of one node
is a node of its name; of several, they and what is between them are called ``NAME/Operator``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, first_of
from cnncalc.execution.indices import index_inputs
from cnncalc.models.onnx.naming import NETWORK, OWN
from cnncalc.models.onnx.operators.table import REASONS, can_write
from cnncalc.models.onnx.recorded import RECORD, record
from cnncalc.models.onnx.target import BATCH, Initialiser, NodeRecord, Target
from cnncalc.models.onnx.writing import LayerWriting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node
    from cnncalc.layers.base import Layer
    from cnncalc.models.onnx.target import Dims

OPSETS: Final = {13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11, 24: 12, 25: 13, 26: 13}
"""The versions of the operators that can be written, each with the oldest version of the format that has them."""

DEFAULT_OPSET: Final = 20
"""What PyTorch's exporter writes, and all but old runtimes take; from it on a GELU is one node."""

TOLD_BY_NODES: Final = frozenset(("relu",))
"""The layer types that a node alone tells."""

BROADCASTING: Final = frozenset(
    ("add", "subtract", "multiply", "divide", "maximum", "minimum", "average", "matmul", "parameter", "constant")
)
"""The layer types whose operators broadcast what is not there once for each sample."""

MOST_REFUSALS: Final = 12
"""The most layers that an error names."""


class OnnxGraph:
    """A network as ONNX: `records` are its nodes, `initialisers` those of each of our nodes, by its name.

    `inputs` and `outputs` are names with sizes and types.
    """

    def __init__(self, network: Graph, *, opset: int, batch: int | str, dtype: str) -> None:
        self.network = network
        self.opset = opset
        self.target = Target(opset, batch, dtype)
        self.records: list[NodeRecord] = []
        self.initialisers: dict[str, list[Initialiser]] = {}
        self.types = _input_types(network, dtype)
        self.target.names.update(tensor.name for tensor in network.tensors)
        self.names = [tensor.name for tensor in network.tensors]
        _check_types(network)
        refusals = []
        for node in network.nodes:
            try:
                self._add(node)
            except CnncalcError as error:
                refusals.append(error)
        if refusals:
            raise _together(network, refusals)

    @property
    def inputs(self) -> list[tuple[str, Dims, str]]:
        """The inputs: name, sizes and type."""
        shapes = enumerate(self.network.inputs.items())
        return [(name, (self.target.batch, *shape), self.types[number]) for number, (name, shape) in shapes]

    @property
    def outputs(self) -> list[tuple[str, Dims, str]]:
        """The outputs: name, sizes and type."""
        found = []
        for number in dict.fromkeys(self.network.outputs):
            tensor = self.network.tensors[number]
            batch = self.target.batch if tensor.sees_input else 1
            name = tensor.name if tensor.producer else self._passed_on(tensor.name, number)
            found.append((name, (batch, *tensor.shape), self.types[number]))
        return found

    def _passed_on(self, name: str, number: int) -> str:
        """The name of an output that is an input: a tensor of its own."""
        own = f"{name}/output"
        if own not in self.target.names:
            self.target.names.add(own)
            dims = (self.target.batch, *self.network.tensors[number].shape)
            record = NodeRecord("Identity", [name], [own], [dims], {}, self.types[number])
            record.name = own
            self.records.append(record)
        return own

    def _add(self, node: Node) -> None:
        """Add the nodes of one of ours."""
        first = self.types[node.inputs[0]] if node.inputs else self.target.element_type
        passes = node.layer.index_bound is None
        kind = first if passes else self.target.element_type
        inputs = [self.names[number] for number in node.inputs]
        writing = LayerWriting(
            self.target,
            node.name,
            node.layer,
            inputs,
            node.input_shapes,
            node.steps[0].output_shape,
            batch=self.target.batch if node.sees_input else 1,
            storage=node.storage,
        )
        writing.element_type = kind
        writing.inputs = self._for_each_sample(writing, node)
        output = writing.written()
        for step in node.steps[1:]:
            output = writing.inner(step.layer, step.prefix, output, step.input_shapes[0])
        writing.finish(output)
        self._describe(writing, node)
        self.records += writing.nodes
        self.initialisers[node.name] = writing.initialisers
        self.types[node.output] = kind

    def _describe(self, writing: LayerWriting, node: Node) -> None:
        """Say in the metadata of the first node which layer it is and, where the nodes do not tell, of which kind."""
        first, last = writing.nodes[0], writing.nodes[-1]
        first.metadata[OWN] = node.name
        readable = len(writing.nodes) == 1 and node.layer.type_name in TOLD_BY_NODES
        known = all(each.make is None or each.restore is not None for each in writing.initialisers)
        if readable or not known or node.name not in last.outputs or writing.inputs != self._names(node):
            return
        options = _options(node.layer)
        if options is not None:
            first.metadata[RECORD] = record(node.type, options, writing.inputs, len(writing.nodes))

    def _names(self, node: Node) -> list[str]:
        """The names of what arrives at a node."""
        return [self.names[number] for number in node.inputs]

    def _for_each_sample(self, writing: LayerWriting, node: Node) -> list[str]:
        """The inputs, of which those that are there once are repeated for each sample where an operator needs it."""
        tensors = [self.network.tensors[number] for number in node.inputs]
        seen = next((tensor for tensor in tensors if tensor.sees_input), None)
        if writing.batch == 1 or seen is None or node.layer.type_name in BROADCASTING:
            return writing.inputs
        return [
            tensor.name
            if tensor.sees_input
            else writing.node("Expand", [tensor.name, writing.whole_shape(seen.name, tensor.shape)], tensor.shape)
            for tensor in tensors
        ]


def _options(layer: Layer) -> dict[str, Any] | None:
    """The options of a layer as a spec has them, without its weights; None where those of another layout differ.

    A weight is written as it is used: it is not normalised once more.
    """
    from cnncalc.structure.options import short_options

    normalization = getattr(layer, "normalization", None)
    found = {
        name: value
        for name, value in short_options(layer).items()
        if (name not in layer.weight_options or isinstance(value, bool)) and name != normalization
    }
    if layer.layout.channels_last:
        if "shape" in found or isinstance(found.get("value"), list):
            return None
        if "data_format" in layer.options:
            found["data_format"] = layer.layout.name
    return found


def _input_types(network: Graph, dtype: str) -> dict[int, str]:
    """The type of each input by its number: whole numbers where nothing but embeddings takes them."""
    indices = index_inputs(network)
    return {
        number: "int64" if name in indices and indices[name].alone else dtype
        for number, name in enumerate(network.inputs)
    }


def _check_types(network: Graph) -> None:
    """Raise `CnncalcError` where layers are of types that cannot be written: all of these at once."""
    wanting: dict[str, list[str]] = {}
    for node in network.nodes:
        for step in node.steps:
            if not can_write(step.layer.type_name):
                wanting.setdefault(step.layer.type_name, []).append(node.name)
    if not wanting:
        return
    parts = []
    for type_, names in wanting.items():
        reason = REASONS.get(type_)
        listed = first_of([f"`{name}`" for name in names], 3)
        parts.append(f"{type_} ({listed})" + (f": {reason}" if reason else ""))
    fact = f"{network.name} has layers that cannot be written as ONNX: {'; '.join(parts)}"
    raise CnncalcError(fact, hint="leave them out, or write them with other layers")


def _together(network: Graph, refusals: Sequence[CnncalcError]) -> CnncalcError:
    """One error of all layers that cannot be written."""
    if len(refusals) == 1:
        return refusals[0]
    facts = "; ".join(refusal.message for refusal in refusals[:MOST_REFUSALS])
    more = f"; and {len(refusals) - MOST_REFUSALS} more" if len(refusals) > MOST_REFUSALS else ""
    hint = next((refusal.hint for refusal in refusals if refusal.hint), None)
    return CnncalcError(f"{network.name}: {facts}{more}", hint=hint)


def batch_of(batch: int, *, dynamic: bool) -> int | str:
    """The size of the batch axis: a number, or the word for any."""
    return BATCH if dynamic else batch


def reference(network: Graph) -> str:
    """Where the network's numbers come from, as its spec has it; nothing where it does not say."""
    choice = getattr(network.blueprint, "choice", None)
    return getattr(choice, "reference", None) or ""


def described(network: Graph) -> dict[str, str]:
    """What the file says of the network beside its nodes, by name."""
    import json

    heading: Any = network.heading
    found = {NETWORK: network.name, "cnncalc.data_format": network.layout.name}
    if network.variant is not None:
        found["cnncalc.variant"] = network.variant
    if network.settings:
        found["cnncalc.settings"] = json.dumps(network.settings, default=str)
    found["cnncalc.inputs"] = json.dumps(heading["inputs"])
    return found
