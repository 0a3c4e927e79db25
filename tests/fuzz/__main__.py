"""`python -m tests.fuzz`: see the package's docstring."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
from collections import Counter
from itertools import islice, takewhile
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tests.fuzz import cases, judging, limits
from tests.fuzz.cases import AGREEMENT, COMMANDS, MUTATIONS, Case
from tests.fuzz.command_lines import SPEC
from tests.fuzz.workers import Crew, Find

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz, or replay one case; the status is 1 if anything was found."""
    options = _options(arguments)
    if options.replay is not None or options.case is not None:
        case = Case.from_json(options.replay.read_text()) if options.replay else cases.make(options.seed, options.case)
        return replay(case, options.slack)
    return fuzz(options)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the command line.")
    parser.add_argument("--seed", type=int, default=0, help="which cases: the same seed draws the same (default: 0)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first case")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--cases", type=int, metavar="N", help="how many cases (default: 1000)")
    length.add_argument("--seconds", type=float, metavar="S", help="how long, in place of how many")
    length.add_argument("--case", type=int, metavar="N", help="show and try this one case alone")
    length.add_argument("--replay", type=Path, metavar="FILE", help="try a case that --save has written")
    parser.add_argument("--mutation", choices=MUTATIONS, help="cases of this mutation alone")
    parser.add_argument("--command", choices=COMMANDS, help="cases of this command alone")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes (default: 1)")
    words = "how many times as long as on a normal machine a command may take (default: 1)"
    parser.add_argument("--slack", type=float, default=1.0, metavar="F", help=words)
    parser.add_argument("--save", type=Path, metavar="DIR", help="write a file for each find")
    return parser.parse_args(arguments)


def replay(case: Case, slack: float = 1.0) -> int:
    """Show a case and what is wrong with it."""
    print("\n".join(_lines(case)))
    with tempfile.TemporaryDirectory(prefix="cnncalc-fuzz-") as folder:
        back = os.getcwd()
        os.chdir(folder)
        limits.set_limits(judging.HARD_LIMIT, slack)
        verdict = judging.judge(case)
        os.chdir(back)
    for fault in verdict.faults:
        print(f"{fault.kind}: {shlex.join(fault.arguments)}: {fault.detail}")
    print("nothing is wrong" if not verdict.faults else "")
    return 1 if verdict.faults else 0


def fuzz(options: argparse.Namespace) -> int:
    """Try the cases, and tell each find once."""
    started = monotonic()
    numbers = cases.numbers(options.seed, options.mutation, options.command, options.first)
    if options.seconds is None:
        numbers = islice(numbers, 1000 if options.cases is None else options.cases)
    else:
        numbers = takewhile(lambda _: monotonic() - started < options.seconds, numbers)
    found: Counter[str] = Counter()
    accepted = tried = 0
    for result in Crew(options.seed, options.jobs, slack=options.slack).results(numbers):
        tried, accepted = tried + 1, accepted + result.accepted
        for find in result.finds:
            found[find.fault.signature] += 1
            if found[find.fault.signature] == 1:
                _tell(find, options.save)
    print(f"{tried} cases in {monotonic() - started:.0f} s, {accepted} accepted; {len(found)} distinct finds")
    for signature, count in found.most_common():
        print(f"{count:6} {signature}")
    return 1 if found else 0


def _tell(find: Find, folder: Path | None) -> None:
    """Print a find, and write its smallest case to a folder."""
    seed, _, number = find.case.name.partition("-")
    fault = find.fault
    lines = [f"--- {fault.kind}: {ascii(shlex.join(fault.arguments))[1:-1]}: {fault.detail}", *_lines(find.case)]
    lines.append(f"in full: python -m tests.fuzz --seed {seed} --case {number}")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{find.case.name}-{find.fault.kind.replace(' ', '-')}.json"
        path.write_text(find.case.to_json())
        lines.append(f"replay: python -m tests.fuzz --replay {path}")
    print("\n".join(lines), flush=True)


def _lines(case: Case) -> Iterator[str]:
    """A case in words: what it is, its command line, its files."""
    columns = f"COLUMNS={case.columns} " if case.columns else ""
    command = shlex.join(("cnncalc", *case.arguments)) if case.command != AGREEMENT else "all commands on spec.yaml"
    yield f"case {case.name} ({case.mutation}): {columns}{ascii(command)[1:-1]}"
    yield from (f"    {ascii(line)[1:-1]}" for line in case.spec.splitlines())
    yield from (f"    {name}: {len(data)} bytes" for name, data in case.files.items() if name != SPEC)


if __name__ == "__main__":
    sys.exit(main())
