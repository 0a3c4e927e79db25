"""Pieces of code that differ in literal values alone, as one piece with parameters."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.exporting.source.expressions import Arg, Code, Infix, Value, replaced, values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.exporting.source.expressions import Expression

CHANNELS: Final = frozenset(("in_channels", "out_channels", "channels"))
"""The roles of numbers that count channels: where two are equal in all places, they are the same."""


class Parameter(NamedTuple):
    """A parameter of a class or function; `default` is the value that most calls give, None where all give theirs."""

    name: str
    default: Value | None
    role: str


class Merged(NamedTuple):
    """What several pieces of code have in common, with parameters where they differ, and the arguments of each."""

    template: Any
    parameters: tuple[Parameter, ...]
    arguments: tuple[tuple[Arg, ...], ...]


class Place(NamedTuple):
    """Where a value stands: the attribute or layer that it belongs to, and the values in all pieces."""

    owner: str
    role: str
    column: tuple[Any, ...]


def merged(
    pieces: Sequence[Any],
    owners: Sequence[str],
    ends: Sequence[tuple[int | None, int | None]],
    reference: Callable[[str, int], Expression],
) -> Merged:
    """One piece of those, which have one skeleton.

    `owners` names what each literal value belongs to, `ends` are the channels that go into and come out of each piece.
    `reference` writes a parameter for a place, by its number.
    """
    columns = list(zip(*(list(values(piece)) for piece in pieces), strict=True))
    places = [
        Place(owner, column[0].role, tuple(value.value for value in column))
        for owner, column in zip(owners, columns, strict=True)
    ]
    channels = {place.column for place in places if _counts_channels(place)}
    places = [
        place._replace(role="channels") if place.role == "groups" and place.column in channels else place
        for place in places
    ]
    varying = [place for place in places if _varies(place)]
    known: dict[tuple[str, tuple[Any, ...]], tuple[str, int]] = {}
    named = _named(_bases(varying), ends)
    for place in varying:
        known[_key(place)] = _by_base(place, named)
    parameters = tuple(
        Parameter(name, None if _counts_channels(place) else Value(_usual(place.column)), place.role)
        for place, name in named
    )
    parameters = tuple(
        sorted(parameters, key=lambda parameter: (parameter.default is not None, parameter.name != "in_channels"))
    )
    columns_by_name = {name: place.column for place, name in named}
    arguments = tuple(
        tuple(_argument(parameter, columns_by_name[parameter.name][at]) for parameter in parameters)
        for at in range(len(pieces))
    )
    numbers = iter(range(len(places)))

    def written(value: Value) -> Expression:
        at = next(numbers)
        if not _varies(places[at]):
            return value
        name, factor = known[_key(places[at])]
        found = reference(name, at)
        return found if factor == 1 else Infix("*", (Value(factor), found))

    return Merged(replaced(pieces[0], written), parameters, arguments)


def _varies(place: Place) -> bool:
    return any(value != place.column[0] or type(value) is not type(place.column[0]) for value in place.column)


def _counts_channels(place: Place) -> bool:
    return place.role in CHANNELS and all(type(value) is int for value in place.column)


def _key(place: Place) -> tuple[str, tuple[Any, ...]]:
    return ("channels" if _counts_channels(place) else place.role, place.column)


def _bases(places: Sequence[Place]) -> list[Place]:
    """The places whose values do not follow from those of another, in order; those of channels first."""
    distinct = list({_key(place): place for place in reversed(places)}.values())[::-1]
    channels = [place for place in distinct if _counts_channels(place)]
    multiples = [
        place for place in channels if any(_factor(place, other) > 1 for other in channels if other is not place)
    ]
    return [place for place in distinct if place not in multiples]


def _factor(place: Place, base: Place) -> int:
    """How many times the base's values a place's are; 0 where no whole number is."""
    if not base.column[0] or place.column[0] % base.column[0]:
        return 0
    factor = place.column[0] // base.column[0]
    same = all(value == factor * other for value, other in zip(place.column, base.column, strict=True))
    return int(factor) if same else 0


def _by_base(place: Place, named: Sequence[tuple[Place, str]]) -> tuple[str, int]:
    """The parameter that gives a place's values, and the factor."""
    for base, name in named:
        if _key(base) == _key(place):
            return name, 1
    for base, name in named:
        if _counts_channels(base) and _counts_channels(place) and _factor(place, base):
            return name, _factor(place, base)
    raise AssertionError(place)


def _named(places: Sequence[Place], ends: Sequence[tuple[int | None, int | None]]) -> list[tuple[Place, str]]:
    """Names for parameters: after what comes in and goes out, or else after the role or the owner."""
    before, after = (tuple(column) for column in zip(*ends, strict=True))
    inner = [place for place in places if _counts_channels(place) and place.column not in (before, after)]
    taken: Counter[str] = Counter()
    found = []
    for place in places:
        if not _counts_channels(place):
            name = place.role or "value"
            name = name if sum(other.role == place.role for other in places) == 1 else f"{place.owner}_{name}"
        elif place.column == before:
            name = "in_channels"
        elif place.column == after:
            name = "out_channels"
        else:
            name = "mid_channels" if len(inner) == 1 else f"{place.owner}_channels"
        name = re.sub(r"\W+", "_", name).strip("_")
        name = f"x{name}" if name[:1].isdigit() else name
        taken[name] += 1
        found.append((place, name if taken[name] == 1 else f"{name}_{taken[name]}"))
    return found


def _usual(column: Sequence[Any]) -> Any:
    """The value that is the most frequent; the first of several."""
    return Counter(column).most_common(1)[0][0]


def _argument(parameter: Parameter, value: Any) -> Arg:
    """What a call gives for a parameter."""
    if parameter.default is None:
        return Arg(Value(value, "channels"))
    return Arg(Value(value, parameter.role), parameter.name, parameter.default.value)


def substituted(tree: Any, names: Mapping[str, str]) -> Any:
    """An expression, or a tuple of such, in which code that is a name is another."""
    if isinstance(tree, Code):
        return Code(names.get(tree.text, tree.text))
    if isinstance(tree, tuple) and not isinstance(tree, Value):
        parts = [substituted(part, names) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return tree
