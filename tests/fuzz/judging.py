"""A case executed and judged, in this process."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.fuzz import agreement, costs, limits, verdicts
from tests.fuzz.cases import AGREEMENT, Case
from tests.fuzz.trial import Outcome, execute, prepared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fuzz.verdicts import Fault

HARD_LIMIT: Final = 10.0
"""Seconds after which a command line is stopped on a normal machine."""


class Verdict(NamedTuple):
    """What is wrong with a case, and whether its spec and command line were accepted."""

    faults: tuple[Fault, ...] = ()
    accepted: bool = False


def judge(case: Case) -> Verdict:
    """All that is wrong with a case; its files are written to the current folder, which has to be empty."""
    outcomes: list[Outcome] = []

    def run(arguments: Sequence[str]) -> Outcome:
        outcomes.append(execute(arguments, case.columns))
        return outcomes[-1]

    with prepared(case):
        found: list[Fault] = []
        if case.command == AGREEMENT:
            found += agreement.faults(run, Random(case.name))
        else:
            run(case.arguments)
        tried = tuple(outcomes)
        for outcome in tried:
            found += verdicts.faults(outcome)
            if limits.are_set():
                found += costs.faults(outcome, case, run, HARD_LIMIT * limits.slack())
    distinct = {fault.signature: fault for fault in found}
    return Verdict(tuple(distinct.values()), tried[0].status in {verdicts.DONE, verdicts.FAILED})
