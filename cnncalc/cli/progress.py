"""A progress bar on standard error, where a person waits."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(task: str, total: int, *, long: bool = True) -> Iterator[Callable[[str], None]]:
    """What to call with a word after each of `total` steps; nothing is shown where the work is not `long`.

    The bar goes when the work is done.
    """
    if not long or not sys.stderr.isatty():
        yield lambda _: None
        return
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
        yield lambda word: bar.update(task_id, advance=1, description=printable(word))


def _clear() -> None:
    """Take the bar away and give the cursor back, when nobody else will: rich would wait for its own thread."""
    with suppress(OSError):
        os.write(sys.stderr.fileno(), b"\r\x1b[2K\x1b[?25h")
