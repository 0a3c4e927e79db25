"""What is known of a function: the names of its parameters, and what makes layers of a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.models.pytorch.batches import FIRST
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.values import Value

Given = Mapping[str, Any]
"""The arguments of a call by name, with values in place of tensors."""


class Function(NamedTuple):
    """A function: with `gathers` its last parameter takes all arguments that follow, as in ``x.permute(0, 2, 1)``."""

    make: Callable[[Builder, Given], Any]
    names: tuple[str, ...]
    gathers: bool = False


def function(make: Callable[[Builder, Given], Any], names: str) -> Function:
    """A function whose parameters are words with blanks between them; a last one with a star gathers the rest.

    >>> function(lambda builder, given: None, "input *dims").names
    ('input', 'dims')
    """
    return Function(make, tuple(names.replace("*", "").split()), "*" in names)


def tensor(given: Given, name: str = "input") -> Value:
    """An argument that is to be a tensor."""
    from cnncalc.models.pytorch.values import Value

    found = given.get(name)
    if not isinstance(found, Value):
        raise UntranslatableError(f"takes no tensor as `{name}`")
    return found


def only_tensor(arguments: Any, keywords: Any) -> Value:
    """The tensor that a module is called with; raises `UntranslatableError` for more of them."""
    from cnncalc.models.pytorch.values import Value

    values = [each for each in (*arguments, *keywords.values()) if isinstance(each, Value)]
    if len(values) != 1:
        raise UntranslatableError("takes other tensors than one")
    return values[0]


def sizes(given: Given, name: str) -> list[Any]:
    """An argument of several numbers, which may be given as one list or one after another."""
    found = given.get(name, [])
    found = found if isinstance(found, (list, tuple)) else [found]
    if len(found) == 1 and isinstance(found[0], (list, tuple)):
        found = found[0]
    return list(found)


def by_channel(value: Value) -> None:
    """Refuse a tensor that has no samples first, each of which is a map of its own."""
    if value.batch is None:
        raise UntranslatableError("works on what hangs on no input")
    if value.batch != FIRST:
        raise UntranslatableError("works on parts of a sample that lie beside each other in the batch")


def is_on(given: Given, name: str) -> bool:
    """Whether an argument is given, and neither None nor False."""
    return given.get(name) not in (None, False)
