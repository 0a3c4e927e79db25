"""What signals leave behind: nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.interchange.contents import contents

if TYPE_CHECKING:
    from collections.abc import Iterator


def heed_signals() -> None:
    """Let signals end a process as usual, also where the tests are run by `nohup`, which ignores one."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def waiting(folder: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Two runs that have opened one file, and wait for their spec."""
    command = [sys.executable, "-m", "cnncalc", "summary", "-", "--json", "-o", "out"]
    kinds: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    kinds["preexec_fn"] = heed_signals
    runs = [subprocess.Popen(command, cwd=folder, text=True, **kinds) for _ in range(2)]
    until = time.monotonic() + 60
    while len(list(folder.glob(".*.part"))) < 2 and time.monotonic() < until:
        time.sleep(0.005)
    try:
        yield runs
    finally:
        for run in runs:
            run.kill()
            run.communicate()


def test_two_runs_at_once(waiting: list[subprocess.Popen[str]]) -> None:
    assert len(os.listdir()) == 2
    for run, size in zip(waiting, (4, 5), strict=True):
        assert run.communicate(f"input: {size}\nlayers: [relu]\n") == ("", "")
        assert run.returncode == 0
        assert f'"input_shape": [{size}]' in Path("out").read_text()
    assert os.listdir() == ["out"]


@pytest.mark.parametrize(
    ("numbers", "statuses"),
    [
        ((signal.SIGTERM, signal.SIGHUP), [-signal.SIGTERM, -signal.SIGHUP]),
        ((signal.SIGINT, signal.SIGTERM), [130, -signal.SIGTERM]),
    ],
)
def test_signals_leave_nothing_behind(
    numbers: tuple[signal.Signals, ...], statuses: list[int], waiting: list[subprocess.Popen[str]]
) -> None:
    Path("out").write_bytes(b"old")
    for run, number in zip(waiting, numbers, strict=True):
        run.send_signal(number)
        assert run.communicate() == ("", "")
    assert [run.returncode for run in waiting] == statuses
    assert contents() == {"out": b"old"}


SIGNALLED = """
import os, signal
from cnncalc.interchange import output_files

def made(*arguments):
    file = open(*arguments)
    os.kill(os.getpid(), signal.SIGTERM)
    return file

output_files.open = made
with output_files.opened("out"):
    pass
"""


def test_a_signal_right_after_the_file_is_made_leaves_none() -> None:
    command = [sys.executable, "-c", SIGNALLED]
    assert subprocess.run(command, check=False, preexec_fn=heed_signals).returncode == -signal.SIGTERM
    assert os.listdir() == []
