"""Holding the totals of a network against what its spec expects and against budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.errors import CnncalcError
    from cnncalc.shapes import Shape
    from cnncalc.spec.variant import Choice
    from cnncalc.summary.results import Report

BAD_SPEC: Final = "bad-spec"
UNEXPECTED: Final = "unexpected"
OVER_BUDGET: Final = "over-budget"


class Figure(NamedTuple):
    """A total that was held: what it is, and what it should equal or be at most."""

    name: str
    found: int
    expected: int | None
    most: int | None

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return self.found == self.expected if self.most is None else self.found <= self.most


class Fault(NamedTuple):
    """What is wrong, its stable code, and where: the file and, where known, line and column from 1 and the layer."""

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    layer: str | None = None


class Checked(NamedTuple):
    """One network, the figures that were held, and what is wrong. `spec` is how the caller addressed it.

    Of a spec that cannot be read or built there are no figures, and `name` is its address.
    """

    spec: str
    name: str
    variant: str | None
    settings: dict[str, Any]
    input_shape: Shape | None
    figures: tuple[Figure, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def is_bad(self) -> bool:
        """Whether there is no network to check."""
        return any(fault.code == BAD_SPEC for fault in self.faults)


def checked(
    spec: str, choice: Choice, report: Report, expect: Mapping[str, int], budgets: Mapping[str, int]
) -> Checked:
    """The totals of a report held against `expect` (equal) and `budgets` (at most)."""
    totals = report.totals._asdict()
    figures = (
        *(Figure(name, totals[name], count, None) for name, count in expect.items()),
        *(Figure(name, totals[name], None, most) for name, most in budgets.items()),
    )
    shape = next(iter(report.inputs.values()))
    faults = tuple(_faults(choice, figures))
    return Checked(spec, report.name, report.variant, report.settings, shape, figures, faults, report.notes)


def unchecked(spec: str, error: CnncalcError) -> Checked:
    """A spec that cannot be read or built, and why."""
    place = error.place
    where = (None, None, None) if place is None else (place.file, place.line, place.column)
    notes = tuple(text for text, place in error.notes if place is None)
    return Checked(spec, spec, None, {}, None, (), (Fault(BAD_SPEC, error.message, *where),), notes)


def _faults(choice: Choice, figures: tuple[Figure, ...]) -> Iterator[Fault]:
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
