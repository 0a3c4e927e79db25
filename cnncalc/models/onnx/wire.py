"""The wire format of protocol buffers: the fields of a message, found without a look at what is not asked for.

Format: https://protobuf.dev/programming-guides/encoding. A file may come from anywhere: every length is held against
the bytes that there are, and a message has at most `MOST_FIELDS` fields.
"""

from __future__ import annotations

from struct import unpack
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

    Data = bytes | mmap

MOST_FIELDS: Final = 1_000_000
"""More fields than a message of any model has: a graph has one for each node, and for each of its arrays and shapes."""
MOST_NUMBERS: Final = 200_000
"""More numbers than a list that is no tensor has."""

LONGEST_NAME: Final = 2**16
"""The most bytes of a name."""
VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
FIXED32: Final = 5


class DamagedError(Exception):
    """The bytes are no message of the kind that they should be; the text says in which way.

    `hint` is what to do, where that is another thing than to look whether the file is a whole one; `node` is the one
    that was being read.
    """

    def __init__(self, fact: str, hint: str | None = "is this a whole ONNX file?") -> None:
        super().__init__(fact)
        self.hint = hint
        self.node: str | None = None

    def __str__(self) -> str:
        fact = super().__str__()
        return fact if self.node is None else f"{self.node}: {fact}"


Stretch = tuple[int, int]
"""Where the bytes of a field are: the first, and the one after the last."""


def fields(data: Data, start: int, end: int) -> Iterator[tuple[int, int, Any]]:
    r"""Number, wire type and value of each field between two bytes: an integer, or the stretch of its bytes.

    Raises `DamagedError` where the bytes are no message.

    >>> list(fields(b"\x08\x07\x12\x02ab", 0, 6))
    [(1, 0, 7), (2, 2, (4, 6))]
    """
    count = 0
    while start < end:
        count += 1
        if count > MOST_FIELDS:
            raise DamagedError(f"a message has more than {MOST_FIELDS:,} fields")
        tag = data[start]
        start += 1
        if tag >= 0x80:
            tag, start = varint(data, start - 1, end)
        kind = tag & 7
        if kind == BYTES:
            length, start = varint(data, start, end)
            if length > end - start:
                raise DamagedError(f"a field should have {length:,} bytes, and {end - start:,} are left")
            yield tag >> 3, kind, (start, start + length)
            start += length
        elif kind == VARINT:
            value, start = varint(data, start, end)
            yield tag >> 3, kind, value
        elif kind in (FIXED32, FIXED64):
            size = 4 if kind == FIXED32 else 8
            if size > end - start:
                raise DamagedError("a number is cut off")
            yield tag >> 3, kind, int.from_bytes(data[start : start + size], "little")
            start += size
        else:
            raise DamagedError(f"a field has the wire type {kind}, which is none")


def varint(data: Data, start: int, end: int) -> tuple[int, int]:
    r"""A number of 7 bits a byte, lowest first, and the byte after it; raises `DamagedError`.

    >>> varint(b"\xac\x02", 0, 2)
    (300, 2)
    """
    value = shift = 0
    while start < end and shift < 70:
        byte = data[start]
        start += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, start
        shift += 7
    raise DamagedError("a number is cut off")


def signed(value: int) -> int:
    """The number that 64 bits mean as a two's complement.

    >>> signed(2**64 - 1)
    -1
    """
    return value - 2**64 if value >= 2**63 else value


def integers(data: Data, kind: int, value: Any) -> list[int]:
    """The signed numbers of a field: one, or many that are packed in its bytes."""
    if kind == VARINT:
        return [signed(value)]
    start, end = stretch(kind, value)
    found: list[int] = []
    while start < end:
        if len(found) >= MOST_NUMBERS:
            raise DamagedError(f"a list has more than {MOST_NUMBERS:,} numbers")
        number, start = varint(data, start, end)
        found.append(signed(number))
    return found


def floats(data: Data, kind: int, value: Any) -> list[float]:
    """The single-precision numbers of a field: one, or many that are packed in its bytes."""
    if kind == FIXED32:
        return [float32(value)]
    start, end = stretch(kind, value)
    if (end - start) % 4 or end - start > 4 * MOST_NUMBERS:
        raise DamagedError("a list of numbers has a length that cannot be")
    return list(unpack(f"<{(end - start) // 4}f", data[start:end]))


def float32(bits: int) -> float:
    """The number that 32 bits are in single precision.

    >>> float32(0x3F800000)
    1.0
    """
    number: float = unpack("<f", bits.to_bytes(4, "little"))[0]
    return number


def stretch(kind: int, value: Any) -> Stretch:
    """The stretch of a field of bytes; raises `DamagedError` for one of another wire type."""
    if kind != BYTES:
        raise DamagedError("a field has another wire type than it should have")
    return value  # type: ignore[no-any-return]


def text(data: Data, kind: int, value: Any, most: int = LONGEST_NAME) -> str:
    """The words of a field; what is no UTF-8 is replaced. Raises `DamagedError` for more bytes than `most`."""
    start, end = stretch(kind, value)
    if end - start > most:
        raise DamagedError(f"a name has {end - start:,} bytes")
    return data[start:end].decode("utf-8", "replace")
