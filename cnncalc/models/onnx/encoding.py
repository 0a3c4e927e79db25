"""The wire format of ONNX, written: messages of `onnx.proto` as bytes, and tensors whose bytes come later.

Field numbers and codes of types are those of `onnx.proto` (IR version 13). A message is a row of parts, of which some
are `Payload`s: bytes that are only counted until the file is written, so that weights are never in memory twice.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ELEMENT_TYPES: Final = {"float32": 1, "int32": 6, "int64": 7, "bool": 9, "float16": 10, "float64": 11}
"""`TensorProto.DataType` by NumPy's names."""

ITEM_BYTES: Final = {"float32": 4, "int32": 4, "int64": 8, "bool": 1, "float16": 2, "float64": 8}

_VARINT, _BYTES, _FIXED32 = 0, 2, 5
_LIST_TYPES: Final = {float: 6, int: 7, str: 8}
_EXTERNAL: Final = 1


class Payload:
    """The bytes of a tensor, so many of them, that are written when they are there."""

    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        self.size = size


Part = bytes | Payload


def varint(number: int) -> bytes:
    r"""A number in groups of 7 bits, the lowest first; a negative one as 64 bits.

    >>> varint(300), len(varint(-1))
    (b'\xac\x02', 10)
    """
    number &= 2**64 - 1
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    found.append(number)
    return bytes(found)


def number_field(field: int, number: int) -> bytes:
    """A field that is a whole number."""
    return varint(field << 3 | _VARINT) + varint(number)


def field(number: int, value: str | bytes) -> bytes:
    """A field that is a text, or another message.

    >>> field(7, "Conv")
    b':\\x04Conv'
    """
    data = value.encode("utf-8", "replace") if isinstance(value, str) else value
    return varint(number << 3 | _BYTES) + varint(len(data)) + data


def _float_field(number: int, value: float) -> bytes:
    return varint(number << 3 | _FIXED32) + struct.pack("<f", value)


def attribute(name: str, value: Any) -> bytes:
    """`AttributeProto` of a number, a text, a list of either, or of a message that is a sparse tensor (bytes)."""
    head = field(1, name)
    if isinstance(value, bytes):
        return head + field(22, value) + number_field(20, 11)
    if isinstance(value, (list, tuple)):
        kind = type(value[0]) if value else int
        if kind is float:
            parts = b"".join(_float_field(7, item) for item in value)
        elif kind is str:
            parts = b"".join(field(9, item) for item in value)
        else:
            parts = b"".join(number_field(8, item) for item in value)
        return head + parts + number_field(20, _LIST_TYPES[kind])
    if isinstance(value, float):
        return head + _float_field(2, value) + number_field(20, 1)
    if isinstance(value, str):
        return head + field(4, value) + number_field(20, 3)
    return head + number_field(3, int(value)) + number_field(20, 2)


def properties(number: int, values: Mapping[str, str]) -> bytes:
    """The entries of a field that maps texts to texts."""
    return b"".join(field(number, field(1, name) + field(2, value)) for name, value in values.items())


def node(
    operator: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    name: str,
    attributes: Mapping[str, Any],
    metadata: Mapping[str, str],
) -> bytes:
    """`NodeProto`."""
    return b"".join(
        [
            *(field(1, each) for each in inputs),
            *(field(2, each) for each in outputs),
            field(3, name),
            field(4, operator),
            *(field(5, attribute(key, value)) for key, value in attributes.items()),
            properties(9, metadata),
        ]
    )


def value_info(name: str, dims: Iterable[int | str], element_type: str) -> bytes:
    """`ValueInfoProto` of a tensor; a size that is a word is free."""
    sizes = (number_field(1, size) if isinstance(size, int) else field(2, size) for size in dims)
    shape = b"".join(field(1, size) for size in sizes)
    tensor = number_field(1, ELEMENT_TYPES[element_type]) + field(2, shape)
    return field(1, name) + field(2, field(1, tensor))


def tensor_head(name: str, dims: Iterable[int], element_type: str) -> bytes:
    """What of `TensorProto` stands before its data."""
    sizes = b"".join(number_field(1, size) for size in dims)
    return sizes + number_field(2, ELEMENT_TYPES[element_type]) + (field(8, name) if name else b"")


def tensor(name: str, dims: Iterable[int], element_type: str, data: bytes) -> bytes:
    """`TensorProto` with its data."""
    return tensor_head(name, dims, element_type) + field(9, data)


def external_tensor(name: str, dims: Iterable[int], element_type: str, location: str, offset: int, size: int) -> bytes:
    """`TensorProto` whose data stands in another file, from `offset` on."""
    entries = {"location": location, "offset": str(offset), "length": str(size)}
    return tensor_head(name, dims, element_type) + properties(13, entries) + number_field(14, _EXTERNAL)


def sparse_zeros(dims: Sequence[int], element_type: str) -> bytes:
    """`SparseTensorProto` of zeros only: the shape alone."""
    values = tensor("", [0], element_type, b"")
    indices = tensor("", [0], "int64", b"")
    return field(1, values) + field(2, indices) + b"".join(number_field(3, size) for size in dims)


def nested(number: int, parts: Sequence[Part]) -> list[Part]:
    """A field that is a message of parts."""
    return [varint(number << 3 | _BYTES) + varint(sum(map(size_of, parts))), *parts]


def size_of(part: Part) -> int:
    """The bytes of a part."""
    return part.size if isinstance(part, Payload) else len(part)
