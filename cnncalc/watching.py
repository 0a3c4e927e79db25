"""Watching work that takes long: what is called before it starts, and after each of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Watch = Callable[[str, int, int], None]
    """Called with what was done last, the number of steps done, and the number of all: first with none done."""

    Item = TypeVar("Item")


def unwatched(word: str, done: int, total: int) -> None:
    """Watch nothing."""


def watched(items: Sequence[Item], watch: Watch, name: Callable[[Item], str]) -> Iterator[Item]:
    """The items, each of them a step of some work, called by their names.

    >>> for letter in watched("ab", print, str.upper):
    ...     pass
     0 2
    A 1 2
    B 2 2
    """
    watch("", 0, len(items))
    for number, item in enumerate(items, 1):
        yield item
        watch(name(item), number, len(items))
