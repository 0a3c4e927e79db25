"""What was recorded of models made with Keras, as `keras_models` says."""

from __future__ import annotations

import tarfile
from functools import cache
from typing import Final, NamedTuple

from tests.models.keras.keras_models import ARCHIVE

DEFAULT_INPUTS: Final = {"MobileNetV3Small": "3x224x224", "MobileNetV3Large": "3x224x224"}
"""The sizes for which free ones were recorded."""


class Recorded(NamedTuple):
    """A layer: its output shape, channels last, and the numbers of its trainable and other values."""

    name: str
    class_name: str
    shape: tuple[int, ...]
    trained: int
    other: int


@cache
def _files() -> dict[str, bytes]:
    with tarfile.open(ARCHIVE) as archive:
        found = {member.name: archive.extractfile(member) for member in archive.getmembers()}
        return {name: file.read() for name, file in found.items() if file is not None}


def names() -> list[str]:
    """The models that are recorded."""
    return [name.removesuffix(".json") for name in _files() if name.endswith(".json")]


def configuration(name: str) -> bytes:
    """A model's JSON."""
    return _files()[f"{name}.json"]


def layers(name: str) -> list[Recorded]:
    """A model's layers, those of models in it too."""
    found = []
    for line in _files()[f"{name}.tsv"].decode().splitlines():
        layer, class_name, shape, trained, other = line.split("\t")
        sizes = tuple(map(int, shape.split("x"))) if shape else ()
        found.append(Recorded(layer, class_name, sizes, int(trained), int(other)))
    return found
