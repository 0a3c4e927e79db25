"""Specs and models that come from a pipe, which can be opened and read only once."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cnncalc
from tests.models.onnx.graphs import model, node

if TYPE_CHECKING:
    from concurrent.futures import Executor

SPEC = b"input: 1x4x4\nlayers: [relu]\n"
DARKNET = b"[net]\nwidth=4\nheight=4\nchannels=3\n[maxpool]\nsize=2\n"
KERAS = b'{"class_name": "Sequential", "config": {"layers": []}}'
HDF5 = b"\x89HDF\r\n\x1a\n\0\0"


def onnx_model() -> bytes:
    return bytes(model([node("y = Relu(x)")], {}, {"x": ["N", 1, "h", "w"]}, ["y"]).SerializeToString())


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    return path


def filled(path: str, data: bytes) -> threading.Thread:
    """Writes to a pipe once it is opened; it would wait for ever, or break, if it were opened twice."""
    thread = threading.Thread(target=lambda: Path(path).write_bytes(data), daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("data", [SPEC, onnx_model()])
def test_a_pipe_is_read_once(data: bytes, pipe: str) -> None:
    writer = filled(pipe, data)
    layers = cnncalc.load(pipe, input="1x4x4").report().layers
    writer.join(5)
    assert [layer.type for layer in layers] == ["relu"]


@pytest.mark.parametrize(("data", "program"), [(DARKNET, "darknet"), (KERAS, "Keras"), (HDF5, "Keras")])
def test_other_models_are_told_as_what_they_are(data: bytes, program: str, pipe: str) -> None:
    writer = filled(pipe, data)
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(pipe)
    writer.join(5)
    assert caught.value.message == f"{pipe} has a model of {program}, and only those of ONNX are read from a pipe"
    assert caught.value.hint == "name its file"


class NoExecutor:
    """Other processes, which cannot have what came by a pipe."""

    def submit(self, *_: object) -> None:
        raise AssertionError


def test_a_model_of_a_pipe_is_swept_here(pipe: str) -> None:
    executor: Executor = NoExecutor()  # type: ignore[assignment]
    writer = filled(pipe, onnx_model())
    rows = list(cnncalc.sweep(pipe, {"input": ["1x4x4", "1x8x8"]}, executor=executor))
    writer.join(5)
    assert [row.totals.flops for row in rows if row.totals is not None] == [16, 64]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("net.onnx", "an ONNX model"), ("net.keras", "a model of Keras"), ("n.cfg", "a model of darknet")],
)
def test_an_empty_file_is_no_model(name: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(str(path))
    assert caught.value.message == f"{path} does not begin as {kind} does"
