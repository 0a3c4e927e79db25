"""Weights of darknet, against the values that OpenCV computes with them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnncalc
from tests.models.darknet.configurations import section

if TYPE_CHECKING:
    from pathlib import Path

NORMED = {"batch_normalize": 1, "size": 3, "stride": 1, "pad": 1, "activation": "leaky"}
CONFIGURATION = (
    section("net", width=16, height=16, channels=3)
    + section("convolutional", filters=8, **NORMED)
    + section("maxpool", size=2, stride=2)
    + section("convolutional", filters=4, groups=2, **NORMED)
    + section("convolutional", filters=8, size=1, stride=1, pad=1, activation="linear")
    + section("shortcut", **{"from": -3}, activation="linear")
    + "[avgpool]\n"
    + section("connected", output=5, activation="linear")
)
OF_OPENCV = [1.151678, 1.389998, -0.669569, 0.03297, -0.687139]
"""What `cv2.dnn.readNetFromDarknet` of OpenCV 4.12 gives of these files and `sample`, which adds 1e-6 to variances."""


def numbers() -> list[np.ndarray]:
    """The arrays in the order of the file: biases, scales, means, variances and weights."""
    draw = np.random.RandomState(7).uniform
    found: list[np.ndarray] = []
    for filters, fan_in, normed in ((8, 27, True), (4, 36, True), (8, 4, False), (5, 8, False)):
        found.append(draw(-0.5, 0.5, filters))
        if normed:
            found += [draw(0.5, 1.5, filters), draw(-0.3, 0.3, filters), draw(0.5, 1.5, filters)]
        found.append(draw(-0.5, 0.5, (filters, fan_in)))
    return [each.astype("<f4") for each in found]


def sample() -> np.ndarray:
    """An input."""
    return np.random.RandomState(8).uniform(-1, 1, (1, 3, 16, 16)).astype("<f4")


NEW, OLD, TURNED = (
    struct.pack("<3iq", 0, 2, 5, 32013312),
    struct.pack("<4i", 0, 1, 0, 777),
    struct.pack("<4i", 0, 1001, 0, 7),
)
"""Headers: of version 0.2, which counts images in 8 bytes, of an older one, and of one with its matrices turned."""


def written(folder: Path, header: bytes, arrays: list[np.ndarray]) -> tuple[str, str]:
    """The two files."""
    (folder / "net.cfg").write_text(CONFIGURATION)
    (folder / "net.weights").write_bytes(header + b"".join(each.tobytes() for each in arrays))
    return str(folder / "net.cfg"), str(folder / "net.weights")


@pytest.mark.parametrize("header", [NEW, OLD, TURNED], ids=["new", "old", "turned"])
def test_values_are_those_of_opencv(header: bytes, tmp_path: Path) -> None:
    arrays = numbers()
    if header is TURNED:
        arrays[-1] = np.ascontiguousarray(arrays[-1].T)
    configuration, weights = written(tmp_path, header, arrays)
    found = cnncalc.load(configuration, weights=weights).forward(sample())
    assert isinstance(found, np.ndarray)
    assert found[0] == pytest.approx(OF_OPENCV, abs=5e-5)


def test_a_connected_layer_has_its_norm_behind_its_weights(tmp_path: Path) -> None:
    """As `load_connected_weights` of darknet reads it."""
    path = tmp_path / "net.cfg"
    path.write_text(section("net", inputs=2) + section("connected", output=2, batch_normalize=1, activation="linear"))
    bias, weight, scale, mean, variance = [10, 20], [1, 2, 3, 4], [2, 3], [5, 6], [4, 9]
    values = np.array([*bias, *weight, *scale, *mean, *variance], "<f4")
    (tmp_path / "net.weights").write_bytes(NEW + values.tobytes())
    found = cnncalc.load(str(path), weights=str(tmp_path / "net.weights")).forward(np.array([[1, 1]], "f"))
    assert isinstance(found, np.ndarray)
    assert found[0] == pytest.approx([10 + 2 * (3 - 5) / 2, 20 + 3 * (7 - 6) / 3], rel=1e-4)


WRONG = [
    (b"", [], "net.weights is too short for weights of darknet"),
    (NEW, numbers()[:-1], "net.weights has 453 numbers, and net has 493"),
    (NEW, [*numbers(), np.zeros(3, "u1")], "net.weights has 493 numbers and a part of one, and net has 493"),
]


@pytest.mark.parametrize(("header", "arrays", "message"), WRONG)
def test_files_that_do_not_fit(
    header: bytes, arrays: list[np.ndarray], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, header, arrays)
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load("net.cfg", weights="net.weights").forward(sample())
    assert caught.value.message == message


def test_layers_that_such_files_have_no_weights_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, NEW, numbers())
    spec = "input: 3x8x8\nlayers:\n  - prelu\n  - conv2d: {out_channels: 4, kernel_size: 3, bias: false}\n"
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(spec, weights="net.weights").forward()
    told = "`prelu_1` (prelu), `conv2d_1` (conv2d)"
    assert caught.value.message == f"net.weights: weights of darknet are not read for {told}"
    with pytest.raises(cnncalc.CnncalcError, match=r"there is no file none\.weights"):
        cnncalc.load("net.cfg", weights="none.weights").forward()
