"""The input sizes at which no window leaves pixels over, as congruences: those that are 3 by modulus 32."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from cnncalc.geometry.window import Window
from cnncalc.solve.building import BudgetSpentError
from cnncalc.solve.closed_forms import variable_symbol
from cnncalc.solve.limits import CONFIRMATIONS, FIRST_RESIDUES, MULTIPLES, OFFSETS
from cnncalc.solve.residues import Condition, as_condition, common_residues
from cnncalc.solve.results import CONGRUENCE_KINDS, Congruence

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.solve.building import Variable
    from cnncalc.solve.domain import Domain
    from cnncalc.solve.results import CongruenceKind
    from cnncalc.symbolic.floor_forms import FloorForm


def size_congruences(domain: Domain) -> tuple[Congruence, ...]:
    """The sizes of each axis of each input at which no pixel is dropped, and those at which nothing is left over.

    >>> import cnncalc
    >>> from cnncalc.solve.domain import Domain
    >>> size_congruences(Domain(cnncalc.load("alexnet")))[0].sizes(6)
    [67, 99, 131, 163, 195, 227]
    """
    least = {variable: domain.first(variable) for variable in domain.variables}
    domain.builder.begin_question()
    found: list[Congruence] = []
    conditions = {kind: _WindowConditions(domain, kind=kind) for kind in CONGRUENCE_KINDS}
    first_input = next(iter(domain.network.inputs))
    for variable in domain.variables:
        if variable[0] == first_input:
            # Its axes, three at most, are a question each; those of any number of others share what is left.
            domain.builder.begin_question()
        symbol = variable_symbol(domain.network, variable)
        for kind, known in conditions.items():
            try:
                modulus, residues = _buildable_residues(domain, variable, *known.residues(variable), kind=kind)
            except BudgetSpentError:
                modulus, residues = 0, ()
            found.append(Congruence(symbol, kind, modulus, residues, least[variable]))
    return tuple(found)


def _confirmed_by_building(
    domain: Domain, variable: Variable, modulus: int, residues: tuple[int, ...], *, kind: CongruenceKind
) -> bool:
    """Whether the residues are right at enough sizes at which the network is built.

    Where options follow the size, windows may be others there than those that the residues were computed from.
    """
    built = 0
    for size in (domain.first(variable) + more for more in OFFSETS):
        network = domain.at(variable, size)
        if network is not None and divides_exactly(network, variable, kind=kind) != (size % modulus in residues):
            return False
        built += network is not None
    return built >= CONFIRMATIONS


def divides_exactly(network: Graph, variable: Variable, *, kind: CongruenceKind) -> bool:
    """Whether no window of a network, at its own input size, drops a pixel along an axis, or leaves anything over."""
    for node in network.nodes:
        sizes = node.output_shape if not node.input_shapes else node.input_shapes[0]
        for axis, (window, size) in enumerate(zip(node.windows or (), sizes[1:], strict=False), 1):
            if axis == variable[1] and isinstance(window, Window) and _remainder(window, size, kind) > 0:
                return False
    return True


def _remainder(window: Window, size: int, kind: CongruenceKind) -> int:
    """The pixels of an axis of that size behind the last window: those of the input alone, or all with the padding."""
    return window.dropped(size) if kind == "no_pixel_dropped" else window.left_over(size)


def _buildable_residues(
    domain: Domain, variable: Variable, modulus: int, residues: tuple[int, ...], *, kind: CongruenceKind
) -> tuple[int, tuple[int, ...]]:
    """The modulus and those of the residues at which the network can be built.

    A modulus of 0 says that they are not known, as where it can be built only at some of the sizes of a residue.
    """
    least = domain.first(variable)
    if not modulus or (
        domain.follows_sizes and not _confirmed_by_building(domain, variable, modulus, residues, kind=kind)
    ):
        return 0, ()
    if len(residues) > domain.build_budget:
        return modulus, residues
    built = tuple(r for r in residues if domain.at(variable, least + (r - least) % modulus) is not None)
    if residues and not built:
        return 0, ()
    later = (least + (r - least) % modulus + turn * modulus for r in built[:FIRST_RESIDUES] for turn in MULTIPLES)
    return (modulus, built) if all(domain.at(variable, size) is not None for size in later) else (0, ())


class _WindowConditions:
    """What must hold at the size of each axis of an input: windows leave nothing behind, and layers can be built."""

    def __init__(self, domain: Domain, *, kind: CongruenceKind) -> None:
        self.domain = domain
        self.known = domain.confirmed
        self.own: dict[Variable | None, dict[object, Condition]] = {
            variable: {} for variable in (None, *domain.variables)
        }
        for node in domain.network.nodes:
            windows = node.windows
            for window, form in zip(windows, domain.forms[node.inputs[0]][1:], strict=False) if windows else ():
                if not isinstance(window, Window) or window.kernel_size == window.stride == 1:
                    continue
                if form is None:
                    self.known = False
                    return
                self.own[form.variable].setdefault((form, window), _window_condition(form, window, kind=kind))
        for found in domain.constraints:
            self.own[found.forms[0].variable].setdefault(found, as_condition(found))
        self._residues: dict[Variable, tuple[int, tuple[int, ...]]] = {}

    def residues(self, variable: Variable) -> tuple[int, tuple[int, ...]]:
        """The modulus and residues of the sizes at which all conditions of an axis hold, and can hold for other inputs.

        A modulus of 0 says that they are not known: the size that some window slides over has no form, the sizes are
        no congruence, or depend on others by more than having to be equal.
        """
        if not self.known or variable in self.domain.coupling.opaque:
            return 0, ()
        conditions = self._conditions(variable)
        for forms in self.domain.equalities:
            mine = next((form for form in forms if form.variable == variable), None)
            self.domain.builder.spend(len(forms) // 4)
            for theirs in forms if mine is not None else ():
                if theirs.variable != variable and mine is not None:
                    condition = self._compatible_condition(mine, theirs)
                    if condition is None:
                        return 0, ()
                    conditions.append(condition)
        return common_residues(conditions, self.domain.first(variable), self.domain.builder)

    def _conditions(self, variable: Variable) -> list[Condition]:
        """The conditions that hold for every input, and those of one axis."""
        return [*self.own[None].values(), *self.own[variable].values()]

    def _own_residues(self, variable: Variable) -> tuple[int, tuple[int, ...]]:
        """The modulus and residues of an axis alone, whatever other inputs need."""
        if variable not in self._residues:
            self._residues[variable] = common_residues(
                self._conditions(variable), self.domain.first(variable), self.domain.builder
            )
        return self._residues[variable]

    def _compatible_condition(self, mine: FloorForm, theirs: FloorForm) -> Condition | None:
        """That another input has a compatible size at which its own conditions hold; None where these are not known."""
        assert mine.variable is not None
        assert theirs.variable is not None
        domain, variable, other = self.domain, mine.variable, theirs.variable
        modulus, residues = self._own_residues(other)
        if not modulus:
            return None
        (period, growth), (their_period, their_growth) = mine.period, theirs.period
        rounds = modulus * their_growth // gcd(modulus * their_growth, growth * their_period)

        def holds(size: int) -> bool:
            first, last = domain.compatible_sizes(variable, size).get(other, (1, 0))
            their_sizes = range(first, min(last, first + modulus - 1) + 1)
            return any(their_size % modulus in residues for their_size in their_sizes)

        return Condition(period * rounds, holds)


def _window_condition(form: FloorForm, window: Window, *, kind: CongruenceKind) -> Condition:
    """That a window leaves nothing behind it at an input size, whose form the size that it slides over has."""

    def holds(size: int) -> bool:
        return _remainder(window, form.at(size), kind) <= 0

    if form.variable is None:
        return Condition(1, holds)
    period, growth = form.period
    return Condition(period * (window.stride // gcd(window.stride, growth)), holds)
