"""`cnncalc completion`, and its scripts in the shells that are installed."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.cli import candidates, completion
from tests.cli.terminal import PROMPT, environment_with_cnncalc, opened

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = "parameters: {width: 4}\nvariants: {small: {}, large: {}}\ninput: 3x8x8\nlayers: [{relu: {name: first}}, elu]\n"
BREAKS = " \t\n\"'><=;|&(:"
"""The characters at which bash breaks words, unless told otherwise."""

BASH = [
    ("cnncalc summ", "summary "),
    ("cnncalc summary net.yaml:la", "large "),
    ("cnncalc summary net.yaml:", "small \nlarge "),
    ("cnncalc summary net.yaml --variant=la", "large "),
    ("cnncalc summary net.yaml --set=wi", "width="),
    ("cnncalc summary net.yaml --set wi", "width="),
    ("cnncalc summary my", "my\\ net.yaml "),
    ("cnncalc summary my\\ ", "my\\ net.yaml "),
    ("cnncalc summary 'my", "my net.yaml"),
    ('cnncalc summary "my n', "my net.yaml"),
    ("cnncalc summary 'my net.yaml'", "my\\ net.yaml "),
    ("cnncalc explain my\\ net.yaml fi", "first "),
    ("cnncalc summary --columns layer,ma", "layer,macs"),
    ("cnncalc summary --sort pa", "params "),
    ("cnncalc summary --sort k", ""),
    ("cnncalc summary fold", "folder/"),
    ("cnncalc nosuch x", ""),
    ("cnncalc summary nosuch:", ""),
    ("cnncalc explain nosuch x", ""),
    ("", None),
]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(SPEC, encoding="utf-8")
    Path("my net.yaml").write_text(SPEC, encoding="utf-8")
    Path("folder").mkdir()


def asked(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, instruction: str, *arguments: str) -> str:
    """What is answered to a script; never an error."""
    monkeypatch.setenv("_CNNCALC_COMPLETE", instruction)
    outcome = run(*arguments)
    assert (outcome.status, outcome.err) == (0, "")
    return str(outcome.out)


@pytest.mark.parametrize(("line", "answer"), BASH, ids=[case[0] for case in BASH])
def test_bash_gets_what_it_puts_in_place_of_the_word(
    line: str, answer: str | None, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = asked(run, monkeypatch, "bash_complete", line, BREAKS)
    assert answer is None or out == (f"{answer}\n" if answer else "")


def test_bash_without_breaks_gets_whole_words(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(run, monkeypatch, "bash_complete", "cnncalc summary net.yaml:la", " ") == "net.yaml:large \n"


def test_zsh_and_fish(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Shapes, parameters, MACs and receptive fields."
    assert asked(run, monkeypatch, "zsh_complete", "summ") == f"plain\tsummary:{told}\n"
    assert asked(run, monkeypatch, "fish_complete", "summ") == f"summary\t{told}\n"
    assert asked(run, monkeypatch, "zsh_complete", "summary", "net.yaml:la") == "plain\tnet.yaml\\:large\n"
    assert asked(run, monkeypatch, "fish_complete", "summary", "net.yaml:la") == "net.yaml:large\n"
    assert asked(run, monkeypatch, "zsh_complete", "summary", "fol") == "part\tfolder/\n"
    assert asked(run, monkeypatch, "fish_complete", "summary", "'my") == "my net.yaml\n"


@pytest.mark.parametrize("instruction", ["bash_complete", "zsh_complete", "fish_complete", "tcsh_complete", "", "x"])
@pytest.mark.parametrize("arguments", [[], [""], ["\x1b", "\udcff"], ["summary", "--nosuch", ""], ["'", '"', "\\"]])
def test_never_an_error(
    instruction: str, arguments: list[str], run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(run, monkeypatch, instruction, *arguments)


def test_nobody_waits_long(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completion, "MOST_SECONDS", 0.05)
    monkeypatch.setattr(candidates, "layers", lambda *_: time.sleep(20))
    before = time.monotonic()
    assert asked(run, monkeypatch, "zsh_complete", "explain", "lenet", "x") == ""
    assert time.monotonic() - before < 10


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_script_says_where_it_goes(shell: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run("completion", shell)
    assert (outcome.status, outcome.err) == (0, "")
    [line] = [line for line in run("completion", "--help").out.splitlines() if f"completion {shell} >" in line]
    assert f"# {line}" in outcome.out
    assert asked(run, monkeypatch, f"{shell}_source") == outcome.out


def test_other_shells(run: Callable[..., Any]) -> None:
    outcome = run("completion", "tcsh")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("error: SHELL must be bash, zsh or fish, not 'tcsh'\n")


IN_A_TERMINAL = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], []),
    "zsh": (
        ["zsh", "-f", "-i"],
        [f"bindkey -e; PS1='{PROMPT}'; unsetopt prompt_sp; autoload compinit; compinit -u -D"],
    ),
}
TYPED = [
    ("cnncalc summ", "cnncalc summary"),
    ("cnncalc summary net.yaml:la", "cnncalc summary net.yaml:large"),
    ("cnncalc summary net.yaml --variant=la", "cnncalc summary net.yaml --variant=large"),
    ("cnncalc summary net.yaml --set wi", "cnncalc summary net.yaml --set width="),
    ("cnncalc summary 'my", "cnncalc summary my net.yaml"),
    ("cnncalc explain my\\ net.yaml fi", "cnncalc explain my net.yaml first"),
    ("cnncalc explain nosuch fi", "cnncalc explain nosuch fi"),
]


@pytest.mark.slow
@pytest.mark.parametrize("shell", IN_A_TERMINAL)
def test_tab_in_a_terminal(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    command, first = IN_A_TERMINAL[shell]
    with opened(command, tmp_path) as terminal:
        if not first:
            terminal.until(PROMPT)
        for line in [*first, f'eval "$(cnncalc completion {shell})"']:
            terminal.type(f"{line}\n")
            terminal.until(f"\n{PROMPT}" if shell == "bash" else PROMPT)
        assert [terminal.completed(line) for line, _ in TYPED] == [words for _, words in TYPED]


@pytest.mark.slow
def test_fish(tmp_path: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    lines = ["cnncalc summ", "cnncalc summary net.yaml:la", "cnncalc summary net.yaml --set wi", "cnncalc summary 'my"]
    script = "".join(f'complete -C "{line}"\n' for line in lines)
    command = ["fish", "--no-config", "-c", f"cnncalc completion fish | source\n{script}"]
    environment = environment_with_cnncalc(tmp_path)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    told = "Shapes, parameters, MACs and receptive fields."
    assert done.stdout == f"summary\t{told}\nnet.yaml:large\nwidth=\tdefault 4\nmy net.yaml\n"
    assert done.stderr == ""
