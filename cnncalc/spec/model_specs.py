"""Specs of models of other programs: the flat list of layers that a reader gives, as entries."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cnncalc.errors import CnncalcError, Place
from cnncalc.models.stored_arrays import Store
from cnncalc.shapes import CHANNELS_FIRST
from cnncalc.spec.document import Spec
from cnncalc.spec.number_lists import nested_numbers
from cnncalc.text_nodes import Mapping, Scalar, Sequence, Source, TextNode

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from cnncalc.graph.graph import Graph
    from cnncalc.models.imported import Imported, ImportedLayer
    from cnncalc.models.model import Model
    from cnncalc.shapes import Shape

_Node = TypeVar("_Node", Mapping, Scalar, Sequence)

_REPORT: Final = "the model is not understood as it is meant; please report it, with the file if you can"

_NOTHING: Final[dict[str, Any]] = {"layers": ["identity"]}
"""What stands for a model that cannot be translated before the sizes of its inputs are given."""


def spec_of(model: Model) -> ModelSpec:
    """The spec of a model at its own sizes, or one without layers where these are free; raises `CnncalcError`."""
    return ModelSpec(model, None if model.free_inputs else model.at(model.own_inputs))


class ModelSource(Source):
    """A file that has no lines: errors name it and the layer."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "", path)

    def at(self, line: int, column: int, length: int = 1) -> Place:
        """The file."""
        del line, column, length
        return Place(self.name, 0, 0)


class ModelSpec(Spec):
    """The spec that a model is at some sizes of its inputs; `imported` is None where these are not known yet."""

    def __init__(self, model: Model, imported: Imported | None) -> None:
        tree = _Tree()
        super().__init__(ModelSource(model.path), tree.node(_NOTHING if imported is None else _plain(imported)))
        self.name = model.name
        self.model = model
        self.imported = imported
        self.can_be_read_again = model.is_in_file
        self.input_names = tuple(model.inputs)
        self.latest: ModelSpec | None = None
        """What `at` gave last: a network is asked for its arrays and notes at the sizes that it was built at."""
        if imported is not None:
            self.notes = imported.notes
            if imported.has_weights:
                self.own_store = Store(model.path, imported.arrays())

    def at(self, inputs: MappingOf[str, Shape]) -> Spec:
        """The spec for these input shapes: another one where the model follows them; raises `CnncalcError`."""
        imported = self.imported
        spec = self
        self.model.check(inputs)
        if imported is None or (dict(inputs) != imported.inputs and imported.follows_sizes):
            if self.latest is None or self.latest.imported is None or self.latest.imported.inputs != dict(inputs):
                self.latest = ModelSpec(self.model, self.model.at(inputs))
            spec = self.latest
            imported = spec.imported
            assert imported is not None
        if imported.refusal is not None and not self.model.keeps_opaque:
            raise imported.refusal
        return spec

    def keep_opaque(self) -> None:
        """Let layers that cannot be translated be of type `opaque`."""
        self.model.keeps_opaque = True

    def sizes_error(self) -> CnncalcError:
        """The error that sizes must be given."""
        return self.model.free_error()

    def check_built(self, graph: Graph) -> None:
        """Hold every shape against what the model says; raises `CnncalcError` for the first that differs."""
        imported = self.imported
        if imported is None or graph.inputs != imported.inputs:
            return
        self._check_totals(graph, imported)
        known = {layer.name: layer for layer in imported.layers}
        for node in graph.nodes:
            layer = known.get(node.name)
            if layer is None:
                continue
            if layer.shape is not None and layer.shape != node.output_shape:
                ours, theirs = CHANNELS_FIRST.text(node.output_shape), CHANNELS_FIRST.text(layer.shape)
                fact = f"its output is {ours} here, and {theirs} in {self.model.medium}"
                raise self._difference(layer, fact)
            shapes = {**node.weight_shapes, **node.buffer_shapes}
            for name, array in layer.arrays.items():
                if prod(shapes.get(name, (0,))) != prod(array.shape):
                    theirs = CHANNELS_FIRST.text(array.shape)
                    ours = CHANNELS_FIRST.text(shapes[name]) if name in shapes else "not there"
                    fact = f"its `{name}` is {ours} here, and {theirs} in {self.model.medium}"
                    raise self._difference(layer, fact)

    def _check_totals(self, graph: Graph, imported: Imported) -> None:
        """Hold the numbers of weights and of statistics against those that the model stores."""
        if imported.refusal is not None:
            return
        counts = (("parameters", imported.parameters, graph.parameters + graph.frozen),)
        for what, stored, ours in (*counts, ("buffers", imported.buffers, graph.buffers)):
            if stored is not None and not stored <= ours <= stored + imported.other_numbers:
                fact = f"{self.source.name} stores {stored:,} {what}, and its layers have {ours:,} here"
                raise CnncalcError(fact, hint=_REPORT)

    def _difference(self, layer: ImportedLayer, fact: str) -> CnncalcError:
        """The error for a layer that is not what the file says."""
        what = f"`{layer.name}`, {layer.origin}" if layer.origin else f"`{layer.name}`"
        return CnncalcError(
            f"{self.source.name}: {what}: {fact}",
            hint=_REPORT,
            layer=layer.name,
        )


def _plain(imported: Imported) -> dict[str, Any]:
    """A spec of one line a layer, as plain Python; a model of no layers gives what it takes."""
    layers = entries(imported) or _NOTHING["layers"]
    return {**_inputs(imported), "layers": layers, "outputs": imported.outputs}


def _inputs(imported: Imported) -> dict[str, Any]:
    return {"inputs": {name: list(shape) for name, shape in imported.inputs.items()}}


def entries(imported: Imported) -> list[dict[str, Any]]:
    """Each layer as an entry of a spec; `from` is left out where the layer takes the output of the one before.

    >>> from cnncalc.models.imported import Imported, ImportedLayer
    >>> layers = [ImportedLayer("c", "conv2d", {"out_channels": 4, "kernel_size": 3}, ["x"])]
    >>> entries(Imported("net", {"x": (3, 8, 8)}, layers, ["c"]))
    [{'conv2d': {'name': 'c', 'out_channels': 4, 'kernel_size': 3}}]
    """
    found: list[dict[str, Any]] = []
    previous = list(imported.inputs)
    for layer in imported.layers:
        options: dict[str, Any] = {"name": layer.name}
        if layer.inputs and layer.inputs != previous:
            options["from"] = layer.inputs[0] if len(layer.inputs) == 1 else layer.inputs
        if layer.share is not None:
            options["share"] = layer.share
        found.append({layer.type: {**options, **layer.options}})
        if layer.inputs:  # a layer without inputs, such as a constant, lets pass what arrives
            previous = [layer.name]
    return found


class _Tree:
    """Makes the nodes of a text that is nowhere written."""

    def node(self, value: Any) -> TextNode:
        """The node of a plain value."""
        if isinstance(value, dict):
            mapping = self._placed(Mapping())
            for key, item in value.items():
                mapping.put(self._scalar(key), self.node(item))
            return mapping
        numbers = nested_numbers(value) if isinstance(value, list) else None
        if numbers is not None:
            return self._placed(numbers)
        if isinstance(value, (list, tuple)):
            sequence = self._placed(Sequence())
            for item in value:
                sequence.add(self.node(item))
            return sequence
        return self._scalar(value)

    def _scalar(self, value: Any) -> Scalar:
        found = self._placed(Scalar())
        found.text, found.value = str(value), value
        found.dynamic = False  # a word of a model is never an expression
        return found

    @staticmethod
    def _placed(node: _Node) -> _Node:
        node.line = node.column = 0
        node.length = 1
        return node
