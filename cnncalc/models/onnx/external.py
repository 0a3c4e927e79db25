"""Values that stand in a file beside the model's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Outside:
    """Where a tensor's values are: a file in the model's folder or below it, and from which byte on.

    Raises `CnncalcError` for a path that may lead out of the folder, and numbers that are none.
    """

    def __init__(self, tensor: str, entries: Mapping[str, str], folder: str | None) -> None:
        self.tensor = tensor[:80]
        self.location = entries.get("location", "")
        self.folder = folder
        self.offset = self._number(entries.get("offset", "0"))
        self.length = self._number(entries["length"]) if "length" in entries else None

    def _number(self, word: str) -> int:
        if not (word.isascii() and word.isdigit() and len(word) < 20):
            raise self._error(f"begin or end at {word[:40]!r}, which is no number")
        return int(word)

    def _error(self, fact: str) -> CnncalcError:
        return CnncalcError(f"the values of `{self.tensor}` {fact}", code="unreadable")

    @property
    def path(self) -> str:
        """The file; raises `CnncalcError` where it is, or may be, outside of the folder."""
        shown = self.location[:80]
        if self.folder is None:
            raise self._error(f"are in a file `{shown}`, which is not known where the model is on standard input")
        parts = self.location.replace("\\", "/").split("/")
        if not self.location or os.path.isabs(self.location) or ".." in parts or "\0" in self.location:
            raise self._error(f"are said to be in `{shown}`, and only files in the model's folder are read")
        path = os.path.join(self.folder, self.location)
        inside = os.path.realpath(self.folder)
        if os.path.commonpath([inside, os.path.realpath(path)]) != inside:
            raise self._error(f"are said to be in `{shown}`, which is a link out of the model's folder")
        return path

    @property
    def file_size(self) -> int:
        """The size of the file; 0 where none can be read."""
        try:
            return os.path.getsize(self.path)
        except (OSError, CnncalcError):
            return 0

    def read(self, size: int) -> bytes:
        """So many bytes; raises `CnncalcError`."""
        path = self.path
        if self.length not in (None, size):
            raise self._error(f"have {size:,} bytes, and {self.length:,} are said to be in `{self.location[:80]}`")
        try:
            if not os.path.isfile(path):
                raise FileNotFoundError(2, "No such file")
            with open(path, "rb") as file:
                if os.fstat(file.fileno()).st_size < self.offset + size:
                    raise self._error(f"should end at byte {self.offset + size:,} of `{path}`, which is shorter")
                file.seek(self.offset)
                return file.read(size)
        except OSError as error:
            fact = f"are in `{path}`, which cannot be read: {error.strerror}"
            raise self._error(fact) from None
