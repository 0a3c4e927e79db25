"""What has been read and written since all threads met, and whether the next operation has to wait for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.memory.spans import Spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnncalc.sessions.places import Home, Part


class Accesses:
    """The channels of homes that were read and written since all threads met."""

    def __init__(self) -> None:
        self._reads: dict[Home, Spans] = {}
        self._writes: dict[Home, Spans] = {}
        self._memory = Spans()

    def add(self, reads: Iterable[Part], writes: Iterable[Part]) -> None:
        """Note what an operation reads and writes."""
        for parts, spans in ((reads, self._reads), (writes, self._writes)):
            for home, first, channels in parts:
                if home not in self._reads and home not in self._writes:
                    self._memory.add(home.start, home.start + home.values)
                spans.setdefault(home, Spans()).add(first, first + channels)

    def conflict(self, reads: Iterable[Part], writes: Iterable[Part]) -> bool:
        """Whether an operation reads what was written, or writes what was read or written."""
        return any(self._overlaps(part, self._writes) for part in reads) or any(
            self._overlaps(part, self._writes) or self._overlaps(part, self._reads) or self._is_taken(part.home)
            for part in writes
        )

    def _overlaps(self, part: Part, spans: dict[Home, Spans]) -> bool:
        home, first, channels = part
        return home in spans and spans[home].overlap(first, first + channels)

    def _is_taken(self, home: Home) -> bool:
        """Whether the memory of a home was that of another until now."""
        is_new = home not in self._reads and home not in self._writes
        return is_new and self._memory.overlap(home.start, home.start + home.values)
