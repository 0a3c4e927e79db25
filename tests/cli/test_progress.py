"""The progress bar: on standard error, for a person, where work takes long."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

SCRIPT = """
from cnncalc.cli.progress import progress
from cnncalc.watching import watched

with progress("counting", lambda total: total >= 3) as watch:
    for name in watched(["a\\x1b", "b", "c"][:STEPS], watch, str):
        if name == FAILS:
            raise SystemExit(7)
"""


def seen(steps: int, fails: str = "") -> tuple[int, str]:
    """The exit status, and what a person sees on a terminal where three steps or more take long."""
    code = SCRIPT.replace("STEPS", str(steps)).replace("FAILS", repr(fails))
    terminal, end = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen([sys.executable, "-c", code], stderr=end, env=environment) as process:
        os.close(end)
        text = b""
        while True:
            try:
                more = os.read(terminal, 2**16)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not more:
                break
            text += more
    os.close(terminal)
    return process.returncode, text.decode()


def test_a_person_sees_what_takes_long() -> None:
    status, text = seen(3)
    assert status == 0
    assert "counting" in text
    assert "3/3" in text
    assert "a\x1b" not in text
    assert text.endswith("\x1b[2K"), "the bar is gone"


def test_what_is_quick_has_no_bar() -> None:
    assert seen(2) == (0, "")


def test_the_bar_goes_when_the_work_fails() -> None:
    status, text = seen(3, fails="b")
    assert status == 7
    assert text.endswith("\x1b[2K")
    assert "\x1b[?25h" in text, "the cursor is back"


def test_a_file_gets_no_bar(capfd: pytest.CaptureFixture[str]) -> None:
    code = SCRIPT.replace("STEPS", "3").replace("FAILS", "''")
    subprocess.run([sys.executable, "-c", code], check=True)
    assert capfd.readouterr() == ("", "")
