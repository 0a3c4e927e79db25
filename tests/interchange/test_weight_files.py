"""Files of weights: every type that they may have, and whatever may be wrong with them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import tracemalloc
import zipfile
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc import CnncalcError
from cnncalc.interchange.weight_files import opened
from tests.marking import slow_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array

REFERENCE = Path(__file__).parent.parent / "reference"
VALUES = np.array([[0.5, -1.25, 3.0], [1e-3, -65504.0, 7.0]], np.float32)

OF_THE_LIBRARY = {
    "f64": ("float64", [[0.5, -1.25, 3.0], [0.0010000000474974513, -65504.0, 7.0]]),
    "f32": ("float32", [[0.5, -1.25, 3.0], [0.0010000000474974513, -65504.0, 7.0]]),
    "f16": ("float16", [[0.5, -1.25, 3.0], [0.0010004043579101562, -65504.0, 7.0]]),
    "bf16": ("bfloat16", [[0.5, -1.25, 3.0], [0.00099945068359375, -65536.0, 7.0]]),
    "e4m3": ("float8_e4m3", [[0.5, -1.25, 3.0], [0.001953125, -448.0, 7.0]]),
    "e5m2": ("float8_e5m2", [[0.5, -1.25, 3.0], [0.0009765625, -inf, 7.0]]),
    "empty": ("float32", np.zeros((0, 3)).tolist()),
}
"""What the safetensors library 0.8.0 wrote into `every_type.safetensors`, as PyTorch reads it."""


def test_a_file_of_the_library() -> None:
    with opened(REFERENCE / "every_type.safetensors") as store:
        assert {name: array.dtype for name, array in store.arrays.items() if not array.is_float} == {
            "i64": "int64",
            "flag": "bool",
        }
        for name, (dtype, values) in OF_THE_LIBRARY.items():
            assert store.arrays[name].dtype == dtype
            for wanted in ("float32", "float64"):
                read = store.arrays[name].values(wanted)
                assert read.dtype == wanted
                np.testing.assert_array_equal(read, np.array(values, wanted).reshape(store.arrays[name].shape))


def safetensors(arrays: dict[str, tuple[str, list[int], bytes]], **changes: Any) -> bytes:
    """A file of arrays, of which each is given as type, shape and bytes; `changes` are of its header."""
    header: dict[str, Any] = {}
    data = b""
    for name, (dtype, shape, values) in arrays.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header | changes).encode()
    return struct.pack("<Q", len(text)) + text + data


@pytest.mark.parametrize(("dtype", "column"), [("F8_E4M3", 1), ("F8_E5M2", 2)])
def test_every_number_of_eight_bits(folder: Path, dtype: str, column: int) -> None:
    facts = [line.split("\t") for line in (REFERENCE / "float8.tsv").read_text().splitlines()[2:]]
    path = folder / "a.safetensors"
    path.write_bytes(safetensors({"a": (dtype, [256], bytes(int(fact[0]) for fact in facts))}))
    with opened(path) as store:
        np.testing.assert_array_equal(
            store.arrays["a"].values("float32"), np.array([float(fact[column]) for fact in facts], np.float32)
        )


SAVED: dict[str, Callable[[Array], Array]] = {
    "float16": lambda x: x.astype(np.float16),
    "float32": lambda x: x.astype(np.float32),
    "float64": lambda x: x.astype(np.float64),
    "long double": lambda x: x.astype(np.longdouble),
    "high byte first": lambda x: x.astype(">f4"),
    "high byte first, 64 bits": lambda x: x.astype(">f8"),
    "first axis fastest": np.asfortranarray,
    "transposed": lambda x: np.ascontiguousarray(x.T).T,
    "a part": lambda x: np.concatenate([x, x], 1)[:, : x.shape[1]],
    "one value": lambda x: x[0, 0],
    "none": lambda x: x[:0],
}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("kind", SAVED)
def test_arrays_of_numpy(folder: Path, save: Callable[..., None], kind: str) -> None:
    array = SAVED[kind](VALUES)
    save(folder / "a.npz", **{"c.weight": array, "d.weight": array + 1})
    with opened(folder / "a.npz") as store:
        assert list(store.arrays) == ["c.weight", "d.weight"]
        for wanted in ("float32", "float64"):
            found = {name: store.arrays[name].values(wanted) for name in ("d.weight", "c.weight")}
            np.testing.assert_array_equal(found["c.weight"], array.astype(wanted))
            np.testing.assert_array_equal(found["d.weight"], (array + 1).astype(wanted))
            assert found["c.weight"].dtype == wanted


@pytest.mark.parametrize("count", [2**18 - 1, 2**18, 2**18 + 1])
def test_more_values_than_are_converted_at_once(folder: Path, count: int) -> None:
    values = np.arange(count, dtype=np.float64) / 3
    np.savez(folder / "a.npz", a=values)
    with opened(folder / "a.npz") as store:
        np.testing.assert_array_equal(store.arrays["a"].values("float32"), values.astype(np.float32))


@pytest.mark.parametrize("save", slow_after(1, [(np.savez,), (np.savez_compressed,)]))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_array_is_not_in_memory_twice(folder: Path, save: Callable[..., None], dtype: Any) -> None:
    count = 2**21
    save(folder / "a.npz", a=np.ones(count, dtype), b=np.ones(count, dtype))
    tracemalloc.start()
    with opened(folder / "a.npz") as store:
        for name in ("a", "b"):
            assert store.arrays[name].values("float32").sum() == count
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * count + 6e6  # its own, and what is read and converted at once


def npz(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of members as they are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def npy(header: str, data: bytes = b"", version: int = 1) -> bytes:
    """An array as NumPy writes it, with any header."""
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + size + header.encode("latin-1") + data


def saved(**arrays: Any) -> bytes:
    """An archive as NumPy writes it."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


F4 = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }"

BROKEN: list[tuple[str, bytes, str]] = [
    ("a.npz", b"", "a.npz is empty"),
    ("a.npz", b"PK\x03\x04", "a.npz holds no weights that can be read: File is not a zip file"),
    ("a.npz", b"weights", "a.npz is neither .npz nor .safetensors"),
    ("a.npz", saved(a=VALUES)[:-30], "a.npz holds no weights that can be read: File is not a zip file"),
    ("a.npz", npz({}), "a.npz holds no arrays"),
    ("a.npz", npz({"a.txt": b"1"}), "a.npz is no archive of arrays"),
    ("a.npz", npz({"m/data.pkl": b"", "m/data/0": b""}), "a.npz is a file of PyTorch's, a pickle, which is not read"),
    ("a.keras", npz({"model.weights.h5": b""}), "a.keras is a file of Keras', which is not read"),
    ("a.npz", npz({"a.npy": b"no array"}), "`a.npy`: it is no array of NumPy's"),
    ("a.npz", npz({"a.npy": b""}), "`a.npy`: it is no array of NumPy's"),
    ("a.npz", npz({"a.npy": b"\x93NUMPY"}), "`a.npy`: its version of the format is not known"),
    ("a.npz", npz({"a.npy": b"\x93NUMPY\x09\x00" + bytes(99)}), "`a.npy`: its version of the format is not known"),
    ("a.npz", npz({"a.npy": npy("{'descr'")}), "`a.npy`: its header cannot be read"),
    ("a.npz", npz({"a.npy": npy("[" * 5000)}), "`a.npy`: its header cannot be read"),
    ("a.npz", npz({"a.npy": npy("1" * 9000)}), "`a.npy`: its header cannot be read"),
    ("a.npz", npz({"a.npy": npy("x" * 20_000)}), "`a.npy`: its header would have 20,000 bytes, and 10,000 are the"),
    ("a.npz", npz({"a.npy": npy("", version=2)[:8] + b"\xff" * 9}), "would have 4,294,967,295 bytes"),
    ("a.npz", npz({"a.npy": npy(F4 % "-1,")}), "`a.npy`: its header cannot be read"),
    ("a.npz", npz({"a.npy": npy(F4 % "2.0,")}), "`a.npy`: its header cannot be read"),
    ("a.npz", npz({"a.npy": npy(F4 % "True,")}), "`a.npy`: its header cannot be read"),
    ("a.npz", npz({"a.npy": npy(F4 % "2,")}), "`a.npy` is shorter than its header says"),
    ("a.npz", npz({"a.npy": npy(F4 % "2**40,")}), "`a.npy`: its header cannot be read"),
    ("a.npz", npz({"a.npy": npy(F4 % f"{2**62},", bytes(64))}), "`a.npy` is shorter than its header says"),
    ("a.npz", npz({"a.npy": npy(F4 % f"{2**62}, 0, 3")}), ""),
    ("a.safetensors", b"{}", "its header would have"),
    ("a.safetensors", b"\x02", "its header would have 2 bytes, and the file has 1"),
    ("a.safetensors", struct.pack("<Q", 2) + b"{}", ""),
    ("a.safetensors", struct.pack("<Q", 2) + b"[]", "its header is no JSON object"),
    ("a.safetensors", struct.pack("<Q", 2) + b"{", "its header would have 2 bytes, and the file has 9"),
    ("a.safetensors", struct.pack("<Q", 10**15) + b"{}", "1,000,000,000,000,000 bytes, and 16,777,216 are the most"),
    ("a.safetensors", struct.pack("<Q", 10**6) + b"[" * 10**6, "its header is no JSON"),
    ("a.safetensors", struct.pack("<Q", 9) + b'{"a": \xff}0', "its header is no JSON"),
    ("a.safetensors", struct.pack("<Q", 22) + b'{"a": 1' + b"1" * 5 + b',"a":   1}', "a name stands twice in its he"),
    ("a.safetensors", safetensors({}, a=3), "`a` of its header has no data_offsets or no dtype or no shape"),
    ("a.safetensors", safetensors({}, a={"dtype": "F32", "shape": [1]}), "`a` of its header has no data_offsets"),
    ("a.safetensors", safetensors({"a": ("F31", [1], bytes(4))}), "`a` has values of the type 'F31', which is not"),
    ("a.safetensors", safetensors({"a": ("F32", [2], bytes(4))}), "`a` has 4 bytes, and its shape needs 8"),
    ("a.safetensors", safetensors({"a": ("F32", [-1], bytes(4))}), "`a` has a shape or place that is no list"),
    ("a.safetensors", safetensors({"a": ("F32", [True], bytes(4))}), "`a` has a shape or place that is no list"),
    ("a.safetensors", safetensors({"a": ("F32", [1.0], bytes(4))}), "`a` has a shape or place that is no list"),  # type: ignore[list-item]
    ("a.safetensors", safetensors({"a": ("F32", [10**30], bytes(4))}), "`a` has a shape or place that is no list"),
    ("a.safetensors", safetensors({"a": ("F32", [2**62, 2**62], bytes(4))}), "`a` has 4 bytes, and its shape needs m"),
    ("a.safetensors", safetensors({"a": ("F32", [1], bytes(4))})[:-1], "`a` stands at bytes 0 to 4, and there are 3"),
    (
        "a.safetensors",
        safetensors({"a": ("F32", [1], bytes(4))}, b={"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}),
        "`a` and `b` overlap",
    ),
    (
        "a.safetensors",
        safetensors({"a": ("F32", [1], bytes(4))}, b={"dtype": "F16", "shape": [2], "data_offsets": [4, 0]}),
        "`b` stands at bytes 4 to 0, and there are 4",
    ),
    ("a.npy", npy(F4 % "1,", bytes(4)), "a.npy is one array, and weights are several by their names"),
    ("a.pth", b"\x80\x02", "a.pth is a file of PyTorch's, a pickle, which is not read"),
    ("a.bin", b"whatever", "a.bin is a file of PyTorch's, a pickle, which is not read"),
    ("a.h5", b"\x89HDF\r\n\x1a\n", "a.h5 is a file of Keras', which is not read"),
    ("a.weights", b"\x89HDF\r\n\x1a\n", "a.weights is a file of Keras', which is not read"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "fact"), BROKEN)
def test_what_is_wrong_with_a_file(folder: Path, name: str, data: bytes, fact: str) -> None:
    (folder / name).write_bytes(data)
    if not fact:
        opened(name).close()
        return
    with pytest.raises(CnncalcError) as caught:
        opened(name)
    assert fact in caught.value.message
    assert caught.value.message.startswith(name)
    assert caught.value.code == "unreadable"


def test_names_that_stand_twice() -> None:
    with zipfile.ZipFile("a.npz", "w") as archive:
        archive.writestr("a.npy", npy(F4 % "1,", bytes(4)))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.npy", npy(F4 % "1,", bytes(4)))
    with pytest.raises(CnncalcError, match="it has two arrays of one name"):
        opened("a.npz")


def test_what_is_no_file(folder: Path) -> None:
    with pytest.raises(CnncalcError, match=r"there is no file nosuch\.npz") as caught:
        opened("nosuch.npz")
    assert caught.value.code == "not-found"
    os.mkfifo("pipe.npz")
    for name in (folder, "pipe.npz", "/dev/zero"):
        with pytest.raises(CnncalcError, match=r"cannot read .*: it is not a regular file"):
            opened(name)
    with pytest.raises(CnncalcError, match="holds no weights that can be read: embedded null byte"):
        opened("a\0b")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (npz({"a.npy": npy(F4 % "9999,", bytes(39996))}, zipfile.ZIP_DEFLATED), "it is damaged"),
        (npz({"a.npy": npy(F4 % "9999,", bytes(39996))}), "Bad CRC-32 for file 'a.npy'"),
    ],
)
def test_damage_that_is_found_when_values_are_read(folder: Path, data: bytes, reason: str) -> None:
    place = data.index(b"PK\x01\x02") - 20
    (folder / "a.npz").write_bytes(data[:place] + b"\x55" * 5 + data[place + 5 :])
    with opened("a.npz") as store, pytest.raises(CnncalcError) as caught:
        store.arrays["a"].values("float32")
    assert caught.value.message.startswith(("cannot read `a` of a.npz: ", f"cannot read `a` of a.npz: {reason}"))


def test_a_file_that_is_cut_while_it_is_open(folder: Path) -> None:
    path = folder / "a.safetensors"
    path.write_bytes(safetensors({"a": ("F32", [100_000], bytes(400_000))}))
    with opened(path) as store:
        os.truncate(path, 200_000)
        with pytest.raises(CnncalcError, match=r"cannot read `a` of .*a.safetensors: it ends too early"):
            store.arrays["a"].values("float32")


WHOLE = {
    "a.npz": saved(a=VALUES, b=VALUES.astype(np.float16)),
    "a.safetensors": (REFERENCE / "every_type.safetensors").read_bytes(),
}


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_changed_file_is_read_or_refused(folder: Path, name: str, data: st.DataObject) -> None:
    content = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    (folder / name).write_bytes(content)
    with contextlib.suppress(CnncalcError), opened(folder / name) as store:
        for array in store.arrays.values():
            if array.is_float:
                assert array.values("float32").shape == array.shape


def test_a_bomb_is_not_unpacked(folder: Path) -> None:
    header = npy(F4 % "2500, 1000")
    (folder / "a.npz").write_bytes(npz({"a.npy": header + bytes(10**7)}, zipfile.ZIP_DEFLATED))
    assert (folder / "a.npz").stat().st_size < 20_000
    tracemalloc.start()
    with opened("a.npz") as store:
        assert store.arrays["a"].shape == (2500, 1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
