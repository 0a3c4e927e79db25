"""The headers of .safetensors files: 8 bytes with the length of a JSON object, that object, and the values.

Format: https://github.com/huggingface/safetensors. A file may come from anywhere: nothing of it is believed before it
is held against its length, and nothing is read but the header.
"""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

if TYPE_CHECKING:
    from cnncalc.shapes import Shape

LONGEST_HEADER: Final = 2**24
"""The most bytes of a header: room for the names of a hundred thousand arrays."""
METADATA: Final = "__metadata__"

TYPES: Final = {
    "F64": ("float64", 8),
    "F32": ("float32", 4),
    "F16": ("float16", 2),
    "BF16": ("bfloat16", 2),
    "F8_E4M3": ("float8_e4m3", 1),
    "F8_E5M2": ("float8_e5m2", 1),
    "C64": ("complex64", 8),
    "I64": ("int64", 8),
    "I32": ("int32", 4),
    "I16": ("int16", 2),
    "I8": ("int8", 1),
    "U64": ("uint64", 8),
    "U32": ("uint32", 4),
    "U16": ("uint16", 2),
    "U8": ("uint8", 1),
    "BOOL": ("bool", 1),
}
"""Ours of each type, and the bytes of a value."""


class Stretch(NamedTuple):
    """Where in a file the values of an array stand, and what they are."""

    shape: Shape
    dtype: str
    start: int


def begins_one(first_bytes: bytes) -> bool:
    """Whether a file may begin with these bytes: the length of a header, and its bracket."""
    return first_bytes[8:9] == b"{" and int.from_bytes(first_bytes[:8], "little") <= LONGEST_HEADER


def stretches(file: BinaryIO, size: int) -> dict[str, Stretch]:
    """The arrays of a file of so many bytes, by name; raises `ValueError` with what is wrong with it."""
    length = int.from_bytes(file.read(8), "little")
    if length > LONGEST_HEADER:
        raise ValueError(f"its header would have {length:,} bytes, and {LONGEST_HEADER:,} are the most")
    if 8 + length > size:
        raise ValueError(f"its header would have {length:,} bytes, and the file has {size:,}")
    header = _header(file.read(length))
    start = 8 + length
    found = {name: _stretch(name, entry, start, size - start) for name, entry in header.items() if name != METADATA}
    _check_apart(found)
    return found


def _header(data: bytes) -> dict[str, Any]:
    """The object that a header is."""
    try:
        header = json.loads(data.decode("utf-8"), object_pairs_hook=_without_twins)
    except (RecursionError, UnicodeDecodeError, json.JSONDecodeError):
        raise ValueError("its header is no JSON") from None
    if not isinstance(header, dict):
        raise ValueError("its header is no JSON object")
    return header


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in its header")
    return found


def _stretch(name: str, entry: Any, start: int, room: int) -> Stretch:
    """The place of an array, which lies within the `room` bytes of values."""
    keys = {"dtype", "shape", "data_offsets"}
    if not isinstance(entry, dict) or not keys <= entry.keys():
        raise ValueError(f"`{name[:80]}` of its header has no {' or no '.join(sorted(keys))}")
    shape, offsets, type_name = entry["shape"], entry["data_offsets"], entry["dtype"]
    if not isinstance(type_name, str) or type_name not in TYPES:
        raise ValueError(f"`{name[:80]}` has values of the type {str(type_name)[:40]!r}, which is not known")
    if not _are_counts(shape) or not _are_counts(offsets) or len(offsets) != 2:
        raise ValueError(f"`{name[:80]}` has a shape or place that is no list of numbers from 0")
    dtype, size = TYPES[type_name]
    first, end = offsets
    if not first <= end <= room:
        raise ValueError(f"`{name[:80]}` stands at bytes {first:,} to {end:,}, and there are {room:,}")
    needed = prod(shape) * size
    if end - first != needed:
        other = f"{needed:,}" if needed < 2**63 else "more than a file has"
        raise ValueError(f"`{name[:80]}` has {end - first:,} bytes, and its shape needs {other}")
    return Stretch(tuple(shape), dtype, start + first)


def _are_counts(numbers: Any) -> bool:
    """Whether it is a short list of whole numbers from 0."""
    return (
        isinstance(numbers, list)
        and len(numbers) <= 64
        and all(type(number) is int and 0 <= number < 2**63 for number in numbers)
    )


def _check_apart(found: dict[str, Stretch]) -> None:
    """Raise `ValueError` where two arrays overlap."""
    sizes = dict(TYPES.values())
    ordered = sorted((place.start, prod(place.shape) * sizes[place.dtype], name) for name, place in found.items())
    end, before = 0, ""
    for start, length, name in ordered:
        if length and start < end:
            raise ValueError(f"`{before[:80]}` and `{name[:80]}` overlap")
        if length:
            end, before = start + length, name
