"""Scopes whose code differs in values alone: how they are found, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from cnncalc.exporting.source.expressions import skeleton
from cnncalc.exporting.source.layout import WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from cnncalc.exporting.source.scopes import Scope

Piece = TypeVar("Piece")

_INPUTS: Final = ("x", "y", "z")


def alike(scopes: Sequence[Scope], code_of: Callable[[Scope], Piece | None]) -> Iterator[list[tuple[Scope, Piece]]]:
    """Groups of scopes with their code, that of inner ones first, which may be needed for that of outer ones.

    `code_of` gives the code of a scope; None where nothing is written for it.
    """
    for height in sorted({scope.height for scope in scopes}):
        groups: dict[Hashable, list[tuple[Scope, Piece]]] = {}
        for scope in scopes:
            code = code_of(scope) if scope.height == height else None
            if code is not None:
                groups.setdefault(skeleton(code), []).append((scope, code))
        yield from groups.values()


def input_names(count: int) -> list[str]:
    """Names for so many inputs.

    >>> input_names(2), input_names(5)
    (['x', 'y'], ['x', 'y', 'z', 'x4', 'x5'])
    """
    return [*_INPUTS[:count], *(f"x{number}" for number in range(len(_INPUTS) + 1, count + 1))]


def purpose(scopes: Sequence[Scope]) -> str:
    """The docstring of code that is written once for these scopes."""
    first, last = scopes[0].name, scopes[-1].name
    text = f"`{first}`."
    if len(scopes) == 2:
        text = f"`{first}` and `{last}`."
    if len(scopes) > 2:
        text = f"`{first}` to `{last}`, {len(scopes)} in all."
    if len(text) > WIDTH - 10:
        text = f"`{first}`" + (f" and {len(scopes) - 1} more." if len(scopes) > 1 else ".")
    return text if len(text) <= WIDTH - 10 else f"{text[: WIDTH - 16]}..."
