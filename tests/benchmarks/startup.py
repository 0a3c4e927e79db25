"""Start-up against the floor that the libraries set: `python tests/benchmarks/startup.py [COMMAND ...]`.

Each command is paired with a peer that only imports the libraries that the command cannot do without, or also prints a
table of its size with them; both run in turn, and what is printed is the median ratio of their processor times. What
else a command imports, of the standard library too, counts as its own.
"""

from __future__ import annotations

import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from typing import Final, NamedTuple

RUNS: Final = 15
COMMAND: Final = shutil.which("cnncalc", path=f"{sys.prefix}/bin") or "cnncalc"

PLAIN: Final = "import click, yaml, json"
RICH: Final = "import click, yaml, rich.console"
ARRAYS: Final = "import click, yaml, json, numpy"
TABLE: Final = """
import click, yaml
from rich.console import Console
from rich.table import Table
table = Table(*map(str, range(7)))
for row in range(18):
    table.add_row(*(f"cell {row}" for _ in range(7)))
Console().print(table)
"""


class Case(NamedTuple):
    """A command, what its peer executes, and the largest ratio that is aimed at, if one is."""

    command: str
    peer: str
    aim: float | None = None


CASES: Final = (
    Case("summary alexnet --json", PLAIN, 1.3),
    Case("summary alexnet", TABLE, 1.3),
    Case("solve alexnet", RICH, 1.6),
    Case("explain alexnet", RICH, 1.6),
    Case("receptive-field alexnet", RICH, 1.6),
    Case("check alexnet", PLAIN, 1.3),
    Case("compare alexnet vgg16", RICH),
    Case("sweep alexnet --input 3x227x227,3x300x300", PLAIN),
    Case("export alexnet -o FOLDER/alexnet.py", PLAIN),
    Case("import FOLDER/lenet.onnx -o FOLDER/lenet.yaml", ARRAYS),
    Case("run lenet --json", ARRAYS),
    Case("list", RICH),
    Case("list --json", PLAIN),
    Case("layers", RICH),
    Case("show lenet", PLAIN),
    Case("schema summary", PLAIN),
    Case("help padding", RICH),
    Case("--help", PLAIN),
    Case("--version", PLAIN),
)


def processor_time(command: list[str]) -> float:
    """Seconds of user and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(case: Case, folder: str) -> str:
    """The line of a case: milliseconds of both, and their ratio."""
    ours = [COMMAND, *shlex.split(case.command.replace("FOLDER", folder))]
    peer = [sys.executable, "-c", case.peer]
    processor_time(ours), processor_time(peer)
    pairs = [(processor_time(ours), processor_time(peer)) for _ in range(RUNS)]
    ratio = statistics.median(a / b for a, b in pairs)
    times = [statistics.median(column) * 1000 for column in zip(*pairs, strict=True)]
    aim = "" if case.aim is None else f" (aim {case.aim})"
    return f"{case.command:48} {times[0]:4.0f} ms, its libraries alone {times[1]:4.0f} ms, ratio {ratio:.2f}{aim}"


def main() -> None:
    """Print the ratio of each case, or of those whose command is named."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([COMMAND, "export", "lenet", "-o", f"{folder}/lenet.onnx"], check=True, capture_output=True)
        for case in CASES:
            if not sys.argv[1:] or case.command in sys.argv[1:]:
                print(measured(case, folder), flush=True)


if __name__ == "__main__":
    main()
