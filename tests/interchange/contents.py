"""What is in the folder that a test writes in."""

from __future__ import annotations

from pathlib import Path


def contents() -> dict[str, bytes]:
    """The bytes of every file, by name."""
    return {path.name: path.read_bytes() for path in Path().iterdir()}
