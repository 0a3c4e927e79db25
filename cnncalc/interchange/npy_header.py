"""The headers of arrays in .npy files and .npz archives, read without NumPy.

Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

if TYPE_CHECKING:
    from cnncalc.shapes import Shape

MAGIC: Final = b"\x93NUMPY"
LONGEST: Final = 10_000
"""The most bytes of a header, as for NumPy."""
KINDS: Final = {"f": "float", "i": "int", "u": "uint", "c": "complex"}
FLOAT_BYTES: Final = ("2", "4", "8", "12", "16")
"""The bytes that a floating-point number may have."""
OTHER_KINDS: Final = {
    "b": "bool",
    "?": "bool",
    "O": "objects",
    "S": "bytes",
    "U": "texts",
    "M": "dates",
    "m": "durations",
    "V": "raw bytes",
}


class ArrayHeader(NamedTuple):
    """What an array is: `code` is NumPy's name of its type, `dtype` ours, of values of so many bytes."""

    shape: Shape
    dtype: str
    code: str
    is_fortran: bool
    length: int
    """The bytes of the header."""

    @property
    def value_bytes(self) -> int:
        """The bytes of a value; 0 where they are not numbers."""
        digits = self.code.lstrip("<>=|fiuc")
        return int(digits) if self.dtype.startswith(tuple(KINDS.values())) and digits.isdecimal() else 0


def read_header(file: BinaryIO) -> ArrayHeader:
    """The header that a file is at; raises `ValueError` with what is wrong with it."""
    beginning = file.read(8)
    if beginning[:6] != MAGIC:
        raise ValueError("it is no array of NumPy's")
    digits = {1: 2, 2: 4, 3: 4}.get(beginning[6] if len(beginning) > 6 else 0)
    if digits is None:
        raise ValueError("its version of the format is not known")
    length = int.from_bytes(file.read(digits), "little")
    if length > LONGEST:
        raise ValueError(f"its header would have {length:,} bytes, and {LONGEST:,} are the most")
    data = file.read(length)
    if len(data) < length:
        raise ValueError("it is shorter than its header")
    try:
        found = ast.literal_eval(data.decode("utf-8" if beginning[6] == 3 else "latin-1"))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise ValueError("its header cannot be read") from None
    return _checked(found, 8 + digits + length)


def _checked(found: Any, length: int) -> ArrayHeader:
    """What a header says, if it says what it should."""
    if not isinstance(found, dict) or found.keys() != {"descr", "fortran_order", "shape"}:
        raise ValueError("its header cannot be read")
    code, shape, is_fortran = found["descr"], found["shape"], found["fortran_order"]
    if (
        not isinstance(shape, tuple)
        or len(shape) > 64
        or not all(type(size) is int and 0 <= size < 2**63 for size in shape)
        or not isinstance(is_fortran, bool)
    ):
        raise ValueError("its header cannot be read")
    if not isinstance(code, str):
        return ArrayHeader(shape, "records", "", is_fortran, length)
    return ArrayHeader(shape, _type_name(code), code, is_fortran, length)


def _type_name(code: str) -> str:
    """Ours for a type that NumPy calls so.

    >>> _type_name("<f4"), _type_name("|b1"), _type_name("|O")
    ('float32', 'bool', 'objects')
    """
    kind, size = code.lstrip("<>=|")[:1], code.lstrip("<>=|")[1:]
    if kind in KINDS and size.isdecimal() and len(size) < 3 and (kind != "f" or size in FLOAT_BYTES):
        return f"{KINDS[kind]}{8 * int(size)}"
    return OTHER_KINDS.get(kind, "values of an unknown type")
