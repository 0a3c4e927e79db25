"""Arrays of a file of Keras, laid out as ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnncalc.errors import CnncalcError
from cnncalc.models.keras.hdf5_messages import HDF5Error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.models.keras.hdf5 import Dataset
    from cnncalc.models.keras.hdf5_chunks import Chunks
    from cnncalc.shapes import Shape


def arranged(path: str, sources: Sequence[Dataset], kind: str, shape: Shape, dtype: str) -> Array:
    """One array of ours, in a type of floating-point numbers; raises `CnncalcError` where it cannot be read."""
    try:
        arrays = [_read(path, source) for source in sources]
    except OSError as error:
        raise CnncalcError(f"cannot read {path}: {error.strerror}", code="unreadable") from None
    made = np.concatenate([_turned(array, kind) for array in arrays])
    return np.array(made.reshape(shape), dtype, order="C")


def _read(path: str, source: Dataset) -> Array:
    """An array as it is in the file."""
    if source.chunks is not None:
        return _joined(path, source, source.chunks)
    if source.offset < 0:
        return np.zeros(source.shape, source.dtype)
    with open(path, "rb") as file:
        file.seek(source.offset)
        data = file.read(source.size)
    if len(data) < source.size:
        raise CnncalcError(f"cannot read {path}: it ends too early", code="unreadable")
    return np.frombuffer(data, source.dtype).reshape(source.shape)


def _joined(path: str, source: Dataset, chunks: Chunks) -> Array:
    """An array of its chunks; places that no chunk has are 0."""
    found = np.zeros(source.shape, source.dtype)
    try:
        with open(path, "rb") as file:
            for chunk in chunks.places:
                values = np.frombuffer(chunks.read(file, chunk), source.dtype).reshape(chunks.shape)
                target = found[tuple(slice(at, at + size) for at, size in zip(chunk.place, chunks.shape, strict=True))]
                target[...] = values[tuple(map(slice, target.shape))]
    except HDF5Error as error:
        raise CnncalcError(f"cannot read {path}: {error}", code="unreadable") from None
    return found


def _turned(array: Array, kind: str) -> Array:
    """The values in our order of axes, apart from axes of size 1.

    Keras has kernels as ``(*kernel, in, out)``, depthwise ones as ``(*kernel, in, multiplier)``, those of attention
    as ``(in, heads, channels)``, and the gates of a GRU as update, reset, new, of which we have the reset first.

    >>> _turned(np.zeros((3, 5, 4, 2)), "kernel").shape, _turned(np.zeros((3, 5, 4, 2)), "depthwise").shape
    ((2, 4, 3, 5), (4, 2, 3, 5))
    """
    if kind.startswith("row"):
        array = array[int(kind.split()[1])]
    if "kernel" in kind:
        array = np.moveaxis(array, (-1, -2), (0, 1))
    elif kind == "depthwise":
        array = np.moveaxis(array, (-2, -1), (0, 1))
    elif kind == "heads":
        array = array.reshape(len(array), -1).T
    elif kind == "output":
        array = array.reshape(-1, array.shape[-1]).T
    elif kind == "last axis first" and array.ndim > 1:
        array = np.moveaxis(array, -1, 0)
    elif kind == "joined":
        array = array.ravel()
    if "gates" in kind:
        update, reset, new = np.split(array, 3)
        array = np.concatenate([reset, update, new])
    return np.atleast_1d(array)
