"""`cnncalc check`: it holds what is right, and fails what is not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cnncalc.cli import PROGRAM
from cnncalc.error_codes import CODES
from cnncalc.spec.bundled import LISTED

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
    [
        ("61705", 1),
        ("61706", 0),
        ("61.7k", 1),
        ("0.07M", 0),
        ("1G", 0),
        ("61.706k", 0),
        ("0", 1),
        ("1T", 0),
        ("60Ki", 1),
        ("61Ki", 0),
        ("61706B", 0),
        ("61.706 kB", 0),
        ("0.0588MiB", 1),
        ("0.0589MiB", 0),
        ("61706.0", 0),
    ],
)
def test_budgets(budget: str, status: int, run: Callable[..., Any]) -> None:
    outcome = run("check", "lenet", "--max-parameters", budget)
    assert outcome.status == status
    assert (" more than the " in outcome.out) is (status == 1)
    assert (" left of the " in outcome.out) is (status == 0)


LEFT = "✓ lenet  1 figure holds\n    macs is 579,240, 42 % left of the 1 M budgeted\n"
NOT_HELD = "note: `expect` is not held: it is of the spec's own input and parameters, and others are given\n"


def test_at_another_size_only_budgets_are_held(run: Callable[..., Any]) -> None:
    outcome = run("check", "lenet", "--input", "1x32x32", "--max-macs", "1M")
    assert (outcome.status, outcome.out, outcome.err) == (0, LEFT, NOT_HELD)
    assert json.loads(run("check", "lenet", "--input", "1x32x32", "--json").out)["notes"] == [NOT_HELD[6:-1]]


def test_that_nothing_is_held_is_said_once_and_only_where_something_is_expected(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(f"{SPEC}parameters: {{a: 1}}\n")
    assert run("check", "net.yaml", "--set", "a=2").err == ""
    Path("net.yaml").write_text(f"{SPEC}parameters: {{a: 1}}\nvariants: {{x: {{}}, y: {{}}}}\nexpect: {{macs: 1}}\n")
    assert run("check", "net.yaml", "--set", "a=2").err == NOT_HELD


def test_json(run: Callable[..., Any]) -> None:
    found = json.loads(run("check", "lenet", "--max-flops", "1", "--json").out)
    [checked] = found.pop("specs")
    assert found == {"schema_version": 1, "name": "check", "ok": False, "notes": []}
    figures = checked.pop("figures")
    of_all = {"layer": None, "output": None, "dtype": None}
    expected = {"name": "parameters", "found": 61706, "expected": 61706, "most": None, "written": 61706, "ok": True}
    assert figures[0] == {**expected, **of_all}
    budget = {"name": "flops", "found": 852420, "expected": None, "most": 1, "written": "1", "ok": False}
    assert figures[-1] == {**budget, **of_all}
    message = "flops is 852,420, 852,419 more than the 1 budgeted"
    fault = {"code": "over-budget", "message": message, "path": "lenet.yaml", "hint": None}
    assert checked == {
        "name": "LeNet-5", "spec": "lenet", "variant": None, "settings": {}, "input_shape": [1, 28, 28], "ok": False,
        "faults": [{**fault, "line": None, "column": None, "layer": None}], "notes": [],
    }  # fmt: skip


def test_a_spec_is_wanted(run: Callable[..., Any]) -> None:
    outcome = run("check")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == "error: `check` needs SPEC\nhint: `cnncalc check --help` lists what it takes\n"


BAD = {
    "layer.yaml": "input: 4\nlayers: [rlu]\n",
    "keys.yaml": "input: 4\ninput: 5\nlayers: [relu]\n",
    "variant.yaml": "input: 4\nparameters: {n: 1}\nvariants: {a: {n: 2}, b: {m: 3}, c: {}}\nlayers: [relu]\n",
}


def test_it_goes_on_after_a_bad_spec(run: Callable[..., Any]) -> None:
    """A bad spec goes before a figure that does not hold, and every other is checked."""
    for name, text in BAD.items():
        Path(name).write_text(text)
    Path("net.yaml").write_text(f"{SPEC}expect: {{parameters: 45}}\n")
    outcome = run("check", "nosuch", *BAD, "net.yaml", "lenet")
    assert outcome.status == 2
    marks = [line for line in outcome.out.splitlines() if line[0] in "✓✗"]
    assert marks == [
        "✗ nosuch", "✗ layer.yaml", "✗ keys.yaml", "✓ variant.yaml:a  valid; there is nothing to hold it against",
        "✗ variant.yaml:b", "✓ variant.yaml:c  valid; there is nothing to hold it against", "✗ net.yaml",
        "✓ lenet  2 figures hold",
    ]  # fmt: skip
    assert "    layer.yaml:2:10: unknown layer type `rlu`\n" in outcome.out
    assert [line for line in outcome.err.splitlines() if line.startswith("error: ")] == [
        "error: there is no file `nosuch`, and no bundled architecture of that name",
        "error: layer.yaml:2:10: unknown layer type `rlu`",
        "error: keys.yaml:2:1: duplicate key `input`: it is on line 1 already",
        "error: variant.yaml:3:27: variant `b` sets `m`, which is no parameter",
    ]
    assert "hint: did you mean `relu`?\n" in outcome.err
    specs = json.loads(run("check", "nosuch", "layer.yaml", "net.yaml", "--json").out)["specs"]
    place = {"path": "layer.yaml", "line": 2, "column": 10, "layer": None}
    assert [spec["faults"][0] for spec in specs] == [
        {
            "code": "not-found", "message": "there is no file `nosuch`, and no bundled architecture of that name",
            "path": None, "line": None, "column": None, "layer": None, "hint": LISTED,
        },
        {"code": "unknown-type", "message": "unknown layer type `rlu`", "hint": "did you mean `relu`?", **place},
        {
            "code": "unexpected", "message": "parameters is 44, and 45 is expected", "path": "net.yaml", "line": 4,
            "column": 10, "layer": None, "hint": None,
        },
    ]  # fmt: skip


def test_a_terminal_shows_each_error_once(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    error = "error: there is no file `nosuch`, and no bundled architecture of that name\n"
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown = run("check", "nosuch", "lenet")
    assert shown.out == f"✗ nosuch\n    {error[7:]}✓ lenet  2 figures hold\n"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    outcome = run("check", "nosuch", "lenet")
    assert (outcome.out, outcome.err) == ("✗ nosuch\n✓ lenet  2 figures hold\n", shown.err)
    assert outcome.err.startswith(error)


def test_help_says_that_all_variants_are_checked(run: Callable[..., Any]) -> None:
    assert "One of the variants of each SPEC, instead of all." in " ".join(run("check", "--help").out.split())


def test_a_mistake_of_every_variant_is_told_once(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("input: 4\nvariants: {a: {}, b: {}}\nlayers: [rlu]\n")
    outcome = run("check", "net.yaml")
    assert outcome.err.count("error: ") == 1
    assert outcome.out.count("✗") == 2


def test_a_variant_is_called_as_it_was_named(run: Callable[..., Any]) -> None:
    assert run("check", "resnet:resnet18").out == "✓ resnet:resnet18  3 figures hold\n"
    assert run("check", "resnet", "--variant", "resnet18").out == "✓ resnet:resnet18  3 figures hold\n"


# The network of SPEC has 44 parameters, 40 MACs and 176 bytes of weights.
EXPECTED = [
    ("{parameters: 44, macs: 40}", 0),
    ("{parameters: 0.044k, macs: 40.0}", 0),
    ("{weight_bytes: 176B}", 0),
    ("{weight_bytes: 0.176 kB}", 0),
    ("{weight_bytes: 0.171875KiB}", 0),
    ("{weight_bytes: '=4 * 44'}", 0),
    ("{macs: 1G}", 1),
    ("{macs: 1Gi}", 1),
    ("{macs: 4e1}", 0),
]


@pytest.mark.parametrize(("expect", "status"), EXPECTED)
def test_expectations_are_counts(expect: str, status: int, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(f"{SPEC}expect: {expect}\n")
    outcome = run("check", "net.yaml")
    assert outcome.status == status, outcome


def test_a_prefix_is_exact(run: Callable[..., Any]) -> None:
    """10^5 x 10^4 weights without bias: a thousand million MACs."""
    spec = "input: 100000\nlayers:\n  - linear: {out_features: 10000, bias: false}\nexpect: {macs: 1G}\n"
    assert run("check", "-", stdin=spec).status == 0
    wrong = run("check", "-", stdin=spec.replace("1G", "1Gi"))
    assert "macs is 1,000,000,000, and 1,073,741,824 is expected" in wrong.out


NO_COUNT = "in `expect` must be a count such as 5000000, 5M or 1.5G, and whole, not"
WRONG = [
    (
        "expect: {macs: {max: 9}}",
        f"net.yaml:4:16: `macs` {NO_COUNT} {{max: 9}}",
        "it says what the figure equals; what it may be at most stands under `budget`",
    ),
    ("expect: {macs: [1]}", f"net.yaml:4:16: `macs` {NO_COUNT} [1]", None),
    ("expect: {macs: true}", f"net.yaml:4:16: `macs` {NO_COUNT} true", None),
    ("expect: {macs: ~}", f"net.yaml:4:16: `macs` {NO_COUNT} null", None),
    ("expect: {macs: -1}", f"net.yaml:4:16: `macs` {NO_COUNT} -1", None),
    ("expect: {macs: 1.5}", f"net.yaml:4:16: `macs` {NO_COUNT} 1.5", None),
    ("expect: {macs: .inf}", f"net.yaml:4:16: `macs` {NO_COUNT} inf", None),
    ("expect: {macs: .nan}", f"net.yaml:4:16: `macs` {NO_COUNT} nan", None),
    ("expect: {macs: 1.0005k}", f"net.yaml:4:16: `macs` {NO_COUNT} '1.0005k'", None),
    ("expect: {macs: 1K}", f"net.yaml:4:16: `macs` {NO_COUNT} '1K'", None),
    ("expect: {macs: 10 apples}", f"net.yaml:4:16: `macs` {NO_COUNT} '10 apples'", None),
    ("expect: {params: 5}", "net.yaml:4:10: `expect` knows no `params`", "did you mean `parameters`?"),
    ("expect: {parametres: 44}", "net.yaml:4:10: `expect` knows no `parametres`", "did you mean `parameters`?"),
    ("expect: [44]", "net.yaml:4:9: `expect` must be a mapping, not [44]", None),
]


@pytest.mark.parametrize(("line", "message", "hint"), WRONG)
def test_wrong_expectations(line: str, message: str, hint: str | None, run: Callable[..., Any]) -> None:
    """A bad expectation is one whether or not it is held, and in every command."""
    Path("net.yaml").write_text(f"{SPEC}{line}\n")
    for arguments in (["check"], ["check", "--input", "20"], ["summary"]):
        outcome = run(*arguments, "net.yaml")
        assert outcome.status == 2
        assert f"error: {message}\n" in outcome.err
        assert hint is None or f"hint: {hint}" in outcome.err


def test_what_a_variant_replaces_is_read_too(run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text(f"{SPEC}expect: {{params: 5}}\nvariants: {{a: {{expect: {{macs: 40}}}}}}\n")
    assert "net.yaml:4:10: `expect` knows no `params`" in run("check", "net.yaml").err


ARABIC_FIVE = "\u0665"
NO_COUNTS = [
    "5Q",
    "-1",
    "1e6",
    "M",
    "",
    "5.5.5M",
    "5K",
    "5kI",
    "5iB",
    ARABIC_FIVE,
    "²",
    "5 5",
    ".5",
    "9" * 5000,
    "1.5",
    "1.5B",
]


@pytest.mark.parametrize("count", NO_COUNTS)
def test_counts_that_are_none(count: str, run: Callable[..., Any]) -> None:
    outcome = run("check", "lenet", "--max-macs", count)
    assert outcome.status == 2
    assert "is not a count such as 5000000, 5M or 1.5G" in outcome.err


def test_of_bad_specs_there_is_no_table_of_figures(run: Callable[..., Any]) -> None:
    Path("bad.yaml").write_text("input: 3x8x8\nlayers: [rellu]\n")
    outcome = run("check", "bad.yaml", "--format", "markdown")
    assert [line.split("|")[1].strip() for line in outcome.out.splitlines() if line.startswith("|")] == [
        *("place", "---", "bad.yaml:2:10")
    ]


def test_the_hook_runs_a_command_that_there_is(run: Callable[..., Any]) -> None:
    hooks = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    [entry] = [hook["entry"] for hook in hooks]
    program, *arguments = entry.split()
    assert program == PROGRAM
    Path("net.yaml").write_text("input: 4\nlayers: [rleu]\n")
    outcome = run(*arguments, "net.yaml")
    assert outcome == (2, "net.yaml:2:10: unknown-type unknown layer type `rleu`\n", "")


def test_what_has_every_fault_has_nothing_beside_it(run: Callable[..., Any]) -> None:
    for form in ("github", "concise"):
        assert run("check", "nosuch", "lenet", "--max-macs", "1", "--format", form).err == ""
    assert run("check", "nosuch", "--json").err.startswith("error: there is no file `nosuch`")


def test_codes_are_listed(run: Callable[..., Any]) -> None:
    text = " ".join(run("check", "--help").out.split())
    assert f"The codes of faults are {', '.join(CODES)}." in text
