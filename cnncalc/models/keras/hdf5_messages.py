"""The parts of the headers of an HDF5 file: links, shapes, types and numbers, lowest byte first."""

from __future__ import annotations

from struct import Struct
from typing import Final

_U16: Final = Struct("<H")


_U32: Final = Struct("<I")


_U64: Final = Struct("<Q")


NOWHERE: Final = 2**64 - 1


class HDF5Error(Exception):
    """What is wrong with a file."""


class UnsupportedError(HDF5Error):
    """What a file has that is not read."""


def unshared(data: bytes, flags: int) -> bytes:
    """The bytes of a message that is not shared; raises `UnsupportedError` for one that is."""
    if flags & 2:
        raise UnsupportedError("a header that shares parts with others, which is not read")
    return data


def link(data: bytes) -> tuple[str, int | None]:
    """A link of a new group: a name, and an address, which is None for links by name."""
    flags, at = u8(data, 1), 2
    soft = False
    if flags & 8:
        soft, at = u8(data, at) != 0, at + 1
    at += 8 * bool(flags & 4) + bool(flags & 16)
    width = 1 << (flags & 3)
    length = int.from_bytes(data[at : at + width], "little")
    at += width
    name = data[at : at + length].decode(errors="replace")
    return name, None if soft else u64(data, at + length)


def dataspace(data: bytes) -> tuple[int, ...]:
    """A shape."""
    version, rank = u8(data, 0), u8(data, 1)
    at = {1: 8, 2: 4}.get(version)
    if at is None or rank > 32:
        raise HDF5Error("damaged: an array without a shape")
    if version == 2 and u8(data, 3) == 2:
        return (0,)
    return tuple(u64(data, at + 8 * axis) for axis in range(rank))


def datatype(data: bytes) -> tuple[str, int]:
    """A type of numbers, as NumPy writes it, and its bytes."""
    kind, order, size = u8(data, 0) & 15, u8(data, 1) & 1, u32(data, 4)
    letter = {0: "i" if u8(data, 1) & 8 else "u", 1: "f"}.get(kind)
    if letter is None or size not in (1, 2, 4, 8):
        raise HDF5Error("an array of no numbers")
    return f"{'>' if order else '<'}{letter}{size}", size


def u8(data: bytes, at: int) -> int:
    """The number that a byte is; raises `HDF5Error` where the data end before."""
    if at >= len(data):
        raise HDF5Error("damaged: it ends too early")
    return data[at]


def u16(data: bytes, at: int) -> int:
    """The number in 2 bytes; raises `HDF5Error` where there are none."""
    return int(_unpacked(_U16, data, at))


def u32(data: bytes, at: int) -> int:
    """The number in 4 bytes; raises `HDF5Error` where there are none."""
    return int(_unpacked(_U32, data, at))


def u64(data: bytes, at: int) -> int:
    """The number in 8 bytes; raises `HDF5Error` where there are none."""
    return int(_unpacked(_U64, data, at))


def _unpacked(kind: Struct, data: bytes, at: int) -> int:
    """A number without sign, the low byte first; raises `HDF5Error` where the data end before."""
    if at + kind.size > len(data):
        raise HDF5Error("damaged: it ends too early")
    return int(kind.unpack_from(data, at)[0])
