"""`cnncalc memory`: what a person and a program are told, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Golden = Callable[[str, str], None]


@pytest.mark.parametrize("columns", ["80", "40"])
def test_golden(columns: str, run: Callable[..., Any], golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    outcome = run("memory", "resnet18", "--batch", "2")
    assert (outcome.status, outcome.err) == (0, "")
    golden(f"memory_resnet18_{columns}.txt", outcome.out)


def test_the_chosen_plan_and_the_alignment(run: Callable[..., Any]) -> None:
    by_size = json.loads(run("memory", "unet", "--by", "size", "--align", "1", "--json").out)
    best = json.loads(run("memory", "unet", "--align", "1", "--json").out)
    assert (by_size["plan"], list(by_size["plans"]), by_size["align"]) == ("size", ["size"], 1)
    assert best["plans"]["size"] == by_size["arena_bytes"] > best["arena_bytes"] == best["plans"]["breadth"]
    assert best["arena_bytes"] == best["bound_bytes"] == max(step["alive_bytes"] for step in best["steps"])
    assert max(tensor["offset"] + tensor["aligned_bytes"] for tensor in best["tensors"]) == best["arena_bytes"]


@pytest.mark.parametrize(
    ("most", "status", "told"),
    [
        ("23520", 0, ""),
        ("23.52k", 0, ""),
        ("23519", 1, "the arena takes 23,520 bytes, 1 more than --max 23,519\n"),
        ("22KiB", 1, "the arena takes 23,520 bytes, 992 more than --max 22 KiB\n"),
    ],
)
def test_more_than_may_be_is_a_failed_check(most: str, status: int, told: str, run: Callable[..., Any]) -> None:
    outcome = run("memory", "lenet", "--max", most)
    assert (outcome.status, outcome.err) == (status, told)
    assert "arena, bytes" in outcome.out


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [("--max", "-1", "count"), ("--max", "much", "count"), ("--align", "0", "--align"), ("--by", "fast", "--by")],
)
def test_what_is_refused(option: str, value: str, word: str, run: Callable[..., Any]) -> None:
    outcome = run("memory", "lenet", option, value)
    assert (outcome.status, outcome.out) == (2, "")
    assert word in outcome.err
