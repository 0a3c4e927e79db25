"""Files for `--data`: arrays and images that fit, that do not, and that are broken."""

from __future__ import annotations

import io
import struct
import zlib
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tests.fuzz.text_mutations import mutated_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

DTYPES: Final = ("<f4", ">f4", "<f8", "<f2", "|u1", "<i8", ">i2", "|b1", "<c8", "<M8[s]", "<U3", "|S2", "|O", "|V4")
NAMES: Final = ("data.npy", "data.npy", "data.npy", "data.png", "data.png", "data.npz", "data.jpg", "data.csv", "data")
MOST_VALUES: Final = 100_000


def data_file(rng: Random, shape: Sequence[int]) -> tuple[str, bytes]:
    """The name and content of a file that may be given for an input of that shape."""
    name = rng.choice(NAMES)
    if rng.randrange(3) == 0:
        shape = [rng.choice((1, 3, 5, size, size + 1)) for size in shape]
    if rng.randrange(4) == 0:
        shape = [rng.choice((0, 1, 2)), *shape]
    if prod(shape) > MOST_VALUES:
        shape = [min(size, 8) for size in shape]
    data = _content(rng, name, shape)
    if rng.randrange(3) == 0:
        data = mutated_bytes(rng, data[:200]) + data[200:] if rng.randrange(3) else mutated_bytes(rng, data)
    return name, data


def _content(rng: Random, name: str, shape: Sequence[int]) -> bytes:
    kinds = {"data.npy": _npy, "data.png": _png, "data.npz": _npz, "data.csv": _csv}
    chosen = kinds.get(name, _npy) if rng.randrange(8) else rng.choice(list(kinds.values()))
    return chosen(rng, shape)


def _array(rng: Random, shape: Sequence[int]) -> Any:
    array = np.random.default_rng(rng.randrange(2**32)).random(tuple(shape), np.float32)
    if rng.randrange(3) == 0:
        dtype = rng.choice(DTYPES)
        array = np.zeros(tuple(shape), dtype) if np.dtype(dtype).kind in "MUSOV" else array.astype(dtype)
    if rng.randrange(6) == 0 and array.dtype.kind == "f" and array.size:
        array.flat[0] = rng.choice((np.nan, np.inf, -np.inf))
    return np.asfortranarray(array) if rng.randrange(5) == 0 else array


def _npy(rng: Random, shape: Sequence[int]) -> bytes:
    file = io.BytesIO()
    np.save(file, _array(rng, shape), allow_pickle=True)
    data = file.getvalue()
    if rng.randrange(6):
        return data
    text = f"({', '.join(map(str, shape))},)".encode()
    lie = rng.choice((b"(99999999, 99999999)", b"()", b"(-1, 3)", b"(3.5,)", b"(2**40,)", b"None", b"(0,)", b"(((("))
    return data.replace(text.replace(b",)", b")") if len(shape) > 1 else text, lie, 1)


def _npz(rng: Random, shape: Sequence[int]) -> bytes:
    """A zip of arrays, with the fixed times that `numpy.savez` writes."""
    file = io.BytesIO()
    arrays = {name: _array(rng, shape) for name in ("input", "a", "b")[: rng.randrange(4)]}
    np.savez(file, **arrays)
    return file.getvalue()


def _csv(rng: Random, shape: Sequence[int]) -> bytes:
    """A table of the shape's last two sizes, with one of the marks between its numbers, and maybe a fault."""
    height, width = (*shape, 1, 1)[-2:] if len(shape) > 1 else (1, shape[0] if shape else 1)
    mark = rng.choice((",", ",", ";", "\t", " ", ", "))
    rows = [[f"{rng.gauss(0, 1):.3g}" for _ in range(min(width, 64))] for _ in range(min(height, 64))]
    if rows and rows[0] and rng.randrange(4) == 0:
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(("", "nan", "-inf", "1,5", "a", "\0", "1e999", "1_0"))
    return "\n".join(map(mark.join, rows)).encode()


def _png(rng: Random, shape: Sequence[int]) -> bytes:
    """An image of the shape's last two sizes, of any colour type."""
    height, width = (*shape, 1, 1)[-2:] if len(shape) > 1 else (1, 1)
    colour, channels = rng.choice(((0, 1), (2, 3), (4, 2), (6, 4), (3, 1)))
    depth = rng.choice((8, 8, 8, 16)) if colour != 3 else 8
    row = width * channels * depth // 8
    pixels = b"".join(b"\0" + rng.randbytes(row) for _ in range(height))
    said = rng.choice(((width, height),) * 6 + ((2**31 - 1, 2**31 - 1), (0, 0), (20_000, 20_000)))
    header = struct.pack(">IIBBBBB", *said, depth, colour, 0, 0, 0)
    palette = _chunk(b"PLTE", bytes(768)) if colour == 3 else b""
    body = _chunk(b"IHDR", header) + palette + _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
