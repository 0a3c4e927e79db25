"""Which cases of a table take long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


def slow_but(quick: Collection[Any], names: Iterable[Any]) -> list[Any]:
    """Cases of one value each, those slow that are not among the quick."""
    names = list(names)
    assert set(quick) <= set(names)
    return [pytest.param(name, marks=[] if name in quick else [pytest.mark.slow], id=str(name)) for name in names]


def slow_after(count: int, cases: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Cases as they are, those slow that come after so many."""
    return [pytest.param(*case, marks=[pytest.mark.slow] if i >= count else []) for i, case in enumerate(cases)]
