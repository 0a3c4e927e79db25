"""A progress bar on standard error, where a person waits."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from cnncalc.cli.streams import is_dumb
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnncalc.watching import Watch


SEVERAL: Final = 5
"""More networks than this take so long that a person waits."""


@contextmanager
def progress(task: str, is_long: Callable[[int], bool]) -> Iterator[Watch]:
    """What watches some work: it shows a bar where the number of steps `is_long`, until the work is done."""
    with ExitStack() as stack:
        bars: list[Callable[[str, int], None]] = []

        def watch(word: str, done: int, total: int) -> None:
            if not done and is_long(total) and sys.stderr.isatty() and not is_dumb():
                bars.append(stack.enter_context(_bar(task, total)))
            for bar in bars:
                bar(word, done)

        yield watch


@contextmanager
def _bar(task: str, total: int) -> Iterator[Callable[[str, int], None]]:
    """A bar, which goes when the work is done; to be called with what was done last, and the steps done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from cnncalc.interchange.interruption import cleaning_up

    columns = (
        TextColumn(task),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with cleaning_up(_clear), Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task_id = bar.add_task("", total=total)
        yield lambda word, done: bar.update(task_id, completed=done, description=printable(word))


def _clear() -> None:
    """Take the bar away and give the cursor back, when nobody else will: rich would wait for its own thread."""
    with suppress(OSError):
        os.write(sys.stderr.fileno(), b"\r\x1b[2K\x1b[?25h")
