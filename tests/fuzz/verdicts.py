"""What must never come of one command line."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.fuzz.trial import Outcome

DONE: Final = 0
FAILED: Final = 1
REFUSED: Final = 2
OWN_FAULT: Final = 70

_UNPRINTABLE: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_WARNING: Final = re.compile(r"^\S+:\d+: \w*Warning: ", re.MULTILINE)
_LATE: Final = ("out of memory", "cannot allocate")
"""What is said where memory ran out, instead of being refused before."""


class Fault(NamedTuple):
    """What is wrong, in a word, and where; `detail` is what tells it from others of the kind."""

    kind: str
    detail: str
    arguments: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """The same for finds of one cause, as far as can be told: names and numbers are left out."""
        command = self.arguments[0] if self.arguments and self.kind != "exception" else ""
        detail = self.detail.partition(":")[0] if self.kind == "disagreement" else self.detail[:100]
        return re.sub(r"`[^`]*`|'[^']*'|\d+", "_", f"{self.kind} {command} {detail}")


def faults(outcome: Outcome) -> Iterator[Fault]:
    """All that is wrong with the outcome of one command line, its costs aside."""
    for kind, detail in _faults(outcome):
        yield Fault(kind, detail, outcome.arguments)


def _faults(outcome: Outcome) -> Iterator[tuple[str, str]]:
    if outcome.stopped:
        return
    if outcome.error:
        yield "exception", f"{outcome.place} {outcome.error}"
        return
    if outcome.status == OWN_FAULT:
        yield "exception", outcome.err.strip().splitlines()[-1].removesuffix(" (--debug prints the traceback)")
        return
    if outcome.status not in {DONE, FAILED, REFUSED}:
        yield "status", f"{outcome.status}: {outcome.err.strip()[-200:]}"
    yield from _of_messages(outcome)
    yield from _of_failure(outcome)
    yield from _of_output(outcome)
    if any(name.endswith(".part") or name not in outcome.arguments for name in outcome.left):
        yield "left behind", ", ".join(outcome.left)


def _of_messages(outcome: Outcome) -> Iterator[tuple[str, str]]:
    err = outcome.err
    if "Traceback (most recent call last)" in err:
        yield "traceback", err.strip().splitlines()[-1]
    if _WARNING.search(err):
        yield "warning", err[:300]
    refused = outcome.status == REFUSED
    listed = _lists_faults(outcome) and bool(outcome.out)
    if refused and not listed and not re.search(r"^error: \S", err, re.MULTILINE):
        yield "no error", err[:200]
    if not refused and re.search(r"^error: ", err, re.MULTILINE):
        yield "error", f"with status {outcome.status}: {err[:200]}"
    if refused and any(word in err.lower() for word in _LATE):
        yield "out of memory", err[:200]
    yield from _raw(err, "on standard error")


def _lists_faults(outcome: Outcome) -> bool:
    """Whether the form is one of those that have a line for each fault, on standard output, and nothing else."""
    return outcome.arguments[0] == "check" and bool({"concise", "github"} & {*outcome.arguments})


def _of_failure(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """A check may fail, or a point of a sweep; a proof may not, nor a run but for values that are not finite."""
    if outcome.status != FAILED:
        return
    if outcome.arguments[0] == "run":
        found = re.findall(r"could not be executed[^\n]*|came out as|has a `[^\n]*|counts a `[^\n]*", outcome.out)
        if found:
            yield "not as computed", found[0]
    elif outcome.arguments[0] not in {"check", "sweep"} and "--max" not in outcome.arguments:
        yield "status", f"1: {(outcome.err or outcome.out).strip()[-200:]}"


def _of_output(outcome: Outcome) -> Iterator[tuple[str, str]]:
    form = form_of(outcome.arguments)
    if outcome.status == REFUSED or "-o" in outcome.arguments or {"-h", "--help", "--version"} & {*outcome.arguments}:
        return
    if not outcome.out and not _lists_faults(outcome):
        yield "silent", "nothing on standard output"
    elif form == "json":
        whole = outcome.out.splitlines() if outcome.arguments[0] == "sweep" else [outcome.out]
        if None in map(parsed, whole):
            yield "json", outcome.out[:200]
    elif form == "csv":
        widths = {len(row) for row in csv.reader(io.StringIO(outcome.out)) if row}
        if len(widths) > 1:
            yield "csv", f"rows of {sorted(widths)} columns"
    else:
        yield from _raw(outcome.out, "on standard output")
        if form == "markdown":
            yield from _broken_rows(outcome.out)


def _broken_rows(text: str) -> Iterator[tuple[str, str]]:
    """Rows of a Markdown table that have other numbers of cells than their neighbours."""
    counts = [len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines()]
    if any(a and b and a != b for a, b in pairwise(counts)):
        yield "markdown", text[:300]


def _raw(text: str, where: str) -> Iterator[tuple[str, str]]:
    """Characters that a terminal would act on, but for the end of a line."""
    found = sorted({c for c in text if unicodedata.category(c) in _UNPRINTABLE and c != "\n"})
    if found:
        yield "raw characters", f"{where}: {''.join(found)!a}"


def form_of(arguments: Sequence[str]) -> str:
    """The form of output that a command line asks for; the last word counts, as for the commands."""
    if "--json" in arguments:
        return "json"
    forms = [value for name, value in pairwise(arguments) if name == "--format"]
    return forms[-1] if forms else "table"


def parsed(text: str) -> Any:
    """What strict JSON holds; None where it is none."""
    try:
        return json.loads(text, parse_constant=_constant)
    except ValueError:
        return None


def _constant(name: str) -> Any:
    raise ValueError(name)
