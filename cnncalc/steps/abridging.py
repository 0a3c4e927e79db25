"""Long calculations with their first lines only: the rest of a sum is one number, so that every line stays true."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from cnncalc.steps.expressions import Number, Operation, numbers_of, value_of
from cnncalc.steps.results import Equation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.steps.expressions import Expression

MOST_LINES: Final = 12
"""The lines of a calculation up to which all are written."""

KEPT: Final = 8
"""The lines that are written of a sum of more."""

_MERGED: Final = ("+", "max", "min")
"""The operations whose operands may be taken together."""


def abridged(equations: Sequence[Equation], most: int = MOST_LINES, kept: int = KEPT) -> tuple[Equation, ...]:
    """The lines, and of many the first of each sum, with one line in place of the others.

    >>> lines = [Equation(f"channel {i}", Number(float(i)), float(i)) for i in range(20)]
    >>> total = Operation("+", tuple(Number(float(i), i) for i in range(20)))
    >>> for line in abridged([*lines, Equation("Y", total, 190.0)])[7:]:
    ...     print(line.left, line.result)
    channel 7 7.0
    channel 8 to 19 162.0
    Y 190.0
    """
    if len(equations) <= most:
        return tuple(equations)
    return _Abridging(equations, kept).lines()


class _Abridging:
    """The lines that are left out, by the first of those that one line stands for."""

    def __init__(self, equations: Sequence[Equation], kept: int) -> None:
        self.equations = equations
        self.kept = kept
        self.uses = Counter(n.equation for line in equations if line.expression for n in numbers_of(line.expression))
        self.left_out: set[int] = set()
        self.instead: dict[int, Equation] = {}

    def lines(self) -> tuple[Equation, ...]:
        """What is written."""
        merged = [line.expression and self._merged(line.expression) for line in self.equations]
        kept: list[tuple[Equation, Expression | None]] = []
        numbers: dict[int, int] = {}
        for number, line in enumerate(self.equations):
            if number in self.instead:
                numbers[number] = len(kept)
                kept.append((self.instead[number], None))
            elif number not in self.left_out:
                numbers[number] = len(kept)
                kept.append((line, merged[number]))
        return tuple(
            line._replace(expression=None if expression is None else _renumbered(expression, numbers))
            for line, expression in kept
        )

    def _merged(self, expression: Expression) -> Expression:
        """An expression in which one number stands for the operands behind the first."""
        if isinstance(expression, Number):
            return expression
        operands = tuple(map(self._merged, expression.operands))
        lone = [operand for operand in operands if self._line_of(operand) is not None]
        if expression.name not in _MERGED or len(lone) <= self.kept + 1:
            return Operation(expression.name, operands)
        rest = lone[self.kept :]
        sources = [self._line_of(operand) for operand in rest]
        first, last = sources[0], sources[-1]
        assert first is not None
        assert last is not None
        value = value_of(Operation(expression.name, tuple(rest)))
        self.left_out.update(source for source in sources if source is not None)
        label = _span(self.equations[first].left, self.equations[last].left)
        self.instead[first] = Equation(label, None, value, f"{len(rest)} lines")
        known = set(map(id, rest))
        kept = [operand for operand in operands if id(operand) not in known]
        place = next(at for at, operand in enumerate(operands) if id(operand) in known)
        return Operation(expression.name, (*kept[:place], Number(value, first), *kept[place:]))

    def _line_of(self, operand: Expression) -> int | None:
        """The line that an operand stands on, if that is one and no other operand stands on it."""
        sources = [number.equation for number in numbers_of(operand) if number.equation is not None]
        return sources[0] if len(sources) == 1 and self.uses[sources[0]] == 1 else None


def _renumbered(expression: Expression, numbers: dict[int, int]) -> Expression:
    """An expression whose numbers refer to the lines that are kept."""
    if isinstance(expression, Number):
        return expression if expression.equation is None else Number(expression.value, numbers[expression.equation])
    return Operation(expression.name, tuple(_renumbered(operand, numbers) for operand in expression.operands))


def _span(first: str, last: str) -> str:
    """What the lines from one to another are called.

    >>> _span("features 16 to 31", "features 384 to 399"), _span("e[8]", "e[9]")
    ('features 16 to 399', 'e[8] to e[9]')
    """
    word, _, number = first.partition(" to ")[0].rpartition(" ")
    if word and "," not in first and last.startswith(f"{word} "):
        return f"{word} {number} to {last.rpartition(' ')[2]}"
    return f"{first} to {last}"
