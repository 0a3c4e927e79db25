"""Files that Keras saved, run with their weights: the outputs are Keras's."""

from __future__ import annotations

import io
import tarfile
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from tests.models.keras.keras_models import VALUES, inputs_of, sampled

if TYPE_CHECKING:
    from pathlib import Path


@cache
def files() -> dict[str, bytes]:
    """What is recorded."""
    with tarfile.open(VALUES) as archive:
        found = {member.name: archive.extractfile(member) for member in archive.getmembers()}
        return {name: file.read() for name, file in found.items() if file is not None}


QUICK = ("nested.keras", "nested.h5")
CASES = [
    pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in files() if not name.endswith(".npz")
]


@pytest.mark.parametrize("name", CASES)
def test_outputs_are_those_of_keras(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(files()[name])
    network = cnncalc.load(path)
    report = network.report()
    shapes = [((*shape[1:], shape[0]), input_ == "words") for input_, shape in report.inputs.items()]
    given = dict(zip(report.inputs, map(channels_first, inputs_of(shapes)), strict=True))
    found: Any = network.forward(given if len(given) > 1 else next(iter(given.values())))
    outputs = list(found.values()) if isinstance(found, dict) else [found]
    recorded = np.load(io.BytesIO(files()[f"{name.partition('.')[0]}.npz"]))
    assert len(outputs) == len(recorded.files)
    for number, output in enumerate(outputs):
        expected = recorded[f"out{number}"]
        ours = sampled(np.moveaxis(output, 1, -1) if output.ndim > 2 else output)
        np.testing.assert_allclose(ours, expected, atol=1e-5 * abs(expected).max())


def channels_first(array: Any) -> Any:
    """An input as ours."""
    return np.moveaxis(array, -1, 1) if array.ndim > 2 else array


def test_a_file_of_a_configuration_alone_draws_its_weights(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "net.keras"
    with (
        zipfile.ZipFile(io.BytesIO(files()["nested.keras"])) as saved,
        zipfile.ZipFile(path, "w") as written,
    ):
        written.writestr("config.json", saved.read("config.json"))
    assert cnncalc.load(path).report().totals.parameters == 55
