"""Files of weights, written an array at a time: .npz as NumPy has it, and .safetensors."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.kernels import Array
    from cnncalc.models.stored_arrays import StoredArray

NPZ: Final = ".npz"
SAFETENSORS: Final = ".safetensors"
_SIZES: Final = {"float16": 2, "float32": 4, "float64": 8}
"""The bytes of the types that are written; values of others become float32."""
_CODES: Final = {"float16": "F16", "float32": "F32", "float64": "F64"}


def check_ending(path: str) -> None:
    """Raise `CnncalcError` where the ending of a file says that it is no file of weights."""
    if not path.lower().endswith((NPZ, SAFETENSORS)):
        raise CnncalcError(f"{path}: weights are written as {NPZ} or {SAFETENSORS}", hint=f"such as {_stem(path)}{NPZ}")


def write_weights(file: BinaryIO, path: str, arrays: Mapping[str, StoredArray]) -> None:
    """Write arrays by name in the form that the ending of `path` asks for; one is in memory at a time."""
    floats = {name: array for name, array in arrays.items() if array.is_float}
    if path.lower().endswith(SAFETENSORS):
        _write_safetensors(file, floats)
    else:
        _write_npz(file, floats)


def _write_npz(file: BinaryIO, arrays: Mapping[str, StoredArray]) -> None:
    """As `numpy.savez` does, without compression."""
    import zipfile

    import numpy as np

    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, _values(array), allow_pickle=False)


def _write_safetensors(file: BinaryIO, arrays: Mapping[str, StoredArray]) -> None:
    """8 bytes with the length of a header in JSON, the header, and the values, low bytes first."""
    header: dict[str, object] = {}
    end = 0
    for name, array in arrays.items():
        dtype = _type(array)
        start, end = end, end + prod(array.shape) * _SIZES[dtype]
        header[name] = {"dtype": _CODES[dtype], "shape": list(array.shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file.write(len(text).to_bytes(8, "little") + text)
    for array in arrays.values():
        values = _values(array)
        bytes_: Any = values.astype(values.dtype.newbyteorder("<"), copy=False).reshape(-1)
        file.write(bytes_.data.cast("B"))


def _values(array: StoredArray) -> Array:
    """The values of an array, in one piece and in its shape."""
    import numpy as np

    return np.ascontiguousarray(array.values(_type(array))).reshape(array.shape)


def _type(array: StoredArray) -> str:
    return array.dtype if array.dtype in _SIZES else "float32"


def _stem(path: str) -> str:
    folder, slash, file = path.rpartition("/")
    return f"{folder}{slash}{file.partition('.')[0] or 'weights'}"
