"""Weights that are given from Python: arrays by name, or the file that has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.models.stored_arrays import Store, StoredArray
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc.errors import Place
    from cnncalc.graph.graph import Graph
    from cnncalc.kernels import Array

GIVEN: str = "`weights`"
"""What arrays of a caller's own are called in messages."""


def store_of(given: Any, place: Place | None = None, network: Graph | None = None) -> Store:
    """The arrays for a network that are given by name, or those of a file; raises `CnncalcError`."""
    if isinstance(given, Store):
        return given
    if isinstance(given, Mapping):
        return Store(GIVEN, {name: _given_array(name, value) for name, value in given.items()})
    from cnncalc.interchange import darknet_weights, weight_files

    if network is not None and darknet_weights.is_one(given):
        return darknet_weights.opened(given, network, place)
    return weight_files.opened(given, place)


class _Given(StoredArray):
    """An array in memory."""

    __slots__ = ("array",)

    def __init__(self, array: Array) -> None:
        super().__init__(array.shape, array.dtype.name)
        self.array = array

    def values(self, dtype: str) -> Array:
        """The array itself, unless it is to be converted."""
        import numpy as np

        with np.errstate(all="ignore"):
            return np.ascontiguousarray(self.array, dtype).reshape(self.shape)


def _given_array(name: str, value: Any) -> StoredArray:
    """What is given under a name, as an array; raises `CnncalcError` where it is none."""
    import numpy as np

    try:
        return _Given(np.asanyarray(value))
    except (ValueError, TypeError, RuntimeError) as error:
        raise CnncalcError(f"`{printable(name)}` of {GIVEN} is no array: {' '.join(str(error).split())}") from None
