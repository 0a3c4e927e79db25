"""The messages of an ONNX file as records: graphs, nodes, attributes and tensors, read as far as they are needed.

Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Numbers of fields are those of the messages there.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx import wire
from cnncalc.models.onnx.tensor_records import SparseTensor, TensorRecord, ValueInfo, pair
from cnncalc.models.onnx.wire import DamagedError

if TYPE_CHECKING:
    from cnncalc.models.onnx.wire import Data, Stretch

MOST_NODES: Final = 120_000
"""More than the longest networks have that anybody may have; each takes some 5 KB and a fifth of a millisecond."""
MOST_LEVELS: Final = 16
"""How deep graphs may stand in attributes of nodes."""


class Node:
    """A node of a graph; its attributes and metadata are read when they are asked for."""

    __slots__ = ("_attributes", "_metadata", "data", "domain", "inputs", "level", "name", "op", "outputs", "read")

    def __init__(self, data: Data, stretch: Stretch, level: int) -> None:
        # A copy of the few bytes is read several times as fast as the file in place.
        self.data = data[stretch[0] : stretch[1]] if stretch[1] - stretch[0] < 2**16 else data
        start, end = (0, len(self.data)) if self.data is not data else stretch
        self.level = level
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.name = self.op = self.domain = ""
        self._attributes: list[Stretch] = []
        self._metadata: list[Stretch] = []
        self.read: dict[str, Any] | None = None
        own = self.data
        for number, kind, value in wire.fields(own, start, end):
            if number == 1:
                self.inputs.append(wire.text(own, kind, value))
            elif number == 2:
                self.outputs.append(wire.text(own, kind, value))
            elif number == 3:
                self.name = wire.text(own, kind, value)
            elif number == 4:
                self.op = wire.text(own, kind, value)
            elif number == 5:
                self._attributes.append(wire.stretch(kind, value))
            elif number == 7:
                self.domain = wire.text(own, kind, value)
            elif number == 9:
                self._metadata.append(wire.stretch(kind, value))

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes by name: numbers, text, lists, tensors, graphs, or a `Reference`."""
        if self.read is None:
            self.read = dict(_attribute(self.data, stretch, self.level) for stretch in self._attributes)
        return self.read

    @property
    def has_metadata(self) -> bool:
        """Whether an exporter says anything of the node."""
        return bool(self._metadata)

    @property
    def metadata(self) -> dict[str, str]:
        """What an exporter says of the node, such as the names of the modules that it is in."""
        return dict(pair(self.data, stretch) for stretch in self._metadata)

    def replaced(self, inputs: list[str], outputs: list[str], name: str, attributes: dict[str, Any]) -> Node:
        """A copy with other names, as a function's node has where the function is used."""
        other = object.__new__(Node)
        other.data, other.level, other.domain, other.op = self.data, self.level, self.domain, self.op
        other._attributes, other._metadata = [], self._metadata
        other.inputs, other.outputs, other.name, other.read = inputs, outputs, name, attributes
        return other


class Reference:
    """The name of an attribute of the function that a node is in."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def _attribute(data: Data, stretch: Stretch, level: int) -> tuple[str, Any]:
    """Name and value of an attribute."""
    name = ""
    type_ = 0
    found: dict[int, Any] = {}
    for number, kind, value in wire.fields(data, *stretch):
        if number == 1:
            name = wire.text(data, kind, value)
        elif number == 20:
            type_ = value
        elif number == 21:
            found[21] = Reference(wire.text(data, kind, value))
        elif number in _READERS:
            read, repeated = _READERS[number]
            item = read(data, kind, value, level)
            if repeated:
                found.setdefault(number, []).extend(item)
            else:
                found[number] = item
    if 21 in found:
        return name, found[21]
    field = _FIELD_OF_TYPE.get(type_, next(iter(found), 0))
    return name, found.get(field, _EMPTY.get(field))


def _bytes(data: Data, kind: int, value: Any) -> str:
    start, end = wire.stretch(kind, value)
    return data[start : min(end, start + 2**16)].decode("utf-8", "replace")


def _graph(data: Data, kind: int, value: Any, level: int) -> Graph:
    if level >= MOST_LEVELS:
        raise DamagedError(f"graphs stand in graphs more than {MOST_LEVELS} deep")
    return Graph(data, wire.stretch(kind, value), level + 1)


_READERS: Final[dict[int, tuple[Any, bool]]] = {
    2: (lambda data, kind, value, _: wire.floats(data, kind, value)[-1], False),
    3: (lambda data, kind, value, _: wire.integers(data, kind, value)[-1], False),
    4: (lambda data, kind, value, _: _bytes(data, kind, value), False),
    5: (lambda data, kind, value, _: TensorRecord(data, wire.stretch(kind, value)), False),
    6: (_graph, False),
    7: (lambda data, kind, value, _: wire.floats(data, kind, value), True),
    8: (lambda data, kind, value, _: wire.integers(data, kind, value), True),
    9: (lambda data, kind, value, _: [_bytes(data, kind, value)], True),
    22: (lambda data, kind, value, _: SparseTensor(data, wire.stretch(kind, value)), False),
}
"""How each field of an attribute is read, and whether there may be several."""
_FIELD_OF_TYPE: Final = {1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8, 8: 9, 11: 22}
"""The field that has the value, by the attribute's type."""
_EMPTY: Final[dict[int, Any]] = {2: 0.0, 3: 0, 4: "", 7: [], 8: [], 9: []}
"""What a field means that is left out, as writers leave out zeros."""


class Graph:
    """A graph: its nodes in order, its tensors by name, and what it says of shapes."""

    def __init__(self, data: Data, stretch: Stretch, level: int = 0) -> None:
        self.data = data
        self.name = ""
        self.nodes: list[Node] = []
        self.tensors: dict[str, TensorRecord] = {}
        self.inputs: list[ValueInfo] = []
        self.outputs: list[ValueInfo] = []
        self._infos: list[Stretch] = []
        for number, kind, value in wire.fields(data, *stretch):
            if number == 1:
                if len(self.nodes) >= MOST_NODES:
                    raise DamagedError(f"it has more than {MOST_NODES:,} nodes, and no more are read", None)
                self.nodes.append(Node(data, wire.stretch(kind, value), level))
            elif number == 2:
                self.name = wire.text(data, kind, value)
            elif number == 5:
                tensor = TensorRecord(data, wire.stretch(kind, value))
                self.tensors[tensor.name] = tensor
            elif number == 11:
                self.inputs.append(ValueInfo(data, wire.stretch(kind, value)))
            elif number == 12:
                self.outputs.append(ValueInfo(data, wire.stretch(kind, value)))
            elif number == 13:
                self._infos.append(wire.stretch(kind, value))
            elif number == 15:
                raise DamagedError("it has sparse weights, which are not read", "store them whole")

    @cached_property
    def infos(self) -> dict[str, ValueInfo]:
        """What is said of tensors between the nodes, and of the outputs, by name."""
        found = [ValueInfo(self.data, stretch) for stretch in self._infos]
        return {info.name: info for info in (*found, *self.outputs)}


class Function:
    """A function that a model defines: nodes that stand for one."""

    def __init__(self, data: Data, stretch: Stretch) -> None:
        self.name = self.domain = self.overload = ""
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.nodes: list[Node] = []
        self.defaults: dict[str, Any] = {}
        self.opsets: dict[str, int] = {}
        for number, kind, value in wire.fields(data, *stretch):
            if number == 1:
                self.name = wire.text(data, kind, value)
            elif number == 4:
                self.inputs.append(wire.text(data, kind, value))
            elif number == 5:
                self.outputs.append(wire.text(data, kind, value))
            elif number == 7:
                self.nodes.append(Node(data, wire.stretch(kind, value), 0))
            elif number == 9:
                self.opsets.update([_opset(data, wire.stretch(kind, value))])
            elif number == 10:
                self.domain = wire.text(data, kind, value)
            elif number == 11:
                self.defaults.update([_attribute(data, wire.stretch(kind, value), 0)])
            elif number == 13:
                self.overload = wire.text(data, kind, value)


class File:
    """What an ONNX file says at its top."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.producer = self.producer_version = ""
        self.opsets: dict[str, int] = {}
        self.metadata: dict[str, str] = {}
        self.functions: dict[tuple[str, str], Function] = {}
        graph: Stretch | None = None
        for number, kind, value in wire.fields(data, 0, len(data)):
            if number == 2:
                self.producer = wire.text(data, kind, value)
            elif number == 3:
                self.producer_version = wire.text(data, kind, value)
            elif number == 7:
                graph = wire.stretch(kind, value)
            elif number == 8:
                self.opsets.update([_opset(data, wire.stretch(kind, value))])
            elif number == 14:
                self.metadata.update([pair(data, wire.stretch(kind, value))])
            elif number == 25:
                function = Function(data, wire.stretch(kind, value))
                self.functions[function.domain, function.name] = function
        if graph is None:
            raise DamagedError("it has no graph")
        self.graph = Graph(data, graph)

    @property
    def opset(self) -> int:
        """The version of the operators that ONNX itself defines."""
        return self.opsets.get("", self.opsets.get("ai.onnx", 1))


def _opset(data: Data, stretch: Stretch) -> tuple[str, int]:
    """The domain of a set of operators, and its version."""
    domain, version = "", 1
    for number, kind, value in wire.fields(data, *stretch):
        if number == 1:
            domain = wire.text(data, kind, value)
        elif number == 2:
            version = wire.signed(value)
    return domain, version
