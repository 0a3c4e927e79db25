"""The README tells the truth."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import cnncalc
from cnncalc.cli import _HOMES, streams
from cnncalc.guide.topics import topic
from cnncalc.reports.registry import render
from cnncalc.reports.style import PLAIN
from cnncalc.spec import bundled
from tests.console import matches, parsed
from tests.pictures import picture, words
from tests.python_lines import hold
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = Path(__file__).parent.parent / "README.md"
README = FILE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def test_setting_up_and_testing_are_one_line_each() -> None:
    first, second = blocks("sh")[:2]
    assert first.count("\n") == second.count("\n") == 1
    assert "cnncalc summary" in first
    assert "pytest" in second


def test_as_many_networks_are_bundled_as_it_says() -> None:
    [said] = re.findall(r"any of the (\d+) that `cnncalc list` has", README)
    assert int(said) == len(cnncalc.architectures())


def test_the_spec_is_the_bundled_one() -> None:
    path, _ = bundled.find("lenet") or ("", None)
    network = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    [shown] = [
        spec for spec in map(yaml.safe_load, blocks("yaml")) if "name" in spec and spec["name"] == network["name"]
    ]
    assert shown["layers"] == network["layers"]
    assert shown["input"] == network["input"]


def test_what_is_shown_is_what_is_printed(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """In 80 columns, from top to bottom, in a folder with the specs that name a file in their first line."""
    monkeypatch.setenv("COLUMNS", "80")
    for spec in blocks("yaml"):
        if named := re.match(r"# (\S+\.yaml)$", spec, flags=re.MULTILINE):
            Path(named[1]).write_text(spec, encoding="utf-8")
    for block in blocks("console"):
        for shown in parsed(block.splitlines()):
            outcome = run(*shown.arguments)
            assert matches(shown.lines, outcome.out + outcome.err), (shown.arguments, outcome)


@pytest.mark.slow
def test_the_python_examples_give_what_their_comments_say() -> None:
    hold("import cnncalc\n" + "".join(blocks("python")))


@every_row("command", _HOMES)
def test_every_command_is_in_the_table(command: str) -> None:
    assert f"| `cnncalc {command}" in README


def test_the_language_is_told_by_the_guide(request: pytest.FixtureRequest) -> None:
    """Between two marks, of which the first names the topics, stand their beginnings; --update-golden renews them."""

    def told(marked: re.Match[str]) -> str:
        begin, names, _, end = marked.groups()
        return f"{begin}\n{render('topics', 'markdown', [topic(name) for name in names.split()], PLAIN)}\n{end}"

    renewed, count = re.subn(r"(<!-- guide: ([a-z -]+) -->\n)(.*?)(<!-- guide ends -->)", told, README, flags=re.DOTALL)
    assert count == README.count("<!-- guide: ") > 0
    if request.config.getoption("--update-golden"):
        FILE.write_text(renewed, encoding="utf-8", newline="")
    else:
        assert renewed == README


PICTURE = FILE.parent / ".github" / "resnet50.svg"
PICTURE_COLUMNS = 84


def test_the_picture_is_of_what_is_printed(
    request: pytest.FixtureRequest, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Word by word, as each version of rich draws other lines; --update-golden draws it anew."""
    [command] = re.findall(r"^!\[cnncalc ([^:\]]+):[^\]]*\]\(\.github/resnet50\.svg\)$", README, flags=re.MULTILINE)
    monkeypatch.setattr(streams, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", str(PICTURE_COLUMNS))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    drawn = picture(f"cnncalc {command}", run(*command.split()).out, PICTURE_COLUMNS)
    if request.config.getoption("--update-golden"):
        PICTURE.write_text(drawn, encoding="utf-8", newline="")
    shown = words(PICTURE.read_text(encoding="utf-8"))
    assert shown == words(drawn)
    assert "25,557,032" in shown


FIGURES = {
    "alexnet": "draw alexnet --paper",
    "unet": "draw unet --paper",
    "fan": "draw"
    " 'conv1d(8, 3, padding=1) | conv1d(8, 3, stride=2, padding=1) | conv1d(8, 3, padding=1) | max_pool1d(2)'"
    " --input 1x25 --style fan --unit 1 --paper",
}
"""The figures that it shows, by the names of their files, and the command that draws each."""


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_what_is_drawn(name: str, request: pytest.FixtureRequest, run: Callable[..., Any]) -> None:
    """Byte by byte; --update-golden draws them anew."""
    assert re.search(rf"^!\[[^\]]+\]\(\.github/{name}\.svg\)$", README, flags=re.MULTILINE)
    assert f"cnncalc {FIGURES[name]}" in README
    drawn = run(*shlex.split(FIGURES[name])).out
    file = FILE.parent / ".github" / f"{name}.svg"
    if request.config.getoption("--update-golden"):
        file.write_text(drawn, encoding="utf-8", newline="")
    assert len(drawn) < 40_000
    assert file.read_text(encoding="utf-8") == drawn
