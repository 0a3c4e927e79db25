"""Start-up against the floor that the libraries set: `python tests/benchmarks/startup.py`.

Each command is paired with a peer that only imports what it cannot do without; both run in turn, and what is printed is
the median ratio of their processor times. The aims are 1.3 for both.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys

RUNS = 25
PYTHON = sys.executable
COMMAND = shutil.which("cnncalc", path=f"{sys.prefix}/bin") or "cnncalc"
TABLE = """
import click, yaml
from rich.console import Console
from rich.table import Table
table = Table(*map(str, range(7)))
for row in range(18):
    table.add_row(*(f"cell {row}" for _ in range(7)))
Console().print(table)
"""
PAIRS = {
    "summary alexnet --json": ([COMMAND, "summary", "alexnet", "--json"], [PYTHON, "-c", "import click, yaml, json"]),
    "summary alexnet": ([COMMAND, "summary", "alexnet"], [PYTHON, "-c", TABLE]),
}


def processor_time(command: list[str]) -> float:
    """Seconds of user and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the ratio of each pair."""
    for name, (ours, peer) in PAIRS.items():
        processor_time(ours), processor_time(peer)
        pairs = [(processor_time(ours), processor_time(peer)) for _ in range(RUNS)]
        ratio = statistics.median(a / b for a, b in pairs)
        times = [statistics.median(column) * 1000 for column in zip(*pairs, strict=True)]
        print(f"cnncalc {name}: {times[0]:.0f} ms, its libraries alone {times[1]:.0f} ms, ratio {ratio:.2f} (aim 1.3)")


if __name__ == "__main__":
    main()
