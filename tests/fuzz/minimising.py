"""A smaller case with the same fault: lines of the spec and words of the command line left out one after another."""

from __future__ import annotations

from dataclasses import replace
from time import process_time
from typing import TYPE_CHECKING, Final, TypeVar

from tests.fuzz.command_lines import SPEC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.fuzz.cases import Case

T = TypeVar("T")

MOST_TRIALS: Final = 150
MOST_SECONDS: Final = 20.0
"""Of processor time, for all trials of a case."""


def minimised(case: Case, fails: Callable[[Case], bool]) -> Case:
    """The smallest case found within some trials that still fails."""
    trials, started = [MOST_TRIALS], process_time()

    def tried(candidate: Case) -> bool:
        trials[0] -= 1
        return trials[0] > 0 and process_time() - started < MOST_SECONDS and fails(candidate)

    def with_lines(lines: Sequence[bytes]) -> Case:
        return replace(case, files={**case.files, SPEC: b"".join(lines)})

    if case.columns and tried(replace(case, columns="")):
        case = replace(case, columns="")
    lines = shortened(case.files[SPEC].splitlines(keepends=True), lambda rest: tried(with_lines(rest)))
    case = with_lines(lines)
    kept = shortened(case.arguments[1:], lambda rest: tried(replace(case, arguments=(case.arguments[0], *rest))))
    return replace(case, arguments=(*case.arguments[:1], *kept))


def shortened(items: Iterable[T], fails: Callable[[list[T]], bool]) -> list[T]:
    """The items without which it does not fail, by leaving out halves, quarters and so on.

    Zeller and Hildebrandt 2002, "Simplifying and isolating failure-inducing input", without its complements.

    >>> shortened(["a", "b", "c", "d"], lambda rest: "b" in rest and "d" in rest)
    ['b', 'd']
    """
    items = list(items)
    size = len(items) // 2
    while size:
        start = 0
        while start < len(items):
            rest = [*items[:start], *items[start + size :]]
            if fails(rest):
                items = rest
            else:
                start += size
        size //= 2
    return items
