"""Closed and full streams, readers that go away, and interruptions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, redirect_stdout
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.cli import output
from cnncalc.execution.results import RunReport
from tests.cli.commands import COMMANDS
from tests.marking import slow_after, slow_but

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EVERY = [*([command, *COMMANDS[command]] for command in COMMANDS), ["--help"], ["run", "--help"], ["--version"]]
pytestmark = pytest.mark.usefixtures("few_architectures")
full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")


@contextmanager
def output_to(number: int) -> Iterator[None]:
    """Standard output as another open file, which pytest does not capture."""
    with open(number, "w", encoding="utf-8") as file, redirect_stdout(file):
        yield


def unread() -> int:
    """A pipe that nobody reads."""
    outgoing, incoming = os.pipe()
    os.close(outgoing)
    return incoming


@pytest.mark.parametrize("arguments", EVERY, ids=" ".join)
def test_a_reader_that_went_away_is_no_error(arguments: list[str], run: Callable[..., Any]) -> None:
    with output_to(unread()):
        assert run(*arguments) == (0, "", "")


def test_a_reader_that_went_away_does_not_change_the_verdict(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunReport, "ok", property(lambda _: False))
    with output_to(unread()):
        assert run("check", "lenet", "--max-macs", "5") == (1, "", "")
        assert run("run", "--json") == (1, "", "")


@full
@pytest.mark.parametrize("arguments", EVERY, ids=" ".join)
def test_a_full_disk_is_an_error(arguments: list[str], run: Callable[..., Any]) -> None:
    with output_to(os.open("/dev/full", os.O_WRONLY)):
        assert run(*arguments) == (2, "", "error: cannot write standard output: No space left on device\n")


SHELL = [
    ("summary nosuch <&- >&- 2>&-", 2, "", ""),
    ("summary >&-", 2, "", "error: cannot write standard output: Bad file descriptor\n"),
    ("summary - <&-", 2, "", "error: cannot read standard input: Bad file descriptor\n"),
    ("summary lenet -o out.json <&- >&- 2>&- && head -c 11 out.json", 0, '{"schema_ve', ""),
    ("show lenet -o >(head -n 1) | cat", 0, "name: LeNet-5\n", ""),
    ("summary resnet152 --json | head -c 10; exit ${PIPESTATUS[0]}", 0, '{"schema_v', ""),
    ("summary nosuch 2>&-", 2, "", ""),
    ("--help >&-", 2, "", "error: cannot write standard output: Bad file descriptor\n"),
    ("show lenet -o /dev/fd/7 7>&1 | head -n 1", 0, "name: LeNet-5\n", ""),
    ("list lenet | true; exit ${PIPESTATUS[0]}", 0, "", ""),
]
FULL = [
    ("summary >/dev/full 2>&1", 2, "", ""),
    ("summary nosuch 2>/dev/full", 2, "", ""),
    ("summary --json >/dev/full", 2, "", "error: cannot write standard output: No space left on device\n"),
]


@pytest.mark.parametrize(("line", "status", "out", "err"), slow_after(6, SHELL))
def test_from_the_shell(line: str, status: int, out: str, err: str, tmp_path: Path) -> None:
    """To the very end of the process, when Python would flush the streams once more."""
    script = f"{sys.executable} -m cnncalc {line}"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (status, out, err)


@full
@pytest.mark.parametrize(("line", "status", "out", "err"), slow_after(1, FULL))
def test_a_full_disk_to_the_very_end(line: str, status: int, out: str, err: str, tmp_path: Path) -> None:
    test_from_the_shell(line, status, out, err, tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_interrupted(command: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(output, "Output", interrupt)
    assert run(command, *COMMANDS[command]) == (130, "", "")


STUB = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
except BaseException:
    pass
"""


@pytest.mark.parametrize("module", slow_but({"click"}, ["click", "yaml", "numpy"]))
@pytest.mark.parametrize("entry", ["-m cnncalc", "script"])
def test_interrupted_while_a_module_is_imported(module: str, entry: str, tmp_path: Path) -> None:
    """Whatever the module does with exceptions."""
    (tmp_path / f"{module}.py").write_text(STUB)
    (tmp_path / "script").write_text("import sys\nfrom cnncalc.__main__ import main\nsys.exit(main())\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, *entry.split(), "run", "lenet", "-o", "out.npy"]
    heed = partial(signal.signal, signal.SIGINT, signal.default_int_handler)  # `&` and `nohup` have it ignored
    kinds: dict[str, Any] = {"capture_output": True, "text": True, "preexec_fn": heed}
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, **kinds)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != "") == [f"{module}.py"]


# The environment, whether standard error is a terminal, and whether the word `error` is red.
COLOURS = [
    ({"TERM": "xterm"}, True, True),
    ({"TERM": "xterm"}, False, False),
    ({"TERM": "dumb"}, True, False),
    ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
    ({"TERM": "xterm", "NO_COLOR": ""}, True, True),
]


@pytest.mark.parametrize(("environment", "is_terminal", "coloured"), COLOURS)
@pytest.mark.parametrize("arguments", [["summary", "nosuch"], ["smmary"], ["summary", "--jsn"]], ids=" ".join)
def test_errors_are_red_where_that_is_seen(
    arguments: list[str],
    environment: dict[str, str],
    is_terminal: bool,
    coloured: bool,
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    begin = "\x1b[31m\x1b[1merror\x1b[0m: " if coloured else "error: "
    err = run(*arguments).err
    assert err.startswith(begin)
    assert ("\x1b" in err) is coloured


@pytest.mark.parametrize("encoding", slow_but({"ascii"}, ["ascii", "latin-1"]))
def test_symbols_have_a_form_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    """No question mark stands for what the terminal cannot show."""
    environment = {**os.environ, "PYTHONIOENCODING": f"{encoding}:replace"}
    command = [sys.executable, "-m", "cnncalc", "check", "lenet", "--max-macs"]
    for most, mark in (("1", b"FAIL lenet"), ("1G", b"ok lenet")):
        done = subprocess.run([*command, most], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.stdout.startswith(mark)
        assert b"?" not in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["draw", "--format", "tikz"], ["summary", "--format", "latex"]], ids=" ".join)
def test_documents_are_utf8_in_every_encoding(arguments: list[str], tmp_path: Path) -> None:
    r"""To TeX the `\xdf` that a terminal is shown would be a command."""
    layers = "layers: [{conv2d: {name: Straße, out_channels: 2, kernel_size: 3}}]\n"
    (tmp_path / "net.yaml").write_text(f"input: 1x8x8\n{layers}", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "cnncalc", arguments[0], "net.yaml", *arguments[1:]]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Straße" in done.stdout.decode()
