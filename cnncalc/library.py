"""The bundled architectures: where they are, and which there are."""

from __future__ import annotations

import os
from typing import Final

ENDINGS: Final = (".yaml", ".yml")


def folder() -> str:
    """The folder of the bundled specs: inside the installed package or, in a source tree, beside it."""
    package = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(package, "architectures")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "architectures")


def names() -> list[str]:
    """The names of the bundled specs, in alphabetical order.

    >>> "lenet" in names()
    True
    """
    try:
        files = os.listdir(folder())
    except OSError:
        return []
    return sorted(stem for stem, ending in map(os.path.splitext, files) if ending in ENDINGS)


def path(name: str) -> str | None:
    """The file of a bundled spec, named with or without its ending; None where there is none."""
    stem, ending = os.path.splitext(name)
    if os.path.basename(name) != name or ending not in ("", *ENDINGS):
        return None
    file = os.path.join(folder(), (stem if ending else name) + ENDINGS[0])
    return file if os.path.isfile(file) else None
