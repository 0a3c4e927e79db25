"""The input sizes at which no window leaves pixels over, as a congruence."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from cnncalc.geometry.window import Window
from cnncalc.solve.building import SpentError
from cnncalc.solve.closed_forms import root_name
from cnncalc.solve.limits import CONFIRMATIONS, FIRST_RESIDUES, OFFSETS, TURNS
from cnncalc.solve.residues import Condition, as_condition, common_residues
from cnncalc.solve.results import Congruence

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.solve.building import Root
    from cnncalc.solve.domain import Domain
    from cnncalc.symbolic.floor_forms import FloorForm


def nothing_dropped(domain: Domain) -> tuple[Congruence, ...]:
    """For each spatial axis of each input, where no pixel is dropped, and where nothing at all is left over.

    >>> import cnncalc
    >>> from cnncalc.solve.domain import Domain
    >>> nothing_dropped(Domain(cnncalc.load("alexnet")))[0].sizes(6)
    [67, 99, 131, 163, 195, 227]
    """
    least = {root: domain.least(root) for root in domain.roots}
    domain.builder.begin()
    found: list[Congruence] = []
    conditions = [(dropped, _Conditions(domain, dropped=dropped)) for dropped in (True, False)]
    first_input = next(iter(domain.network.inputs))
    for root in domain.roots:
        if root[0] == first_input:  # its axes, three at most, are a question each; those of others share what is left
            domain.builder.begin()
        symbol = root_name(domain.network, root)
        for dropped, known in conditions:
            try:
                modulus, residues = _built(domain, root, *known.residues(root), dropped=dropped)
            except SpentError:
                modulus, residues = 0, ()
            found.append(Congruence(symbol, dropped, modulus, residues, least[root]))
    return tuple(found)


def _confirmed(domain: Domain, root: Root, modulus: int, residues: tuple[int, ...], *, dropped: bool) -> bool:
    """Whether the windows of the network, built at some sizes, are as the residues say; options may be others there."""
    built = 0
    for size in (domain.least(root) + more for more in OFFSETS):
        network = domain.at(root, size)
        if network is not None and exact(network, root, dropped=dropped) != (size % modulus in residues):
            return False
        built += network is not None
    return built >= CONFIRMATIONS


def exact(network: Graph, root: Root, *, dropped: bool) -> bool:
    """Whether no window of a network drops a pixel along an axis, or leaves anything over, at its own input."""
    for node in network.nodes:
        windows = node.layer.windows(node.input_shapes[0]) or ()
        for axis, (window, size) in enumerate(zip(windows, node.input_shapes[0][1:], strict=False), 1):
            if isinstance(window, Window) and axis == root[1]:
                left = window.dropped(size) if dropped else window.left_over(size)
                if left > 0:
                    return False
    return True


def _built(
    domain: Domain, root: Root, modulus: int, residues: tuple[int, ...], *, dropped: bool
) -> tuple[int, tuple[int, ...]]:
    """The residues at which the network can be built; none are known if it can be only at some of their sizes."""
    least = domain.least(root)
    if not modulus or (domain.unsure and not _confirmed(domain, root, modulus, residues, dropped=dropped)):
        return 0, ()
    if len(residues) > domain.patience:
        return modulus, residues
    built = tuple(r for r in residues if domain.at(root, least + (r - least) % modulus) is not None)
    if residues and not built:
        return 0, ()
    later = (least + (r - least) % modulus + turn * modulus for r in built[:FIRST_RESIDUES] for turn in TURNS)
    return (modulus, built) if all(domain.at(root, size) is not None for size in later) else (0, ())


class _Conditions:
    """What must hold at the sizes of each axis of an input: no window leaves over, and layers can be built."""

    def __init__(self, domain: Domain, *, dropped: bool) -> None:
        self.domain = domain
        self.known = domain.settled
        self.own: dict[Root | None, dict[object, Condition]] = {root: {} for root in (None, *domain.roots)}
        for node in domain.network.nodes:
            windows = node.layer.windows(node.input_shapes[0]) or ()
            for window, form in zip(windows, domain.forms[node.inputs[0]][1:], strict=False):
                if not isinstance(window, Window) or window.kernel_size == window.stride == 1:
                    continue
                if form is None:
                    self.known = False
                    return
                self.own[form.root].setdefault((form, window), _window_condition(form, window, dropped=dropped))
        for found in domain.constraints:
            self.own[found.forms[0].root].setdefault(found, as_condition(found))
        self._residues: dict[Root, tuple[int, tuple[int, ...]]] = {}

    def residues(self, root: Root) -> tuple[int, tuple[int, ...]]:
        """The modulus and residues of an axis, those of the axes of other inputs that it meets considered.

        A modulus of 0 is not known: the size that some window slides over has no form, or they are no congruence.
        """
        if not self.known:
            return 0, ()
        conditions = self._conditions(root)
        for forms in self.domain.meetings:
            mine = next((form for form in forms if form.root == root), None)
            self.domain.builder.spend(len(forms) // 4)
            for theirs in forms if mine is not None else ():
                if theirs.root != root and mine is not None:
                    met = self._met_by(mine, theirs)
                    if met is None:
                        return 0, ()
                    conditions.append(met)
        return common_residues(conditions, self.domain.least(root), self.domain.builder)

    def _conditions(self, root: Root) -> list[Condition]:
        return [*self.own[None].values(), *self.own[root].values()]

    def _own_residues(self, root: Root) -> tuple[int, tuple[int, ...]]:
        if root not in self._residues:
            self._residues[root] = common_residues(self._conditions(root), self.domain.least(root), self.domain.builder)
        return self._residues[root]

    def _met_by(self, mine: FloorForm, theirs: FloorForm) -> Condition | None:
        """That another input has a size, among those that meet this one, at which its own conditions hold."""
        assert mine.root is not None
        assert theirs.root is not None
        domain, root, other = self.domain, mine.root, theirs.root
        modulus, residues = self._own_residues(other)
        if not modulus:
            return None
        (period, growth), (their_period, their_growth) = mine.period, theirs.period
        rounds = modulus * their_growth // gcd(modulus * their_growth, growth * their_period)

        def holds(size: int) -> bool:
            first, last = domain.meeting(root, size).get(other, (1, 0))
            return any(met % modulus in residues for met in range(first, min(last, first + modulus - 1) + 1))

        return Condition(period * rounds, holds)


def _window_condition(form: FloorForm, window: Window, *, dropped: bool) -> Condition:
    def holds(size: int) -> bool:
        size = form.at(size)
        return window.dropped(size) == 0 if dropped else window.left_over(size) <= 0

    if form.root is None:
        return Condition(1, holds)
    period, growth = form.period
    return Condition(period * (window.stride // gcd(window.stride, growth)), holds)
