"""Arrays of HDF5 files in chunks, which may be compressed, as h5py writes them with ``chunks=True`` or ``compression``.

Facts from the "HDF5 File Format Specification Version 3.0" of the HDF Group: data layout messages of version 3, trees
of version 1 whose nodes are of type 1, and filter pipelines; and from its list of registered filters.
"""

from __future__ import annotations

import zlib
from math import prod
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, Protocol

from cnncalc.models.keras.hdf5_messages import NOWHERE, HDF5Error, UnsupportedError, u8, u16, u32, u64

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_CHUNK: Final = 2**27
"""The largest chunk that is read, in bytes."""
_DEFLATE, _SHUFFLE, _CHECKSUM = 1, 2, 3
_NAMES: Final = {4: "szip", 5: "nbit", 6: "scaleoffset", 32000: "lzf", 32001: "blosc", 32015: "zstd"}


class _File(Protocol):
    """What of an open file is needed: where it stands in its archive and ends, and bytes at an address."""

    start: int
    base: int
    end: int

    def read(self, address: int, length: int) -> bytes:
        """So many bytes at an address."""

    def count(self) -> None:
        """Count what is read."""


class Chunk(NamedTuple):
    """A chunk: its first place in the array, where its bytes are, and which filters it was spared, a bit each."""

    place: tuple[int, ...]
    offset: int
    size: int
    spared: int


class Chunks(NamedTuple):
    """The chunks of an array, all of one shape, and the filters that they went through, in order."""

    shape: tuple[int, ...]
    item: int
    filters: tuple[int, ...]
    places: tuple[Chunk, ...]

    def read(self, file: BinaryIO, chunk: Chunk) -> bytes:
        """The values of a chunk; raises `HDF5Error`."""
        file.seek(chunk.offset)
        data = file.read(chunk.size)
        length = prod(self.shape) * self.item
        for at in reversed(range(len(self.filters))):
            if not chunk.spared >> at & 1:
                data = _undone(self.filters[at], data, self.item, length)
        if len(data) < length:
            raise HDF5Error("damaged: a chunk that is too short")
        return data[:length]


def chunks_of(file: _File, layout: bytes, pipeline: bytes | None, rank: int, item: int) -> Chunks:
    """The chunks of an array of so many axes and bytes a value; raises `HDF5Error`."""
    if len(layout) < 11 + 4 * rank or layout[2] != rank + 1:
        raise HDF5Error("damaged: chunks of other axes than the array")
    shape = tuple(u32(layout, 11 + 4 * axis) for axis in range(rank))
    if not 0 < prod(shape) * item <= MOST_CHUNK:
        raise HDF5Error(f"chunks of {prod(shape) * item:,} bytes, and {MOST_CHUNK:,} are the most")
    tree = u64(layout, 3)
    filters = tuple(filters_of(pipeline)) if pipeline is not None else ()
    return Chunks(shape, item, filters, () if tree == NOWHERE else tuple(_leaves(file, tree, rank)))


def _leaves(file: _File, tree: int, rank: int) -> Sequence[Chunk]:
    """The chunks that a tree finds."""
    found: list[Chunk] = []
    trees = [tree]
    seen: set[int] = set()
    step = 8 + 8 * (rank + 1) + 8
    while trees:
        address = trees.pop()
        if address in seen:
            raise HDF5Error("damaged: a tree that is in itself")
        seen.add(address)
        file.count()
        head = file.read(address, 24)
        if head[:5] != b"TREE\x01":
            raise HDF5Error("damaged: chunks without a tree")
        entries = u16(head, 6)
        block = file.read(address + 24, step * entries)
        for at in range(0, step * entries, step):
            child = u64(block, at + step - 8)
            if head[5]:
                trees.append(child)
                continue
            file.count()
            size = u32(block, at)
            if file.base + child + size > file.end or size > 2 * MOST_CHUNK:
                raise HDF5Error("damaged: a chunk behind the end of the file")
            place = tuple(u64(block, at + 8 + 8 * axis) for axis in range(rank))
            found.append(Chunk(place, file.start + file.base + child, size, u32(block, at + 4)))
    return found


def filters_of(pipeline: bytes) -> Sequence[int]:
    """The numbers of the filters of a pipeline; raises `UnsupportedError` for one that is not undone here."""
    version, count = u8(pipeline, 0), u8(pipeline, 1)
    if version not in (1, 2):
        raise HDF5Error("damaged: filters of an unknown kind")
    at = 8 if version == 1 else 2
    found = []
    for _ in range(count):
        number = u16(pipeline, at)
        has_name = version == 1 or number >= 256
        name = u16(pipeline, at + 2) if has_name else 0
        at += 4 if has_name else 2
        values = u16(pipeline, at + 2)
        at += 4 + (name + 7) // 8 * 8 * (version == 1) + name * (version == 2) + 4 * values
        at += 4 * (version == 1 and values % 2)
        if number not in (_DEFLATE, _SHUFFLE, _CHECKSUM):
            raise UnsupportedError(
                f"an array compressed by {_NAMES.get(number, f'filter {number}')}, which is not read"
            )
        found.append(number)
    return found


def _undone(filter_: int, data: bytes, item: int, length: int) -> bytes:
    """What was before a filter, of at most some bytes more than `length`."""
    if filter_ == _CHECKSUM:
        return data[:-4]
    if filter_ == _DEFLATE:
        try:
            return zlib.decompressobj().decompress(data, length + 4)
        except zlib.error:
            raise HDF5Error("damaged: a chunk that cannot be decompressed") from None
    count = len(data) // item
    shuffled = bytearray(data)
    for byte in range(item):  # the first bytes of all values stand together, then the second ones
        shuffled[byte : count * item : item] = data[byte * count : (byte + 1) * count]
    return bytes(shuffled)
