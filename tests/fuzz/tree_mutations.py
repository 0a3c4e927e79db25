"""Mutations of a spec as a tree: values, keys and whole parts, which move within it and come from other specs."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.fuzz.oddities import odd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

KEYS: Final = (
    *("name", "source", "description", "input", "inputs", "data_format", "parameters", "variants", "blocks", "layers"),
    *(
        "outputs",
        "weights",
        "expect",
        "budget",
        "type",
        "from",
        "when",
        "share",
        "trainable",
        "repeat",
        "for",
        "residual",
    ),
    *("parallel", "shortcut", "branches", "merge", "out_channels", "kernel_size", "stride", "padding", "dilation"),
    *("groups", "bias", "weight", "activation", "dim", "dims", "ceil_mode", "filters", "a.b", "", "é", "\x1b[1m"),
)


class Place(NamedTuple):
    """Where a value stands: in a list or a dict, under an index or a key."""

    holder: Any
    key: Any

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    def put(self, value: Any) -> None:
        self.holder[self.key] = value


def places(tree: Any) -> list[Place]:
    """Every value below the root, in the order of the text."""
    return list(_places(tree))


def _places(tree: Any) -> Iterator[Place]:
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield Place(tree, key)
        yield from _places(tree[key])


def _entry(rng: Random, place: Place, found: list[Place]) -> Place:
    """Mostly an entry of a list, which may stand elsewhere too; else the place at hand."""
    entries = [known for known in found if isinstance(known.holder, list) and isinstance(known.value, (dict, str))]
    return rng.choice(entries) if entries and rng.randrange(5) else place


def mutated_tree(rng: Random, tree: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """One to three mutations of a copy; `other` is a spec from which parts may come."""
    copy = deepcopy(tree)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        found = places(copy)
        if found:
            rng.choice(MUTATIONS)(rng, rng.choice(found), found, other)
    return copy


def _replace(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    del found, other
    place.put(odd(rng))


def _nudge(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    """Another number where there is one: near by, or far."""
    del other
    numbers = [known for known in found if type(known.value) in {int, float}]
    chosen = rng.choice(numbers) if numbers else place
    if numbers:
        value = chosen.value
        chosen.put(rng.choice((value + 1, value - 1, value * 2, -value, value * 1000, value + 0.5, 1, 2, 3, 0)))


def _delete(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    del other
    holder, key = _entry(rng, place, found)
    del holder[key]


def _duplicate(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    del other
    place = _entry(rng, place, found)
    if isinstance(place.holder, list):
        place.holder[place.key : place.key] = [deepcopy(place.value)] * rng.choice((1, 1, 2, 30))
    else:
        place.holder[rng.choice(KEYS)] = deepcopy(place.value)


def _swap(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    """Two entries of a list, or any two values of which neither holds the other."""
    del other
    place = _entry(rng, place, found)
    if isinstance(place.holder, list):
        second = Place(place.holder, rng.randrange(len(place.holder)))
    else:
        second = rng.choice(found)
    held = [id(known.holder) for known in (*_places(place.value), *_places(second.value))]
    if id(place.holder) not in held and id(second.holder) not in held:
        first = place.value
        place.put(second.value)
        second.put(first)


def _retype(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    del found, other
    value = place.value
    forms: list[Any] = [str(value), [value], {"a": value}, [value, value], None]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        forms += [f"={value}", float(value), bool(value), [value] * 3]
    place.put(rng.choice(forms))


def _rename(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    """Another key, at the same place in the order."""
    del other
    keyed = [known for known in found if isinstance(known.holder, dict)]
    holder, key = rng.choice(keyed) if keyed else place
    if not isinstance(holder, dict):
        return
    new = rng.choice((rng.choice(KEYS), str(key)[:-1], f"{key}s", rng.choice(list(holder))))
    pairs = [(new if known == key else known, value) for known, value in holder.items()]
    holder.clear()
    holder.update(pairs)


def _graft(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    """A part of another spec, preferably one that stands under the same key."""
    place = _entry(rng, place, found)
    parts = [part for part in places(other) if isinstance(part.holder, list) or not isinstance(place.holder, list)]
    alike = [part for part in parts if part.key == place.key] or parts
    part = deepcopy(rng.choice(alike).value) if alike else None
    if isinstance(place.holder, list) and rng.randrange(2):
        place.holder.insert(place.key, part)
    else:
        place.put(part)


def _move(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    """A part of this spec at another place too."""
    del other
    place.put(deepcopy(rng.choice(found).value))


def _wrap(rng: Random, place: Place, found: list[Place], other: dict[str, Any]) -> None:
    """An entry inside a group, a loop, a residual or parallel branches."""
    del other
    place = _entry(rng, place, found)
    entry = place.value
    wrapped: tuple[Any, ...] = (
        {"layers": [entry]},
        {"name": "wrapped", "layers": [entry]},
        {"repeat": rng.choice((0, 1, 2, 3, 50)), "layers": [entry]},
        {"for": {"v": [1, 2]}, "name": "w{v}", "layers": [entry]},
        {"residual": {"layers": [entry]}},
        {"parallel": {"branches": [[entry], []], "merge": rng.choice(("add", "concat", "multiply"))}},
        {"when": "=in_channels > 2", "layers": [entry]},
    )
    place.put(rng.choice(wrapped))


MUTATIONS: Final[tuple[Callable[[Random, Place, list[Place], dict[str, Any]], None], ...]] = (
    *(_nudge,) * 6,
    *(_wrap, _duplicate, _swap, _graft) * 2,
    *(_replace, _delete, _retype, _rename, _move, _wrap),
)
