"""Messages of an ONNX file about tensors: those that it stores, and what it says of shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx import wire
from cnncalc.models.onnx.wire import DamagedError

if TYPE_CHECKING:
    from cnncalc.models.onnx.wire import Data, Stretch


FLOAT_TYPES: Final = {
    1: "float32",
    10: "float16",
    11: "float64",
    16: "bfloat16",
    17: "float8_e4m3",
    19: "float8_e5m2",
}


OTHER_TYPES: Final = {2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool", 12: "uint32"}


DTYPES: Final = {**FLOAT_TYPES, **OTHER_TYPES, 8: "string", 13: "uint64", 14: "complex64", 15: "complex128"}
"""The types of values by their numbers in ``TensorProto.DataType``."""

LONGEST_WORDS: Final = 2**24
"""The most bytes of what a file tells under a key of its metadata."""


class TensorRecord:
    """A stored tensor: its sizes, its type, and where its values are: packed, in a list of numbers or in another file.

    `values` is the number of the field that has the values and its parts: 9 is ``raw_data``, 4, 5, 7, 10 and 11 are
    lists of numbers of a type, and 13 are the entries that tell of another file.
    """

    __slots__ = ("data", "dims", "dtype", "external", "name", "parts", "parts_field")

    def __init__(self, data: Data, stretch: Stretch) -> None:
        self.data = data
        self.name = ""
        self.dtype = "undefined"
        self.external: dict[str, str] = {}
        self.parts_field = 0
        self.parts: list[tuple[int, Any]] = []
        dims: list[int] = []
        elsewhere = False
        for number, kind, value in wire.fields(data, *stretch):
            if number == 1:
                dims += wire.integers(data, kind, value)
            elif number == 2:
                self.dtype = DTYPES.get(value, f"type {value}")
            elif number in (4, 5, 6, 7, 9, 10, 11):
                self.parts_field = number
                self.parts.append((kind, value))
            elif number == 8:
                self.name = wire.text(data, kind, value)
            elif number == 13:
                key, word = pair(data, wire.stretch(kind, value))
                self.external[key] = word
            elif number == 14:
                elsewhere = value == 1
            elif number == 3:
                raise DamagedError("a tensor is stored in segments, which no program reads", "store it whole")
        if not elsewhere:
            self.external = {}
        if any(not 0 <= size < 2**40 for size in dims) or len(dims) > 64:
            raise DamagedError(f"the tensor `{self.name[:80]}` has sizes that cannot be: {dims[:8]}")
        self.dims = tuple(dims)


class SparseTensor:
    """A tensor of which some values are stored, and all others are 0: `values` are those, None where it has none."""

    __slots__ = ("dims", "values")

    def __init__(self, data: Data, stretch: Stretch) -> None:
        dims: list[int] = []
        self.values: TensorRecord | None = None
        for number, kind, value in wire.fields(data, *stretch):
            if number == 1:
                self.values = TensorRecord(data, wire.stretch(kind, value))
            elif number == 3:
                dims += wire.integers(data, kind, value)
        if any(not 0 <= size < 2**40 for size in dims) or len(dims) > 64:
            raise DamagedError(f"a sparse tensor has sizes that cannot be: {dims[:8]}")
        self.dims = tuple(dims)


class ValueInfo:
    """What a graph says of a tensor: `dims` are integers, words for free sizes, or None where there is no word.

    `dims` is None where nothing is said of the shape.
    """

    __slots__ = ("dims", "dtype", "name")

    def __init__(self, data: Data, stretch: Stretch) -> None:
        self.name = ""
        self.dtype = ""
        self.dims: tuple[int | str | None, ...] | None = None
        for number, kind, value in wire.fields(data, *stretch):
            if number == 1:
                self.name = wire.text(data, kind, value)
            elif number == 2:
                self._read_type(data, wire.stretch(kind, value))

    def _read_type(self, data: Data, stretch: Stretch) -> None:
        for number, kind, value in wire.fields(data, *stretch):
            if number != 1:
                self.dtype = "no tensor"
                continue
            for inner, inner_kind, inner_value in wire.fields(data, *wire.stretch(kind, value)):
                if inner == 1:
                    self.dtype = DTYPES.get(inner_value, f"type {inner_value}")
                elif inner == 2:
                    shape = wire.stretch(inner_kind, inner_value)
                    self.dims = tuple(
                        _dimension(data, wire.stretch(k, v)) for n, k, v in wire.fields(data, *shape) if n == 1
                    )
                    if len(self.dims) > 64:
                        raise DamagedError(f"`{self.name[:80]}` has {len(self.dims)} axes")


def _dimension(data: Data, stretch: Stretch) -> int | str | None:
    """One size of a shape."""
    found: int | str | None = None
    for number, kind, value in wire.fields(data, *stretch):
        if number == 1:
            found = wire.signed(value) if kind == wire.VARINT else None
        elif number == 2:
            found = wire.text(data, kind, value) or None
    return None if isinstance(found, int) and found < 0 else found


def pair(data: Data, stretch: Stretch) -> tuple[str, str]:
    """A key and its words, which may be many: recognisers of text keep all characters that they know there."""
    longest = {2: LONGEST_WORDS}
    found = {
        number: wire.text(data, kind, value, longest.get(number, wire.LONGEST_NAME))
        for number, kind, value in wire.fields(data, *stretch)
    }
    return found.get(1, ""), found.get(2, "")
