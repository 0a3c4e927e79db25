"""What a block of a console shows: commands behind `$ `, each with what it prints, where `...` leaves lines out."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple


class Shown(NamedTuple):
    """A command line of cnncalc, without its name, and the lines that are shown of what it prints."""

    arguments: tuple[str, ...]
    lines: tuple[str, ...]


def parsed(lines: list[str]) -> list[Shown]:
    """The commands of a block."""
    found: list[tuple[tuple[str, ...], list[str]]] = []
    for line in lines:
        if line.startswith("$ cnncalc "):
            found.append((tuple(shlex.split(line.removeprefix("$ cnncalc "))), []))
        else:
            found[-1][1].append(line)
    return [Shown(arguments, tuple(shown)) for arguments, shown in found]


def matches(shown: tuple[str, ...], printed: str) -> bool:
    """Whether a text is what is shown of it, line by line."""
    pattern = "".join("(?:.*\n)*" if line == "..." else f"{re.escape(line)}\n" for line in shown)
    return re.fullmatch(pattern, printed) is not None
