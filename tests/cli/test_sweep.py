"""`cnncalc sweep`: a row a point, as it is computed."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

NET = "input: 3x8x8\nparameters: {k: 1, n: 4}\nlayers:\n  - conv2d: {out_channels: =n, kernel_size: =k}\n"


@pytest.fixture
def swept(run: Callable[..., Any]) -> Callable[..., Outcome]:
    """Sweep NET as a file."""

    def command(*arguments: str) -> Outcome:
        Path("net.yaml").write_text(NET)
        outcome: Outcome = run("sweep", "net.yaml", *arguments)
        return outcome

    return command


def test_the_table_of_the_paper(run: Callable[..., Any], golden: Callable[[str, str], None]) -> None:
    """Howard et al. 2017, table 6: 569, 325, 149 and 41 million multiply-adds; 4.2, 2.6, 1.3 and 0.5 of parameters."""
    outcome = run("sweep", "mobilenet", "--set", "alpha=1:0.25:-0.25")
    assert (outcome.status, outcome.err) == (0, "")
    golden("sweep_mobilenet_piped.txt", outcome.out)


@pytest.mark.parametrize("width", [80, 40])
def test_widths(width: int, swept: Callable[..., Any], golden: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    outcome = swept("--set", "k=1,3,9", "--set", "n=4,[1, 2]")
    assert outcome.status == 1
    golden(f"sweep_errors_{width}.txt", outcome.out)


def test_the_order_is_that_of_nested_loops(swept: Callable[..., Any]) -> None:
    text = swept("--input", "3x8x8,3x9x9", "--set", "k=1:2", "--set", "n=5,6", "--json").out
    rows = [json.loads(line) for line in text.splitlines()]
    assert [(row["settings"]["k"], row["settings"]["n"], row["input_shape"][1]) for row in rows] == [
        (k, n, size) for k in (1, 2) for n in (5, 6) for size in (8, 9)
    ]
    assert [row["totals"]["macs"] for row in rows] == [
        3 * n * k * k * (size - k + 1) ** 2 for k in (1, 2) for n in (5, 6) for size in (8, 9)
    ]


def test_json_lines(swept: Callable[..., Any]) -> None:
    outcome = swept("--set", "k=3,9", "--json")
    good, bad = map(json.loads, outcome.out.splitlines())
    assert outcome.status == 1
    common = {
        "schema_version": 1, "name": "net", "variant": None, "input_shape": [3, 8, 8], "inputs": {"input": [3, 8, 8]},
        "data_format": "channels_first", "notes": [],
    }  # fmt: skip
    totals = good.pop("totals")
    assert good == {**common, "settings": {"k": 3}}
    assert (totals["parameters"], totals["macs"], totals["weight_bytes"]) == (112, 108 * 36, 448)
    fact = "`conv2d_1` cannot take 3 x 8 x 8: its window spans 9 pixels, the height has 8"
    assert bad == {**common, "settings": {"k": 9}, "error": f"net.yaml:4:5: {fact}"}


def test_a_terminal_gets_json_lines_too(swept: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert len(swept("--set", "k=1,2", "--json").out.splitlines()) == 2


def test_csv_has_a_figure_a_column(swept: Callable[..., Any]) -> None:
    outcome = swept("--set", "k=3,9", "--set", "n=2", "--format", "csv")
    good, bad = csv.DictReader(outcome.out.splitlines())
    assert list(good)[:7] == ["variant", "k", "n", "input", "input_channels", "input_height", "input_width"]
    assert (good["k"], good["n"], good["input_height"], good["parameters"], good["error"]) == ("3", "2", "8", "56", "")
    assert (bad["k"], bad["parameters"], bad["error"][:14]) == ("9", "", "net.yaml:4:5: ")


def test_documents(swept: Callable[..., Any]) -> None:
    lines = swept("--set", "k=1,2", "--format", "markdown").out.splitlines()
    assert lines[0] == "### net, 2 points"
    assert lines[2].startswith("| k | input | parameters | MACs |")
    assert lines[4].startswith("| 1 | 3x8x8 | 16 | 768 |")
    assert r"1 & 3x8x8 & 16 & 768 &" in swept("--set", "k=1,2", "--format", "latex").out


def test_variants_and_several_inputs(run: Callable[..., Any]) -> None:
    spec = "inputs: {l: 4, r: 4}\nvariants: {a: {}, b: {}}\nlayers: [{concat: {from: [l, r]}}]\n"
    arguments = ("--variant", "b,a", "--input", "l=4,5", "--input", "r=6", "--json")
    rows = [json.loads(line) for line in run("sweep", "-", *arguments, stdin=spec).out.splitlines()]
    assert [(row["variant"], row["inputs"]) for row in rows] == [
        (variant, {"l": [left], "r": [6]}) for variant in "ba" for left in (4, 5)
    ]


MISTAKES = [
    (("nosuch", "--set", "a=1"), "there is no file `nosuch`, and no bundled architecture of that name"),
    ((), "`sweep` needs SPEC\n"),
    (("lenet",), "there is nothing to sweep over: give --set NAME=VALUES, --input SHAPES or --variant NAMES\n"),
    (("lenet", "--set", "a=1"), "lenet.yaml has no parameter `a`\nhint: it has no parameters\n"),
    (("mobilenet", "--set", "alpha"), "--set takes NAME=VALUE, not 'alpha'\n"),
    (("mobilenet", "--set", "alpha=1:0"), "the values of `alpha`: the range 1:0 has none\n"),
    (("mobilenet", "--set", "alpha=1,,2"), "the values of `alpha`: there is none before a comma or at the end\n"),
    (
        ("lenet", "--input", "1x28x28", "--jobs", "0"),
        "invalid value for '--jobs': '0' is not a whole number from 1 to ",
    ),
    (
        ("mobilenet", "--set", "alpha=0.001:1:0.001", "--set", "classes=1:2000"),
        "the grid has 1,000 x 2,000 = 2,000,000 points, and 1,000,000 is the most\n",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES)
def test_mistakes(arguments: tuple[str, ...], message: str, run: Callable[..., Any]) -> None:
    outcome = run("sweep", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {message}")


def test_an_input_of_another_rank_is_told_from_a_faulty_spec(swept: Callable[..., Any]) -> None:
    outcome = swept("--input", "8,3x8x8", "--json")
    row, good = map(json.loads, outcome.out.splitlines())
    assert outcome.status == 1
    assert row["error"] == "the shape of `input` is 8, and net takes 3 x 8 x 8"
    assert good["totals"]["macs"] == 8 * 8 * 3 * 4


def test_a_note_is_said_once(run: Callable[..., Any]) -> None:
    spec = "input: 3x8x8\nparameters: {n: 1}\nlayers: [{conv2d: {out_channels: =n, kernel_size: 1}}]\n"
    outcome = run("sweep", "-", "--set", "n=1:3", "--input", "9x9x3", "--json", stdin=spec)
    assert outcome.err.count("note: `input` is 9 channels of 9 x 3") == 1


def started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "cnncalc", "sweep", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_rows_come_as_they_are_computed_and_a_reader_may_go() -> None:
    """This grid would take more than an hour."""
    with started("mobilenet", "--set", "alpha=0.00001:1:0.00001", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["settings"] == {"alpha": 0.00001}
        process.stdout.close()
        assert process.wait(10) == 1, "the first point has no channels"
        assert process.stderr.read() == b""


def children(of: int) -> list[int]:
    """The numbers of a process's children, and of theirs."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == of:
            number = int(path.parent.name)
            found += [number, *children(number)]
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at the processes that there are")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("to_all", [False, True])
def test_no_worker_outlives_the_program(number: signal.Signals, to_all: bool) -> None:
    """A terminal sends Ctrl-C to all of them, another program to the first alone."""
    with started(
        "mobilenet", "--set", "alpha=0.1:1:0.00001", "--jobs", "2", "--json", start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        workers = children(process.pid)
        assert len(workers) >= 2
        if to_all:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        status = process.wait(10)
        assert status == (130 if number == signal.SIGINT else -number)
        patience = time.monotonic() + 10
        while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < patience:
            time.sleep(0.05)
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
        assert process.stderr.read() == b""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at the processes that there are")
def test_a_worker_that_the_system_ends_is_no_fault_of_the_program() -> None:
    """As where memory has run out: one of its workers is killed."""
    with started("mobilenet", "--set", "alpha=0.1:1:0.00001", "--jobs", "2", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        workers = [
            child for child in children(process.pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        os.kill(workers[0], signal.SIGKILL)
        process.stdout.read()
        assert process.wait(10) == 2
        assert process.stderr.read().decode() == (
            "error: a worker process was ended from outside\n"
            "hint: where memory has run out, the system ends the largest process: try fewer --jobs\n"
        )
