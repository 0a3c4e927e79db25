"""Standard input, output and error, whatever the shell has made of them."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final

import click

from cnncalc.errors import CnncalcError
from cnncalc.text import printable, unencodable

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_DIGITS: Final = 6


def prepare() -> None:
    """Open closed standard streams, spell out what encodings lack, and forget sizes of the terminal that are none."""
    _open_closed()
    codecs.register_error("spelled", unencodable)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # In UTF-8 only a file name that is none cannot be written, and its escape is JSON's too.
            stream.reconfigure(errors="spelled")
    for name in ("COLUMNS", "LINES"):
        if not _is_size(os.environ.get(name, "1")):
            del os.environ[name]  # libraries ask `isdigit`, which `²` is


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) > 0


def _open_closed() -> None:
    """Open what the shell has closed (`<&-`, `>&-`), so that no file gets its number.

    Input and output fail as closed ones do; messages vanish.
    """
    for name, mode, access in (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY)):
        if getattr(sys, name) is None:
            stream = open(os.open(os.devnull, access), mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def is_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def is_dumb() -> bool:
    """Whether the terminal neither moves its cursor nor has colours."""
    return os.environ.get("TERM") == "dumb"


def shows_colours(is_terminal: bool) -> bool:
    """Whether what goes to a terminal, if it goes to one, is coloured: not where TERM is dumb or NO_COLOR is set.

    See https://no-color.org.
    """
    return is_terminal and not is_dumb() and not os.environ.get("NO_COLOR")


def columns(stream: IO[str] | None) -> int | None:
    """The columns that there are: those of COLUMNS or of the stream's terminal; None where it has no end of a line."""
    given = os.environ.get("COLUMNS")
    if given or stream is None:
        return int(given) if given else None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):
        return None


def use_utf8() -> None:
    """Let standard output be UTF-8, unless it is a terminal: for documents whose readers know no other encoding."""
    if not is_terminal() and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def write_output(text: str) -> bool:
    """Write to standard output and flush it; return whether its reader is still there. Raises `CnncalcError`."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output(sys.stdout)
        return False
    except OSError as error:
        raise unwritable(error) from None
    return True


def unwritable(error: OSError) -> CnncalcError:
    """The error where standard output cannot be written to; whatever is written to it from now on is discarded."""
    discard_output(sys.stdout)
    return CnncalcError(f"cannot write standard output: {error.strerror or error}")


def write_message(text: str) -> None:
    """Write a message to standard error, if anyone listens; the word `error` is red where a person sees it."""
    coloured = shows_colours(sys.stderr.isatty())
    if coloured:  # a text may tell of several
        text = re.sub("^error(?=: )", click.style("error", fg="red", bold=True), text, flags=re.MULTILINE)
    try:
        click.echo(text, err=True, color=coloured)
    except OSError:
        discard_output(sys.stderr)


def write_notes(notes: Iterable[str]) -> None:
    """Write notes to standard error, each on a line of its own, and once."""
    for text in dict.fromkeys(notes):
        write_message(f"note: {printable(text)}")


def discard_output(stream: IO[Any]) -> None:
    """Send a stream to the null device: Python would fail when it flushes at its end what could not be written."""
    with suppress(OSError, ValueError):  # a stream in memory has no number
        number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(number, stream.fileno())
        os.close(number)
