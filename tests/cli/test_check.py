"""`cnncalc check`: it holds what is right, and fails what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = "input: 10\nlayers:\n  - linear: {out_features: 4}\n"


def test_what_is_expected_holds(run: Callable[..., Any]) -> None:
    outcome = run("check", "lenet", "resnet18")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == "✓ lenet  2 figures hold\n✓ resnet18  3 figures hold\n"


def test_a_file_is_checked_with_every_variant(run: Callable[..., Any]) -> None:
    lines = run("check", "squeezenet").out.splitlines()
    assert [line.split()[1] for line in lines] == ["squeezenet:squeezenet1_0", "squeezenet:squeezenet1_1"]


def test_what_does_not_hold_fails(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(f"{SPEC}expect: {{parameters: 45, macs: 40}}\n")
    outcome = run("check", "net.yaml", "lenet")
    assert outcome.status == 1
    assert outcome.out == "✗ net.yaml\n    parameters is 44, and 45 is expected\n✓ lenet  2 figures hold\n"


@pytest.mark.parametrize(
    ("budget", "status"),
    [("61705", 1), ("61706", 0), ("61.7k", 1), ("0.07M", 0), ("1G", 0), ("61.706k", 0), ("0", 1)],
)
def test_budgets(budget: str, status: int, run: Callable[..., Any]) -> None:
    outcome = run("check", "--max-parameters", budget)
    assert outcome.status == status
    assert ("parameters is 61,706, more than" in outcome.out) is (status == 1)


def test_at_another_size_only_budgets_are_held(run: Callable[..., Any]) -> None:
    outcome = run("check", "lenet", "--input", "1x32x32", "--max-macs", "1M")
    assert (outcome.status, outcome.out) == (0, "✓ lenet  1 figure holds\n")


def test_json(run: Callable[..., Any]) -> None:
    found = json.loads(run("check", "lenet", "--max-flops", "1", "--json").out)
    assert found == {
        "ok": False,
        "checks": [{"spec": "lenet", "ok": False, "faults": ["flops is 852,420, more than 1"]}],
    }


WRONG = [
    ("expect: {parametres: 44}", "net.yaml:4:10: `expect` knows no `parametres`", "did you mean `parameters`?"),
    ("expect: [44]", "net.yaml:4:9: `expect` must be a mapping, not [44]", None),
]


@pytest.mark.parametrize(("line", "message", "hint"), WRONG)
def test_wrong_expectations(line: str, message: str, hint: str | None, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(f"{SPEC}{line}\n")
    outcome = run("check", "net.yaml")
    assert outcome.status == 2
    assert message in outcome.err
    assert hint is None or f"hint: {hint}" in outcome.err


@pytest.mark.parametrize("count", ["5Q", "-1", "1e6", "M", "", "5.5.5M"])
def test_counts_that_are_none(count: str, run: Callable[..., Any]) -> None:
    outcome = run("check", "--max-macs", count)
    assert outcome.status == 2
    assert "is not a count such as 5000000, 5M or 1.5G" in outcome.err
