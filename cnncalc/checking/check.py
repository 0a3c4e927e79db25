"""Checks specs: builds the network of each, and compares its totals with what the spec expects and with budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc import arguments
from cnncalc.checking.figures import Holder
from cnncalc.checking.results import OVER_BUDGET, UNEXPECTED, Checked, CheckReport, Fault
from cnncalc.checking.verdict import verdict
from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.layers import LAYERS
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.expectations import Statement, Statements
from cnncalc.spec.given_inputs import build_at
from cnncalc.spec.mistakes import Mistakes
from cnncalc.spec.prefixed_counts import count_at_most
from cnncalc.spec.sources import spec_and_variant
from cnncalc.spec.variant import ChosenVariant
from cnncalc.summary.results import Totals
from cnncalc.summary.totals import TotalsCounter
from cnncalc.watching import unwatched, watched

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from cnncalc.checking.results import Figure
    from cnncalc.dtypes import DType
    from cnncalc.errors import Place
    from cnncalc.graph.graph import Graph
    from cnncalc.layers.base import Layer
    from cnncalc.models.stored_arrays import Store
    from cnncalc.spec.document import Spec
    from cnncalc.text_nodes import Scalar, Source
    from cnncalc.watching import Watch

    Held = tuple[Statement, Figure]

EXPECT_NOT_CHECKED: Final = "`expect` is not held: it is of the spec's own input and parameters, and others are given"


class _Case(NamedTuple):
    """A network to check, or the error of a file that cannot be read; `argument` is the argument that it comes from."""

    argument: str
    label: str
    spec: Spec | None
    variant: str | None = None
    error: CnncalcError | None = None


def check(
    *sources: str | os.PathLike[str],
    input: Any = None,  # noqa: A002 - the words that `load` uses
    variant: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002
    budgets: Mapping[str, int | str] | None = None,
    dtype: DType = "float32",
    layers: Mapping[str, type[Layer]] | None = None,
    watch: Watch = unwatched,
) -> CheckReport:
    """Check every network of the sources: of a file with variants all, unless one is named.

    Sources, `input`, `variant`, `set` and `layers` are as in `load`. `expect` is checked at the spec's own input and
    parameters only, so not with `input` or `set`. `budgets` are the most that totals may be, by name: 5000000 or "5M";
    bytes are those of values of `dtype`, where the spec's own `budget` has no other. `watch` is called after each
    network. What is wrong with a spec is not raised, but in the report.

    >>> import cnncalc
    >>> [lenet] = cnncalc.check("lenet", budgets={"parameters": 60_000}).networks
    >>> [fault.message for fault in lenet.faults]
    ['parameters is 61,706, 1,706 more than the 60,000 budgeted']
    """
    if not sources:
        raise CnncalcError("there is nothing to check", hint=f"give one source or more, each {arguments.SOURCE}")
    given, settings = arguments.budgets(budgets), arguments.settings(set)
    limits = Statements(tuple(Statement(name, count, given[name]) for name, count in budget_counts(given).items()))
    dtype = arguments.dtype_name(dtype, list(DTYPE_BYTES))
    names, variant = [arguments.source(source, "sources") for source in sources], arguments.variant_name(variant)
    types = arguments.layer_registry(layers) or LAYERS
    cases = [case for name in names for case in _cases(name, variant, types)]
    checker = _Checker(input, settings, limits, dtype, types, several=len(sources) > 1)
    for case in watched(cases, watch, lambda case: case.label):
        checker.check(case)
    return checker.report()


def budget_counts(budgets: Mapping[str, Any]) -> dict[str, int]:
    """The count of each budget; raises `CnncalcError` for an unknown total, and for what is no count."""
    counts: dict[str, int] = {}
    for name, value in budgets.items():
        if name not in Totals._fields:
            raise CnncalcError(f"there is no total `{name}`", hint=did_you_mean(name, Totals._fields, "totals"))
        try:
            counts[name] = count_at_most(value)
        except ValueError as error:
            raise CnncalcError(f"the budget of `{name}`, {arguments.as_given(value)}, {error}") from None
    return counts


def _cases(argument: str, variant: str | None, types: Mapping[str, type[Layer]]) -> Iterator[_Case]:
    """The networks of an argument: one for each variant of a file, unless one is named."""
    label = "<text>" if "\n" in argument else argument
    try:
        spec, named = spec_and_variant(argument, variant, types)
    except CnncalcError as error:
        yield _Case(label, label, None, error=error)
        return
    for each in spec.variants or (None,) if named is None else (named,):
        known = each is None or argument.rpartition(":")[2] == each
        yield _Case(label, label if known else f"{label}:{each}", spec, each)


class _Checker:
    """Checks one network after the other, and keeps what is to be said."""

    def __init__(
        self,
        override: Any,
        settings: dict[str, Any],
        budgets: Statements,
        dtype: str,
        layers: Mapping[str, type[Layer]],
        *,
        several: bool,
    ) -> None:
        self.override = override
        self.settings = settings
        self.budgets = budgets
        self.dtype = dtype
        self.layers = layers
        self.several = several
        self.results: list[Checked] = []
        self.notes: list[str] = []
        self.errors: list[str] = []

    def check(self, case: _Case) -> None:
        """Check one network; what is wrong with its spec is kept and not raised."""
        try:
            self.results.append(self._checked(case))
        except CnncalcError as error:
            self.errors.append(str(error))
            self.results.append(_unchecked(case.label, error))

    def _checked(self, case: _Case) -> Checked:
        """The result of one network; raises `CnncalcError` where it cannot be read or built."""
        if case.spec is None:
            assert case.error is not None
            raise case.error
        choice = ChosenVariant(case.spec, case.variant, self.settings)
        changed = self.override is not None or bool(self.settings)
        network = build_at(Blueprint(choice, self.layers), self.override)
        if changed and choice.expected.statements:
            self.notes.append(EXPECT_NOT_CHECKED)
        self.notes += (f"{case.argument}: {note}" if self.several else note for note in network.notes)
        TotalsCounter(1, self.dtype).totals(network)  # a spec is valid if all its figures are, held or not
        weights = choice.at(network.inputs).weights
        if weights is not None:
            _check_weights(network, *weights)
        held = self._held(network, choice, with_expect=not changed)
        heading = network.heading
        return Checked(
            case.label,
            network.name,
            network.variant,
            network.settings,
            next(iter(heading["inputs"].values())),
            tuple(figure for _, figure in held),
            tuple(_fault(figure, choice.spec.source, said.key) for said, figure in held if not figure.ok),
            network.notes,
        )

    def _held(self, network: Graph, choice: ChosenVariant, *, with_expect: bool) -> list[Held]:
        """Each statement about a figure, of the spec and of the caller, and the figure; raises `CnncalcError`."""
        mistakes = Mistakes()
        holder = Holder(network, choice.spec.source, mistakes)
        held = list(holder.hold(choice.expected, as_budget=False)) if with_expect else []
        for budgets in (choice.budget, self.budgets):
            held += holder.hold(budgets, as_budget=True, dtype=self.dtype)
        if mistakes:
            raise mistakes.error()
        return held

    def report(self) -> CheckReport:
        """What was found, every note and error once."""
        return CheckReport(tuple(self.results), _unique(self.notes), _unique(self.errors))


def _check_weights(network: Graph, weights: str | Store, place: Place | None) -> None:
    """Raise `CnncalcError` unless there is an array of the right shape for each of the network's, and no other."""
    from cnncalc.execution.assignment import Assignment
    from cnncalc.interchange.weight_arrays import store_of

    with store_of(weights, place, network) as store:
        Assignment(network, store).check()


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _unchecked(label: str, error: CnncalcError) -> Checked:
    """A spec that cannot be read or built, and why."""
    notes = tuple(text for part in error.parts for text, place in part.notes if place is None)
    return Checked(label, label, None, {}, None, (), tuple(map(_mistake, error.parts)), notes)


def _mistake(error: CnncalcError) -> Fault:
    """A mistake of a spec."""
    place = error.place
    path, line, column = (None, None, None) if place is None else (place.file, place.line or None, place.column or None)
    return Fault(error.code, error.message, path, line, column, error.layer, error.hint)


def _fault(figure: Figure, source: Source, key: Scalar | None) -> Fault:
    """What does not hold, at the key that says what it should be, or for a caller's budget at the file."""
    code = UNEXPECTED if figure.most is None else OVER_BUDGET
    path, line, column = (source.name, None, None) if key is None else source.place(key)[:3]
    return Fault(code, verdict(figure), path, line, column, figure.layer)
