"""What the calculations of all kinds of layers share: a layer with its values, and the lines of a long sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.steps.expressions import Number, call, total, value_of
from cnncalc.steps.results import Equation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnncalc.graph.node import Node
    from cnncalc.shapes import Shape
    from cnncalc.steps.expressions import Expression
    from cnncalc.steps.results import Formula, Plane
    from cnncalc.steps.values import LayerValues

ON_ONE_LINE: Final = 27
"""The terms of a sum that stand on one line; of more, a line each row of the kernel, or so many terms."""

MOST_TERMS: Final = 2**17
"""The terms up to which a value is written out."""

Unit = tuple[int, ...]
"""The index of a value of the output, its channel first."""


class Calculation(NamedTuple):
    """What a layer's own step comes to for one unit: before the activation that may be its last step."""

    formula: Formula
    equations: list[Equation]
    planes: list[tuple[Plane, ...]]
    channels: int = 1
    notes: tuple[str, ...] = ()


class Part(NamedTuple):
    """Terms of a sum that belong on one line: those of a channel, or of a row of its kernel."""

    label: str
    terms: Sequence[Expression]


class LayerAtHand:
    """A node with its values, at which one unit after another is calculated."""

    def __init__(self, node: Node, values: LayerValues) -> None:
        self.node = node
        self.values = values
        self.own = node.steps[0]

    @property
    def input_shape(self) -> Shape:
        """The shape of the first input, channels first."""
        return self.own.input_shapes[0]

    @property
    def output_shape(self) -> Shape:
        """The shape of the output, channels first."""
        return self.own.output_shape

    @property
    def summary(self) -> str:
        """What the layer is set to, in a few words."""
        return ""

    @property
    def output_word(self) -> str:
        """What the title of the output's plane begins with."""
        return f"output {times(self.output_shape[1:])}"

    @property
    def has_map(self) -> bool:
        """Whether the values of an output's channel are drawn as a plane."""
        return 1 < len(self.output_shape) <= 4

    def calculation(self, unit: Unit) -> Calculation:
        """The lines by which the layer makes one value of its output."""
        raise NotImplementedError

    def result(self, unit: Unit) -> float:
        """That value, as fast as may be."""
        return self.calculation(unit).equations[-1].result

    def first_whole(self) -> tuple[int, ...]:
        """The first position whose window lies on the input as a whole, or the first of all."""
        return (0,) * (len(self.output_shape) - 1)

    def read(self, index: Sequence[int], number: int = 0) -> float:
        """A value of an input."""
        return float(self.values.inputs[number][tuple(index)])


def equation(left: str, expression: Expression, note: str = "") -> Equation:
    """A line with its result."""
    return Equation(left, expression, value_of(expression), note)


def summed(
    left: str,
    parts: Sequence[Part],
    added: Sequence[Expression] = (),
    divisor: Expression | None = None,
    before: int = 0,
) -> list[Equation]:
    """The lines of a sum: a line for each part, and one of their results with what is added to them.

    Parts that fit on one line together are one. `divisor` divides the sum. There are `before` lines before these.
    """
    terms = [term for part in parts for term in part.terms]
    check_terms(len(terms))
    if len(parts) == 1 and len(terms) <= ON_ONE_LINE:
        return [equation(left, _divided(total([*terms, *added] or [Number(0.0)]), divisor))]
    lines = [equation(part.label, total(part.terms)) for part in parts]
    results: list[Expression] = [Number(line.result, number) for number, line in enumerate(lines, before)]
    return [*lines, equation(left, _divided(total([*results, *added]), divisor))]


def _divided(expression: Expression, divisor: Expression | None) -> Expression:
    return expression if divisor is None else call("/", expression, divisor)


def chunks(name: str, terms: Sequence[Expression], first: int = 0) -> list[Part]:
    """Terms in parts that have room on a line, called by the numbers of the first and the last of each."""
    if len(terms) <= ON_ONE_LINE:
        return [Part(f"{name} {span(first, first + len(terms) - 1)}", terms)]
    size = 16
    return [
        Part(f"{name} {span(first + start, first + min(start + size, len(terms)) - 1)}", terms[start : start + size])
        for start in range(0, len(terms), size)
    ]


def span(first: int, last: int) -> str:
    """Two numbers, or one.

    >>> span(0, 15), span(3, 3)
    ('0 to 15', '3')
    """
    return str(first) if first == last else f"{first} to {last}"


def check_terms(count: int) -> None:
    """Raise `CnncalcError` where a value is made of too many terms to be written out."""
    if count > MOST_TERMS:
        raise CnncalcError(
            f"one value of it is made of {count:,} terms, and at most {MOST_TERMS:,} are written out",
            hint="try a smaller --input",
        )


def letters(rank: int) -> tuple[str, ...]:
    """What the positions along spatial axes are called."""
    return {0: (), 1: ("x",), 2: ("y", "x"), 3: ("z", "y", "x")}.get(rank, tuple(f"p{axis}" for axis in range(rank)))


def tap_letters(rank: int) -> tuple[str, ...]:
    """What the taps of a kernel along spatial axes are called."""
    return ("a", "b", "c", "d", "e", "f")[:rank] if rank <= 6 else tuple(f"a{axis}" for axis in range(rank))


def indexed(name: str, index: Iterable[int | str]) -> str:
    """A value of an array.

    >>> indexed("Y", [0, 2, "x"]), indexed("X", [0, "x+a"])
    ('Y[0,2,x]', 'X[0, x+a]')
    """
    texts = list(map(str, index))
    return f"{name}[{(',' if all(map(str.isalnum, texts)) else ', ').join(texts)}]"


def times(values: Iterable[int]) -> str:
    """Sizes along the axes.

    >>> times([3, 3])
    '3 x 3'
    """
    return " x ".join(map(str, values))


def axis_words(rank: int) -> tuple[str, ...]:
    """What the spatial axes are counted in.

    >>> axis_words(2)
    ('row', 'column')
    """
    return {1: ("position",), 2: ("row", "column"), 3: ("plane", "row", "column")}.get(rank, ())
