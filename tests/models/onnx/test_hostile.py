"""Damaged and hostile files: an error in a second and 200 MB, and never a traceback."""

from __future__ import annotations

import subprocess
import sys
from random import Random
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from onnx import TensorProto, helper

import cnncalc
from cnncalc.models.onnx.records import MOST_NODES
from tests.models.onnx.graphs import drawn, model, node

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECONDS = 5.0
"""What reading may take at most: a second, on a machine that does other things too."""


def small() -> Any:
    """A model with a convolution, weights in both forms, an attribute of each kind and metadata."""
    nodes = [
        node("a = Conv(x, w, b)", name="/conv/Conv", pads=[1, 1, 1, 1]),
        node("c = LeakyRelu(a)", alpha=0.2),
        node("d = Reshape(c, shape)"),
        node("y = Gemm(d, m)", transB=1),
    ]
    tensors = {"w": drawn(2, 3, 3, 3), "b": drawn(2), "shape": [1, -1], "m": drawn(4, 32)}
    made = model(nodes, tensors, {"x": [1, 3, 4, 4]}, ["y"])
    made.metadata_props.add(key="source", value="somewhere")
    return made


def read(data: bytes, folder: Path) -> str | None:
    """The error of a file with these bytes; None where it is a network. Any other exception is a failure."""
    path = folder / "net.onnx"
    path.write_bytes(data)
    started = process_time()
    try:
        cnncalc.load(str(path)).report()
    except cnncalc.CnncalcError as error:
        return str(error)
    finally:
        assert process_time() - started < SECONDS
    return None


@pytest.mark.slow
def test_every_beginning(tmp_path: Path) -> None:
    data = small().SerializeToString()
    assert read(data, tmp_path) is None
    for length in range(len(data)):
        read(data[:length], tmp_path)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 40))])
def test_other_bytes(seed: int, tmp_path: Path) -> None:
    """One to four bytes of the file are others, left out, or doubled."""
    rng, data = Random(seed), small().SerializeToString()
    for _ in range(50 if seed else 8):
        damaged = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(damaged))
            match rng.randrange(4):
                case 0:
                    damaged[at] ^= 1 << rng.randrange(8)
                case 1:
                    damaged[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
                case 2:
                    del damaged[at : at + rng.randint(1, 9)]
                case _:
                    damaged[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 9)))
        read(bytes(damaged), tmp_path)


def with_tensor(dims: list[int], **fields: Any) -> bytes:
    """A model whose weight says that it has these sizes, whatever it holds."""
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=dims)
    for name, value in fields.items():
        if name == "external":
            tensor.data_location = TensorProto.EXTERNAL
            for key, word in value.items():
                tensor.external_data.add(key=key, value=word)
        else:
            setattr(tensor, name, value)
    made = model([node("y = Conv(x, w)")], {}, {"x": [1, 3, 4, 4]}, ["y"])
    made.graph.initializer.append(tensor)
    return bytes(made.SerializeToString())


def computed(text: str, tensors: dict[str, Any]) -> bytes:
    """A model that adds a constant of its own, computed by a node."""
    made = model([node(text), node("y = Add(x, c)")], tensors, {"x": [1, 4]}, ["y"])
    if not made.graph.node[0].output[0]:
        del made.graph.node[0].output[:]
    return bytes(made.SerializeToString())


def chained(operator: str, tensors: dict[str, Any], **attributes: Any) -> bytes:
    """A model that adds what comes of a constant and itself, and of that and itself, forty times."""
    nodes = [node(f"c{at + 1} = {operator}(c{at}, c{at})", **attributes) for at in range(40)]
    made = model([*nodes, node("y = Add(x, c40)")], tensors, {"x": [1, 4]}, ["y"])
    return bytes(made.SerializeToString())


def huge_graph(count: int, kind: str) -> bytes:
    """A model of very many nodes, in a row or in a circle."""
    one: Callable[[int], Any] = {
        "row": lambda at: node(f"t{at + 1} = Relu(t{at})"),
        "circle": lambda at: node(f"t{at + 1} = Add(t{(at + 2) % count}, x)"),
        "unknown": lambda at: node(f"u{at} = Foo(x)"),
    }[kind]
    made = model([one(at) for at in range(count)], {}, {"t0" if kind == "row" else "x": [1, 3, 4, 4]}, [])
    made.graph.output.append(helper.make_tensor_value_info(f"t{count}", TensorProto.FLOAT, [1, 3, 4, 4]))
    return bytes(made.SerializeToString())


def nested(depth: int) -> bytes:
    """A model with subgraphs within subgraphs, written as bytes: the `onnx` package does not nest so deep."""
    inner = b""
    for _ in range(depth):
        attribute = field(6, inner) + b"\xa0\x01\x05"
        inner = field(1, field(4, b"If") + field(5, attribute))
    return b"\x08\x08" + field(7, inner) + field(8, b"\x10\x11")


def field(number: int, data: bytes) -> bytes:
    """A field of bytes in the wire format."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def varint(value: int) -> bytes:
    """A whole number in the wire format."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a varint without end": lambda: b"\x08\x08" + b"\xff" * 10_000,
    "a length of 2**63": lambda: b"\x08\x08\x3a" + varint(2**63),
    "a length of 2**70": lambda: b"\x08\x08\x3a" + varint(2**70),
    "a field number of 0": lambda: b"\x08\x08\x02\x00",
    "groups within groups": lambda: b"\x08\x08" + b"\x3b" * 100_000,
    "nothing but a version": lambda: b"\x08\x08\x12\x00",
    "2**40 x 2**40 values": lambda: with_tensor([2**40, 2**40, 3, 3]),
    "2**62 values and some bytes": lambda: with_tensor([2**62, 3, 3, 3], raw_data=b"\0" * 64),
    "negative sizes": lambda: with_tensor([-4, 3, 3, 3]),
    "no sizes": lambda: with_tensor([]),
    "a thousand sizes": lambda: with_tensor([1] * 1000),
    "too few bytes": lambda: with_tensor([4, 3, 3, 3], raw_data=b"\0" * 12),
    "an unknown type of values": lambda: with_tensor([4, 3, 3, 3], data_type=99),
    "an input of 2**40": lambda: bytes(
        model([node("y = Relu(x)")], {}, {"x": [1, 2**40, 2**40]}, ["y"]).SerializeToString()
    ),
    "a constant of 2**60 values": lambda: bytes(
        model(
            [node("c = ConstantOfShape(s)"), node("y = Add(x, c)")], {"s": [2**30, 2**30]}, {"x": [1, 4]}, ["y"]
        ).SerializeToString()
    ),
    "a range of 2**60": lambda: bytes(
        model(
            [node("c = Range(a, b, d)"), node("y = Add(x, c)")], {"a": 0, "b": 2**60, "d": 1}, {"x": [1, 4]}, ["y"]
        ).SerializeToString()
    ),
    "tiled to 2**60": lambda: bytes(
        model(
            [node("c = Tile(a, r)"), node("y = Add(x, c)")], {"a": [[1.5]], "r": [2**30, 2**30]}, {"x": [1, 4]}, ["y"]
        ).SerializeToString()
    ),
    "resized to 2**31": lambda: bytes(
        model(
            [node("y = Resize(x, , , s)")], {"s": [1, 3, 2**31 - 1, 2**31 - 1]}, {"x": [1, 3, 4, 4]}, ["y"]
        ).SerializeToString()
    ),
    "split into 2**40": lambda: bytes(
        model([node("y = Split(x)", num_outputs=2**40, axis=1)], {}, {"x": [1, 4]}, ["y"], opset=18).SerializeToString()
    ),
    "a megabyte of a name": lambda: bytes(
        model([node(f"{'a' * 2**20} = Foo(x)", name="n" * 2**20)], {}, {"x": [1, 4]}, ["a"]).SerializeToString()
    ),
    "a circle": lambda: huge_graph(100, "circle"),
    "a name given twice": lambda: bytes(
        model([node("y = Relu(x)"), node("y = Tanh(x)")], {}, {"x": [1, 4]}, ["y"]).SerializeToString()
    ),
    "an input that is not there": lambda: bytes(
        model([node("y = Relu(z)")], {}, {"x": [1, 4]}, ["y"]).SerializeToString()
    ),
    "subgraphs 2,000 deep": lambda: nested(2000),
    "an operator that is an open bracket": lambda: bytes(
        model([node("abc = Re[lu(x)", name="abc")], {}, {"x": [1, 4]}, ["abc"]).SerializeToString()
    ),
    "a gather of three": lambda: computed("c = Gather(a, b, b)", {"a": [1, 2], "b": 0}),
    "a choice of two": lambda: computed("c = Where(a, b)", {"a": [1, 2], "b": 0}),
    "a constant without a name": lambda: computed(" = Pow(a, a)", {"a": [[1.0, 2.0]]}),
    "a constant doubled forty times": lambda: chained("Concat", {"c0": drawn(64, 2)}, axis=0),
    "a number squared forty times": lambda: chained("Mul", {"c0": [3]}),
    "a gather of 2**40": lambda: bytes(
        model(
            [
                *(node("c = ConstantOfShape(s)"), node("i = ConstantOfShape(t)"), node("k = Cast(i)", to=7)),
                *(node("g = Gather(c, k)"), node("y = Add(x, g)")),
            ],
            {"s": [2, 2**20], "t": [2**20]},
            {"x": [1, 4]},
            ["y"],
        ).SerializeToString()
    ),
    "another program's bytes": lambda: b"\x08\x08\x12" + bytes(range(256)) * 100,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_an_error_or_a_network_at_once(name: str, tmp_path: Path) -> None:
    found = read(HOSTILE[name](), tmp_path)
    if name not in ("a name given twice", "an unknown type of values", "a number squared forty times"):
        assert found is not None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["row", "unknown"])
def test_very_many_nodes_fit_in_memory(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(huge_graph(MOST_NODES, kind))
    measured = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], capture_output=True, text=True); "
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 'Traceback' in done.stderr)"
    )
    command = [sys.executable, "-m", "cnncalc", "summary", str(path)]
    outcome = subprocess.run(
        [sys.executable, "-c", measured, *command], capture_output=True, text=True, timeout=60, check=True
    )
    status, kilobytes, has_traceback = outcome.stdout.split()
    assert (status in ("0", "2"), has_traceback) == (True, "False")
    assert int(kilobytes) < 5 * MOST_NODES


def test_a_large_file_of_nothing(tmp_path: Path) -> None:
    """5 GB of zeros behind a beginning, which take no room on the disk, are not read."""
    path = tmp_path / "net.onnx"
    with open(path, "wb") as file:
        file.write(small().SerializeToString())
        file.truncate(5 * 2**30)
    started = process_time()
    with pytest.raises(cnncalc.CnncalcError):
        cnncalc.load(str(path))
    assert process_time() - started < SECONDS


OUTSIDE = ["../secret.bin", "/etc/passwd", "../../etc/passwd", "a/../../secret.bin", "link.bin", "", ".", "no.bin"]


@pytest.mark.parametrize("location", OUTSIDE)
def test_values_elsewhere_stay_in_the_folder(location: str, tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(b"\0" * 4096)
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    path = folder / "net.onnx"
    path.write_bytes(with_tensor([4, 3, 3, 3], external={"location": location, "offset": "0", "length": "432"}))
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(str(path)).run()
    assert "net.onnx" in caught.value.message or "`w`" in caught.value.message


@pytest.mark.parametrize(
    "external",
    [
        {"location": "w.bin", "offset": "-1"},
        {"location": "w.bin", "offset": str(2**63)},
        {"location": "w.bin", "offset": "4000"},
        {"location": "w.bin", "length": "12"},
        {"location": "w.bin", "length": str(2**62)},
        {"location": "w.bin", "offset": "many"},
    ],
)
def test_a_place_that_is_none_is_an_error(external: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"\0" * 4096)
    path = tmp_path / "net.onnx"
    path.write_bytes(with_tensor([4, 3, 3, 3], external=external))
    with pytest.raises(cnncalc.CnncalcError):
        cnncalc.load(str(path)).run()


def test_values_beside_the_file_are_read(tmp_path: Path) -> None:
    weight = drawn(4, 3, 3, 3)
    (tmp_path / "w.bin").write_bytes(b"\0" * 16 + weight.tobytes())
    path = tmp_path / "net.onnx"
    path.write_bytes(
        with_tensor([4, 3, 3, 3], external={"location": "w.bin", "offset": "16", "length": str(weight.nbytes)})
    )
    x = drawn(1, 3, 4, 4)
    inside = model([node("y = Conv(x, w)")], {"w": weight}, {"x": [1, 3, 4, 4]}, ["y"])
    other = tmp_path / "inside.onnx"
    other.write_bytes(inside.SerializeToString())
    beside, same = (np.asarray(cnncalc.load(str(each)).forward(x)) for each in (path, other))
    assert np.array_equal(beside, same)
