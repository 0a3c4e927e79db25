"""The mistakes of one spec, collected while it is read on: what can be told without each other is told together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError
from cnncalc.spec.limits import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    Read = TypeVar("Read")

MOST_TOLD: Final = 20
"""The most mistakes that the text of an error has."""
MOST_FOUND: Final = 200
"""After so many mistakes nobody looks for more."""


class SeveralErrors(CnncalcError):  # noqa: N818 - it is several
    """Several mistakes of one spec, in the order of its lines; message, hint and place are those of the first."""

    def __init__(self, errors: Iterable[CnncalcError]) -> None:
        self.errors = tuple(errors)
        first = self.errors[0]
        super().__init__(
            first.message, hint=lambda: first.hint, place=lambda: first.place, code=first.code, layer=first.layer
        )

    @property
    def parts(self) -> tuple[CnncalcError, ...]:
        """The mistakes, each an error of its own."""
        return self.errors

    def __str__(self) -> str:
        texts = list(map(str, self.errors[:MOST_TOLD]))
        more = len(self.errors) - MOST_TOLD
        if more > 0:
            texts.append(f"note: and {more:,} more mistake{'s' * (more > 1)}")
        texts += (f"note: {text}" for text, _ in self.notes)
        return "\n".join(texts)


class UnknowableError(CnncalcError):
    """Something cannot be known, as it depends on what is wrong: it is no mistake of its own, and not told."""


class Mistakes:
    """The mistakes found so far; those of another collection may be the first of them."""

    def __init__(self, others: Mistakes | None = None) -> None:
        self._found: dict[object, CnncalcError] = dict(others._found) if others else {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, error: CnncalcError) -> None:
        """Keep a mistake, so that the reader can go on; raises what is the end of all reading."""
        if isinstance(error, LimitError):
            raise error
        if isinstance(error, UnknowableError):
            return
        for part in error.parts:
            _ = part.hint  # made now: it may compare the names that there are so far
            self._found.setdefault(_identity(part), part)
        if len(self._found) >= MOST_FOUND:
            raise self.error()

    def attempt(self, read: Callable[[], Read]) -> Read | None:
        """What `read` returns; None where it raises, and the mistake is kept."""
        try:
            return read()
        except CnncalcError as error:
            self.add(error)
            return None

    def error(self) -> CnncalcError:
        """All of them as one error, in the order of lines, those without a place first; each once."""
        first, *others = sorted(self._found.values(), key=_line_and_column)
        return SeveralErrors([first, *others]) if others else first


def _identity(error: CnncalcError) -> object:
    """What is alike in mistakes of one place that differ in names and sizes only, as those of a loop's rounds do."""
    place = error.place
    if place is None:
        return error.message
    option = error.message.replace(f"`{error.layer}`", "") if error.code == "missing" else ""
    return place.line, place.column, error.code, option


def _line_and_column(error: CnncalcError) -> tuple[int, int]:
    place = error.place
    return (0, 0) if place is None else (place.line, place.column)


class Values(dict[str, Any]):
    """The values of parameters; to ask for one with which something is wrong raises `UnknowableError`.

    So does every name that is not there, with `any_unknown`: nobody could read which parameters there are.
    """

    def __init__(self, *, any_unknown: bool = False) -> None:
        super().__init__()
        self.unknown: set[str] = set()
        self.any_unknown = any_unknown

    def __missing__(self, name: str) -> Any:
        if self.any_unknown or name in self.unknown:
            raise UnknowableError(f"`{name}` has no value")
        raise KeyError(name)
