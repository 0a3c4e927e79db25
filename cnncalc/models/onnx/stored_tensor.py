"""The values of a tensor that a file stores: held against its shape, and read when they are needed."""

from __future__ import annotations

from struct import calcsize, pack, unpack
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx import wire
from cnncalc.models.onnx.constants import MOST_NUMBERS, Constant
from cnncalc.models.onnx.external import Outside
from cnncalc.models.onnx.wire import DamagedError

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.models.onnx.tensor_records import TensorRecord
    from cnncalc.shapes import Shape


_CODES: Final = {
    "float32": "f",
    "float16": "e",
    "float64": "d",
    "bfloat16": "H",
    "float8_e4m3": "B",
    "float8_e5m2": "B",
    "uint8": "B",
    "int8": "b",
    "uint16": "H",
    "int16": "h",
    "int32": "i",
    "int64": "q",
    "bool": "?",
    "uint32": "I",
    "uint64": "Q",
}
"""How values are packed, by their type, as `struct` calls it."""


_ODD: Final = ("bfloat16", "float8_e4m3", "float8_e5m2")
"""Types that neither `struct` nor NumPy has."""


class Stored(Constant):
    """A tensor of the file. Raises `DamagedError` unless it has as many bytes as its shape and type need."""

    __slots__ = ("folder", "tensor")

    def __init__(self, tensor: TensorRecord, folder: str | None, shape: Shape | None = None) -> None:
        super().__init__(tensor.dims if shape is None else shape, tensor.dtype, tensor.name or id(tensor))
        self.tensor = tensor
        self.folder = folder
        self._check()

    def _check(self) -> None:
        """Hold the number of bytes against the shape, without a look at them."""
        tensor = self.tensor
        code = _CODES.get(tensor.dtype)
        if code is None or tensor.external:
            return
        length = self._length()
        if tensor.parts_field == 9 and length != self.size * calcsize(f"<{code}"):
            fact = f"`{tensor.name[:80]}` has {length:,} bytes for {self.size:,} values of type {tensor.dtype}"
            raise DamagedError(fact)
        if tensor.parts_field != 9 and length < self.size:  # a number has at least a byte, of whatever type
            raise DamagedError(f"`{tensor.name[:80]}` has {length:,} bytes for {self.size:,} values")

    def _length(self) -> int:
        """The bytes of the values."""
        sizes = {wire.FIXED32: 4, wire.FIXED64: 8, wire.VARINT: 10}
        return sum(value[1] - value[0] if kind == wire.BYTES else sizes[kind] for kind, value in self.tensor.parts)

    def numbers(self) -> list[Any]:
        """The values, unpacked one by one where there are few, which takes less than to import NumPy."""
        if self.size > MOST_NUMBERS or self.dtype in _ODD or self.dtype not in _CODES:
            return super().numbers()
        if self.tensor.parts_field in (5, 7, 11):
            return self._listed()
        data = self._packed()
        if len(data) != self.size * calcsize(f"<{_CODES[self.dtype]}"):
            raise DamagedError(f"`{self.tensor.name[:80]}` has {len(data):,} bytes for {self.size:,} values")
        return list(unpack(f"<{self.size}{_CODES[self.dtype]}", data))

    def _listed(self) -> list[Any]:
        """The numbers of a list of whole numbers, which may stand for the bits of others."""
        tensor = self.tensor
        found = [n for kind, value in tensor.parts for n in wire.integers(tensor.data, kind, value)]
        if len(found) != self.size:
            raise DamagedError(f"`{tensor.name[:80]}` has {len(found):,} values, and its shape {self.size:,}")
        if self.dtype == "float16":
            return list(unpack(f"<{len(found)}e", pack(f"<{len(found)}H", *(n & 0xFFFF for n in found))))
        return [bool(n) for n in found] if self.dtype == "bool" else found

    def _packed(self) -> bytes:
        """The bytes of the values, lowest first."""
        tensor = self.tensor
        if tensor.external:
            outside = Outside(tensor.name, tensor.external, self.folder)
            return outside.read(self.size * calcsize(f"<{_CODES[self.dtype]}"))
        parts = []
        for kind, value in tensor.parts:
            if kind == wire.BYTES:
                parts.append(tensor.data[value[0] : value[1]])
            else:
                parts.append(value.to_bytes(4 if kind == wire.FIXED32 else 8, "little"))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def array(self) -> Array:
        """The values, of a copy of the file's bytes."""
        import numpy as np

        if self.dtype not in _CODES:
            raise DamagedError(f"`{self.tensor.name[:80]}` has values of type {self.dtype}, which are not read")
        if self.tensor.parts_field in (5, 7, 11) and not self.tensor.external:
            if self.dtype in _ODD:
                code = "<u2" if self.dtype == "bfloat16" else "u1"
                return self._decoded(np.array(self._listed()).astype(code).tobytes())
            return np.array(self._listed(), self.dtype).reshape(self.shape)
        data = self._packed()
        if self.dtype in _ODD:
            return self._decoded(data)
        if len(data) != self.size * np.dtype(self.dtype).itemsize:
            raise DamagedError(f"`{self.tensor.name[:80]}` has {len(data):,} bytes for {self.size:,} values")
        return np.frombuffer(data, np.dtype(self.dtype).newbyteorder("<"), self.size).reshape(self.shape)

    def _decoded(self, data: bytes) -> Array:
        """Values of a type that NumPy does not have."""
        from io import BytesIO

        from cnncalc.models.float_values import read_floats

        try:
            return read_floats(BytesIO(data), self.size, self.dtype, "float32").reshape(self.shape)
        except EOFError:
            raise DamagedError(f"`{self.tensor.name[:80]}` has too few bytes") from None
