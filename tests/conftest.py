"""What several test modules share."""

from __future__ import annotations

import gc
import io
import linecache
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from cnncalc.cli import main
from cnncalc.spec import bundled

if TYPE_CHECKING:
    from collections.abc import Callable

settings.register_profile(
    "drawn",
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.register_profile("quick", settings.get_profile("drawn"), max_examples=10)
settings.register_profile("thorough", settings.get_profile("drawn"), max_examples=200)
# The same cases in every run. Without the slow tests the drawn ones take a quarter as many too;
# `--hypothesis-profile thorough` draws five times as many, and runs the tests marked `thorough`, too.
settings.load_profile("drawn")

GOLDEN = Path(__file__).parent / "golden"
"""What is printed, whole, to be looked at when it changes."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The switch that renews the golden files."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what commands print to tests/golden, and look at the difference before you commit it",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Golden files are renewed in one process: several tests write to one file, and of two writers one would lose."""
    if config.getoption("--update-golden") and config.pluginmanager.has_plugin("xdist"):
        config.option.numprocesses, config.option.tx, config.option.dist = None, [], "no"


def pytest_configure(config: pytest.Config) -> None:
    """The quick run draws fewer cases, unless another profile is asked for."""
    if config.getoption("markexpr") == "not slow" and not config.getoption("--hypothesis-profile"):
        settings.load_profile("quick")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The thorough tests run with the profile of this name, or where a mark or a test is asked for by name."""
    by_name = "thorough" in config.option.markexpr or any("::" in argument for argument in config.args)
    if by_name or config.getoption("--hypothesis-profile") == "thorough":
        return
    left_out = [item for item in items if item.get_closest_marker("thorough")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]


def pytest_collection() -> None:
    """No test is garbage: a collection of thousands takes half as long if nobody looks for some among them."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Nor later, whenever a test makes so much that Python looks at all there is; and seldom among what is young.

    A doctest asks of every file whose lines Python remembers whether it has changed: it need not of all that were read.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    gc.enable()
    linecache.clearcache()


def pytest_unconfigure() -> None:
    """When it ends, pytest looks for garbage five times, of which the first finds whatever there is."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold what was printed against a file, or renew the file with `--update-golden`."""

    def compared(file: str, printed: str) -> None:
        if request.config.getoption("--update-golden"):
            (GOLDEN / file).write_text(printed, encoding="utf-8", newline="")
        assert printed == (GOLDEN / file).read_text(encoding="utf-8")

    return compared


@pytest.fixture
def few_architectures(monkeypatch: pytest.MonkeyPatch) -> None:
    """`list` reads all that are bundled before it finds one: here these are all."""
    monkeypatch.setattr(bundled, "names", lambda: ["alexnet", "filters", "lenet", "resnet"])


class Outcome(NamedTuple):
    """What a command line came to."""

    status: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Outcome]:
    """Run the command line in an empty folder, without a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def command(*arguments: str, stdin: str | bytes | None = None) -> Outcome:
        if stdin is not None:
            data = stdin.encode() if isinstance(stdin, str) else stdin
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        with pytest.raises(SystemExit) as exit_:
            main(list(arguments))
        captured = capsys.readouterr()
        code = exit_.value.code
        assert isinstance(code, int)
        return Outcome(code, captured.out, captured.err)

    return command
