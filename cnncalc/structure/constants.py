"""Long lists of numbers, while structure is looked for: one number stands in for each, so that texts stay short."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import find
from cnncalc.layers.arithmetic import Arithmetic
from cnncalc.structure.program import Branches, Call, Group, Loop

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnncalc.models.imported import Imported
    from cnncalc.structure.program import Item, Program

LONGEST: Final = 8
"""The numbers of a constant beyond which one stands in for them."""


class StandIn(float):
    """The number that stands in for `numbers`, which is no number of the network."""

    numbers: list[Any]


class StandIns:
    """The numbers that stand in for the constants of a network, the same for those that are equal.

    The constants are those beside which a tensor keeps its shape, as it does beside a number.
    """

    def __init__(self, network: Imported) -> None:
        taken = {layer.options.get("value") for layer in network.layers if _is_number(layer.options.get("value"))}
        self._free = (number for number in count(0.5) if number not in taken)
        self._known: dict[str, StandIn] = {}
        self._seen: dict[int, tuple[Any, StandIn]] = {}
        for layer in network.layers:
            layer.options = self.of(layer.type, layer.options)

    def of(self, type_: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a layer, its constant replaced."""
        numbers = options.get("value")
        if not isinstance(numbers, list) or not _is_beside(type_) or len(str(numbers[:LONGEST])) < 3 * LONGEST:
            return dict(options)
        return {**options, "value": self._of_numbers(numbers)}

    def _of_numbers(self, numbers: list[Any]) -> StandIn:
        seen = self._seen.get(id(numbers))
        if seen is not None:
            return seen[1]
        text = str(numbers)
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = StandIn(next(self._free))
            known.numbers = numbers
        self._seen[id(numbers)] = (numbers, known)  # kept, so that its number is not given to another one
        return known


def put_back(program: Program) -> None:
    """Put the constants of a program where a number stands in for them."""
    for block in program.blocks:
        block.parameters = _numbers(block.parameters)
        _put_back(block.body)
    _put_back(program.body)


def _put_back(items: Iterable[Item]) -> None:
    for item in items:
        if isinstance(item, Call):
            item.options = _numbers(item.options)
        elif isinstance(item, (Group, Loop)):
            _put_back(item.body)
        elif isinstance(item, Branches):
            for branch in item.branches:
                _put_back(branch)


def _numbers(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.numbers if isinstance(value, StandIn) else value for name, value in options.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))


def _is_beside(type_: str) -> bool:
    """Whether a layer's `value` may be one number in place of many."""
    found = find(type_)
    return found is not None and issubclass(found[0], Arithmetic)
