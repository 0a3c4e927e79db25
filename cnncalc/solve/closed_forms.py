"""Closed forms: the size of every axis as one formula in the network's input size.

They are read off the expression trees of the layers' traced output shapes, and hold for the input sizes at which the
network can be built: where every window has at least one position, and merged maps have equal sizes.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.shapes import LETTERS
from cnncalc.solve import probes
from cnncalc.solve.building import BudgetSpentError, Builder
from cnncalc.solve.limits import CONFIRMATIONS
from cnncalc.symbolic.floor_forms import Constraint, FloorForm, FloorStep, constant
from cnncalc.symbolic.traced import Traced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape
    from cnncalc.solve.building import Variable


class ClosedForms(NamedTuple):
    """The form of every axis of every tensor, by the tensor's number, None where there is none; and their conditions.

    `constraints` are conditions on one axis of one input; `equalities` are forms in the sizes of several inputs that
    must be equal, such as those of two inputs that are added. Unless `confirmed`, options and even layers may be others
    at other sizes, and the forms may fail there.
    """

    forms: list[tuple[FloorForm | None, ...]]
    constraints: list[Constraint]
    equalities: list[tuple[FloorForm, ...]]
    confirmed: bool


def closed_forms(network: Graph, builder: Builder | None = None) -> ClosedForms:
    """The closed forms of a network; an axis that mixes several, as after flattening, has none.

    `builder` builds the network at other sizes and keeps what it has built; pass one to share it with later questions.

    >>> import cnncalc
    >>> closed_forms(cnncalc.load("alexnet")).forms[1][1].steps
    (FloorStep(times=1, plus=-7, over=4),)
    """
    builder = builder or Builder(network)
    constraints: dict[Constraint, None] = {}
    equalities: dict[tuple[FloorForm, ...], None] = {}
    found: list[tuple[FloorForm | None, ...]] = [
        (constant(shape[0]), *(FloorForm((name, axis)) for axis in range(1, len(shape))))
        for name, shape in network.inputs.items()
    ]
    for node, shape in zip(network.nodes, builder.traced_shapes, strict=True):
        reader = _FormReader([found[tensor] for tensor in node.inputs], network)
        found.append((None,) * len(shape) if node.layer.is_opaque else tuple(map(reader.read, shape)))
        constraints.update(dict.fromkeys(reader.constraints))
        equalities.update(dict.fromkeys(reader.equalities))
    confirmation = _Confirmation(network, found, builder)
    confirmation.confirm()
    return ClosedForms(confirmation.forms, list(constraints), list(equalities), confirmation.confirmed)


class _FormReader:
    """Reads the forms of a layer's sizes off their trees; `input_forms` are the forms of the layer's inputs."""

    def __init__(self, input_forms: Sequence[tuple[FloorForm | None, ...]], network: Graph) -> None:
        self.input_forms = input_forms
        self.network = network
        self.follows_sizes = follows_sizes(network)
        self.constraints: list[Constraint] = []
        self.equalities: list[tuple[FloorForm, ...]] = []

    def read(self, size: int) -> FloorForm | None:
        """The form of a size; None where it has none."""
        if not isinstance(size, Traced) or not size.operator:
            origin = getattr(size, "input_size", None)
            return constant(int(size)) if origin is None else self.input_forms[origin[0]][origin[1]]
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
        varying = list(dict.fromkeys(form for form in known if form.constant is None))
        constants_are_certain = not self.follows_sizes or not varying
        constants = [form for form in known if form.constant == size and constants_are_certain]
        matching = [form for form in varying if self._own_size(form) == size]
        by_variable: dict[object, list[FloorForm]] = {}
        for form in matching:
            by_variable.setdefault(form.variable, []).append(form)
        for forms in by_variable.values():
            equal = (*forms, *constants[: size > 1])
            if len(equal) > 1:
                self.constraints.append(Constraint(equal))
        self.constraints += [Constraint((form, constant(1))) for form in varying if form not in matching]
        if len(by_variable) > 1:
            self.equalities.append(tuple(matching))
        if constants and (size > 1 or not matching):
            return constants[0]
        return min(matching, key=lambda form: len(form.steps)) if matching else None

    def _own_size(self, form: FloorForm) -> int:
        """The size that a form gives for the network's own input."""
        assert form.variable is not None
        return form.at(self.network.inputs[form.variable[0]][form.variable[1]])


def _scaled(form: FloorForm | None, factor: float) -> FloorForm | None:
    """A form times a factor, rounded down; None for a factor that is not a short binary fraction.

    The layer rounds in floating point, which is exact for those only: 1.5 has a form, 1.1 has none.
    """
    numerator, denominator = factor.as_integer_ratio()
    # A float holds 53 bits, a size 31: with at most 22 bits in the factor their product is not rounded.
    if form is None or numerator.bit_length() > 22:
        return None
    return form.then(FloorStep(numerator, 0, denominator))


def _total(known: list[FloorForm]) -> FloorForm | None:
    """The form of a sum; None where parts follow the input by different forms."""
    constants = sum(form.constant for form in known if form.constant is not None)
    varying = [form for form in known if form.constant is None]
    return varying[0].then(FloorStep(len(varying), constants, 1)) if len(set(varying)) == 1 else None


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
        self.follows_sizes = follows_sizes(network) and bool(builder.variables)
        self.confirmed = True
        """Whether the layers are the same at all sizes that were built, and all forms were confirmed."""
        self.confirmations = [0] * len(found)
        """At how many sizes, all other than the network's own, the forms of each tensor were compared."""

    def confirm(self) -> None:
        """Replace the forms by None that fail at another size, or that too few sizes confirm."""
        channels = [axes[0] for axes in self.forms if len(axes) > 1]
        if all(form is not None and form.constant is not None for form in channels) and not self.follows_sizes:
            return
        self.builder.begin_probing()
        with suppress(BudgetSpentError):
            for sizes in self._sizes():
                other = self.builder.probe(sizes)
                if other is not None:
                    self._compare(other, sizes)
        if self.follows_sizes:
            pairs = zip(self.forms, self.confirmations, strict=True)
            self.forms = [axes if count >= CONFIRMATIONS else (None,) * len(axes) for axes, count in pairs]
            self.confirmed = self.confirmed and min(self.confirmations) >= CONFIRMATIONS

    def _sizes(self) -> Iterator[Mapping[Variable, int]]:
        """The input sizes at which the forms are compared with the network, other than its own."""
        own = probes.own_sizes(self.network)
        forms = list(dict.fromkeys(form for axes in self.forms for form in axes if form is not None))
        thresholds = probes.threshold_probes(self.network, forms) if self.follows_sizes else ()
        return (sizes for sizes in chain(probes.common_probes(self.network, forms), thresholds) if sizes != own)

    def _compare(self, other: Graph, sizes: Mapping[Variable, int]) -> None:
        """Compare the forms with the shapes of a network built at other sizes, for the tensors that both have."""
        names = [tensor.name for tensor in self.network.tensors]
        shapes: Sequence[Shape | None] = [tensor.shape for tensor in other.tensors]
        if [tensor.name for tensor in other.tensors] != names:
            self.confirmed = False
            shapes = list(map({tensor.name: tensor.shape for tensor in other.tensors}.get, names))
        all_changed = all(sizes[variable] != size for variable, size in probes.own_sizes(self.network).items())
        for number, (axes, shape) in enumerate(zip(self.forms, shapes, strict=True)):
            if shape is not None:
                self.forms[number] = _forms_that_hold(axes, shape, sizes)
                self.confirmations[number] += all_changed


def _forms_that_hold(
    axes: tuple[FloorForm | None, ...], shape: Shape, sizes: Mapping[Variable, int]
) -> tuple[FloorForm | None, ...]:
    """The forms that give the sizes of a shape, None in place of the others."""
    if len(axes) != len(shape):
        return (None,) * len(axes)
    return tuple(form if _holds(form, size, sizes) else None for form, size in zip(axes, shape, strict=True))


def _holds(form: FloorForm | None, size: int, sizes: Mapping[Variable, int]) -> bool:
    """Whether a form gives this size at these sizes of the inputs; False where there is none."""
    if form is None:
        return False
    return size == (form.steps[0].plus if form.variable is None else form.at(sizes[form.variable]))


def variable_symbol(network: Graph, variable: tuple[str, int]) -> str:
    """The symbol of an input's axis in formulas: its letter, after the input's name where there are several.

    >>> import cnncalc
    >>> variable_symbol(cnncalc.load("lenet"), ("input", 1))
    'H'
    """
    letter = LETTERS[len(network.inputs[variable[0]]) - 1][variable[1]]
    return letter if len(network.inputs) == 1 else f"{variable[0]}.{letter}"
