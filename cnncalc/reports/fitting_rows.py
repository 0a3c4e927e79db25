"""What the formats of a fitting share: a row for each budget, and what is to be said of the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.reports import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.solve.fitting_results import Fitting


def headings(found: Fitting) -> list[str]:
    """What stands above the cells: last the next value, if its totals are known."""
    known = found.next is not None and found.next.totals is not None
    first = ["total", f"at {found.value}", "budget", "used"]
    return [*first, f"at {found.next.value}"] if known and found.next else first


def cells(found: Fitting) -> list[list[str]]:
    """A row for each budget."""
    rows = []
    for name, most in found.budgets.items():
        count = getattr(found.totals, name)
        row = [name, number_text.exact(count), number_text.exact(most), f"{count / most:.1%}" if most else ""]
        if found.next is not None and found.next.totals is not None:
            row.append(number_text.exact(getattr(found.next.totals, name)))
        rows.append(row)
    return rows


def answer(found: Fitting) -> str:
    """The value, and how it was looked for."""
    steps = "" if found.step == 1 else f" in steps of {found.step}"
    largest = "the largest that fits" if found.complete else "the largest that was found to fit"
    return f"{found.parameter} = {found.value}: {largest}{steps}"


def notes(found: Fitting) -> Iterator[str]:
    """What is to be known of the value: what comes after it, and which values were tried."""
    if found.next is not None and found.next.error is not None:
        yield f"at {found.next.value}: {found.next.error}"
    if found.not_growing:
        grow = "does not grow" if len(found.not_growing) == 1 else "do not grow"
        yield f"{' and '.join(found.not_growing)} {grow} with {found.parameter}"
    if found.tried_all is not None:
        first, last = found.tried_all
        yield f"a total is smaller at some larger value: every value from {first} to {last} was built"
    if not found.complete:
        yield "larger values were left out: to build them would take long"
    elif found.next is None:
        yield "no larger value was tried: a parameter is at most that large here"
    yield f"{found.built:,} network{'s' * (found.built > 1)} built"
