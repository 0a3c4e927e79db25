"""Floating-point numbers of every size in files, converted as they are read."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

if TYPE_CHECKING:
    from cnncalc.kernels import Array

AT_ONCE: Final = 2**18
"""Values that are converted at once, so that what is read need not be in memory twice."""

BYTES_AT_ONCE: Final = 2**20
"""Bytes that are read at once."""

_CODES: Final = {
    "bfloat16": "<u2",
    "float8_e5m2": "u1",
    "float8_e4m3": "u1",
}
"""How the types are read that NumPy does not have."""


def read_floats(stream: BinaryIO, count: int, dtype: str, wanted: str, code: str | None = None) -> Array:
    """So many values of a type, read from a stream and converted to another type; raises `EOFError` where it ends.

    `code` is NumPy's name of the type in the file, with its order of bytes; without it, the file has the low byte
    first.
    """
    file_type = np.dtype(code or _CODES.get(dtype) or np.dtype(dtype).newbyteorder("<"))
    output = np.empty(count, wanted)
    if file_type == output.dtype:
        _fill(stream, output)
        return output
    block = np.empty(min(count, AT_ONCE), file_type)
    with np.errstate(all="ignore"):
        for start in range(0, count, AT_ONCE):
            part = block[: min(count - start, AT_ONCE)]
            _fill(stream, part)
            output[start : start + len(part)] = _decoded(part, dtype)
    return output


def _fill(stream: BinaryIO, array: Array) -> None:
    """Read as many bytes as an array has."""
    view: Any = array.view(np.uint8).data if array.size else b""
    done = 0
    while done < len(view):
        # A member of an archive makes a copy of what is asked for at once.
        read: Any = stream.readinto(view[done : done + BYTES_AT_ONCE])  # type: ignore[attr-defined]
        if not read:
            raise EOFError("it ends too early")
        done += read


def _decoded(part: Array, dtype: str) -> Array:
    """Values of a type that NumPy does not have, from their bits."""
    if dtype == "bfloat16":  # the upper half of a float32
        return np.left_shift(part, 16, dtype=np.uint32).view(np.float32)
    if dtype == "float8_e5m2":  # the upper half of a float16
        return np.left_shift(part, 8, dtype=np.uint16).view(np.float16)
    return _e4m3_values()[part] if dtype == "float8_e4m3" else part


@cache
def _e4m3_values() -> Array:
    """What each byte means as 1 bit of sign, 4 of exponent and 3 of mantissa, without infinities.

    Micikevicius et al. 2022, "FP8 formats for deep learning": the bias is 7, and all ones is no number.
    """
    exponents, mantissas = np.divmod(np.arange(128), 8)
    normal = np.ldexp(1 + mantissas / 8, exponents - 7)
    values = np.where(exponents == 0, np.ldexp(mantissas / 8, -6), normal)
    values[127] = np.nan
    return np.concatenate([values, -values]).astype(np.float32)
