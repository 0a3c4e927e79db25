"""Closed forms: the size of every axis as one formula in the network's input size.

They are read off the expression trees of the layers' traced output shapes, and hold for the input sizes at which the
network can be built: where every window has at least one position, and merged maps have equal sizes.
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.graph.traced_node import traced_node
from cnncalc.shapes import LETTERS
from cnncalc.solve import probes
from cnncalc.solve.building import Builder, SpentError
from cnncalc.solve.limits import CONFIRMATIONS
from cnncalc.symbolic.floor_forms import Constraint, FloorForm, FloorStep, constant
from cnncalc.symbolic.traced import Traced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape
    from cnncalc.solve.building import Root


class Closed(NamedTuple):
    """The form of every axis of every tensor, by the tensor's number, None where there is none; and their conditions.

    `constraints` are conditions on one axis of one input; `meetings` are forms of several inputs that must be equal,
    such as those of two inputs that are added. Where it is not `settled`, options and even layers may be others at
    other sizes, so that the forms may fail there.
    """

    forms: list[tuple[FloorForm | None, ...]]
    constraints: list[Constraint]
    meetings: list[tuple[FloorForm, ...]]
    settled: bool


def closed(network: Graph, builder: Builder | None = None) -> Closed:
    """The closed forms of a network; an axis that mixes several, as after flattening, has none.

    `builder` builds the network at other sizes and keeps what it has built; pass one to share it with later questions.

    >>> import cnncalc
    >>> closed(cnncalc.load("alexnet")).forms[1][1].steps
    (FloorStep(times=1, plus=-7, over=4),)
    """
    constraints: dict[Constraint, None] = {}
    meetings: dict[tuple[FloorForm, ...], None] = {}
    found: list[tuple[FloorForm | None, ...]] = [
        (constant(shape[0]), *(FloorForm((name, axis)) for axis in range(1, len(shape))))
        for name, shape in network.inputs.items()
    ]
    traced: dict[object, Shape] = {}
    for node in network.nodes:
        reader = _Reader([found[tensor] for tensor in node.inputs], network)
        shape = traced.get(node.kind) or traced.setdefault(node.kind, traced_node(node).output_shape)
        found.append(tuple(map(reader.read, shape)))
        constraints.update(dict.fromkeys(reader.constraints))
        meetings.update(dict.fromkeys(reader.meetings))
    confirmation = _Confirmation(network, found, builder or Builder(network))
    confirmation.confirm()
    return Closed(confirmation.forms, list(constraints), list(meetings), confirmation.settled)


class _Reader:
    """Reads the forms of a layer's sizes off their trees; `arriving` are the forms of the layer's inputs."""

    def __init__(self, arriving: Sequence[tuple[FloorForm | None, ...]], network: Graph) -> None:
        self.arriving = arriving
        self.network = network
        self.options_may_follow = follows_sizes(network)
        self.constraints: list[Constraint] = []
        self.meetings: list[tuple[FloorForm, ...]] = []

    def read(self, size: int) -> FloorForm | None:
        """The form of a size; None where it has none."""
        if not isinstance(size, Traced) or not size.operator:
            root = getattr(size, "root", None)
            return constant(int(size)) if root is None else self.arriving[root[0]][root[1]]
        if size.operator == "scaled":
            return _scaled(self.read(size.parts[0]), size.parts[1])
        parts = [self.read(part) for part in size.parts]
        known = [part for part in parts if part is not None]
        if size.operator == "broadcast":
            return self._broadcast_form(int(size), known)
        return self._operator_form(size, known) if len(known) == len(parts) else None

    def _operator_form(self, size: Traced, known: list[FloorForm]) -> FloorForm | None:
        """The form of a size that an operator makes of parts with the forms `known`."""
        if all(part.constant is not None for part in known):
            return constant(int(size))
        if size.operator in ("named", "max", "min"):
            return known[0] if len(set(known)) == 1 else None
        if size.operator == "/":
            self.constraints.append(Constraint((known[0],), multiple=known[1].constant or 1))
        if size.operator == "+":
            return _total(known)
        return _combined(size.operator, *known) if len(known) == 2 else None

    def _broadcast_form(self, size: int, known: list[FloorForm]) -> FloorForm | None:
        """The form of an axis along which a layer's inputs are broadcast: a constant one, or the one with fewest steps.

        The forms that give its size now must be equal at other sizes too, and those that give 1 must stay 1. Where
        options may follow the input's size, a constant is not certain: it may be such an option.
        """
        moving = list(dict.fromkeys(form for form in known if form.constant is None))
        constants_are_certain = not self.options_may_follow or not moving
        fixed = [form for form in known if form.constant == size and constants_are_certain]
        meeting = [form for form in moving if self._own_size(form) == size]
        of_roots: dict[object, list[FloorForm]] = {}
        for form in meeting:
            of_roots.setdefault(form.root, []).append(form)
        for forms in of_roots.values():
            alike = (*forms, *fixed[: size > 1])
            if len(alike) > 1:
                self.constraints.append(Constraint(alike))
        self.constraints += [Constraint((form, constant(1))) for form in moving if form not in meeting]
        if len(of_roots) > 1:
            self.meetings.append(tuple(meeting))
        if fixed and (size > 1 or not meeting):
            return fixed[0]
        return min(meeting, key=lambda form: len(form.steps)) if meeting else None

    def _own_size(self, form: FloorForm) -> int:
        """The size that a form gives for the network's own input."""
        assert form.root is not None
        return form.at(self.network.inputs[form.root[0]][form.root[1]])


def _scaled(form: FloorForm | None, factor: float) -> FloorForm | None:
    """A form times a factor, rounded down; None for a factor that is not a short binary fraction.

    The layer rounds in floating point, which is exact for those only: 1.5 has a form, 1.1 has none.
    """
    exact = Fraction(factor)
    if form is None or exact.numerator.bit_length() > 22:
        return None
    return form.then(FloorStep(exact.numerator, 0, exact.denominator))


def _total(known: list[FloorForm]) -> FloorForm | None:
    """The form of a sum; None where parts follow the input by different forms."""
    fixed = sum(form.constant for form in known if form.constant is not None)
    moving = [form for form in known if form.constant is None]
    return moving[0].then(FloorStep(len(moving), fixed, 1)) if len(set(moving)) == 1 else None


def _combined(operator: str, a: FloorForm, b: FloorForm) -> FloorForm | None:
    """The form of a difference, product or quotient; None where not exactly one part is constant."""
    if operator == "x" and a.constant is not None:
        a, b = b, a
    number = b.constant
    if a.constant is not None or number is None:
        return None
    match operator:
        case "-":
            return a.then(FloorStep(1, -number, 1))
        case "x":
            return a.then(FloorStep(number, 0, 1)) if number > 0 else None
        case "//" | "/":
            return a.then(FloorStep(1, 0, number))
        case "ceil":
            return a.then(FloorStep(1, number - 1, number))
    return None


def follows_sizes(network: Graph) -> bool:
    """Whether forms may fail at other sizes though each layer's formula is right, so that building has to confirm them.

    Options may follow the input's size by an expression; and a user's own layer type may compute its shape in a way
    that leaves no trace.
    """
    return network.follows_sizes or not network.blueprint.has_known_types


class _Confirmation:
    """Checks the forms of a network's tensors by building the network at other sizes.

    Where options may follow the size, a form is kept only if it held at `CONFIRMATIONS` other sizes; elsewhere it is
    kept unless it fails, which takes a number of channels that follows the size.
    """

    def __init__(self, network: Graph, found: list[tuple[FloorForm | None, ...]], builder: Builder) -> None:
        self.network = network
        self.forms = found
        self.builder = builder
        self.unsure = follows_sizes(network) and bool(builder.roots)
        self.settled = True
        """Whether the layers are the same at all sizes that were built, and all forms were confirmed."""
        self.seen = [0] * len(found)

    def confirm(self) -> None:
        """Set the forms to None that failed, or that too few sizes confirmed."""
        fixed = all(axes[0] is not None and axes[0].constant is not None for axes in self.forms if len(axes) > 1)
        if fixed and not self.unsure:
            return
        self.builder.begin_probing()
        with suppress(SpentError):
            for sizes in self._sizes():
                other = self.builder.probe(sizes)
                if other is not None:
                    self._compare(other, sizes)
        if self.unsure:
            pairs = zip(self.forms, self.seen, strict=True)
            self.forms = [axes if seen >= CONFIRMATIONS else (None,) * len(axes) for axes, seen in pairs]
            self.settled = self.settled and min(self.seen) >= CONFIRMATIONS

    def _sizes(self) -> Iterator[Mapping[Root, int]]:
        own = probes.own_sizes(self.network)
        forms = list(dict.fromkeys(form for axes in self.forms for form in axes if form is not None))
        searching = probes.searching_moves(self.network, forms) if self.unsure else ()
        return (sizes for sizes in chain(probes.moves(self.network, forms), searching) if sizes != own)

    def _compare(self, other: Graph, sizes: Mapping[Root, int]) -> None:
        """Compare the forms with the shapes of a network built at other sizes, for the tensors that both have."""
        names = [tensor.name for tensor in self.network.tensors]
        shapes: Sequence[Shape | None] = [tensor.shape for tensor in other.tensors]
        if [tensor.name for tensor in other.tensors] != names:
            self.settled = False
            shapes = list(map({tensor.name: tensor.shape for tensor in other.tensors}.get, names))
        moved = all(sizes[root] != size for root, size in probes.own_sizes(self.network).items())
        for number, (axes, shape) in enumerate(zip(self.forms, shapes, strict=True)):
            if shape is not None:
                self.forms[number] = _holding(axes, shape, sizes)
                self.seen[number] += moved


def _holding(
    axes: tuple[FloorForm | None, ...], shape: Shape, sizes: Mapping[Root, int]
) -> tuple[FloorForm | None, ...]:
    """The forms that give the sizes of a shape, None in place of the others."""
    if len(axes) != len(shape):
        return (None,) * len(axes)
    return tuple(form if _holds(form, size, sizes) else None for form, size in zip(axes, shape, strict=True))


def _holds(form: FloorForm | None, size: int, sizes: Mapping[Root, int]) -> bool:
    if form is None:
        return False
    return size == (form.steps[0].plus if form.root is None else form.at(sizes[form.root]))


def root_name(network: Graph, root: tuple[str, int]) -> str:
    """What formulas call an axis of an input: its letter, after the input's name where there are several.

    >>> import cnncalc
    >>> root_name(cnncalc.load("lenet"), ("input", 1))
    'H'
    """
    letter = LETTERS[len(network.inputs[root[0]]) - 1][root[1]]
    return letter if len(network.inputs) == 1 else f"{root[0]}.{letter}"
