"""`cnncalc completion`, and what its scripts ask: the candidates for the word before the cursor.

The scripts stand beside this module. That of bash gives the line up to the cursor and the characters at which bash
breaks words; those of zsh and fish give the words up to the cursor. The answer is a candidate a line, in the form that
the shell's script reads.
"""

from __future__ import annotations

import os
import re
import shlex
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import click

from cnncalc.cli import streams
from cnncalc.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from click.shell_completion import CompletionItem

SHELLS: Final = ("bash", "zsh", "fish")
_OPTION: Final = re.compile("--?[a-z][a-z-]*=.*")
MOST_SECONDS: Final = 2
"""After so long nobody waits for candidates any more."""


@click.command("completion", short_help="The script for completion in a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion_command(shell: str) -> None:
    """The script that lets SHELL complete commands, options, networks, layers, parameters and topics.

    Its first lines say where it goes. To try it in bash: eval "$(cnncalc completion bash)"

    \b
    cnncalc completion bash > ~/.local/share/bash-completion/completions/cnncalc
    cnncalc completion zsh > "${fpath[1]}/_cnncalc"
    cnncalc completion fish > ~/.config/fish/completions/cnncalc.fish
    """
    streams.write_output(script(shell))


def script(shell: str) -> str:
    """The script of a shell."""
    with open(os.path.join(os.path.dirname(__file__), f"completion.{shell}"), encoding="utf-8") as file:
        return file.read()


def answer(group: click.Group, instruction: str, arguments: Sequence[str]) -> None:
    """Print what a script asks for: `bash_source` is the script, `bash_complete` candidates; otherwise nothing.

    A person who presses Tab in the middle of a line wants neither errors nor to wait.
    """
    shell, _, asked = instruction.partition("_")
    if shell not in SHELLS:
        return
    if asked == "source":
        streams.write_output(script(shell))
    elif asked == "complete":
        with suppress(Exception), _limited_time():
            lines = _ANSWERS[shell](group, arguments)
            streams.write_output("".join(f"{line}\n" for line in lines))


@contextmanager
def _limited_time() -> Iterator[None]:
    """Raise `TimeoutError` within the block when it is too late for an answer, where there are such signals."""
    import signal

    def late(*_: object) -> None:
        raise TimeoutError

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def candidates(group: click.Group, words: Sequence[str], beginning: str) -> list[CompletionItem]:
    """The candidates for a word of which the beginning is there, after these words; whole words, on one line each."""
    from click.shell_completion import ShellComplete

    before = ""
    if _OPTION.fullmatch(beginning):
        before = beginning.partition("=")[0] + "="
    elif words and _OPTION.fullmatch(f"{words[-1]}="):
        # Click forgets the arguments before an option whose value is not there yet, unless the two are one word.
        *words, option = words
        beginning = f"{option}={beginning}"
    found = ShellComplete(group, {}, "cnncalc", "").get_completions(list(words), beginning)
    for item in found:
        item.value = before + item.value
    return [item for item in found if item.value.isprintable()]


def _bash(group: click.Group, arguments: Sequence[str]) -> Iterable[str]:
    """What bash puts in the place of the word, or of its part behind `:` or `=`, and a space if it is whole."""
    from click.shell_completion import split_arg_string

    line, breaks = arguments
    words = split_arg_string(line)[1:]
    beginning = words.pop() if words and not _ends_word(line) else ""
    cut = max((beginning.rfind(mark) + 1 for mark in ":=" if mark in breaks), default=0)
    quoted = _is_open(line)
    for item in candidates(group, words, beginning):
        rest = item.value[cut:]
        if quoted:
            yield rest
        else:
            yield re.sub(r"([^\w@%+=:,./~-])", r"\\\1", rest) + " " * (item.type != "part")


def _ends_word(line: str) -> bool:
    """Whether a line ends in a space between words."""
    return line[-1:].isspace() and not line.endswith("\\ ") and not _is_open(line)


def _is_open(line: str) -> bool:
    """Whether a quotation mark of a line has no partner yet."""
    try:
        shlex.split(line)
    except ValueError as error:
        return "quotation" in str(error)
    return False


def _zsh(group: click.Group, words: Sequence[str]) -> Iterable[str]:
    """Whether the candidate goes on (`part`) or not (`plain`); and, after a tab, itself and its description."""
    for item in candidates(group, words[:-1], words[-1]):
        value = item.value.replace("\\", "\\\\").replace(":", "\\:")
        yield f"{'part' if item.type == 'part' else 'plain'}\t{value}{_description(item, ':')}"


def _fish(group: click.Group, words: Sequence[str]) -> Iterable[str]:
    """The candidate and, after a tab, its description; fish itself knows that a folder goes on."""
    for item in candidates(group, words[:-1], words[-1].lstrip("'\"")):
        yield f"{item.value}{_description(item, chr(9))}"


def _description(item: CompletionItem, mark: str) -> str:
    """What an item is, on one line behind a mark, if that is known."""
    return f"{mark}{printable(item.help)}" if item.help else ""


_ANSWERS: Final = {"bash": _bash, "zsh": _zsh, "fish": _fish}
