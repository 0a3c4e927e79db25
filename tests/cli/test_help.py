"""`cnncalc help`, and the groups in which `--help` shows the commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.cli import _GROUPS, _HOMES
from cnncalc.guide.topics import TOLD, TOPICS, WORDS, topics
from cnncalc.layers import find
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable


def test_without_a_topic_it_lists_them(run: Callable[..., Any]) -> None:
    outcome = run("help")
    assert (outcome.status, outcome.err) == (0, "")
    joined = " ".join(outcome.out.split())
    for topic in topics():
        assert f" {topic.name} {topic.summary} " in joined


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic(name: str, run: Callable[..., Any]) -> None:
    outcome = run("help", name)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{name}  ")
    assert "\x1b" not in outcome.out
    assert "```" not in outcome.out


@pytest.mark.parametrize("columns", slow_but({40}, [20, 40, 80, 200]))
def test_prose_fits_the_terminal(columns: int, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for arguments in ((), *((name,) for name in TOPICS)):
        lines = run("help", *arguments).out.splitlines()
        prose = [line for line in lines if not line.startswith("    ") and " `" not in line]
        assert max(map(len, prose)) <= max(columns, 40)
        assert max(map(len, lines)) <= max(columns, 82)
        assert lines == [line.rstrip() for line in lines]


def test_a_pipe_has_80_columns(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    piped = run("help", "figures").out
    monkeypatch.setenv("COLUMNS", "80")
    assert run("help", "figures").out == piped


@pytest.mark.parametrize("colours", [True, False])
def test_code_is_bold_in_a_terminal(colours: bool, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("cnncalc.cli.streams.is_terminal", lambda: True)
    monkeypatch.setenv("NO_COLOR", "" if colours else "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    out = run("help", "padding").out
    assert ("\x1b[1msame\x1b[0m" in out) is colours
    assert ("`same`" in out) is not colours


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_language(word: str, run: Callable[..., Any]) -> None:
    outcome = run("help", word)
    if word in _HOMES or word in TOPICS:
        return
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{word}  a section of `cnncalc help {WORDS[word]}`\n\n")
    assert run("layers", word).out == outcome.out


@pytest.mark.parametrize("command", [command for command in _HOMES if command not in TOPICS])
def test_a_command(command: str, run: Callable[..., Any]) -> None:
    assert run("help", command) == run(command, "--help")


UNKNOWN = [
    ("paddding", "did you mean `padding`?"),
    ("sumary", "did you mean `summary`?"),
    ("residul", "did you mean `residual`?"),
    ("conv2d", "`cnncalc layers conv2d` tells of the layer type"),
    ("LaTeX", "`cnncalc help drawing` tells of it"),
    ("formulas", "`cnncalc help explain` tells of it"),
    ("plan", "`cnncalc help run` tells of the option `--plan`"),
    ("batch", "`cnncalc help summary` tells of the option `--batch`, which others have too"),
    ("qqqqqqqq", "`cnncalc help` lists the topics, `cnncalc --help` the commands"),
]


@pytest.mark.parametrize(("word", "hint"), UNKNOWN)
def test_an_unknown_word_gets_the_nearest(word: str, hint: str, run: Callable[..., Any]) -> None:
    assert run("help", word) == (2, "", f"error: there is no topic or command `{word}`\nhint: {hint}\n")


def test_words_that_are_looked_for_lead_to_what_there_is() -> None:
    """Each word to one place, and none that is a topic, a section, a command or a layer type by itself."""
    words = [word for each in TOLD.values() for word in each.split()]
    assert len(words) == len(set(words))
    assert not {*TOPICS, *WORDS, *_HOMES} & set(words)
    assert not [word for word in words if find(word)]
    assert set(TOLD) <= {*TOPICS, *_HOMES}


def test_markdown(run: Callable[..., Any]) -> None:
    whole, short = run("help", "padding", "--format", "markdown").out, run("help", "--format", "markdown").out
    assert whole.startswith("# padding: ")
    assert "\n```yaml\n- conv2d:" in whole
    assert "\n## The words\n" in whole
    assert re.findall(r"^### ([\w-]+):", short, flags=re.MULTILINE) == list(TOPICS)
    assert "\n## " not in short


def test_prose_is_no_json(run: Callable[..., Any]) -> None:
    outcome = run("help", "--json")
    assert outcome == (2, "", "error: there is no option `--json`\nhint: other commands have it, such as `summary`\n")


def test_groups_of_commands(run: Callable[..., Any]) -> None:
    out = run("--help").out
    shown = {
        title: re.findall(r"^  ([a-z-]+)  ", text, flags=re.MULTILINE)
        for title, text in re.findall(r"^(\w+):\n((?:  .*\n)+)", out, flags=re.MULTILINE)
    }
    assert {title: shown[title] for title in _GROUPS} == {title: list(names) for title, names in _GROUPS.items()}
    commands = out[out.index("Look:") :].rpartition("\n\n")[0].splitlines()
    texts = {line.index(line.split("  ")[-1].strip()) for line in commands if re.match("  [a-z]", line)}
    assert len(texts) == 1
