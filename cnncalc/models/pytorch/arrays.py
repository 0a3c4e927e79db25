"""The arrays of a module: which of them layers use, and which layers share."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.models.pytorch.recording import CONSTANT, PARAMETER
from cnncalc.models.stored_arrays import StoredArray
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from cnncalc.kernels import Array
    from cnncalc.models.pytorch.recording import Recording
    from cnncalc.shapes import Shape

    class ArraySource(Protocol):
        """What has the live tensors of a recording."""

        def array(self, number: int, dtype: str) -> Array:
            """The values of the tensor of that number, a parameter or what is made of parameters alone."""

        def numbers_of(self, number: int) -> Any:
            """The values of a constant, nested; one number where all are equal, None where they are too many."""


_Key = tuple[int, bool, tuple[int, int] | None]
"""What tells arrays apart: the number, whether it is turned, and which rows it has."""


class ModuleArray(StoredArray):
    """A tensor of a live module, which is read when its values are asked for; `number` is that in the recording.

    With `rows` it is a part along the first axis, from one to before another.
    """

    __slots__ = ("number", "rows", "source", "turned")

    def __init__(
        self,
        number: int,
        shape: Shape,
        dtype: str,
        source: ArraySource | None,
        *,
        turned: bool = False,
        rows: tuple[int, int] | None = None,
    ) -> None:
        if rows is not None:
            shape = (rows[1] - rows[0], *shape[1:])
        super().__init__(shape[::-1] if turned else shape, dtype)
        self.number = number
        self.source = source
        self.turned = turned
        self.rows = rows

    def values(self, dtype: str) -> Array:
        """The values as they are now."""
        assert self.source is not None
        array = self.source.array(self.number, dtype)
        if self.rows is not None:
            array = array[slice(*self.rows)]
        if not self.turned:
            return array
        import numpy as np

        return np.ascontiguousarray(array.T)


class Arrays:
    """What layers make of the tensors of a recording that are parameters, buffers, or made of these."""

    def __init__(self, recording: Recording, source: ArraySource | None) -> None:
        self.facts = recording.tensors
        self.source = source
        self.made_of: dict[int, tuple[int, ...]] = {}
        self.same: dict[int, int] = {}
        """Of what is an array in another shape, the number of that."""
        self.owners: dict[_Key, tuple[str, str]] = {}
        """The layer and its name of each array."""
        self.weights: dict[int, None] = {}
        """What is a weight of a layer, by number: parameters, and buffers such as the kernel of a blur."""
        self.statistics: dict[int, None] = {}
        """The buffers that are a layer's, by number."""
        self.have_values = source is not None

    @property
    def taken(self) -> set[int]:
        """The arrays that a layer has."""
        return {number for number, *_ in self.owners}

    def _key(self, array: ModuleArray) -> _Key:
        return self.same.get(array.number, array.number), array.turned, array.rows

    def derive(self, number: int, sources: Iterable[int]) -> tuple[int, ...]:
        """Note of what an array is made; returns the parameters and buffers that all that leads to."""
        roots = (root for each in sources for root in self.made_of.get(each, (each,)))
        found = dict.fromkeys(root for root in roots if self.facts[root].kind != CONSTANT or self.facts[root].name)
        self.made_of[number] = tuple(found)
        return self.made_of[number]

    def path(self, number: int) -> str:
        """What the module calls an array, or the one that it is made of."""
        [first, *_] = self.made_of.get(number, (number,)) or (number,)
        return self.facts[first].name

    def stored(self, number: int, *, turned: bool = False) -> ModuleArray:
        """An array of a layer."""
        fact = self.facts[number]
        return ModuleArray(number, fact.shape, fact.dtype, self.source, turned=turned)

    def part(self, array: ModuleArray, start: int, end: int) -> ModuleArray:
        """Some rows of an array, as of the one that has those of query, key and value."""
        fact = self.facts[array.number]
        return ModuleArray(array.number, fact.shape, fact.dtype, self.source, rows=(start, end))

    def numbers(self, number: int) -> Any:
        """The values of a constant, nested, or one for all; None where they are not known."""
        return self.facts[number].numbers if self.source is None else self.source.numbers_of(number)

    def trains(self, number: int) -> bool:
        """Whether any of the parameters that an array is made of is trained."""
        roots = self.made_of.get(number, (number,))
        return any(self.facts[each].kind == PARAMETER and self.facts[each].trained for each in roots)

    def _counted(self, array: ModuleArray) -> list[int]:
        """The parameters that an array stands for: of those it is made of, all, or such as have as many values."""
        roots = self.made_of.get(array.number, (array.number,))
        size = prod(array.shape if array.rows is None else self.facts[array.number].shape)
        if sum(prod(self.facts[each].shape) for each in roots) == size:
            return list(roots)
        return [each for each in roots if prod(self.facts[each].shape) == size][:1]

    def owner(
        self, name: str, arrays: Mapping[str, ModuleArray], options: Mapping[str, Any]
    ) -> tuple[str | None, Mapping[str, Any]]:
        """The layer that has the same arrays already, or else the options with whether they are trained.

        Raises `UntranslatableError` where a layer shares some of them, or under other names.
        """
        if not arrays:
            return None, options
        owners = {self.owners.get(self._key(each)) for each in arrays.values()}
        if owners == {None}:
            for own, each in arrays.items():
                self.owners[self._key(each)] = (name, own)
                kind = self.statistics if _is_statistic(own, arrays) else self.weights
                kind.update(dict.fromkeys(self._counted(each)))
            learnt = [each for own, each in arrays.items() if not _is_statistic(own, arrays)]
            frozen = learnt and not any(self.trains(each.number) for each in learnt)
            return None, {**options, "trainable": False} if frozen else options
        names = {owner[0] for owner in owners if owner is not None}
        alike = {
            (owner[1] if owner else None) == own
            for own, owner in ((own, self.owners.get(self._key(each))) for own, each in arrays.items())
        }
        if len(names) == 1 and alike == {True}:
            return names.pop(), options
        raise UntranslatableError(f"uses some of the arrays of {', '.join(sorted(names))} beside others")


def _is_statistic(own: str, arrays: Mapping[str, Any]) -> bool:
    """Whether an array of that name is a buffer of ours: running statistics, and the vectors of a spectral norm."""
    return own.startswith("running_") or ("weight_orig" in arrays and own in ("weight_u", "weight_v"))
