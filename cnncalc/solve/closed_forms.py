"""The size of every axis as one formula in the input's size, read off the traced output shapes of the layers.

Forms hold for the sizes at which the network can be built: where every layer has at least one position and merged maps
agree.
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
    """The form of every axis of every tensor, by number, None where there is none; and what they must meet.

    `constraints` are those of the axis of one input; `meetings` are forms of several inputs that must agree. Not
    `settled`, options may be others at other sizes, and whole layers too, so that nothing holds elsewhere.
    """

    forms: list[tuple[FloorForm | None, ...]]
    constraints: list[Constraint]
    meetings: list[tuple[FloorForm, ...]]
    settled: bool


def closed(network: Graph, builder: Builder | None = None) -> Closed:
    """The forms of a network; an axis that mixes several, as after flattening, has none.

    `builder` is that of later questions, so that they need not build again what is built for this one.

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
    """Reads the forms off the traced sizes of a layer, whose inputs have the forms `arriving`."""

    def __init__(self, arriving: Sequence[tuple[FloorForm | None, ...]], network: Graph) -> None:
        self.arriving = arriving
        self.network = network
        self.unsure = follows_sizes(network)
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
            return self._agreed(int(size), known)
        return self._made(size, known) if len(known) == len(parts) else None

    def _made(self, size: Traced, known: list[FloorForm]) -> FloorForm | None:
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

    def _agreed(self, size: int, known: list[FloorForm]) -> FloorForm | None:
        """The form of an axis where inputs meet: of those that have its size the constant one, or the simplest.

        They must agree at other sizes too, and those that have 1, and are broadcast, must keep it. Where options follow
        the size of the input, a constant may be one of them.
        """
        moving = list(dict.fromkeys(form for form in known if form.constant is None))
        sure = not self.unsure or not moving
        fixed = [form for form in known if form.constant == size and sure]
        meeting = [form for form in moving if self._now(form) == size]
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

    def _now(self, form: FloorForm) -> int:
        """The size that a form has at the network's own input."""
        assert form.root is not None
        return form.at(self.network.inputs[form.root[0]][form.root[1]])


def _scaled(form: FloorForm | None, factor: float) -> FloorForm | None:
    """A form times a factor that floating point keeps exactly."""
    exact = Fraction(factor)
    if form is None or exact.numerator.bit_length() > 22:
        return None
    return form.then(FloorStep(exact.numerator, 0, exact.denominator))


def _total(known: list[FloorForm]) -> FloorForm | None:
    """A sum whose parts that follow an input all do in one way."""
    fixed = sum(form.constant for form in known if form.constant is not None)
    moving = [form for form in known if form.constant is None]
    return moving[0].then(FloorStep(len(moving), fixed, 1)) if len(set(moving)) == 1 else None


def _combined(operator: str, a: FloorForm, b: FloorForm) -> FloorForm | None:
    """A difference, product or quotient of which one part is constant."""
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
    """Whether forms may fail at other sizes though each layer's own formula is right, so that they must be confirmed.

    Options may follow the size by an expression; and of a user's own layer types it is not known that their shapes are
    computed by formulas that remember.
    """
    return network.follows_sizes or not network.blueprint.has_known_types


class _Confirmation:
    """The forms of a network's tensors, held against the network built at other sizes.

    Where something may follow the size, a form is claimed only if it was seen to hold at some sizes; elsewhere it
    stands unless it is seen to fail, which takes a channel that follows the size.
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
        """Withdraw the forms that do not hold, or are not known to."""
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
        """Hold the forms of the layers that are there too against their shapes."""
        names = self.network.tensor_names
        shapes: Sequence[Shape | None] = other.tensor_shapes
        if other.tensor_names != names:
            self.settled = False
            shapes = list(map(dict(zip(other.tensor_names, other.tensor_shapes, strict=True)).get, names))
        moved = all(sizes[root] != size for root, size in probes.own_sizes(self.network).items())
        for number, (axes, shape) in enumerate(zip(self.forms, shapes, strict=True)):
            if shape is not None:
                self.forms[number] = _holding(axes, shape, sizes)
                self.seen[number] += moved


def _holding(
    axes: tuple[FloorForm | None, ...], shape: Shape, sizes: Mapping[Root, int]
) -> tuple[FloorForm | None, ...]:
    """The forms that give the sizes of a shape."""
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
