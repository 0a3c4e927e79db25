"""Wrong usage, faults of our own, and how specs are found."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.cli import _HOMES
from tests.cli.commands import COMMANDS, OTHERS

if TYPE_CHECKING:
    from collections.abc import Callable

WRONG = [
    (["smmary"], "error: there is no command `smmary`\nhint: did you mean `summary`?\n"),
    (["bench", "resnet50"], "error: there is no command `bench`\nhint: did you mean `run --plan`?\n"),
    (["plan"], "error: there is no command `plan`\nhint: did you mean `run --plan`?\n"),
    (["version"], "error: there is no command `version`\nhint: did you mean `--version`?\n"),
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
    (["summary", "--batch", "0"], "invalid value for '--batch': '0' is not a whole number from 1 to 2147483647\n"),
    (["summary", "--json", "--depth", "1"], "error: --depth is for tables; JSON has every layer and every figure\n"),
    (["summary", "--json", "--width", "90"], "error: --width is for tables; JSON has every layer and every figure\n"),
    (["summary", "-o", "a.csv", "--plot", "macs"], "error: --plot is for the table of a terminal, not for csv\n"),
    (["summary", "--format", "latex", "--width", "60"], "error: --width is for the table of a terminal, not for "),
    (["summary", "-o", "a.csv", "--units", "M"], "error: --units is for tables that are read; csv has every digit\n"),
    (["summary", "--plot", "macs", "--columns", "layer"], "--columns is for the table, and --plot draws bars "),
    (["summary", "--full", "--depth", "2"], "error: --full has every layer, and --depth folds them\n"),
    (["summary", "--columns", "layer,outptu"], ": there is no column `outptu`\nhint: did you mean `output`?\n"),
    (["summary", "--columns", ""], "--columns: there is no column ``\nhint: columns: layer, type, output, k/s/p, "),
    (["summary", "--sort", "mac_s"], "error: --sort: there is no column `mac_s`\nhint: did you mean `macs`?\n"),
    (["summary", "--sort", "k/s/p"], "--sort: rows have no order by `k/s/p`\nhint: they can be sorted by layer, "),
    (["receptive-field", "lenet", "c1", "--full"], "error: --full is for the table of all layers\n"),
    (["receptive-field", "lenet", "--json", "--depth", "1"], "error: --depth is for tables; json has every layer\n"),
    (["receptive-field", "lenet", "--full", "--depth", "1"], "--full has every layer, and --depth folds them\n"),
    (["summary", "--top", "0"], "invalid value for '--top': '0' is not a whole number from 1 to 2147483647\n"),
    (["summary", "."], "error: . is a folder, and a spec is a file\nhint: name a file in it\n"),
    (["summary", "-o", "no/such/folder.txt"], "error: cannot write no/such/folder.txt: No such file or directory\n"),
    (["show", "resnet181"], "error: there is no bundled architecture `resnet181`\nhint: did you mean `resnet18`?\n"),
    (["summary", "nosuch"], "hint: `cnncalc list` or cnncalc.architectures() lists what is bundled\n"),
    (["show", "nosuch"], "hint: `cnncalc list` or cnncalc.architectures() lists what is bundled\n"),
    (["run", "--data", "x.npy", "--batch", "2"], "error: --data sets the input size and the batch"),
    (["run", "--data", "x.npy"], "error: cannot read x.npy: No such file or directory\n"),
    (["receptive-field", "lenet", "--unit"], "error: --unit needs a value\nhint: write --unit "),
    (["run", "--seed", "-1"], "'--seed': '-1' is not a whole number from 0 to 18446744073709551615\n"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(wrong[0]) for wrong in WRONG])
def test_wrong_usage(arguments: list[str], message: str, run: Callable[..., Any]) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err
    assert outcome.err.startswith("error: ")


@pytest.mark.usefixtures("few_architectures")
def test_words_that_occur_nowhere(run: Callable[..., Any]) -> None:
    hint = "hint: `cnncalc list` or cnncalc.architectures() lists what is bundled"
    error = f"error: no bundled architecture matches `no such`\n{hint}\n"
    assert run("list", "no", "such") == run("list", "no", "such", "--json") == (2, "", error)


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


HUGE = "9" * 400
BEYOND = "9" * 5000
"""More digits than Python reads."""

NUMBERS = [
    (["summary", "--batch"], "invalid value for '--batch': '9999"),
    (["summary", "--depth"], "invalid value for '--depth': '9999"),
    (["run", "--batch"], "invalid value for '--batch': '9999"),
    (["run", "--seed"], "invalid value for '--seed': '9999"),
    (["check", "--max-macs"], "invalid value for '--max-macs': '9999"),
    (["solve", "--output"], "--output "),
    (["receptive-field", "--unit"], "--unit 9999"),
    (["summary", "--input"], "the shape of `input` must "),
    (["summary", "net.yaml", "--set", "n="], ""),
]


@pytest.mark.parametrize("number", [HUGE, BEYOND, f"-{HUGE}", f"-{BEYOND}", "²", "1²"], ids=lambda text: text[:3])
@pytest.mark.parametrize(("arguments", "message"), NUMBERS, ids=[" ".join(number[0]) for number in NUMBERS])
def test_numbers_beyond_all_measure(arguments: list[str], message: str, number: str, run: Callable[..., Any]) -> None:
    Path("net.yaml").write_text("input: 3\nparameters: {n: 2}\nlayers: [{linear: {out_features: =n}}]\n")
    *first, last = arguments
    outcome = run(*first, last + number) if last.endswith("=") else run(*arguments, number)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("error: ")
    assert (message if number == HUGE else "") in outcome.err
    assert max(map(len, outcome.err.splitlines())) < 200


@pytest.mark.parametrize("name", ["COLUMNS", "LINES"])
@pytest.mark.parametrize("value", ["²", "٣٣", "-80", "0", "", " 80", "8e1", HUGE, BEYOND], ids=lambda text: text[:3])
def test_terminals_of_no_size(name: str, value: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the shell had not said."""
    usual = run("summary")
    monkeypatch.setenv(name, value)
    assert run("summary") == usual


@pytest.mark.parametrize("command", _HOMES)
def test_a_fault_of_our_own(command: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is: one line and 70, and with --debug, before the command or after it, the traceback as well."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\n\x1b[31mzero")

    module = import_module(_HOMES[command])
    monkeypatch.setattr(getattr(module, f"{command.replace('-', '_')}_command"), "callback", fail)
    arguments = [command, *(COMMANDS | OTHERS)[command]]
    outcome = run(*arguments)
    line = "error: a fault of cnncalc's own, not of what it was given: ZeroDivisionError: by\\n\\x1b[31mzero"
    assert outcome == (70, "", f"{line} (--debug prints the traceback)\n")
    for debugging in (["--debug", *arguments], [*arguments, "--debug"]):
        outcome = run(*debugging)
        assert (outcome.status, outcome.out) == (70, "")
        assert outcome.err.startswith("Traceback (most recent call last):\n")
        assert outcome.err.endswith(f"\n{line}\n")
        assert "\x1b" not in outcome.err


def test_debug_changes_nothing_else(run: Callable[..., Any]) -> None:
    assert run("--debug", "summary", "--debug") == run("summary")
    assert run("summary", "nosuch", "--debug") == run("summary", "nosuch")


def test_as_a_module(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cnncalc", "summary", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert '"parameters": 61706' in done.stdout


def test_a_path_comes_before_a_bundled_name(run: Callable[..., Any]) -> None:
    Path("lenet").write_text("name: mine\ninput: 4\nlayers: [relu]\n")
    assert run("summary", "lenet").out.startswith("mine  input 4\n")


@pytest.mark.parametrize("spec", ["resnet18", "resnet:resnet18", "resnet.yaml:resnet18", "resnet.yaml"])
def test_the_ways_to_name_a_variant(spec: str, run: Callable[..., Any]) -> None:
    arguments = ["--variant", "resnet18"] if spec == "resnet.yaml" else []
    assert "11,689,512" in run("summary", spec, *arguments).out
