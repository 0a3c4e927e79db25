"""The groups, attributes and arrays of an HDF5 file, as h5py writes them for Keras, within bounds.

Facts from the "HDF5 File Format Specification Version 3.0" of the HDF Group: superblocks 0 to 3, object headers 1 and
2, old groups (symbol tables) and new ones (links in headers), arrays in one piece or in chunks that a tree finds, and
texts in global heaps.
"""

from __future__ import annotations

import os
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.models.keras.hdf5_chunks import Chunks, chunks_of
from cnncalc.models.keras.hdf5_messages import (
    NOWHERE,
    HDF5Error,
    UnsupportedError,
    dataspace,
    datatype,
    link,
    u8,
    u16,
    u32,
    u64,
    unshared,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

MOST_VALUE: Final = 9 * 2**20
"""The longest attribute that is read, in bytes."""
MOST_OBJECTS: Final = 100_000
"""The most objects, nodes of trees and headers that are read of a file."""
MOST_BLOCK: Final = 2**20
"""The longest header that is read."""
SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"


class Dataset(NamedTuple):
    """An array: its shape and type, as NumPy writes it, and where its bytes are; -1 for an empty one.

    One that is not in one piece has `chunks`.
    """

    shape: tuple[int, ...]
    dtype: str
    offset: int
    size: int
    chunks: Chunks | None = None


class HDF5Object:
    """A group or an array, whose header is read when it is made."""

    def __init__(self, file: HDF5File, address: int) -> None:
        self.file = file
        self._messages = list(file.messages(address))

    @property
    def attributes(self) -> dict[str, Any]:
        """Texts and lists of texts by name; None for what is neither."""
        found: dict[str, Any] = {}
        for kind, data in self._messages:
            if kind == 0x0C:
                name, value = self.file.attribute(data)
                found[name] = value
        return found

    @cached_property
    def children(self) -> dict[str, int]:
        """The addresses of what is in a group, by name, read once for all that are asked for."""
        found: dict[str, int] = {}
        for kind, data in self._messages:
            if kind == 0x11:  # an old group: a tree of names, and the heap that has them
                found |= self.file.symbols(u64(data, 0), u64(data, 8))
            elif kind == 0x06:
                name, address = link(data)
                if address is not None:
                    found[name] = address
            elif kind == 0x02 and u64(data, 2 + 8 * (u8(data, 1) & 1)) != NOWHERE:
                raise UnsupportedError("a group of many links, which is not read")
        return found

    def child(self, name: str) -> HDF5Object:
        """What is in a group under a path; raises `KeyError`."""
        node = self
        for part in name.split("/"):
            node = HDF5Object(self.file, node.children[part])
        return node

    @property
    def dataset(self) -> Dataset | None:
        """The array; None for a group, and `HDF5Error` for an array that is stored in no way that is read."""
        messages = {kind: data for kind, data in self._messages if kind in (0x01, 0x03, 0x08, 0x0B)}
        if 0x01 not in messages or 0x03 not in messages or 0x08 not in messages:
            return None
        shape = dataspace(messages[0x01])
        dtype, size = datatype(messages[0x03])
        layout = messages[0x08]
        if layout[:2] == b"\x03\x02":
            chunks = chunks_of(self.file, layout, messages.get(0x0B), len(shape), size)
            return Dataset(shape, dtype, -1, prod(shape) * size, chunks)
        if u8(layout, 0) not in (3, 4) or u8(layout, 1) != 1:
            raise UnsupportedError("an array in chunks of a newer kind, which is not read")
        address, length = u64(layout, 2), u64(layout, 10)
        bytes_ = prod(shape) * size
        if address == NOWHERE:
            return Dataset(shape, dtype, -1, bytes_)
        if length < bytes_ or address + self.file.base + length > self.file.end:
            raise HDF5Error("an array that ends behind the file")
        return Dataset(shape, dtype, self.file.start + self.file.base + address, bytes_)


class HDF5File:
    """A file, or a part of one from `start` on, that is open for reading; raises `HDF5Error`."""

    def __init__(self, path: str, start: int = 0, length: int | None = None) -> None:
        self._stream = open(path, "rb")  # noqa: SIM115 - closed by the block that it is used in
        self.start = start
        self.end = os.path.getsize(path) - start if length is None else length
        self.base = 0
        self._read = 0
        try:
            self.root = self._superblock()
        except BaseException:
            self._stream.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, address: int, length: int) -> bytes:
        """So many bytes at an address; raises `HDF5Error` where there are not as many."""
        at = self.base + address
        if length > MOST_VALUE or at < 0 or at + length > self.end:
            raise HDF5Error("damaged: it points behind its end")
        self._stream.seek(self.start + at)
        return self._stream.read(length)

    def count(self) -> None:
        """Count what is read, so that a file which points in circles comes to an end."""
        self._read += 1
        if self._read > MOST_OBJECTS:
            raise HDF5Error(f"damaged, or of more than {MOST_OBJECTS} objects")

    def _superblock(self) -> HDF5Object:
        """The group that holds all others."""
        head = self.read(0, min(96, self.end))
        if head[:8] != SIGNATURE or len(head) < 48:
            raise HDF5Error("damaged: it has no superblock")
        version = head[8]
        if version in (0, 1):
            sizes, at = head[13:15], 24 if version == 0 else 28
            self.base = u64(head, at)
            address = u64(head, at + 32 + 8)
        elif version in (2, 3):
            sizes = head[9:11]
            self.base = u64(head, 12)
            address = u64(head, 36)
        else:
            raise UnsupportedError(f"HDF5 with a superblock of version {version}, which is not read")
        if sizes != b"\x08\x08":
            raise UnsupportedError("HDF5 with addresses of other than 8 bytes, which is not read")
        return HDF5Object(self, address)

    def messages(self, address: int) -> Iterator[tuple[int, bytes]]:
        """The messages of an object's header, each with its kind."""
        if self.read(address, 4) == b"OHDR":
            yield from self._new_messages(address)
            return
        head = self.read(address, 16)
        if head[0] != 1:
            raise HDF5Error("damaged: an object without a header")
        blocks = [(address + 16, u32(head, 8))]
        while blocks:
            start, length = blocks.pop(0)
            self.count()
            block = self._block(start, length)
            at = 0
            while at + 8 <= len(block):
                kind, size, flags = u16(block, at), u16(block, at + 2), block[at + 4]
                data = block[at + 8 : at + 8 + size]
                at += 8 + size
                if kind == 0x10:
                    blocks.append((u64(data, 0), u64(data, 8)))
                elif kind:
                    yield kind, unshared(data, flags)

    def _new_messages(self, address: int) -> Iterator[tuple[int, bytes]]:
        """The messages of a header of version 2."""
        head = self.read(address, min(64, self.end - self.base - address))
        flags, at = head[5], 6
        at += 16 * bool(flags & 0x20) + 4 * bool(flags & 0x10)
        width = 1 << (flags & 3)
        length = int.from_bytes(head[at : at + width], "little")
        blocks = [(address + at + width, length)]
        step = 4 + 2 * bool(flags & 4)
        while blocks:
            start, length = blocks.pop(0)
            self.count()
            block = self._block(start, length)
            at = 0
            while at + step <= len(block):
                kind, size, own = block[at], u16(block, at + 1), block[at + 3]
                data = block[at + step : at + step + size]
                at += step + size
                if kind == 0x10:  # a block with a signature before, and a checksum behind
                    blocks.append((u64(data, 0) + 4, u64(data, 8) - 8))
                elif kind:
                    yield kind, unshared(data, own)

    def _block(self, start: int, length: int) -> bytes:
        if not 0 <= length <= MOST_BLOCK:
            raise HDF5Error("damaged: a header that is too long")
        return self.read(start, length)

    def symbols(self, tree: int, heap: int) -> dict[str, int]:
        """The addresses of what an old group has, by name."""
        head = self.read(heap, 32)
        if head[:4] != b"HEAP":
            raise HDF5Error("damaged: a group without names")
        names = self._block(u64(head, 24), u64(head, 8))
        found: dict[str, int] = {}
        trees = [tree]
        seen: set[int] = set()
        while trees:
            address = trees.pop()
            self.count()
            if address in seen:
                raise HDF5Error("damaged: a group that is in itself")
            seen.add(address)
            node = self.read(address, 24)
            entries = u16(node, 6)
            if node[:4] == b"TREE":
                keys = self._block(address + 24, 16 * entries + 8)
                trees += [u64(keys, 16 * at + 8) for at in range(entries)]
            elif node[:4] == b"SNOD":
                block = self._block(address + 8, 40 * entries)
                for at in range(0, len(block), 40):
                    self.count()
                    name = names[u64(block, at) :].split(b"\0", 1)[0]
                    found[name.decode(errors="replace")] = u64(block, at + 8)
            else:
                raise HDF5Error("damaged: a group without a tree")
        return found

    def attribute(self, data: bytes) -> tuple[str, Any]:
        """The name and the value of an attribute."""
        version, flags = u8(data, 0), u8(data, 1)
        if version not in (1, 2, 3) or (version > 1 and flags & 3):
            raise UnsupportedError("an attribute whose type stands elsewhere, which is not read")
        lengths = [u16(data, at) for at in (2, 4, 6)]
        at = 9 if version == 3 else 8
        parts = []
        for length in lengths:
            parts.append(data[at : at + length])
            at += (length + 7) // 8 * 8 if version == 1 else length
        name = parts[0].split(b"\0", 1)[0].decode(errors="replace")
        return name, self._value(parts[1], dataspace(parts[2]), data[at:])

    def _value(self, datatype: bytes, shape: tuple[int, ...], data: bytes) -> Any:
        """A text, or a list of texts; None for values of other types."""
        kind = u8(datatype, 0) & 15
        size = u32(datatype, 4)
        count = 1
        for axis in shape:
            count *= axis
        if kind not in (3, 9) or (kind == 9 and u8(datatype, 1) & 15 != 1) or count * size > len(data):
            return None
        items = [data[at : at + size] for at in range(0, count * size, size)] if size else []
        texts = [item.rstrip(b"\0") if kind == 3 else self._text(item) for item in items]
        return texts[0] if not shape and texts else texts

    def _text(self, reference: bytes) -> bytes:
        """A text in a global heap, to which 16 bytes point: its length, the heap, and its number there."""
        length, address, number = u32(reference, 0), u64(reference, 4), u32(reference, 12)
        if not length:
            return b""
        if length > MOST_VALUE:
            raise HDF5Error("a text that is too long")
        head = self.read(address, 16)
        if head[:4] != b"GCOL":
            raise HDF5Error("damaged: a text that is not there")
        at, end = address + 16, address + u64(head, 8)
        while at + 16 <= end:
            self.count()
            item = self.read(at, 16)
            index, size = u16(item, 0), u64(item, 8)
            if index == number:
                return self.read(at + 16, min(length, size))
            if index == 0:
                break
            at += 16 + (size + 7) // 8 * 8
        raise HDF5Error("damaged: a text that is not there")
