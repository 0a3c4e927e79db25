"""What a tensor of a recording is here: what a layer gives, an array of the module, or constant numbers."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from cnncalc.models.pytorch.batches import own_axis, own_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.models.pytorch.batches import Batch


class Absent:
    """What a call gives beside its first result and no layer does: `what` it is, for whoever uses it."""

    __slots__ = ("what",)

    def __init__(self, what: str) -> None:
        self.what = what


class Value:
    """A tensor: its shape in PyTorch, where the samples are in it, and what it is here.

    It is the output of `layer`, or a tensor of the module's own, by its number in the recording: `array` is a
    parameter, a buffer without values or what is made of these, `constant` has numbers that are known. `laid` is the
    shape in which the layer gives it, which is another where a sample has more axes than tensors have here. With a
    `border` it has more on each side of each axis of a map than the layer gives, which is minus infinity.
    """

    __slots__ = ("array", "batch", "border", "constant", "laid", "layer", "shape")

    def __init__(
        self,
        shape: tuple[int, ...],
        batch: Batch | None,
        *,
        layer: str | None = None,
        array: int | None = None,
        constant: int | None = None,
        laid: tuple[int, ...] | None = None,
        border: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.shape = shape
        self.batch = batch
        self.layer = layer
        self.array = array
        self.constant = constant
        self.laid = laid or self.own
        self.border = border

    @property
    def own(self) -> tuple[int, ...]:
        """The shape of a sample."""
        return own_shape(self.shape, self.batch)

    @property
    def rank(self) -> int:
        """How many axes PyTorch's tensor has."""
        return len(self.shape)

    @property
    def stored(self) -> int | None:
        """The number of a tensor of the module's own."""
        return self.constant if self.array is None else self.array

    def axis(self, dim: int) -> int:
        """Our number of an axis."""
        return own_axis(dim, self.rank, self.batch)

    def like(self, shape: tuple[int, ...], batch: Batch | None) -> Value:
        """The same thing under another shape in PyTorch."""
        return Value(shape, batch, layer=self.layer, array=self.array, constant=self.constant, laid=self.laid)


def flat(numbers: Any) -> Iterator[Any]:
    """Nested numbers, all lists of one level being equally deep, in their order.

    >>> list(flat([[1, 2], [3, 4]])), list(flat(5))
    ([1, 2, 3, 4], [5])
    """
    level = numbers if isinstance(numbers, (list, tuple)) else [numbers]
    while level and isinstance(level[0], (list, tuple)):
        level = list(chain.from_iterable(level))
    return iter(level)


def nested(numbers: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Numbers as lists in lists.

    >>> nested([1, 2, 3, 4], (2, 2))
    [[1, 2], [3, 4]]
    """
    found = list(numbers)
    for size in shape[:0:-1]:
        found = [found[at : at + size] for at in range(0, len(found), size)]
    return found
