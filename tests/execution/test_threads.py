"""The number of threads, and that BLAS is given back as it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from cnncalc.execution import threads

if TYPE_CHECKING:
    from pathlib import Path


def blas() -> set[int]:
    assert np.__name__
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_blas_is_given_back_as_it_was() -> None:
    before = blas()
    with threads.blas_threads(1):
        assert blas() <= {1}
    assert blas() == before


def test_blas_is_given_back_by_the_last_of_several_whatever_their_order() -> None:
    """As two threads do of which one begins before the other ends."""
    before = blas()
    first, second = threads.blas_threads(1), threads.blas_threads(2)
    first.__enter__()
    second.__enter__()
    assert blas() == {2}
    first.__exit__(None, None, None)
    assert blas() == {2}
    second.__exit__(None, None, None)
    assert blas() == before


@pytest.mark.parametrize(
    ("quota", "wanted"),
    [
        ("max 100000", 8),
        ("200000 100000", 2),
        ("150000 100000", 2),
        ("10000 100000", 1),
        ("1600000 100000", 8),
        ("", 8),
    ],
)
def test_a_process_uses_what_it_may(quota: str, wanted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(threads, "QUOTA", str(tmp_path / "cpu.max"))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert threads.processors() == wanted


def test_without_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "QUOTA", "no such file")
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert threads.processors() == 1
