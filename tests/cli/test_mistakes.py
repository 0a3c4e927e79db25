"""The mistakes that people make, and the whole of what they are told: `mistakes/*.txt` are the table.

A case is a session in a shell: `$ cat FILE` with the text of a file, `$ printf '...' > FILE` for one that is no text,
`$ mkdir FOLDER`, and at last a command line of cnncalc, what it writes to standard error and, in brackets, its status
where it is not 2. `--update-golden` renews what is written there; look at the difference before you commit it.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

TABLES = sorted(Path(__file__).with_name("mistakes").glob("*.txt"))
LEAST = 60
"""So many mistakes at least are collected."""


class Case(NamedTuple):
    """A mistake: the shell's lines before the command, each with the lines below it, the command, and its outcome."""

    table: Path
    title: str
    preparations: tuple[tuple[str, str], ...]
    command: str
    told: str

    @property
    def text(self) -> str:
        """The case as it stands in the table, up to what is told."""
        lines = "".join(f"$ {line}\n{below}" for line, below in self.preparations)
        return f"==== {self.title}\n{lines}$ {self.command}\n"


def cases() -> list[Case]:
    """Every case of every table."""
    found = []
    for table in TABLES:
        for case in re.split(r"^==== ", table.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _, session = case.partition("\n")
            steps = [step.partition("\n") for step in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]]
            *before, (command, _, told) = steps
            found.append(Case(table, title, tuple((line, below) for line, _, below in before), command, told))
    return found


CASES = cases()


def prepare(line: str, below: str) -> None:
    """Do what a line of the shell does before the command."""
    words = shlex.split(line)
    if words[0] == "mkdir":
        Path(words[1]).mkdir()
    elif words[0] == "cat":
        Path(words[1]).write_text(below, encoding="utf-8")
    else:
        assert (words[0], words[2]) == ("printf", ">")
        Path(words[3]).write_bytes(words[1].encode().decode("unicode_escape").encode("latin-1"))


def outcome(case: Case, run: Callable[..., Any]) -> str:
    """What the command writes to standard error, and its status where it is not 2."""
    for line, below in case.preparations:
        prepare(line, below)
    program, *arguments = shlex.split(case.command)
    assert program == "cnncalc"
    done = run(*arguments)
    return f"{done.err}[{done.status}]\n" if done.status != 2 else str(done.err)


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= LEAST
    assert len({(case.table, case.title) for case in CASES}) == len(CASES)


def kind(case: Case) -> tuple[str, ...]:
    """What a mistake is of: its table, the command, and the first words of the error, which is what finds it."""
    fact = case.told.rpartition("error: ")[2].partition("\n")[0]
    words = re.sub(r"`[^`]*`|[\w./]*\d[\w./]*|\S+: ", "", fact).split()
    return (case.table.stem, case.command.split()[1], *words[:3])


def one_of_each_kind(cases: list[Case]) -> list[Any]:
    """The cases by what they are of, slow where one of the same kind comes before."""
    first = {kind(case): case for case in reversed(cases)}
    return [
        pytest.param(
            case,
            id=f"{case.table.stem}: {case.title}",
            marks=() if first[kind(case)] is case else pytest.mark.slow,
        )
        for case in cases
    ]


@pytest.mark.parametrize("case", one_of_each_kind(CASES))
def test_what_is_told(case: Case, run: Callable[..., Any], request: pytest.FixtureRequest) -> None:
    told = outcome(case, run)
    if request.config.getoption("--update-golden"):
        text = case.table.read_text(encoding="utf-8")
        case.table.write_text(text.replace(case.text + case.told, case.text + told), encoding="utf-8")
    else:
        assert told == case.told
    assert "Traceback" not in told


OF_YAML = [case for case in CASES if case.table.stem == "yaml"]


@pytest.mark.parametrize("case", one_of_each_kind(OF_YAML))
def test_both_parsers_are_told_alike(case: Case, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML's own parser, where it comes without the one in C, says otherwise what it stumbles over."""
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert outcome(case, run) == case.told
