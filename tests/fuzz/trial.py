"""One command line, executed in this process: what it wrote, how it ended, and what it cost."""

from __future__ import annotations

import io
import os
import sys
import traceback
import warnings
from contextlib import contextmanager
from time import process_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unittest import mock

from cnncalc import cli
from tests.fuzz import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from tests.fuzz.cases import Case

    Run = Callable[[Sequence[str]], "Outcome"]
    """Executes a command line of the case at hand."""

PROGRAM: Final = f"{os.sep}cnncalc{os.sep}"


class Outcome(NamedTuple):
    """What a command line came to.

    `status` is None if it was `stopped` or an exception left `main`. Of an exception that left it, or was told as a
    fault of the program's own, `error` is the exception, and `place` the function of ours in which it was raised.
    `seconds` are processor time, `grown` the bytes by which memory grew.
    """

    arguments: tuple[str, ...]
    status: int | None
    out: str
    err: str
    seconds: float
    grown: int
    error: str = ""
    place: str = ""
    left: tuple[str, ...] = ()
    stopped: bool = False


def execute(arguments: Sequence[str], columns: str = "") -> Outcome:
    """Run the command line in the current folder, without a terminal, and under the limits that are set."""
    out, err = _Stream(), _Stream()
    status, error, place, stopped = None, "", "", False
    tell = cli._fault_text

    def told(fault: Exception, *, debug: bool) -> str:
        nonlocal error, place
        error, place = repr(fault), _place(fault.__traceback__)
        return tell(fault, debug=debug)

    before, started = set(os.listdir()), process_time()
    with _surroundings(out, err, columns), mock.patch.object(cli, "_fault_text", told), limits.held() as memory:
        try:
            cli.main(list(arguments))
        except SystemExit as exit_:
            status = exit_.code if isinstance(exit_.code, int) else 1
        except limits.OvertimeError:
            stopped = True
        except Exception as fault:  # noqa: BLE001 - whatever leaves `main` is what is looked for
            error, place = repr(fault), _place(fault.__traceback__)
    seconds = process_time() - started
    left = tuple(sorted(set(os.listdir()) - before))
    return Outcome(tuple(arguments), status, out.text(), err.text(), seconds, memory.grown, error, place, left, stopped)


@contextmanager
def prepared(case: Case) -> Iterator[None]:
    """The files of the case in the current folder, which has to be empty, and is so after."""
    if os.listdir():
        raise RuntimeError(f"{os.getcwd()} is not empty, and a trial clears its folder")
    for name, data in case.files.items():
        with open(name, "wb") as file:
            file.write(data)
    try:
        yield
    finally:
        for name in os.listdir():
            os.unlink(name)


class _Stream(io.TextIOWrapper):
    """A stream in UTF-8 that is no terminal, and whose bytes stay when it is closed."""

    def __init__(self) -> None:
        self.bytes = _Kept()
        super().__init__(self.bytes, encoding="utf-8", newline="", write_through=True)

    def text(self) -> str:
        """All that was written."""
        return self.bytes.getvalue().decode("utf-8", "surrogateescape")


class _Kept(io.BytesIO):
    def close(self) -> None:
        """Keep what was written."""


@contextmanager
def _surroundings(out: _Stream, err: _Stream, columns: str) -> Iterator[None]:
    """The streams and the environment of the command, with every warning shown each time."""
    environment = {"COLUMNS": columns} if columns else {}
    with (
        mock.patch.multiple(sys, stdin=_Stream(), stdout=out, stderr=err),
        mock.patch.dict(os.environ, environment),
        warnings.catch_warnings(),
    ):
        for name in {"COLUMNS", "FORCE_COLOR", "NO_COLOR"} - set(environment):
            os.environ.pop(name, None)
        warnings.simplefilter("always")
        warnings.showwarning = _show_warning
        yield


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: Any = None,
    line: str | None = None,
) -> None:
    """As Python does, and as pytest, which keeps warnings to itself, does not."""
    (file or sys.stderr).write(warnings.formatwarning(message, category, filename, lineno, line))


def _place(trace: TracebackType | None) -> str:
    """The innermost function of the package."""
    ours = [frame for frame in traceback.extract_tb(trace) if PROGRAM in frame.filename]
    return f"{ours[-1].filename.rpartition(PROGRAM)[2]}:{ours[-1].name}" if ours else ""
