"""`cnncalc schema`: the schemas, and the list of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from cnncalc.schema.catalogue import SCHEMAS, schema

if TYPE_CHECKING:
    from collections.abc import Callable

LIST = """\
spec             a spec of cnncalc
summary          cnncalc summary --json
explain          cnncalc explain --json
steps            cnncalc steps --json, or with --as matrix
receptive-field  cnncalc receptive-field --json, of all layers or of one
solve            cnncalc solve --json, of sizes or of a parameter
memory           cnncalc memory --json
run              cnncalc run --json
plan             cnncalc run --plan --json
compare          cnncalc compare --json
sweep            a line of cnncalc sweep --json
check            cnncalc check --json
list             cnncalc list --json
layers           cnncalc layers --json, of all types or of one

`cnncalc schema NAME` writes one; `cnncalc schema --help` tells what editors do with that of specs
"""


def test_without_a_name_all_are_listed(run: Callable[..., Any]) -> None:
    assert run("schema") == (0, LIST, "")


def test_each_is_written(run: Callable[..., Any]) -> None:
    for name in SCHEMAS:
        assert json.loads(run("schema", name).out) == schema(name)
        assert run("schema", name, "-o", "out.json") == (0, "", "")
        assert json.loads(Path("out.json").read_text(encoding="utf-8")) == schema(name)


def test_an_unknown_one(run: Callable[..., Any]) -> None:
    outcome = run("schema", "sumary")
    assert outcome == (2, "", "error: there is no schema `sumary`\nhint: did you mean `summary`?\n")


def test_the_line_for_editors_is_a_comment_that_names_the_file(run: Callable[..., Any]) -> None:
    help_ = run("schema", "--help").out
    [line] = [line.strip() for line in help_.splitlines() if "yaml-language-server" in line]
    assert f"-o {line.partition('=')[2]}\n" in help_
    assert yaml.safe_load(f"{line}\ninput: 3\n") == {"input": 3}
