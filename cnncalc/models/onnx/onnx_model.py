"""An ONNX file as a model: its inputs, and the network that it is at given sizes of them."""

from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING

from cnncalc.errors import CnncalcError
from cnncalc.layers import find
from cnncalc.models.imported import FileTensor, Imported
from cnncalc.models.model import Model
from cnncalc.models.onnx import naming
from cnncalc.models.onnx.building import Building, origin
from cnncalc.models.onnx.constants import Absent
from cnncalc.models.onnx.counting import stored_numbers
from cnncalc.models.onnx.flows import BATCH, Flow, plain_axes
from cnncalc.models.onnx.inlining import inlined
from cnncalc.models.onnx.layout import file_axes
from cnncalc.models.onnx.records import File
from cnncalc.models.onnx.refusal import refusal
from cnncalc.models.onnx.stored_tensor import Stored
from cnncalc.models.onnx.translation import OpaqueError, translate
from cnncalc.models.onnx.wire import DamagedError
from cnncalc.shapes import MAX_RANK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.models.imported import ImportedLayer
    from cnncalc.models.model import FreeShape
    from cnncalc.models.onnx.records import Node
    from cnncalc.models.onnx.tensor_records import ValueInfo
    from cnncalc.models.onnx.wire import Data
    from cnncalc.shapes import Shape


def read(path: str) -> OnnxModel:
    """The model in a file, which is looked into as far as is needed; raises `CnncalcError`."""
    try:
        with open(path, "rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise CnncalcError(f"cannot read {path}: {getattr(error, 'strerror', error)}", code="unreadable") from None
    return OnnxModel(data, path, os.path.dirname(path) or ".")


class _GraphInput:
    """An input of the network: our name of it, what the file says, and which of our axes each of the file's is."""

    def __init__(self, name: str, info: ValueInfo, axes: tuple[int, ...], dims: tuple[int | str, ...]) -> None:
        self.name = name
        self.info = info
        self.axes = axes
        self.dims = dims
        self.shape: FreeShape = tuple(dims[axes.index(axis)] for axis in range(len(dims) - 1))

    @property
    def file_axes(self) -> tuple[int, ...] | None:
        """The file's axis for the batch and then each of ours; None where they are these."""
        order = (BATCH, *range(len(self.shape)))
        return None if self.axes == order else tuple(map(self.axes.index, order))

    @property
    def batch(self) -> int:
        """The number of samples, 1 where it is free."""
        size = self.dims[self.axes.index(BATCH)]
        return size if isinstance(size, int) and size > 0 else 1


class OnnxModel(Model):
    """What is read of an ONNX file; `folder` is where files beside it may be, None for what is not in a file."""

    def __init__(self, data: Data, path: str, folder: str | None) -> None:
        self.folder = folder
        try:
            self.file = File(data)
            self.nodes = inlined(self.file)
            self.graph_inputs = list(_inputs(self.file, self.nodes))
        except DamagedError as error:
            raise damaged(path, error) from None
        own = os.path.basename(path).removesuffix(".onnx") or path
        name = naming.network_name(self.file) or (own if folder is not None else naming.graph_name(self.file))
        super().__init__(name, path, {each.name: each.shape for each in self.graph_inputs})

    def translated(self, inputs: Mapping[str, Shape]) -> Imported:
        """The network at these sizes; raises `CnncalcError`."""
        try:
            return self._translated(inputs)
        except DamagedError as error:
            raise damaged(self.path, error) from None

    def _translated(self, inputs: Mapping[str, Shape]) -> Imported:
        network = self._begun(inputs)
        translate(network)
        if not network.refused:
            return self._imported(network, inputs)
        return self._with_opaque(inputs, network.refused)

    def _with_opaque(self, inputs: Mapping[str, Shape], refused: list[tuple[Node, str]]) -> Imported:
        """The network with opaque layers in the places of nodes that are none, and of such as turn up behind them.

        Raises `CnncalcError` where the shape of one of them is not known.
        """
        network = self._begun(inputs)
        network.keeps_opaque = True
        count = len(self.nodes)
        try:
            translate(network)
        except OpaqueError as error:
            known = {id(node) for node, _ in network.refused}
            refused = [*network.refused, *((node, why) for node, why in refused if id(node) not in known)]
            hint = f"nor can it be kept as an opaque layer: {origin(error.node)}: {error.reason}"
            raise refusal(self.path, refused, count, hint) from None
        imported = self._imported(network, inputs)
        imported.refusal = refusal(self.path, network.refused, count)
        return imported

    def _begun(self, inputs: Mapping[str, Shape]) -> Building:
        """The network of which nothing is known but its inputs."""
        claims = all(inputs[each.name] == each.shape for each in self.graph_inputs)
        network = Building(self.file, self.file.graph, self.nodes, self.folder, claims=claims)
        network.free_batch = not all(isinstance(each.dims[each.axes.index(BATCH)], int) for each in self.graph_inputs)
        for each in self.graph_inputs:
            flow = Flow(each.name, inputs[each.name], each.axes, each.batch)
            network.values[each.info.name] = flow
            network.inputs.append(flow)
            words = zip(each.dims, flow.dims, strict=True)
            network.free_sizes.update((word, size) for word, size in words if isinstance(word, str) and word != "?")
        return network

    def _imported(self, network: Building, inputs: Mapping[str, Shape]) -> Imported:
        """The record of what was translated, with names."""
        layers, origins = network.pruned()
        names = naming.assign(layers, origins, inputs)
        _rename(layers, names)
        outputs: list[str] = []
        for info in self.file.graph.outputs:
            value = network.values.get(info.name)
            if isinstance(value, Flow):
                outputs.append(names.get(value.source, value.source))
            elif value is not None:
                network.notes.append(f"the output `{info.name[:80]}` is a constant, and is left out")
        if not outputs:
            raise DamagedError("none of its outputs comes from its inputs", None)
        stored = stored_numbers(network)
        return Imported(
            self.name,
            inputs,
            layers,
            list(dict.fromkeys(outputs)),
            description=self.description,
            notes=list(self._notes(network)),
            follows_sizes=network.follows_sizes,
            has_weights=not any(isinstance(value, Absent) for value in network.values.values()),
            parameters=stored.weights,
            buffers=stored.statistics,
            other_numbers=stored.others,
            input_tensors={each.name: FileTensor(each.info.name, each.file_axes) for each in self.graph_inputs},
        )

    @property
    def description(self) -> str:
        """What made the file, in a line: ``tf2onnx 1.8.4, opset 9, 126 nodes``."""
        file = self.file
        producer = " ".join(filter(None, (file.producer[:40], file.producer_version[:40])))
        return ", ".join(filter(None, (producer, f"opset {file.opset}", f"{len(file.graph.nodes)} nodes")))

    def _notes(self, network: Building) -> Iterator[str]:
        """What a user should know."""
        yield from network.notes
        for each in self.graph_inputs:
            if each.axes[0] != BATCH:
                yield f"`{each.name}` has its batch behind the steps in the file, and first here"
            elif len(each.axes) > 2 and each.axes[1] != 0:
                yield f"`{each.name}` has its channels last in the file, and first here"
        shared = sum(layer.share is not None for layer in network.layers)
        if shared:
            what = "1 layer uses" if shared == 1 else f"{shared} layers use"
            yield f"{what} weights that the file has for another layer, which count once"
        partly = _stored_once(network.layers)
        if partly:
            what = "1 array is" if partly == 1 else f"{partly} arrays are"
            yield f"{what} stored once in the file for several layers, for each of which they count here"
        kinds = {layer.type.rstrip("123d") for layer in network.layers}
        biased = sum(layer.type.startswith("conv") and "bias" in layer.arrays for layer in network.layers)
        if "batch_norm" not in kinds and biased >= 10 and 10 * biased >= 9 * _count(network.layers, "conv"):
            yield "no batch norm in the graph: if the network had it, the exporter folded it into the convolutions"


def _stored_once(layers: list[ImportedLayer]) -> int:
    """How many arrays are another layer's, too, which has other arrays beside them."""
    arrays = [array for layer in layers for array in layer.arrays.values() if isinstance(array, Stored)]
    return len(arrays) - len({array.key for array in arrays})


def _count(layers: list[ImportedLayer], word: str) -> int:
    return sum(layer.type.startswith(word) and not layer.type.startswith("concat") for layer in layers)


def _rename(layers: list[ImportedLayer], names: Mapping[str, str]) -> None:
    """Put names in the places of keys."""
    for layer in layers:
        layer.inputs = [names.get(name, name) for name in layer.inputs]
        known = find(layer.type)
        for option in known[0].references if known else ():
            layer.options[option] = names[layer.options[option]]
        layer.name = names[layer.name]
        if layer.share is not None:
            layer.share = names[layer.share]


def _inputs(file: File, nodes: list[Node]) -> Iterator[_GraphInput]:
    """The inputs of the network: those of the graph that are no weights. Raises `DamagedError`."""
    graph, is_own = file.graph, bool(naming.network_name(file))  # ours has its channels first
    taken: set[str] = set()
    for info in graph.inputs:
        if info.name in graph.tensors:
            continue
        name = naming.cleaned(info.name).replace(".", "_") or "input"
        while name in taken:
            name += "_"
        taken.add(name)
        dims = tuple("?" if size is None or size == 0 else size for size in _dims(info))
        axes = plain_axes(len(dims) - 1) if is_own else file_axes(graph, nodes, info.name, dims)
        yield _GraphInput(name, info, axes, dims)


def _dims(info: ValueInfo) -> tuple[int | str | None, ...]:
    """The sizes of an input of the network; raises `DamagedError` for what a network of ours does not take."""
    what = f"the input `{info.name[:80]}`"
    if info.dtype in ("no tensor", "string"):
        kind = "is no tensor" if info.dtype == "no tensor" else "is text"
        raise DamagedError(f"{what} {kind}, and layers here compute with numbers", None)
    if info.dims is None:
        hint = "write it into `type.tensor_type.shape` of the input; its sizes may be free"
        raise DamagedError(f"the file does not say the shape of {what}", hint)
    if len(info.dims) < 2:
        shape = f"has the shape [{_one(info.dims[0])}]" if info.dims else "is a single number"
        hint = f"where its values never change, store them in the file: an initializer named `{info.name[:80]}`"
        raise DamagedError(f"{what} {shape}, and an input here has a batch axis and channels", hint)
    if len(info.dims) > MAX_RANK + 2:
        fact = f"{what} has {len(info.dims)} axes, and {MAX_RANK + 2} are the most, the batch among them"
        raise DamagedError(fact, None)
    return info.dims


def _one(size: int | str | None) -> str:
    """A size of an input, which may be a word."""
    return "?" if size in (None, 0) else str(size)[:40]


def damaged(path: str, error: DamagedError) -> CnncalcError:
    """The error for a file that cannot be read."""
    return CnncalcError(f"{path}: {error}", hint=error.hint, code="unreadable")
