"""Scopes that grow: each takes what all those before it give, as the layers of a dense block do.

Such scopes are made alike, so that they can be the rounds of a loop: what they take of each other is a `Series`, and
the first, which takes nothing of that and needs no merge, has one that is absent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.structure.program import ABSENT, PRESENT, PREVIOUS, Branches, Call, Group, Loop, Series
from cnncalc.structure.renaming import with_inputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnncalc.structure.program import Item, Ref

FEWEST: Final = 3
"""The scopes in a row below which they do not grow by a rule."""


def with_series(body: list[Item]) -> list[Item]:
    """The entries of a scope and of those in it, where scopes that grow take a series."""
    for item in body:
        if isinstance(item, Group):
            item.body = with_series(item.body)
        elif isinstance(item, Branches):
            item.branches = [with_series(branch) for branch in item.branches]
    found = list(body)
    for start, stop in _growing(body):
        _replace(found, start, stop)
    return found


def is_in_series(item: Item) -> bool:
    """Whether an entry takes a series.

    >>> is_in_series(Group("a", [], ("x", Series("a{i + 1}", 2)))), is_in_series(Group("a", [], ("x",)))
    (True, False)
    """
    return any(isinstance(ref, Series) for ref in item.inputs or ())


def _growing(body: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """The stretches of scopes each of which takes all that the one before it does, and that one."""
    taken = list(_taken(body))
    start = 0
    while start < len(body):
        stop = start + 1
        while stop < len(body) and _grows(body[stop - 1], body[stop], taken[stop - 1], taken[stop]):
            stop += 1
        if stop - start >= FEWEST:
            yield start, stop
        start = stop


def _taken(body: Iterable[Item]) -> Iterator[tuple[Ref, ...]]:
    """What each entry takes, by name or number."""
    before: str | None = None
    for item in body:
        refs = (PREVIOUS,) if item.inputs is None else item.inputs
        yield tuple(before if ref == PREVIOUS and before is not None else ref for ref in refs)
        before = item.name if item.inputs != () else before


def _grows(before: Item, item: Item, taken: tuple[Ref, ...], now: tuple[Ref, ...]) -> bool:
    are_scopes = isinstance(before, Group) and isinstance(item, Group) and before.name is not None
    return are_scopes and bool(taken) and now == (*taken, before.name)


def _replace(body: list[Item], start: int, stop: int) -> None:
    """Let the scopes of a stretch, and what takes all of them, take a series."""
    scopes = [item for item in body[start:stop] if isinstance(item, Group)]
    names = [str(item.name) for item in scopes]
    template = _template(names)
    common = list(_taken(body))[start]
    merge = scopes[1].body[0]
    if template is None or not isinstance(merge, Call):
        return
    made = [_with_series(scope, common, Series(template, number), merge) for number, scope in enumerate(scopes)]
    found = [scope for scope in made if scope is not None]
    if len(found) < len(scopes):
        return
    body[start:stop] = found
    for at, taken in enumerate(_taken(body)):
        for place in range(len(taken)):
            if at >= stop and taken[place : place + len(names)] == tuple(names):
                whole = (*taken[:place], Series(template, len(names)), *taken[place + len(names) :])
                body[at] = with_inputs(body[at], whole)
                break


def _template(names: Sequence[str]) -> str | None:
    """The names in a row as one, in which ``{i + 1}`` is a number; None where they are something else.

    >>> _template(["layer1", "layer2", "layer3"]), _template(["a", "b"])
    ('layer{i + 1}', None)
    """
    split = [re.split(r"(\d+)", name) for name in names]
    places = [at for at, part in enumerate(split[0]) if any(other[at : at + 1] != [part] for other in split)]
    if len(places) != 1 or places[0] % 2 == 0 or any(len(parts) != len(split[0]) for parts in split):
        return None
    [at] = places
    numbers = [int(parts[at]) for parts in split]
    step = numbers[1] - numbers[0]
    if step < 1 or [str(numbers[0] + step * number) for number in range(len(names))] != [parts[at] for parts in split]:
        return None
    times = "i" if step == 1 else f"{step} * i"
    number = f"{times} + {numbers[0]}" if numbers[0] else times
    return "".join((*split[0][:at], f"{{{number}}}", *split[0][at + 1 :]))


def _with_series(scope: Group, common: tuple[Ref, ...], series: Series, merge: Call) -> Group | None:
    """A scope that takes `common` and a series; None where it does not merge them, or takes them apart.

    The first scope, whose series has no members, has no merge if it is one tensor that is common: the `merge` of the
    second is absent there.
    """
    first = scope.body[0]
    own = tuple(range(len(common), len(common) + int(series.length)))
    everything = tuple(range(len(common)))
    if any(isinstance(ref, int) for item in scope.body[1:] for ref in item.inputs or ()):
        return None
    if isinstance(first, Call) and first.is_counted and first.inputs == (*everything, *own) and len(first.inputs) > 1:
        whole = with_inputs(first, (*everything, len(common)))
        whole.when = PRESENT if len(common) == 1 else None
        body = [whole, *scope.body[1:]]
    elif not own and first.inputs == (0,) and len(common) == 1:
        whole = with_inputs(merge, (0, 1))
        whole.when = ABSENT
        body = [whole, with_inputs(first, None), *scope.body[1:]]
    else:
        return None
    return Group(scope.name, body, (*common, series), share=scope.share, arriving=scope.arriving)


def without_series(body: Iterable[Item]) -> list[Item]:
    """The entries of a network or block in which only rounds of loops take a series, and each of the others names."""
    return [_settled(item) for item in body]


def _settled(item: Item) -> Item:
    if isinstance(item, (Group, Loop)):
        item.body = without_series(item.body)
    elif isinstance(item, Branches):
        item.branches = [without_series(branch) for branch in item.branches]
    counts = [ref.count for ref in item.inputs or () if isinstance(ref, Series)]
    if not counts or not all(isinstance(count, int) for count in counts):
        return item
    names = tuple(name for ref in item.inputs or () for name in (_members(ref) if isinstance(ref, Series) else [ref]))
    if isinstance(item, Group):
        item.body = _of_members(item.body, len(names))
    return with_inputs(item, names)


def _members(series: Series) -> list[str]:
    """The names in a series of a known number.

    >>> _members(Series("layer{2 * i + 1}", 3))
    ['layer1', 'layer3', 'layer5']
    """
    before, number, after = re.split(r"[{}]", series.template)
    factor, _, rest = number.rpartition("i")
    step, start = int(factor.strip("* ") or 1), int(rest.strip("+ ") or 0)
    return [f"{before}{start + step * at}{after}" for at in range(int(series.length))]


def _of_members(body: Sequence[Item], number: int) -> list[Item]:
    """The entries of a scope that grows where it takes a number of tensors, and no series."""
    merge, first, *rest = body
    assert isinstance(merge, Call)
    if merge.when == ABSENT:
        return [with_inputs(first, (0,)), *rest]
    merge = with_inputs(merge, tuple(range(number)))
    merge.when = None
    return [merge, first, *rest]
