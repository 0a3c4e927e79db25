"""The network as far as it is translated: tensors by the file's names, and layers, which are added here."""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import LayerError
from cnncalc.layers import find
from cnncalc.models.imported import FileTensor, ImportedLayer
from cnncalc.models.onnx.constants import Constant
from cnncalc.models.onnx.external import Outside
from cnncalc.models.onnx.flows import BATCH, Flow, Places, plain_axes
from cnncalc.models.onnx.scales import RunningScale, Scale
from cnncalc.models.onnx.stored_tensor import Stored
from cnncalc.models.onnx.wire import DamagedError
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.layers.base import Layer
    from cnncalc.models.onnx.records import File, Graph, Node
    from cnncalc.shapes import Shape

Value = Flow | Constant | Places | RunningScale

_LAYOUTS: Final = ("flatten", "reshape", "squeeze", "unsqueeze", "permute")
"""The types that move values and compute none."""


class Building:
    """What the nodes of a graph have become so far.

    `values` are the tensors so far by the file's names, `layers` ours, each with the node that it is of in `origins`.
    `refused` are the nodes that are no layers here, with the reasons; what depends on one is passed over. With
    `keeps_opaque` they become layers of which only the shape is known. `inputs` are the network's, and `free_sizes` the
    sizes that the file has words for. `places` are those of the nodes, filled when they are asked for.
    """

    def __init__(self, file: File, graph: Graph, nodes: Sequence[Node], folder: str | None, *, claims: bool) -> None:
        self.file = file
        self.graph = graph
        self.nodes = nodes
        self.folder = folder
        self.claims = claims
        self.free_batch = False
        self.values: dict[str, Value | None] = {}
        self.layers: list[ImportedLayer] = []
        self.origins: list[Node] = []
        self.refused: list[tuple[Node, str]] = []
        self.follows_sizes = False
        self.unlearnt: set[object] = set()
        """The keys of constants that operators take, such as a scale of ones, and the layers do not have."""
        self.not_stored = 0
        """How many numbers layers have that nothing is computed with, so that the file does not have them."""
        self.notes: list[str] = []
        self.outputs = {info.name for info in graph.outputs}
        self.readers: dict[str, list[Node]] = {}
        self.consumed: dict[int, None] = {}
        self.places: dict[int, int] = {}
        self.owners: dict[object, ImportedLayer] = {}
        self.keeps_opaque = False
        self.inputs: list[Flow] = []
        self.free_sizes: dict[str, int] = {}
        self.producers: dict[str, Node] = {}
        self.whole_numbers: dict[str, Scale | RunningScale] = {}
        """What the numbers of tensors stand for that are values here and whole numbers in the file."""
        self.not_negative: set[str] = set()
        """The keys of layers of which it was found that they give no negative values."""
        self.computed_bytes = 0
        """How large the constants are that were computed of others."""
        self._note_uses(nodes)

    def _note_uses(self, nodes: Sequence[Node]) -> None:
        """Keep which node gives each tensor, and which ones read it."""
        for node in nodes:
            self.producers.update(dict.fromkeys(node.outputs, node))
            for name in node.inputs:
                if name:
                    self.readers.setdefault(name, []).append(node)

    def enter(self, branch: Graph) -> None:
        """Take in a graph that stands in a node: its weights, and which nodes read what."""
        self._note_uses(branch.nodes)
        self.graph.tensors.update(branch.tensors)
        self.outputs.update(info.name for info in branch.outputs)

    @cached_property
    def types(self) -> dict[str, str]:
        """The types of values, such as ``float32``, of the tensors of which the file says them."""
        return {info.name: info.dtype for info in (*self.graph.inputs, *self.graph.infos.values())}

    @cached_property
    def stored_bytes(self) -> int:
        """The size of the file, and of the files beside it that have values of its tensors."""
        tensors = (tensor for tensor in self.graph.tensors.values() if tensor.external)
        beside = {
            tensor.external.get("location", ""): Outside(tensor.name, tensor.external, self.folder)
            for tensor in tensors
        }
        return len(self.file.data) + sum(outside.file_size for outside in beside.values())

    def mark(self) -> tuple[int, int]:
        """What `back_to` goes back to."""
        return len(self.layers), len(self.consumed)

    def back_to(self, mark: tuple[int, int]) -> None:
        """Forget what was made since, of a node that turned out to be no layer."""
        count, consumed = mark
        while len(self.consumed) > consumed:
            self.consumed.popitem()
        if count < len(self.layers):
            gone = {id(layer) for layer in self.layers[count:] if layer.arrays}
            if gone:
                self.owners = {key: layer for key, layer in self.owners.items() if id(layer) not in gone}
            del self.layers[count:], self.origins[count:]

    def value(self, name: str) -> Value | None:
        """The tensor of a name; None where it cannot be translated. Raises `DamagedError` where there is none."""
        if name in self.values:
            return self.values[name]
        tensor = self.graph.tensors.get(name)
        if tensor is None:
            hint = "the nodes of a graph stand in the order in which they run"
            raise DamagedError(f"it reads `{name[:80]}`, which nothing before it gives", hint)
        found = self.values[name] = Stored(tensor, self.folder)
        return found

    def pruned(self) -> tuple[list[ImportedLayer], list[Node]]:
        """The layers, without those that only lay values out anew and that nothing reads, with their nodes."""
        flows = (self.values.get(name) for name in self.outputs)
        read = {flow.source for flow in flows if isinstance(flow, Flow)}
        kept: list[tuple[ImportedLayer, Node]] = []
        for layer, node in zip(reversed(self.layers), reversed(self.origins), strict=True):
            if layer.name in read or layer.type not in _LAYOUTS:
                read.update(layer.inputs)
                kept.append((layer, node))
        kept.reverse()
        return [layer for layer, _ in kept], [node for _, node in kept]

    def sole_reader(self, name: str) -> Node | None:
        """The one node that reads a tensor, which is no output of the network; None where there is another reader."""
        readers = self.readers.get(name, [])
        return readers[0] if len(readers) == 1 and name not in self.outputs else None

    def emit(
        self,
        node: Node,
        type_: str,
        options: Mapping[str, Any],
        inputs: Sequence[Flow],
        arrays: Mapping[str, Constant],
        axes: tuple[int, ...] | None,
        tensor: str,
        shape: Shape | None = None,
    ) -> Flow:
        """Add a layer, whose shape is what our own type says; raises `UntranslatableError` where it refuses.

        One that refers to another cannot say its `shape`.
        """
        shapes = [flow.shape for flow in inputs]
        if shape is None:
            shape = output_shape(type_, options, shapes)
        if arrays:
            check_arrays(layer_of(type_, options), shapes, arrays)
        key = f"\0{len(self.layers)}"
        if axes is None:
            first = inputs[0].axes if inputs else ()
            axes = first if len(first) == len(shape) + 1 else plain_axes(len(shape))
        batch = next((flow.batch for flow in inputs if flow.has_batch), 1)
        flow = Flow(key, shape, axes, batch)
        layer = ImportedLayer(key, type_, options, [each.source for each in inputs], origin=origin(node))
        if arrays:
            self._own(layer, arrays)
        if tensor and tensor not in self.whole_numbers:
            layer.tensor = FileTensor(tensor, flow.file_axes)
            layer.shape = self._claim(tensor, flow)
        self.layers.append(layer)
        self.origins.append(node)
        return flow

    def _own(self, layer: ImportedLayer, arrays: Mapping[str, Constant]) -> None:
        """Give a layer its arrays, or let it share those of another that has the very same."""
        key = (layer.type, tuple((name, array.key, array.shape) for name, array in arrays.items()))
        owner = self.owners.setdefault(key, layer)
        if owner is layer:
            layer.arrays = dict(arrays)
        else:
            layer.share = owner.name

    def _claim(self, tensor: str, flow: Flow) -> Shape | None:
        """What the file says of a tensor's shape, as ours; None where it says nothing, or not all of it."""
        info = self.graph.infos.get(tensor) if self.claims else None
        if info is None or info.dims is None:
            return None
        if len(info.dims) != len(flow.axes):
            return tuple(size for size in info.dims if isinstance(size, int))
        claimed = list(flow.shape)
        for size, axis in zip(info.dims, flow.axes, strict=True):
            if axis != BATCH:
                if not isinstance(size, int):
                    return None
                claimed[axis] = size
        return tuple(claimed)


def output_shape(type_: str, options: Mapping[str, Any], inputs: Sequence[Shape]) -> Shape:
    """The output shape of a layer of ours; raises `UntranslatableError` where it cannot be.

    >>> output_shape("conv2d", {"out_channels": 8, "kernel_size": 3}, [(3, 8, 8)])
    (8, 6, 6)
    """
    try:
        return layer_of(type_, options).output_shape(inputs)
    except LayerError as error:
        raise UntranslatableError(f"as `{type_}`: {error.fact}") from None


def layer_of(type_: str, options: Mapping[str, Any]) -> Layer:
    """The layer of a type as written; raises `LayerError`."""
    found = find(type_)
    assert found is not None, type_
    return found[0](**options)


def check_arrays(layer: Layer, inputs: Sequence[Shape], arrays: Mapping[str, Constant]) -> None:
    """Raise `UntranslatableError` for arrays of whole numbers, or of more or fewer values than the layer has."""
    wanted = {**layer.weight_shapes(inputs), **layer.buffer_shapes(inputs)}
    for name, array in arrays.items():
        if not array.is_float:
            raise UntranslatableError(f"its {name} has values of type {array.dtype}")
        if name in wanted and prod(wanted[name]) != prod(array.shape):
            raise UntranslatableError(f"its {name} has the shape {list(array.shape)}, and not {list(wanted[name])}")


def origin(node: Node) -> str:
    """What a node is called in messages.

    >>> from cnncalc.models.onnx.records import Node
    >>> origin(Node(bytes([0x1A, 1, 0x61, 0x22, 4]) + b"Relu", (0, 9), 0))
    'Relu "a"'
    """
    name = node.name or next(iter(node.outputs), "")
    return f'{node.op} "{name[:80]}"'
