"""Checks specs: builds the network of each, and compares its totals with what the spec expects and with budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc import arguments
from cnncalc.checking.results import BAD_SPEC, OVER_BUDGET, UNEXPECTED, Checked, CheckReport, Fault, Figure
from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.layers import LAYERS
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.given_inputs import build_at
from cnncalc.spec.prefixed_counts import count_at_most
from cnncalc.spec.sources import spec_and_variant
from cnncalc.spec.variant import ChosenVariant
from cnncalc.summary.analysis import analyse
from cnncalc.summary.results import Totals
from cnncalc.watching import unwatched, watched

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from cnncalc.layers.base import Layer
    from cnncalc.spec.document import Spec
    from cnncalc.summary.results import Report
    from cnncalc.watching import Watch

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
    layers: Mapping[str, type[Layer]] | None = None,
    watch: Watch = unwatched,
) -> CheckReport:
    """Check every network of the sources: of a file with variants all, unless one is named.

    Sources, `input`, `variant`, `set` and `layers` are as in `load`. `expect` is checked at the spec's own input and
    parameters only, so not with `input` or `set`. `budgets` are the most that totals may be, by name: 5000000 or "5M".
    `watch` is called after each network. What is wrong with a spec is not raised, but in the report.

    >>> import cnncalc
    >>> [lenet] = cnncalc.check("lenet", budgets={"parameters": 60_000}).networks
    >>> [fault.message for fault in lenet.faults]
    ['parameters is 61,706, more than 60,000']
    """
    if not sources:
        raise CnncalcError("there is nothing to check", hint=f"give one source or more, each {arguments.SOURCE}")
    counts, settings = budget_counts(arguments.budgets(budgets)), arguments.settings(set)
    names, variant = [arguments.source(source, "sources") for source in sources], arguments.variant_name(variant)
    types = arguments.layer_registry(layers) or LAYERS
    cases = [case for name in names for case in _cases(name, variant, types)]
    checker = _Checker(input, settings, counts, types, several=len(sources) > 1)
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
        budgets: dict[str, int],
        layers: Mapping[str, type[Layer]],
        *,
        several: bool,
    ) -> None:
        self.override = override
        self.settings = settings
        self.budgets = budgets
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
        if changed and choice.expect:
            self.notes.append(EXPECT_NOT_CHECKED)
        network = build_at(Blueprint(choice, self.layers), self.override)
        self.notes += (f"{case.argument}: {note}" if self.several else note for note in network.notes)
        return _compared(case.label, choice, analyse(network), {} if changed else choice.expect, self.budgets)

    def report(self) -> CheckReport:
        """What was found, every note and error once."""
        return CheckReport(tuple(self.results), _unique(self.notes), _unique(self.errors))


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _compared(
    label: str, choice: ChosenVariant, report: Report, expect: Mapping[str, int], budgets: Mapping[str, int]
) -> Checked:
    """The totals of a report compared with `expect` (equal) and `budgets` (at most)."""
    totals = report.totals._asdict()
    figures = (
        *(Figure(name, totals[name], count, None) for name, count in expect.items()),
        *(Figure(name, totals[name], None, most) for name, most in budgets.items()),
    )
    shape = next(iter(report.inputs.values()))
    faults = tuple(_faults(choice, figures))
    return Checked(label, report.name, report.variant, report.settings, shape, figures, faults, report.notes)


def _unchecked(label: str, error: CnncalcError) -> Checked:
    """A spec that cannot be read or built, and why."""
    place = error.place
    where = (None, None, None) if place is None else (place.file, place.line, place.column)
    notes = tuple(text for text, place in error.notes if place is None)
    return Checked(label, label, None, {}, None, (), (Fault(BAD_SPEC, error.message, *where),), notes)


def _faults(choice: ChosenVariant, figures: tuple[Figure, ...]) -> Iterator[Fault]:
    """What does not hold, at the line of `expect` or for a budget at the file."""
    source = choice.spec.source
    for figure in figures:
        if figure.ok:
            continue
        if figure.most is not None:
            message = f"{figure.name} is {figure.found:,}, more than {figure.most:,}"
            yield Fault(OVER_BUDGET, message, source.name)
            continue
        place = source.place(choice.expectations.keys[figure.name])
        message = f"{figure.name} is {figure.found:,}, and {figure.expected:,} is expected"
        yield Fault(UNEXPECTED, message, place.file, place.line, place.column)
