"""Constants of a graph: weights, which are read when they are needed, and small numbers, which need no NumPy."""

from __future__ import annotations

from math import prod
from struct import pack, unpack
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.wire import DamagedError
from cnncalc.models.stored_arrays import StoredArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

MOST_NUMBERS: Final = 2**20
"""More numbers than are read one by one."""
MOST_COMPUTED: Final = 2**27
"""More values than are computed with, or filled."""

NOT_COMPUTED: Final = (
    *(ValueError, IndexError, TypeError, AttributeError, ZeroDivisionError, OverflowError, MemoryError),
)
"""What says that a node cannot be computed of its inputs, of which one may be left out, or be of any type."""


class DynamicInt(int):
    """A whole number that follows the sizes of the network's inputs, which may be free."""

    __slots__ = ()


class Constant(StoredArray):
    """Values that are known before the network runs.

    `key` tells constants of equal values apart from others as far as can be told without a look at the values.
    """

    __slots__ = ("key",)

    is_random = False
    """Whether the values are others each time."""

    def __init__(self, shape: Shape, dtype: str, key: object) -> None:
        super().__init__(shape, dtype)
        self.key = key

    @property
    def size(self) -> int:
        """The number of values."""
        return prod(self.shape)

    @property
    def uniform(self) -> float | None:
        """The value that all values are, where that is known at once."""
        return self.numbers()[0] if self.size == 1 else None

    def numbers(self) -> list[Any]:
        """The values in a row, as Python has them; raises `DamagedError` where there are very many."""
        if self.size > MOST_NUMBERS:
            raise DamagedError(f"a constant of {self.size:,} values stands where a few numbers are wanted", None)
        found: list[Any] = self.array().ravel().tolist()
        return found

    def array(self) -> Array:
        """The values in the type that they are stored in, or in single precision where NumPy does not have it."""
        raise NotImplementedError

    def values(self, dtype: str) -> Array:
        """The values in another type, in an array of its own."""
        return self.array().astype(dtype)

    def reshaped(self, shape: Shape) -> Constant:
        """The same values in another shape."""
        return self if shape == self.shape else Rearranged(self, shape, None)

    def transposed(self, order: Sequence[int]) -> Constant:
        """The axes in another order."""
        if list(order) == list(range(len(self.shape))):
            return self
        return Rearranged(self, tuple(self.shape[axis] for axis in order), tuple(order))

    def scaled(self, factor: float) -> Constant:
        """The values times a number."""
        return self if factor == 1 else Scaled(self, factor)


class Numbers(Constant):
    """A few values that are at hand."""

    __slots__ = ("row",)

    def __init__(self, row: Sequence[Any], shape: Shape, dtype: str) -> None:
        super().__init__(shape, dtype, (tuple(row), shape, dtype))
        self.row = list(row)

    def numbers(self) -> list[Any]:
        """The values."""
        return self.row

    def array(self) -> Array:
        """The values; raises `DamagedError` for one that its type does not hold."""
        import numpy as np

        try:
            return np.array(self.row, self.dtype).reshape(self.shape)
        except OverflowError:
            raise DamagedError(f"a number is too large for {self.dtype}") from None


class Filled(Constant):
    """One value everywhere, as `ConstantOfShape` gives; the array is made when it is needed."""

    __slots__ = ("value",)

    def __init__(self, value: float, shape: Shape, dtype: str, key: object) -> None:
        super().__init__(shape, dtype, key)
        self.value = value

    @property
    def uniform(self) -> float | None:
        """The value."""
        return self.value

    def numbers(self) -> list[Any]:
        """The value, so many times."""
        if self.size > MOST_NUMBERS:
            return super().numbers()
        return [self.value] * self.size

    def array(self) -> Array:
        """An array of one value in memory, which looks like many."""
        import numpy as np

        return np.broadcast_to(np.array(self.value, self.dtype), self.shape)

    def reshaped(self, shape: Shape) -> Constant:
        """The same in another shape."""
        return Filled(self.value, shape, self.dtype, self.key)

    def transposed(self, order: Sequence[int]) -> Constant:
        """The same with the sizes in another order."""
        return self.reshaped(tuple(self.shape[axis] for axis in order))


class Absent(Constant):
    """A weight of which a file has the shape alone, and zeros stand for its values."""

    __slots__ = ()

    def array(self) -> Array:
        """Zeros, which take no memory."""
        import numpy as np

        return np.broadcast_to(np.zeros((), self.dtype), self.shape)


class Rearranged(Constant):
    """Another constant with its axes in another order, or in another shape."""

    __slots__ = ("base", "order")

    def __init__(self, base: Constant, shape: Shape, order: tuple[int, ...] | None) -> None:
        super().__init__(shape, base.dtype, (base.key, shape, order))
        self.base = base
        self.order = order

    @property
    def uniform(self) -> float | None:
        """That of the other."""
        return self.base.uniform

    def numbers(self) -> list[Any]:
        """The values, for which NumPy is needed only where their order is another."""
        moved = self.order is not None and [axis for axis in self.order if self.base.shape[axis] > 1]
        return self.base.numbers() if not moved or moved == sorted(moved) else super().numbers()

    def array(self) -> Array:
        """A view of the other's values."""
        array = self.base.array()
        return array.reshape(self.shape) if self.order is None else array.transpose(self.order)


class Scaled(Constant):
    """Another constant times a number."""

    __slots__ = ("base", "factor")

    def __init__(self, base: Constant, factor: float) -> None:
        super().__init__(base.shape, base.dtype, (base.key, factor))
        self.base = base
        self.factor = factor

    def array(self) -> Array:
        """The products."""
        return self.base.array() * self.factor


class Computed(Constant):
    """What a node computes of constants, which is done when the values are needed."""

    __slots__ = ("_array", "compute")

    def __init__(self, compute: Any, shape: Shape, dtype: str, key: object) -> None:
        super().__init__(shape, dtype, key)
        self.compute = compute
        self._array: Array | None = None

    def array(self) -> Array:
        """The values, computed once."""
        if self._array is None:
            self._array = self.compute()
        return self._array


def integers(numbers: Sequence[Any]) -> list[int] | None:
    """The numbers as integers, which stay `DynamicInt` where they are; None where one is no whole number.

    >>> integers([1, 2.0]), integers([float("nan")])
    ([1, 2], None)
    """
    if not all(isinstance(number, int) or number.is_integer() for number in numbers):
        return None
    return [number if isinstance(number, int) else int(number) for number in numbers]


def decimal(value: float) -> float:
    """The shortest decimal number that is the same in single precision.

    >>> decimal(9.999999747378752e-06), decimal(0.20000000298023224), decimal(-0.10178596526384354)
    (1e-05, 0.2, -0.101785965)
    """
    try:
        single = unpack("<f", pack("<f", value))[0]
    except OverflowError:
        return value
    if single != value:
        return value
    # The number in 6 digits has fewer where fewer do, and 9 always do.
    for digits in range(6, 9):
        short = float(f"{value:.{digits}g}")
        if unpack("<f", pack("<f", short))[0] == single:
            return short
    return float(f"{value:.9g}")
