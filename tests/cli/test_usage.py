"""Wrong usage, interruption, full disks and closed pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.cli import _HOMES

if TYPE_CHECKING:
    from collections.abc import Callable

WRONG = [
    (["smmary"], "error: there is no command `smmary`\nhint: did you mean `summary`?\n"),
    (["summary", "--jsn"], "error: there is no option `--jsn`\nhint: did you mean `--json`?\n"),
    (["summary", "alexnt"], "error: there is no file `alexnt`, and no bundled architecture of that name\n"),
    (["summary", "gogglenet"], "hint: did you mean `googlenet`?\n"),
    (["summary", "resnet", "--variant", "resnet17"], "error: resnet.yaml has no variant `resnet17`\n"),
    (["summary", "resnet:resnet17"], "hint: did you mean `resnet18`?\n"),
    (["summary", "resnet18", "--variant", "resnet34"], "names the variant resnet18, and resnet34 is asked for\n"),
    (["summary", "resnet", "--set", "dephts=3"], "no parameter `dephts`\nhint: did you mean `depths`?\n"),
    (["summary", "--set", "width"], "error: --set takes NAME=VALUE, not 'width'\n"),
    (["summary", "--input", "3x"], "error: the shape of `input` must be a shape such as 3x224x224, not '3x'\n"),
    (["summary", "--input", "0x1x1"], "must have sizes from 1 to 2147483647, not 0\n"),
    (["summary", "--input", "image=1x28x28"], "error: LeNet-5 has no input `image`\nhint: inputs: input\n"),
    (["summary", "--input", "1x2x2", "--input", "1x2x2"], "give --input once, or as NAME=SHAPE for each\n"),
    (["summary", "--batch", "0"], "error: invalid value for '--batch': 0 is not in the range x>=1.\n"),
    (["summary", "--json", "--depth", "1"], "--depth folds rows of the table and of markdown; json has every layer\n"),
    (["summary", "."], "error: cannot read .: Is a directory\n"),
    (["summary", "-o", "no/such/folder.txt"], "error: cannot write no/such/folder.txt: No such file or directory\n"),
    (["show", "resnet181"], "error: there is no bundled architecture `resnet181`\nhint: did you mean `resnet18`?\n"),
    (["list", "no", "such"], "error: no bundled architecture matches\nhint: `cnncalc list` shows all of them\n"),
    (["run", "--data", "x.npy", "--batch", "2"], "error: --data sets the input size and the batch"),
    (["run", "--data", "x.npy"], "error: cannot read x.npy: No such file or directory\n"),
    (["run", "--seed", "-1"], "error: invalid value for '--seed': -1 is not in the range x>=0.\n"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(wrong[0]) for wrong in WRONG])
def test_wrong_usage(arguments: list[str], message: str, run: Callable[..., Any]) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.startswith("error: ")


@pytest.mark.parametrize("command", _HOMES)
def test_help(command: str, run: Callable[..., Any]) -> None:
    outcome = run(command, "--help")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: cnncalc {command} ")
    assert f"\n  cnncalc {command}" in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_the_commands_are_listed(run: Callable[..., Any]) -> None:
    out = run("--help").out
    assert all(f"\n  {command} " in out for command in _HOMES)
    assert "...\n" not in out.replace("[ARGS]...", "")


def test_no_command(run: Callable[..., Any]) -> None:
    outcome = run()
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: cnncalc ")


def test_version(run: Callable[..., Any]) -> None:
    assert run("--version").out == f"cnncalc {cnncalc.__version__}\n"


def test_interrupted(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cnncalc.cli.common.load_network", interrupt)
    outcome = run("summary")
    assert (outcome.status, outcome.out) == (130, "")


def command(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own."""
    return subprocess.run([sys.executable, "-m", "cnncalc", *arguments], text=True, check=False, **options)


def test_a_closed_output_is_an_error() -> None:
    """As the shell's `>&-` leaves it."""
    for command in ("summary", "explain", "layers"):
        outcome = subprocess.run(
            f"exec {sys.executable} -m cnncalc {command} >&-",
            shell=True,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert (outcome.returncode, outcome.stderr) == (2, "error: cannot write the output: not writable\n")


def test_a_closed_pipe_is_no_error() -> None:
    script = f"{sys.executable} -m cnncalc summary resnet152 --json | head -c 10"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ('{"schema_v', "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_an_error() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = command("summary", "--json", stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr == "error: cannot write the output: No space left on device\n"


def test_as_a_module(tmp_path: Path) -> None:
    done = command("summary", "--json", cwd=tmp_path, capture_output=True)
    assert done.returncode == 0
    assert '"parameters": 61706' in done.stdout


def test_a_path_comes_before_a_bundled_name(run: Callable[..., Any]) -> None:
    Path("lenet").write_text("name: mine\ninput: 4\nlayers: [relu]\n")
    assert run("summary", "lenet").out.startswith("mine  input 4\n")


@pytest.mark.parametrize("spec", ["resnet18", "resnet:resnet18", "resnet.yaml:resnet18", "resnet.yaml"])
def test_the_ways_to_name_a_variant(spec: str, run: Callable[..., Any]) -> None:
    arguments = ["--variant", "resnet18"] if spec == "resnet.yaml" else []
    assert "11,689,512" in run("summary", spec, *arguments).out


@pytest.mark.parametrize("mode", ["file", "link"])
def test_an_output_file_is_replaced_whole(mode: str, run: Callable[..., Any]) -> None:
    target = Path("real.json")
    target.write_text("old")
    target.chmod(0o640)
    name = "real.json"
    if mode == "link":
        Path("link.json").symlink_to(target)
        name = "link.json"
    assert run("summary", "--json", "-o", name).status == 0
    assert target.read_text().startswith('{"schema_version"')
    assert target.stat().st_mode & 0o777 == 0o640
    assert Path(name).is_symlink() is (mode == "link")
