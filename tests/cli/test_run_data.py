"""`cnncalc run --data`: files that are whole, broken, of other kinds, or too large."""

from __future__ import annotations

import os
import tracemalloc
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from cnncalc.execution import resources

if TYPE_CHECKING:
    from collections.abc import Callable

IDENTITY = "name: net\ninput: 1x4x4\nlayers: [identity]\n"


@pytest.mark.parametrize("value", [0, 9, 10, 39, 40, 45, 92, 255])
def test_no_byte_of_a_header_makes_more_than_an_error(value: int, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(IDENTITY)
    np.save("x.npy", np.arange(16.0).reshape(1, 4, 4))
    whole = Path("x.npy").read_bytes()
    for place in range(0, 128, 3):
        Path("x.npy").write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
        outcome = run("run", "net.yaml", "--data", "x.npy")
        assert outcome.status in (0, 2), place
        assert outcome.err.startswith("error: ") or not outcome.err
        assert "Warning" not in outcome.err
        assert "Traceback" not in outcome.err


@pytest.mark.parametrize("length", [6, 20, 127, 200])
def test_torn_arrays(length: int, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(IDENTITY)
    np.save("x.npy", np.arange(16.0).reshape(1, 4, 4))
    Path("x.npy").write_bytes(Path("x.npy").read_bytes()[:length])
    outcome = run("run", "net.yaml", "--data", "x.npy")
    assert outcome.status == 2
    assert "x.npy is not an .npy file of numbers" in outcome.err


def test_what_is_no_single_array_is_refused_with_what_to_do(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(IDENTITY)
    np.savez("x.npz", x=np.zeros((1, 4, 4)))
    Path("torn.npy").write_bytes(Path("x.npz").read_bytes()[:99])
    Path("folder.npy").mkdir()
    os.mkfifo("pipe.npy")
    for file, message in {
        "torn.npy": "torn.npy is not an array of numbers: File is not a zip file",
        "folder.npy": "cannot read folder.npy: it is not a regular file",
        "pipe.npy": "cannot read pipe.npy: it is not a regular file",
        "missing.npy": "cannot read missing.npy: No such file or directory",
    }.items():
        outcome = run("run", "net.yaml", "--data", file)
        assert (outcome.status, message in outcome.err) == (2, True), outcome.err
    assert "numpy.savez" in run("run", "net.yaml", "--data", "torn.npy").err


LAID_OUT = [
    np.arange(16.0).reshape(1, 4, 4).astype(">f4"),
    np.asfortranarray(np.arange(16, dtype=np.uint16).reshape(1, 4, 4)),
    np.arange(16).reshape(1, 4, 4).astype("f2"),
    np.arange(16).reshape(1, 1, 4, 4).astype("g"),
]


@pytest.mark.parametrize("array", LAID_OUT)
def test_numbers_of_any_kind_and_order_are_read(array: Any, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(IDENTITY)
    np.save("x.npy", array)
    assert run("run", "net.yaml", "--data", "x.npy", "-o", "y.npy").status == 0
    assert np.load("y.npy").tolist() == array.astype(float).tolist()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((1, 0, 4)), "x.npy is 1 x 0 x 4, which holds no values"),
        (np.array(3.0), "x.npy has 0 axes, and `input` has 3"),
        (np.zeros((1, 4, 4), [("a", "f4")]), "`input` holds [('a', '<f4')], not real numbers"),
        (np.zeros((1, 4, 4), "M8[s]"), "`input` holds datetime64[s], not real numbers"),
    ],
)
def test_arrays_of_what_is_not_numbers(array: Any, message: str, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(IDENTITY)
    np.save("x.npy", array)
    outcome = run("run", "net.yaml", "--data", "x.npy")
    assert (outcome.status, message in outcome.err) == (2, True), outcome.err


def test_only_png_and_jpeg_are_tried_by_content(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(IDENTITY)
    image = Image.fromarray(np.full((4, 4, 3), 51, np.uint8))
    for format_ in ("DDS", "TIFF", "BMP", "GIF"):
        image.save("x.png", format_)
        outcome = run("run", "net.yaml", "--data", "x.png")
        assert (outcome.status, "x.png is not an image" in outcome.err) == (2, True)
    for format_, name in (("JPEG", "y.png"), ("JPEG", "y.jpg"), ("PNG", "y.npy")):
        image.save(name, format_)
        assert run("run", "net.yaml", "--data", name, "-o", "z.npy").status == 0
        np.testing.assert_allclose(np.load("z.npy"), 0.2, atol=0.01)


def test_sixteen_bits_are_scaled_and_not_clipped(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("name: net\ninput: 2x2x2\nlayers: [identity]\n")
    Image.fromarray(np.array([[0, 13107], [52428, 65535]], np.uint16)).save("x.png")
    assert run("run", "net.yaml", "--data", "x.png", "-o", "y.npy").status == 0
    expected: Any = [[[0, 0.2], [0.8, 1]], [[1, 1], [1, 1]]]
    np.testing.assert_allclose(np.load("y.npy"), expected, rtol=1e-6)


def test_broken_and_huge_images(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(IDENTITY)
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    Image.fromarray(noise).save("x.png")
    Path("x.png").write_bytes(Path("x.png").read_bytes()[:2000])
    outcome = run("run", "net.yaml", "--data", "x.png")
    assert (outcome.status, outcome.err.startswith("error: cannot read x.png: ")) == (2, True)
    header = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR"
    for width, mode, message in (
        (10_000, b"\x08\x02", "too many: it takes 240,000,000"),
        (12_000, b"\x08\0", "more than"),
    ):
        chunk = width.to_bytes(4, "big") + (8_000).to_bytes(4, "big") + mode + b"\0\0\0"
        Path("x.png").write_bytes(header + chunk + zlib.crc32(b"IHDR" + chunk).to_bytes(4, "big") + b"\0\0\0\0IDAT")
        outcome = run("run", "net.yaml", "--data", "x.png")
        assert (outcome.status, message in outcome.err) == (2, True), outcome.err


def test_data_is_refused_before_it_is_converted(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """By shape, and where there is no memory."""
    Path("net.yaml").write_text(IDENTITY)
    np.save("x.npy", np.zeros((1, 4096, 4096), bool))
    Image.fromarray(np.zeros((4096, 4096), np.uint8)).save("x.png")
    np.save("flat.npy", np.zeros((4096, 4096), bool))
    monkeypatch.setattr(resources, "available", lambda: 1000)
    for file, message in (
        ("x.npy", "does not fit in memory"),
        ("x.png", "does not fit in memory"),
        ("flat.npy", "flat.npy has 2 axes"),
    ):
        tracemalloc.start()
        outcome = run("run", "net.yaml", "--data", file)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (outcome.status, message in outcome.err) == (2, True)
        # Of a byte a pixel four would be made.
        assert peak < 60_000_000
