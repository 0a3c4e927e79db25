"""Archives of arrays: NumPy's own, and broken ones."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc import CnncalcError
from cnncalc.interchange import archives

if TYPE_CHECKING:
    from pathlib import Path

ARRAYS: list[Any] = [
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6, dtype=">i2").reshape(2, 3)),
    np.array([True, False]),
    np.array(7.5),
]


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_read(array: Any, save: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "x.npz")
    save(path, a=array, **{"layer1.0.out": array + 1})
    assert archives.member_names(path) == ["a", "layer1.0.out"]
    found = archives.read_member(path, "a")
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert found.tolist() == array.tolist()
    assert archives.read_member(path, "layer1.0.out").tolist() == (array + 1).tolist()


def test_numpy_reads_what_is_written(tmp_path: Path) -> None:
    with open(tmp_path / "x.npz", "wb") as file:
        archives.write(file, {"a.b": np.arange(3.0), "c": np.zeros((1, 2), "f4")})
    with np.load(tmp_path / "x.npz") as found:
        assert {name: (found[name].dtype.name, found[name].tolist()) for name in found} == {
            "a.b": ("float64", [0, 1, 2]),
            "c": ("float32", [[0, 0]]),
        }


def with_member(path: Path, data: bytes) -> None:
    """An archive with these bytes as the array `a`."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", data)


def header(text: str) -> bytes:
    """The beginning of an .npy file."""
    body = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(body).to_bytes(2, "little") + body


BROKEN = [
    (b"", "is not an array of numbers: "),
    (b"nonsense", "is not an array of numbers: "),
    (
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"),
        "it is shorter than its header says",
    ),
    (header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }") + b"x" * 8, "it holds objects, not numbers"),
    (header("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 0), }"), "is 2 x 0, which holds no values"),
    (header("(((("), "is not an array of numbers: "),
    (b"\x93NUMPY\x07\x00" + header("{}")[8:], "its version of the format is not known"),
]


@pytest.mark.parametrize(("data", "message"), BROKEN)
def test_broken_arrays(data: bytes, message: str, tmp_path: Path) -> None:
    with_member(tmp_path / "x.npz", data)
    with pytest.raises(CnncalcError) as error:
        archives.read_member(str(tmp_path / "x.npz"), "a")
    assert f"`a` of {tmp_path}/x.npz " in str(error.value)
    assert message in str(error.value)


def test_what_does_not_fit_in_memory_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    np.save(file, np.zeros(10_000))
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", file.getvalue())
    monkeypatch.setattr(archives, "available", lambda: 1000)
    with pytest.raises(CnncalcError, match="does not fit in memory: it takes 80,128 bytes, and 1,000 are free"):
        archives.read_member(str(tmp_path / "x.npz"), "a")


def test_an_archive_without_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz")
    with pytest.raises(CnncalcError, match=r"x\.npz holds no arrays"):
        archives.member_names(str(tmp_path / "x.npz"))
