"""Which cases of a table take long, and which are left to the thorough profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def slow_but(quick: Collection[Any], names: Iterable[Any], sample: Collection[Any] | None = None) -> list[Any]:
    """Cases of one value each, those slow that are not among the quick.

    Of a sweep over all there is, `sample` are those that every run of the whole suite takes;
    the others are thorough.
    """
    names = list(names)
    assert set(quick) <= set(names)
    assert set(sample or ()) <= set(names)
    return [
        pytest.param(
            name,
            marks=() if name in quick else pytest.mark.slow if sample is None or name in sample else THOROUGH,
            id=str(name),
        )
        for name in names
    ]


THOROUGH = (pytest.mark.slow, pytest.mark.thorough)
"""The marks of a case that only `--hypothesis-profile thorough` runs."""


def slow_after(count: int, cases: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Cases as they are, those slow that come after so many."""
    return [pytest.param(*case, marks=[pytest.mark.slow] if i >= count else []) for i, case in enumerate(cases)]
