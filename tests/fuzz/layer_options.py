"""Small networks of any layer types, with their options in every form, generated from what the classes declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import ACTIVATIONS, LAYERS
from cnncalc.layers.weights import INITIALISERS
from tests.fuzz.oddities import odd

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from cnncalc.layers.options import Kind, Option

GIVEN: Final = 0.3
"""How often an option is given that need not be."""
ODD: Final = 0.02


def network(rng: Random) -> dict[str, Any]:
    """A spec of one to four layers, most of them one after another."""
    rank = rng.choice((0, 1, 1, 2, 2, 2, 3))
    sizes = [rng.choice((1, 2, 3, 4, 6, 8, 12)), *(rng.randrange(1, 14 if rank < 3 else 8) for _ in range(rank))]
    spec: dict[str, Any] = {"input": "x".join(map(str, sizes))}
    if rng.randrange(8) == 0:
        spec["data_format"] = "channels_last"
        spec["input"] = "x".join(map(str, [*sizes[1:], sizes[0]]))
    spec["layers"] = [entry(rng, rank, number) for number in range(rng.choice((1, 1, 2, 2, 3, 4)))]
    return spec


def entry(rng: Random, rank: int, number: int) -> dict[str, Any]:
    """A layer of any type with options, named by its number."""
    kind = LAYERS[rng.choice(list(LAYERS))]
    written = f"{kind.type_name}{rank}d" if kind.ranked and rank and rng.randrange(2) else kind.type_name
    options: dict[str, Any] = {"type": written, "name": f"l{number}"}
    constant = "value" in kind.options and kind.arity[0] > 1 and rng.randrange(2) == 0
    if constant:
        options["value"] = value(rng, kind.options["value"], rank, number)
    if (kind.arity[0] > 1 and not constant) or rng.randrange(12) == 0:
        sources = ["previous", "input", *(f"l{earlier}" for earlier in range(number))]
        options["from"] = [rng.choice(sources) for _ in range(rng.choice((1, 2, 2, 2, 3)))]
    for name, known in kind.options.items():
        if known.required or (rng.random() < GIVEN and not (name == "value" and "from" in options)):
            options[name] = value(rng, known, rank, number)
    return options


def value(rng: Random, known: Option, rank: int, number: int = 0) -> Any:
    """A value that the option allows or, rarely, any other."""
    if rng.random() < ODD:
        return odd(rng)
    if known.default is None and rng.randrange(8) == 0:
        return None
    if known.name in {"dim", "start_dim", "end_dim"}:
        return rng.randrange(-rank - 1, rank + 1)
    if known.name in {"dims", "shape", "sizes", "normalized_shape"}:
        return _axes(rng, rank)
    if known.name == "indices":
        return f"l{rng.randrange(number + 1)}"
    return _of_kind(rng, known.kind, rank)


def _of_kind(rng: Random, kind: Kind, rank: int) -> Any:
    make = _FORMS.get(type(kind).__name__)
    return make(rng, kind, rank) if make else odd(rng)


def _axes(rng: Random, rank: int) -> Any:
    order = rng.sample(range(rank + 1), rank + 1)
    return rng.choice((order, order, order[:1], order[:2], [-1], [2, -1], [-1, 2], rng.randrange(-1, 5)))


def _integer(rng: Random, kind: Any, rank: int) -> Any:
    del rank
    least = 0 if kind.minimum is None else kind.minimum
    number = least + rng.choice((0, 0, 1, 1, 2, 3, 5))
    return rng.choice((number, number, number, number, float(number), f"={number}"))


def _number(rng: Random, kind: Any, rank: int) -> Any:
    del rank
    low = kind.minimum if kind.minimum is not None else kind.above if kind.above is not None else -2
    high = kind.maximum if kind.maximum is not None else low + 4
    return rng.choice((low, min(high, low + 1), min(high, low + 2), min(high, low + 0.5), round(rng.random(), 3)))


def _per_axis(rng: Random, kind: Any, rank: int) -> Any:
    """One for all axes, or one for each; null where that means something."""
    items = [None if kind.null and rng.randrange(5) == 0 else _integer(rng, kind.item, rank) for _ in range(rank or 1)]
    return items if rng.randrange(2) else items[0]


def _list(rng: Random, kind: Any, rank: int) -> Any:
    items = [_of_kind(rng, kind.item, rank) for _ in range(rank or 1)]
    return items if rng.randrange(2) else items[0]


def _padding(rng: Random, kind: Any, rank: int) -> Any:
    pads = [[rng.randrange(3), rng.randrange(3)] for _ in range(rank or 1)]
    mixed = [pair[0] if rng.randrange(2) else pair for pair in pads]
    return rng.choice((pads, mixed, [before for before, _ in pads], rng.randrange(3), *kind.words))


def _weight(rng: Random, kind: Any, rank: int) -> Any:
    del rank
    words = rng.choice((*INITIALISERS, {"constant": 0.1}, 0.5, [0.5], [[1.0]]))
    return rng.choice((True, False, False, words)) if kind.switch else words


def _numbers(rng: Random, kind: Any, rank: int) -> Any:
    """A number, or numbers that broadcast to some inputs."""
    del kind
    nested: Any = [0.5, 2, -1][: rng.randrange(1, 4)]
    for _ in range(rng.randrange(rank + 1)):
        nested = [[item] for item in nested]
    return rng.choice((1, 0.5, -2, f"={rng.randrange(1, 9)} / 4", nested, [nested]))


def _activation(rng: Random, kind: Any, rank: int) -> Any:
    """The type of an activation, with options of its own or without."""
    del kind
    name = rng.choice(list(ACTIVATIONS))
    if rng.randrange(2):
        return name
    chosen = (known for known in ACTIVATIONS[name].options.values() if known.required or rng.random() < GIVEN)
    return {name: {known.name: value(rng, known, rank) for known in chosen}}


_FORMS: Final[dict[str, Callable[[Random, Any, int], Any]]] = {
    "Integer": _integer,
    "Number": _number,
    "Boolean": lambda rng, _, __: bool(rng.randrange(2)),
    "Choice": lambda rng, kind, _: rng.choice(kind.words),
    "ListOf": _list,
    "Sizes": _per_axis,
    "Padding": _padding,
    "Weight": _weight,
    "Numbers": _numbers,
    "PaddingOption": _padding,
    "ActivationOption": _activation,
}
"""By the class of the option's kind; one that is not known here gets odd values."""
