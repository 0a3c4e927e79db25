"""The photograph that a network looks at in a figure: the bytes of a PNG or JPEG file, as they are."""

from __future__ import annotations

import os
import stat
from typing import Final

from cnncalc.errors import CnncalcError

MOST_BYTES: Final = 16 * 2**20
"""A larger file is refused: it would be a part of the figure."""

_BEGINNINGS: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def read(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a picture; raises `CnncalcError` where there is none, or one of another kind."""
    name = os.fspath(path)
    try:
        status = os.stat(name)
        if not stat.S_ISREG(status.st_mode):
            raise CnncalcError(f"cannot read {name}: it is not a regular file")
        if status.st_size > MOST_BYTES:
            fact = f"{name} has {status.st_size:,} bytes, and a picture in a figure at most {MOST_BYTES:,}"
            raise CnncalcError(fact, hint="make it smaller: a figure shows few pixels")
        with open(name, "rb") as file:
            data = file.read()
    except (OSError, ValueError) as error:
        raise CnncalcError(f"cannot read {name}: {getattr(error, 'strerror', None) or error}") from None
    if media_type(data) is None:
        raise CnncalcError(f"{name} is neither PNG nor JPEG", hint="a figure takes these two as they are")
    return data


def media_type(data: bytes) -> str | None:
    """What kind of picture bytes are, by how they begin; None for no kind that browsers and printers all show.

    >>> media_type(b"\\xff\\xd8\\xff\\xe0"), media_type(b"GIF89a")
    ('image/jpeg', None)
    """
    return next((kind for beginning, kind in _BEGINNINGS.items() if data.startswith(beginning)), None)
