"""The steps of an evaluation: operations, and the items of the lists and texts that they read or make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.spec.operators import ExpressionError, bounded, check_size

if TYPE_CHECKING:
    from cnncalc.spec.namespace import Namespace

MOST_STEPS: Final = 100_000
"""The most steps of one evaluation."""


def step(names: Namespace, count: int = 1) -> None:
    """Count steps of an evaluation; raises `ExpressionError` where they are too many."""
    names.steps += count
    if names.steps > MOST_STEPS:
        raise ExpressionError(f"it takes more than {MOST_STEPS:,} steps")


def count_items(names: Namespace, *values: Any) -> None:
    """Count the items of lists and texts that an operation is about to read."""
    for value in values:
        if isinstance(value, (list, str, dict)):
            step(names, check_size(value, MOST_STEPS))


def count_result(names: Namespace, value: Any) -> Any:
    """The result of an operation, if it is not too large; its items count as steps."""
    if isinstance(value, (list, str)):
        step(names, check_size(value))
        return value
    return bounded(value)
