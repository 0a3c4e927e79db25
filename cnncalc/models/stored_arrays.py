"""Arrays of weights that are stored by name, in a file or in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from cnncalc.errors import Place
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class StoredArray:
    """An array that is read when it is needed; its shape and type, such as ``float32``, are known before."""

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: Shape, dtype: str) -> None:
        self.shape = shape
        self.dtype = dtype

    @property
    def is_float(self) -> bool:
        """Whether it holds floating-point numbers, of whatever size."""
        return self.dtype.startswith(("float", "bfloat"))

    def values(self, dtype: str) -> Array:
        """The values in another type of floating-point numbers, in an array of its own."""
        raise NotImplementedError


class Store:
    """Arrays by name, and what holds them: `name` is that in messages, `place` where a spec names it."""

    def __init__(self, name: str, arrays: Mapping[str, StoredArray], place: Place | None = None) -> None:
        self.name = name
        self.arrays = arrays
        self.place = place

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is open."""
