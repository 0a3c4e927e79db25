"""The ONNX file of a network: its weights are drawn or read as they are written, a layer's at a time.

The sizes of all messages are known from the shapes, so that the file is written front to back, and no weight is in
memory twice. Beyond what protocol buffers can hold, 2 GiB, the arrays go to a file beside it, as PyTorch has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.exporting.onnx_graph import OPSETS, described, reference
from cnncalc.models.onnx import encoding
from cnncalc.models.onnx.encoding import ITEM_BYTES, Payload, field, nested, number_field, size_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO, Protocol

    from cnncalc.exporting.onnx_graph import OnnxGraph
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array
    from cnncalc.models.onnx.encoding import Part
    from cnncalc.models.onnx.target import Initialiser, NodeRecord
    from cnncalc.watching import Watch

    class Weights(Protocol):
        """What draws or reads the arrays of nodes, in the order of execution."""

        def arrays(self, node: Node) -> dict[str, Array]:
            """Every array of a node, by name."""


MOST_BYTES: Final = 2**31 - 1
"""The largest message of protocol buffers."""

ALIGNMENT: Final = 4096
"""At multiples of it arrays begin in a file beside the model, so that runtimes can map them into memory."""

LEAST_BESIDE: Final = 1024
"""The bytes of an array from which on it goes to the file beside the model."""

BLOCK_BYTES: Final = 2**24
"""What is converted to another type at a time."""


class Piece(NamedTuple):
    """An initialiser to be written, and its bytes' place in the file beside the model, if they go there."""

    initialiser: Initialiser
    payload: Payload | None
    offset: int | None


class OnnxFile:
    """An ONNX model, encoded but for its weights.

    `beside` is the name of the file that has the arrays, where they are too large for the model's own. Without weights
    (`has_weights` is false) each array is a sparse tensor of zeros: its shape, and nothing else.
    """

    def __init__(self, graph: OnnxGraph, *, has_weights: bool = True, beside: str | None = None) -> None:
        self.graph = graph
        self.has_weights = has_weights
        self.location = beside
        self.pieces: dict[str, list[Piece]] = {}
        self.beside: str | None = None
        self.parts = self._parts()
        if sum(map(size_of, self.parts)) > MOST_BYTES and beside is not None:
            self.beside = beside
            self.parts = self._parts()

    @property
    def size(self) -> int:
        """The bytes of the model's own file."""
        return sum(map(size_of, self.parts))

    @property
    def bytes_beside(self) -> int:
        """The bytes of the file beside the model."""
        places = [piece for pieces in self.pieces.values() for piece in pieces if piece.offset is not None]
        return max((piece.offset or 0) + _bytes_of(piece.initialiser) for piece in places) if places else 0

    def _parts(self) -> list[Part]:
        """The message of the model, with the bytes of weights left to be filled in."""
        from cnncalc.version import __version__

        network = self.graph.network
        text = reference(network)
        operators = number_field(2, self.graph.opset)
        head = b"".join(
            [
                number_field(1, OPSETS[self.graph.opset]),
                field(2, "cnncalc"),
                field(3, __version__),
                field(6, text) if text else b"",
                field(8, field(1, "") + operators),
                encoding.properties(14, described(network)),
            ]
        )
        return [head, *nested(7, self._graph_parts())]

    def _graph_parts(self) -> list[Part]:
        graph = self.graph
        outputs = graph.outputs  # which may need nodes of their own
        known = {name for name, _, _ in outputs}
        parts: list[Part] = [] if self.has_weights else list(self._empty_weights())
        parts += [field(1, _encoded(record)) for record in graph.records]
        parts.append(field(2, graph.network.name))
        parts += [field(11, encoding.value_info(*each)) for each in graph.inputs]
        parts += [field(12, encoding.value_info(*each)) for each in outputs]
        parts += [field(13, info) for info in _between(graph.records, known)]
        return [*parts, *self._initialiser_parts()]

    def _empty_weights(self) -> Iterator[bytes]:
        """A constant of zeros for each array, in place of its initialiser."""
        for initialisers in self.graph.initialisers.values():
            for each in initialisers:
                if each.make is not None:
                    zeros = {"sparse_value": encoding.sparse_zeros(each.dims, each.element_type)}
                    yield field(1, encoding.node("Constant", [], [each.name], each.name, zeros, {}))

    def _initialiser_parts(self) -> Iterator[Part]:
        """The tensors: those that are known as bytes, and of the others all but the bytes."""
        self.pieces = {}
        end = 0
        for name, initialisers in self.graph.initialisers.items():
            pieces = self.pieces[name] = []
            for each in initialisers:
                if each.make is None:
                    yield field(5, encoding.tensor(each.name, each.dims, each.element_type, each.data))
                    continue
                if not self.has_weights:
                    continue
                size = _bytes_of(each)
                if self.beside is not None and size >= LEAST_BESIDE:
                    offset = -(-end // ALIGNMENT) * ALIGNMENT
                    end = offset + size
                    place = (self.beside, offset, size)
                    yield field(5, encoding.external_tensor(each.name, each.dims, each.element_type, *place))
                    pieces.append(Piece(each, None, offset))
                    continue
                payload = Payload(size)
                head = encoding.tensor_head(each.name, each.dims, each.element_type)
                yield from nested(5, [head, *nested(9, [payload])])
                pieces.append(Piece(each, payload, None))

    def write(self, file: BinaryIO, weights: Weights | None, watch: Watch, beside: BinaryIO | None = None) -> None:
        """Write the model, and what goes beside it; the arrays come of `weights`, in the order of execution."""
        upcoming = iter(self.parts)
        nodes = self.graph.network.nodes
        if weights is not None:
            watch("", 0, len(nodes))
            for number, node in enumerate(nodes, 1):
                arrays = weights.arrays(node)
                for piece in self.pieces[node.name]:
                    assert piece.initialiser.make is not None
                    array = piece.initialiser.make(arrays)
                    if piece.offset is None:
                        _write_known(file, upcoming)
                        _write_array(file, array, piece.initialiser.element_type)
                    else:
                        assert beside is not None
                        beside.seek(piece.offset)
                        _write_array(beside, array, piece.initialiser.element_type)
                    del array
                del arrays
                watch(node.name, number, len(nodes))
        _write_known(file, upcoming)


def _encoded(record: NodeRecord) -> bytes:
    return encoding.node(
        record.operator, record.inputs, record.outputs, record.name, record.attributes, record.metadata
    )


def _between(records: Iterable[NodeRecord], outputs: set[str]) -> Iterator[bytes]:
    """The sizes of all tensors that are no outputs."""
    for record in records:
        for name, dims, kind in zip(record.outputs, record.dims, record.types, strict=True):
            if name not in outputs:
                yield encoding.value_info(name, dims, kind)


def _bytes_of(initialiser: Initialiser) -> int:
    from math import prod

    return prod(initialiser.dims) * ITEM_BYTES[initialiser.element_type]


def _write_known(file: BinaryIO, upcoming: Iterator[Part]) -> None:
    """Write the parts up to the next that is to be filled in."""
    for part in upcoming:
        if isinstance(part, Payload):
            return
        file.write(part)


def _write_array(file: BinaryIO, array: Array, dtype: str) -> None:
    """Write an array's bytes, converted block by block where its type is another."""
    import numpy as np

    wanted = np.dtype(dtype).newbyteorder("<")
    flat = np.ascontiguousarray(array).reshape(-1)
    if flat.dtype == wanted:
        file.write(flat.view(np.uint8).data)
        return
    step = BLOCK_BYTES // wanted.itemsize
    with np.errstate(over="ignore"):
        for start in range(0, flat.size, step):
            file.write(flat[start : start + step].astype(wanted).view(np.uint8).data)
