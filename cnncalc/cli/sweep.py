"""`cnncalc sweep`."""

from __future__ import annotations

import gc
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from cnncalc import exit_status
from cnncalc.cli import common, streams
from cnncalc.cli.output import Output, output_options
from cnncalc.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.sweeping.grid import Axis
    from cnncalc.sweeping.results import SweepRow
    from cnncalc.sweeping.sweep import Sweep
    from cnncalc.watching import Watch

LONG = 200
"""More points than this take so long that a person waits."""
MOST_JOBS = 256
STREAMED = ("table", "json", "csv")
"""The forms whose rows are written as they are computed."""


@click.command("sweep", short_help="The totals over a grid of parameters and inputs.")
@click.argument("spec", shell_complete=common.completed_by("specs"))
@common.grid_options
@common.batch_option
@common.dtype_option
@click.option(
    "--jobs",
    type=common.whole_number(1, MOST_JOBS),
    metavar="N",
    default=1,
    show_default=True,
    help="Processes that compute.",
)
@output_options("sweep")
def sweep_command(
    spec: str,
    variants: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    batch: int,
    dtype: str,
    jobs: int,
    output: Output,
) -> int:
    """The totals of SPEC at every point of a grid, a row a point, written as they are computed.

    --variant, --set and --input take lists, with commas between the values; a comma in brackets or quotes does not part
    them. FIRST:LAST:STEP is a range, which includes LAST where the steps meet it; ranges in one shape are walked
    together. The order is that of nested loops: --variant outermost, each --set in turn, --input innermost.

    JSON has one object a line. A point without a network is a row with its error, and the exit status is then 1.

    \b
    cnncalc sweep mobilenet --set alpha=0.25:1:0.25
    cnncalc sweep mobilenet --input 3x128:224:32x128:224:32 --format csv
    cnncalc sweep resnet --variant resnet18,resnet34 --input 3x224x224,3x320x320
    cnncalc sweep resnet --set 'depths=[2,2,2,2],[3,4,6,3]' --json
    cnncalc sweep mobilenet --set alpha=0.25:1:0.01 --jobs 4 -o widths.csv
    """
    from cnncalc.sweeping.sweep import sweep

    if variants is None and not settings and not shapes:
        raise click.UsageError(
            "there is nothing to sweep over: give --set NAME=VALUES, --input SHAPES or --variant NAMES"
        )
    with ExitStack() as stack:
        executor = None
        if jobs > 1:
            from cnncalc.sweeping.processes import worker_processes

            executor = stack.enter_context(worker_processes(jobs))
        found = sweep(spec, common.grid(variants, settings, shapes), executor, batch=batch, dtype=dtype)
        shown = output.for_person and output.form in STREAMED
        watch = stack.enter_context(progress("sweeping", lambda points: points > LONG and not shown))
        gc.freeze()
        gc.enable()  # networks come and go, and what fails may leave circles; what is imported stays
        watched = _WatchedSweep(found, watch)
        output.report("sweep", watched)
    return exit_status.FAILED if watched.has_failed else exit_status.DONE


class _WatchedSweep:
    """A sweep whose rows are watched on their way to the report: how many, whether one failed, and their notes."""

    def __init__(self, sweep: Sweep, watch: Watch) -> None:
        self.sweep = sweep
        self.watch = watch
        self.has_failed = False
        self._noted: set[str] = set()

    @property
    def name(self) -> str:
        """The network's name."""
        return self.sweep.name

    @property
    def axes(self) -> tuple[Axis, ...]:
        """What varies."""
        return self.sweep.axes

    @property
    def may_freeze(self) -> bool:
        """Whether some weights may not be trained."""
        return self.sweep.may_freeze

    def __len__(self) -> int:
        return len(self.sweep)

    def __iter__(self) -> Iterator[SweepRow]:
        self.watch("", 0, len(self))
        for number, row in enumerate(self.sweep, 1):
            self.has_failed |= not row.ok
            streams.write_notes(note for note in row.notes if note not in self._noted)
            self._noted.update(row.notes)
            yield row
            self.watch("", number, len(self))
