"""The text of a `.cfg` file of darknet: sections such as ``[convolutional]``, each with lines such as ``size=3``."""

from __future__ import annotations

import os
from typing import Final

from cnncalc.errors import CnncalcError

MOST_BYTES: Final = 4 * 2**20
"""The longest file that is read."""
MOST_SECTIONS: Final = 20_000
_LARGEST: Final = 2**31 - 1


class Section:
    """A section: `kind` is the word in brackets, `options` each with its line; `used` are those that were asked for."""

    __slots__ = ("kind", "line", "options", "path", "used")

    def __init__(self, path: str, kind: str, line: int) -> None:
        self.path = path
        self.kind = kind
        self.line = line
        self.options: dict[str, tuple[str, int]] = {}
        self.used: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        """A word."""
        self.used.add(name)
        return self.options[name][0] if name in self.options else default

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; raises `CnncalcError`."""
        written = self.text(name)
        if not written:
            return default
        try:
            value = int(written) if len(written) <= 20 else _LARGEST + 1
        except ValueError:
            raise self.error(f"`{name}` must be a whole number, not {written[:40]}", name) from None
        if abs(value) > _LARGEST:
            raise self.error(f"`{name}` is too large: {written[:40]}", name)
        return value

    def number(self, name: str, default: float = 0.0) -> float:
        """A number; raises `CnncalcError`."""
        written = self.text(name)
        if not written:
            return default
        try:
            return float(written)
        except ValueError:
            raise self.error(f"`{name}` must be a number, not {written[:40]}", name) from None

    def integers(self, name: str) -> list[int]:
        """Whole numbers with commas between them; raises `CnncalcError`."""
        try:
            return [int(word) for word in self.text(name).split(",") if word.strip()]
        except ValueError:
            raise self.error(f"`{name}` must be whole numbers with commas between them", name) from None

    def error(self, fact: str, option: str = "", hint: str | None = None) -> CnncalcError:
        """An error at the line of an option, or of the section."""
        line = self.options[option][1] if option in self.options else self.line
        return CnncalcError(f"{self.path}:{line}: [{self.kind}] {fact}", hint=hint, code="bad-value")


def read_sections(path: str) -> list[Section]:
    """The sections of a file; raises `CnncalcError`."""
    if os.path.getsize(path) > MOST_BYTES:
        raise CnncalcError(f"{path} is larger than {MOST_BYTES // 2**20} MiB, the most that is read", code="unreadable")
    with open(path, "rb") as file:
        text = file.read().decode("utf-8", errors="replace")
    found: list[Section] = []
    for number, written in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = "".join(written.split())  # darknet takes out blanks wherever they stand
        if not line or line[0] in "#;\0":
            continue
        if line[0] == "[":
            kind = line[1:].partition("]")[0]
            if "]" not in line or not kind:
                raise CnncalcError(f"{path}:{number}: `]` is missing: {written.strip()[:40]}", code="syntax")
            found.append(Section(path, kind, number))
            if len(found) > MOST_SECTIONS:
                raise CnncalcError(f"{path}: more than {MOST_SECTIONS} sections", code="limit")
            continue
        name, equals, value = line.partition("=")
        if not equals or not found:
            fact = "an option before the first section" if equals else f"neither a section nor an option: {line[:40]}"
            raise CnncalcError(f"{path}:{number}: {fact}", hint="options are lines such as size=3", code="syntax")
        found[-1].options.setdefault(name, (value.partition("#")[0], number))
    return found
