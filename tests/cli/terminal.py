"""A shell in a terminal, in which keys are pressed."""

from __future__ import annotations

import os
import pty
import select
import shlex
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROMPT = "ready>"
MOST_SECONDS = 20


class Terminal:
    """What is typed goes in, and what is seen comes out."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.seen = ""

    def type(self, keys: str) -> None:
        """Press some keys."""
        os.write(self.number, keys.encode())

    def until(self, text: str) -> str:
        """What is seen from now on until a text is."""
        end = time.monotonic() + MOST_SECONDS
        while text not in self.seen:
            ready, _, _ = select.select([self.number], [], [], max(0, end - time.monotonic()))
            assert ready, f"no {text!r} in {self.seen!r}"
            self.seen += os.read(self.number, 4096).decode(errors="replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def completed(self, line: str) -> str:
        """The line that is there after Tab was pressed behind `line`, as the command's words."""
        # The line becomes the arguments of printf, between marks that are not typed as they are printed.
        self.type(f"{line}\t\x01printf '<%s' begin= \x05 '=end'\n")
        self.until("<begin=")
        words = self.until("<=end")
        self.until(PROMPT)
        return " ".join(words.strip("<").split("<"))


def environment_with_cnncalc(folder: Path) -> dict[str, str]:
    """An environment whose command `cnncalc`, in a folder of that one, is what is tested."""
    commands = folder / "bin"
    commands.mkdir()
    command = commands / "cnncalc"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cnncalc "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}", "HOME": str(folder)}


@contextmanager
def opened(shell: list[str], folder: Path) -> Iterator[Terminal]:
    """A shell in a terminal of its own, which starts in a folder; its command `cnncalc` is the one under test."""
    environment = {
        **environment_with_cnncalc(folder),
        "ZDOTDIR": str(folder),
        "PS1": PROMPT,
        "TERM": "dumb",
        "HISTFILE": "/dev/null",
    }
    outer, inner = pty.openpty()
    process = subprocess.Popen(
        shell, stdin=inner, stdout=inner, stderr=inner, cwd=folder, env=environment, start_new_session=True
    )
    os.close(inner)
    try:
        yield Terminal(outer)
    finally:
        process.kill()
        process.wait()
        os.close(outer)
