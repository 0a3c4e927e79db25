"""The size of every axis as one formula in the input's size, read off the traced output shapes of the layers.

Forms hold for the sizes at which the network can be built: where every layer has at least one position and merged maps
agree.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.forms import Constraint, Form, Step, constant
from cnncalc.formulas import LETTERS, traced_node
from cnncalc.tracing import Traced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.layout import Shape
    from cnncalc.network import Network


class Closed(NamedTuple):
    """The form of every axis of every tensor, by number, None where there is none; and what they must meet.

    `constraints` are those of the axis of one input; `meetings` are forms of several inputs that must agree.
    """

    forms: list[tuple[Form | None, ...]]
    constraints: list[Constraint]
    meetings: list[tuple[Form, ...]]


def closed(network: Network) -> Closed:
    """The forms of a network; an axis that mixes several, as after flattening, has none.

    >>> import cnncalc
    >>> closed(cnncalc.load("alexnet")).forms[1][1].steps
    (Step(times=1, plus=-7, over=4),)
    """
    constraints: dict[Constraint, None] = {}
    meetings: dict[tuple[Form, ...], None] = {}
    found: list[tuple[Form | None, ...]] = [
        (constant(shape[0]), *(Form((name, axis)) for axis in range(1, len(shape))))
        for name, shape in network.inputs.items()
    ]
    traced: dict[object, Shape] = {}
    for node in network.nodes:
        reader = _Reader([found[tensor] for tensor in node.inputs], network)
        shape = traced.get(node.kind) or traced.setdefault(node.kind, traced_node(node).output_shape)
        found.append(tuple(map(reader.read, shape)))
        constraints.update(dict.fromkeys(reader.constraints))
        meetings.update(dict.fromkeys(reader.meetings))
    return Closed(_held(network, found), list(constraints), list(meetings))


class _Reader:
    """Reads the forms off the traced sizes of a layer, whose inputs have the forms `arriving`."""

    def __init__(self, arriving: Sequence[tuple[Form | None, ...]], network: Network) -> None:
        self.arriving = arriving
        self.network = network
        self.constraints: list[Constraint] = []
        self.meetings: list[tuple[Form, ...]] = []

    def read(self, size: int) -> Form | None:
        """The form of a size; None where it has none."""
        if not isinstance(size, Traced) or not size.operator:
            root = getattr(size, "root", None)
            return constant(int(size)) if root is None else self.arriving[root[0]][root[1]]
        if size.operator == "scaled":
            return _scaled(self.read(size.parts[0]), size.parts[1])
        parts = [self.read(part) for part in size.parts]
        known = [part for part in parts if part is not None]
        if size.operator == "broadcast":
            return self._agreed(int(size), known)
        return self._made(size, known) if len(known) == len(parts) else None

    def _made(self, size: Traced, known: list[Form]) -> Form | None:
        """The form of a size whose parts have forms."""
        if all(part.constant is not None for part in known):
            return constant(int(size))
        if size.operator in ("named", "max", "min"):
            return known[0] if len(set(known)) == 1 else None
        if size.operator == "/":
            self.constraints.append(Constraint((known[0],), multiple=known[1].constant or 1))
        if size.operator == "+":
            return _total(known)
        return _combined(size.operator, *known) if len(known) == 2 else None

    def _agreed(self, size: int, known: list[Form]) -> Form | None:
        """The form of an axis where inputs meet: of those that have its size the constant one, or the simplest.

        They must agree at other sizes too, and those that have 1, and are broadcast, must keep it. Where options follow
        the size of the input, a constant may be one of them.
        """
        moving = list(dict.fromkeys(form for form in known if form.constant is None))
        sure = not self.network.follows_sizes or not moving
        fixed = [form for form in known if form.constant == size and sure]
        meeting = [form for form in moving if self._now(form) == size]
        for root in dict.fromkeys(form.root for form in meeting):
            alike = (*(form for form in meeting if form.root == root), *fixed[: size > 1])
            if len(alike) > 1:
                self.constraints.append(Constraint(alike))
        self.constraints += [Constraint((form, constant(1))) for form in moving if form not in meeting]
        if len({form.root for form in meeting}) > 1:
            self.meetings.append(tuple(meeting))
        if fixed and (size > 1 or not meeting):
            return fixed[0]
        return min(meeting, key=lambda form: len(form.steps)) if meeting else None

    def _now(self, form: Form) -> int:
        """The size that a form has at the network's own input."""
        assert form.root is not None
        return form.at(self.network.inputs[form.root[0]][form.root[1]])


def _scaled(form: Form | None, factor: float) -> Form | None:
    """A form times a factor that floating point keeps exactly."""
    exact = Fraction(factor)
    if form is None or exact.numerator.bit_length() > 22:
        return None
    return form.then(Step(exact.numerator, 0, exact.denominator))


def _total(known: list[Form]) -> Form | None:
    """A sum whose parts that follow an input all do in one way."""
    fixed = sum(form.constant for form in known if form.constant is not None)
    moving = [form for form in known if form.constant is None]
    return moving[0].then(Step(len(moving), fixed, 1)) if len(set(moving)) == 1 else None


def _combined(operator: str, a: Form, b: Form) -> Form | None:
    """A difference, product or quotient of which one part is constant."""
    if operator == "x" and a.constant is not None:
        a, b = b, a
    number = b.constant
    if a.constant is not None or number is None:
        return None
    match operator:
        case "-":
            return a.then(Step(1, -number, 1))
        case "x":
            return a.then(Step(number, 0, 1)) if number > 0 else None
        case "//" | "/":
            return a.then(Step(1, 0, number))
        case "ceil":
            return a.then(Step(1, number - 1, number))
    return None


def _held(network: Network, found: list[tuple[Form | None, ...]]) -> list[tuple[Form | None, ...]]:
    """The forms without those that are not what the network, built at other sizes, has.

    A spec may have options that follow the input's size by an expression, and then a form may not hold elsewhere.
    """
    fixed = all(axes[0] is not None and axes[0].constant is not None for axes in found if len(axes) > 1)
    if network.choice is None or (fixed and not network.follows_sizes):
        return found
    for shapes in _probes(network, found):
        try:
            other = network.at({name: network.layout.shown(shape) for name, shape in shapes.items()})
        except CnncalcError:
            continue
        if len(other.nodes) != len(network.nodes):
            return [(None,) * len(forms) for forms in found]
        found = [
            tuple(form if _holds(form, size, shapes) else None for form, size in zip(axes, shape, strict=False))
            for axes, shape in zip(found, other.tensor_shapes, strict=True)
        ]
    return found


def _holds(form: Form | None, size: int, shapes: dict[str, Shape]) -> bool:
    if form is None:
        return False
    return size == (form.steps[0].plus if form.root is None else form.at(shapes[form.root[0]][form.root[1]]))


def _probes(network: Network, found: list[tuple[Form | None, ...]]) -> list[dict[str, Shape]]:
    """Other inputs: by a few pixels, by the number at which every form grows by a whole one, and by factors."""
    period = lcm(*(form.period[0] for axes in found for form in axes if form is not None))
    moves = [(Fraction(1), plus) for plus in (1, 2, 5, period if period < 4096 else 32)]
    moves += [(Fraction(factor), 0) for factor in ("2", "3", "7", "1/2", "1/3", "3/4")]
    return [
        {
            name: (shape[0], *(max(int(size * times) + plus, 1) for size in shape[1:]))
            for name, shape in network.inputs.items()
        }
        for times, plus in moves
    ]


def root_name(network: Network, root: tuple[str, int]) -> str:
    """What formulas call an axis of an input: its letter, after the input's name where there are several.

    >>> import cnncalc
    >>> root_name(cnncalc.load("lenet"), ("input", 1))
    'H'
    """
    letter = LETTERS[len(network.inputs[root[0]]) - 1][root[1]]
    return letter if len(network.inputs) == 1 else f"{root[0]}.{letter}"
