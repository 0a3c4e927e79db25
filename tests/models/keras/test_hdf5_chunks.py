"""Arrays in chunks, as h5py 3.14 wrote them of a file of Keras's, whose outputs are recorded.

`keras_chunks.h5.gz` is `straight.h5` of `keras_values`, its arrays turn by turn in chunks alone, of ``(size + 1) // 2``
along each axis with gzip and a checksum, and in h5py's own with gzip and shuffle.
"""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

import cnncalc
from cnncalc.models.keras.hdf5 import HDF5File
from cnncalc.models.keras.hdf5_chunks import Chunk, Chunks, filters_of
from cnncalc.models.keras.hdf5_messages import HDF5Error, UnsupportedError, dataspace, datatype, link
from tests.models.keras.keras_models import inputs_of, sampled
from tests.models.keras.test_values import channels_first, files

FILE = Path(__file__).parents[2] / "reference" / "keras_chunks.h5.gz"


@cache
def chunked() -> bytes:
    """The file."""
    return gzip.decompress(FILE.read_bytes())


def test_outputs_are_those_of_keras(tmp_path: Path) -> None:
    path = tmp_path / "straight.h5"
    path.write_bytes(chunked())
    network = cnncalc.load(path)
    shapes = [((*shape[1:], shape[0]), False) for shape in network.report().inputs.values()]
    found: Any = network.forward(channels_first(inputs_of(shapes)[0]))
    expected = np.load(io.BytesIO(files()["straight.npz"]))["out0"]
    ours = sampled(np.moveaxis(found, 1, -1) if found.ndim > 2 else found)
    np.testing.assert_allclose(ours, expected, atol=1e-5 * abs(expected).max())


def test_a_chunk_that_cannot_be_decompressed_is_told(tmp_path: Path) -> None:
    data = chunked()
    at = data.index(b"\x78\x5e")  # where a stream of zlib begins, as h5py compresses
    path = tmp_path / "straight.h5"
    path.write_bytes(data[: at + 2] + b"\xff" * 8 + data[at + 10 :])
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(path).forward()
    assert caught.value.message == f"cannot read {path}: damaged: a chunk that cannot be decompressed"


NUMBERS = np.arange(6, dtype="<i4").tobytes()
SHUFFLED = bytes(NUMBERS[4 * at + byte] for byte in range(4) for at in range(6))
READ: list[tuple[tuple[int, ...], int, bytes]] = [
    ((), 0, NUMBERS),
    ((1,), 0, zlib.compress(NUMBERS)),
    ((2,), 0, SHUFFLED),
    ((2, 1), 0, zlib.compress(SHUFFLED)),
    ((2, 1, 3), 0, zlib.compress(SHUFFLED) + b"sum!"),
    ((2, 1), 0b10, SHUFFLED),
    ((1,), 0, zlib.compress(NUMBERS + b"\0" * 10**7)),
]


@pytest.mark.parametrize(("filters", "spared", "data"), READ)
def test_filters_are_undone(filters: tuple[int, ...], spared: int, data: bytes) -> None:
    chunks = Chunks((2, 3), 4, filters, ())
    assert chunks.read(io.BytesIO(b"...." + data), Chunk((0, 0), 4, len(data), spared)) == NUMBERS


def test_a_chunk_that_is_too_short() -> None:
    with pytest.raises(HDF5Error, match="damaged: a chunk that is too short"):
        Chunks((2, 3), 4, (), ()).read(io.BytesIO(NUMBERS), Chunk((0, 0), 0, 20, 0))


@pytest.mark.parametrize("read", [dataspace, datatype, link, filters_of])
def test_a_message_without_bytes_ends_too_early(read: Any) -> None:
    with pytest.raises(HDF5Error, match="damaged: it ends too early"):
        read(b"")


def test_a_filter_that_is_not_undone_is_named() -> None:
    """The pipeline as h5py writes it for ``compression="lzf"``: a name, and three numbers with four bytes behind."""
    shuffle = struct.pack("<4H8s2I", 2, 8, 1, 1, b"shuffle\0", 4, 0)
    lzf = struct.pack("<4H8s4I", 32000, 8, 1, 3, b"lzf\0", 4, 261, 24, 0)
    assert list(filters_of(bytes([1, 1, *(0,) * 6]) + shuffle)) == [2]
    with pytest.raises(UnsupportedError, match="an array compressed by lzf, which is not read"):
        filters_of(bytes([1, 2, *(0,) * 6]) + shuffle + lzf)


def test_a_group_of_many_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of 771 layers has a group of as many, each of which is asked for."""
    path = tmp_path / "straight.h5"
    path.write_bytes(chunked())
    with HDF5File(str(path)) as file:
        group = file.root.child("model_weights")
        read = Mock(wraps=file.symbols)
        monkeypatch.setattr(file, "symbols", read)
        assert len([group.child(name) for name in group.children]) > 5
    assert read.call_count == 1
