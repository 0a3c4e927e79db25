"""Specs of one layer under test, drawn from the options that its class declares; this module is no test.

Each option takes every form that its kind allows (one number, a list, pairs, words, null), at times one that it does
not allow. So a spec may be wrong, and then has to be refused; what passes has to go through every command.
"""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.layers import ACTIVATIONS, LAYERS
from cnncalc.layers.activation_option import ActivationOption
from cnncalc.layers.constants import Numbers
from cnncalc.layers.opaque import ArrayShapes, Word
from cnncalc.layers.options import Boolean, Choice, Integer, Kind, ListOf, Name, Number, Padding, Sizes
from cnncalc.layers.own_tensors import TensorShape
from cnncalc.layers.weights import INITIALISERS, Weight
from tests.layers.cases import LOOKED_UP

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from cnncalc.layers.base import Layer

NUMBERS: Final = (0.5, 1, 2, 3.0, 0.25, 7)
"""Few and moderate, so that what comes out is finite."""

SIGNED: Final = ("negative_slope", "value", "min_val", "threshold", "factor", "mean")
"""The numbers that may as well be 0 or negative; of a variance, a scale or a power that would be no number."""

PARTIAL: Final = ("log", "sqrt", "rsqrt", "reciprocal", "power")
"""Activations that take some values only, and not those of any layer."""

WRONG: Final[tuple[Any, ...]] = (
    -1,
    0,
    2.5,
    "same",
    "no_such_word",
    True,
    None,
    [],
    [1, 2, 3, 4, 5],
    [[1]],
    {"a": 1},
    2**31,
)
"""Values that most options refuse."""


class Site(NamedTuple):
    """Where a value is wanted: for which option, of a layer that takes an input of which rank and shape."""

    name: str
    rank: int
    shape: list[int]


class Drawn(NamedTuple):
    """A spec in YAML, and how many spatial axes its input has."""

    text: str
    rank: int


def spec(rng: Random, name: str | None = None, layers: dict[str, type[Layer]] | None = None) -> Drawn:
    """A spec whose last layer is of the type `name`, or of any."""
    known: Any = LAYERS if layers is None else layers
    name = name or rng.choice(list(known))
    kind = known[name]
    rank = rng.choice((1, 1, 2, 2, 3) if kind.ranked and rng.random() < 0.95 else (0, 1, 2, 2, 3))
    channels = rng.choice((1, 2, 4, 4, 6, 8))
    spatial = [rng.choice((1, 3, 4, 6, 8)) for _ in range(rank)]
    last = rng.random() < 0.2
    shape = [*spatial, channels] if last else [channels, *spatial]
    options = drawn_options(rng, kind, rank, shape)
    written = f"{name}{rng.choice((*(rank or 1,) * 9, 2))}d" if kind.ranked and rng.random() < 0.5 else name
    lines = [f"input: {json.dumps(shape)}", f"data_format: {'channels_last' if last else 'channels_first'}", "layers:"]
    if name == "fold":
        columns = {word: value for word, value in options.items() if word in ("kernel_size", "stride", "dilation")}
        lines.append(f"  - unfold: {json.dumps({'name': 'pool', **columns})}")
        options["output_size"] = spatial
    elif "indices" in options:
        window = {"kernel_size": rng.choice((1, 2, 3)), "ceil_mode": rng.random() < 0.5}
        lines.append(f"  - max_pool: {json.dumps({'name': 'pool', **window})}")
    else:
        positive = kind.domain or name == "power"
        before = "identity" if name in LOOKED_UP else "sigmoid" if positive else "tanh"
        lines.append(f"  - {before}: {{name: pool}}")
    alone = kind.arity[0] > 1 and options.get("value") is not None and rng.random() < 0.9
    if not alone and (kind.arity[0] > 1 or (kind.arity[1] != 1 and rng.random() < 0.8)):
        options["from"] = [rng.choice(("pool", "input")) for _ in range(rng.choice((2, 2, 3)))]
    lines.append(f"  - {written}: {json.dumps({'name': 'tested', **options})}")
    return Drawn("\n".join(lines) + "\n", rank)


def drawn_options(rng: Random, kind: type[Layer], rank: int, shape: list[int]) -> dict[str, Any]:
    """The required options and some of the others."""
    options: dict[str, Any] = {}
    for name, option in kind.options.items():
        if option.required or rng.random() < 0.3:
            wrong = rng.random() < 0.01
            options[name] = rng.choice(WRONG) if wrong else _value(rng, option.kind, Site(name, rank, shape))
            if option.default is None and not option.required and rng.random() < 0.1:
                options[name] = None
    _either(rng, kind, options, rank, shape)
    return options


def _either(rng: Random, kind: type[Layer], options: dict[str, Any], rank: int, shape: list[int]) -> None:
    """Mostly one of two options of which a layer wants exactly one."""
    for one, other in (("size", "scale_factor"), ("size", "padding")):
        if one in kind.options and other in kind.options and rng.random() < 0.9:
            chosen, left = rng.sample((one, other), 2)
            options.pop(left, None)
            options[chosen] = _value(rng, kind.options[chosen].kind, Site(chosen, rank, shape))
    if "output_padding" in kind.options and rng.random() < 0.9:
        options.pop("output_size", None)  # few sizes are right


def _value(rng: Random, kind: Kind, site: Site) -> Any:
    for of, draw in _DRAWS.items():
        if isinstance(kind, of):
            return draw(rng, kind, site)
    raise AssertionError(f"no way to draw a value of {type(kind).__name__}, for `{site.name}`")


def _integer(rng: Random, kind: Any, site: Site) -> Any:
    if site.name in ("dim", "dims", "start_dim", "end_dim"):
        return rng.choice(range(-site.rank - 1, site.rank + 1))
    if site.name in ("in_channels", "in_features", "num_features", "num_channels"):
        return rng.choice([*site.shape, site.shape[0], site.shape[0]])
    if site.name == "groups" and rng.random() < 0.6:
        return rng.choice((1, 2, site.shape[0]))
    if site.name in ("out_channels", "squeeze_channels"):
        return rng.choice((1, 2, 4, 8, site.shape[0], site.shape[0] * 2.0))
    values = [1, 2, 2, 3, 2.0, rng.choice(site.shape)] if kind.minimum is not None else [-2, -1, 0, 1, 2, 3]
    return rng.choice([*values, *([0] if kind.minimum == 0 else [])])


def _number(rng: Random, kind: Any, site: Site) -> float:
    values = (*NUMBERS, 0, -1, -0.5) if site.name in SIGNED else NUMBERS
    return rng.choice([value for value in values if kind.maximum is None or value <= kind.maximum])


def _list(rng: Random, kind: Any, site: Site) -> Any:
    if site.name in ("sizes", "shape", "repeats") and rng.random() < 0.8:
        return _every_size(rng, site)
    if site.name == "normalized_shape" and rng.random() < 0.9:
        return site.shape[-rng.choice((1, 1, 2, 3, 4)) :]
    if site.name == "dims" and rng.random() < 0.8:
        return rng.sample(range(site.rank + 1), rng.choice((1, site.rank + 1)))
    if rng.random() < 0.3:
        one = _value(rng, kind.item, site)
        return [None] if kind.null and rng.random() < 0.3 else one
    count = max(kind.minimum, rng.choice((1, site.rank, site.rank, site.rank + 1)))
    return [_value(rng, kind.item, site) for _ in range(count)]


def _every_size(rng: Random, site: Site) -> list[int]:
    """A size or a number of times for every axis, or sizes that all values are laid out in."""
    if site.name == "repeats" or rng.random() < 0.3:
        return [rng.choice((1, 1, 2, 3) if site.name == "repeats" else (-1, size)) for size in site.shape]
    first, last = site.shape[0], site.shape[-1]
    return rng.choice(([-1], [prod(site.shape)], [1, -1], [-1, last], [first, -1, 1], [-1, 2], site.shape[::-1]))


def _sizes(rng: Random, kind: Any, site: Site) -> Any:
    def one() -> Any:
        return None if kind.null and rng.random() < 0.3 else _integer(rng, kind.item, site)

    return _per_axis(rng, site.rank, one)


def _padding(rng: Random, kind: Any, site: Site) -> Any:
    if kind.words and rng.random() < 0.4:
        return rng.choice(kind.words)
    pad = [0, 0, 1, 1, 2]
    if rng.random() < 0.4:
        return [[rng.choice(pad), rng.choice(pad)] for _ in range(rng.choice((1, site.rank or 1, site.rank or 1)))]
    return _per_axis(rng, site.rank, lambda: rng.choice(pad))


def _per_axis(rng: Random, rank: int, one: Callable[[], Any]) -> Any:
    """One value, or a list with one for each axis or, at times, with another number of them."""
    if rng.random() < 0.5:
        return one()
    return [one() for _ in range(rng.choice((*(rank or 1,) * 8, 1, 3)))]


def _weight(rng: Random, kind: Any, site: Site) -> Any:
    """Numbers that broadcast to the array, an initialiser, or a switch."""
    forms = [*INITIALISERS, {"constant": 0.5}, 0.5, [0.5], [0.5], [[0.5]]]
    if rng.random() < 0.15:
        forms = [[0.25] * site.shape[0], [0.25] * site.shape[-1], [[[[1]]]], [[0.5, 1]] * 2]
    return rng.choice((True, False)) if kind.switch and rng.random() < 0.4 else rng.choice(forms)


def _numbers(rng: Random, kind: Any, site: Site) -> Any:
    """One number, or such as broadcast to the input, one a channel or one along the last axis, or do not."""
    del kind
    first, last = site.shape[0], site.shape[-1]
    channels: Any = [0.5, 2, -1, 1.5, 3, -0.25, 1, 4][:first]
    for _ in range(site.rank):
        channels = [[item] for item in channels]
    return rng.choice((0.5, 2, -3.0, [2], [[0.5]], channels, channels, [1.5] * last, [1.5] * last, [1, 2, 3]))


def _activation(rng: Random, kind: Any, site: Site) -> Any:
    del kind
    chosen = rng.choice([*(name for name in ACTIVATIONS if name not in PARTIAL), "linear"])
    if chosen == "linear" or (rng.random() < 0.5 and chosen not in ("threshold", "clamp")):
        return chosen
    options = drawn_options(rng, ACTIVATIONS[chosen], site.rank, site.shape)
    return {chosen: {name: value for name, value in options.items() if name != "activation"}}


_DRAWS: Final[dict[type[Kind], Callable[..., Any]]] = {
    Integer: _integer,
    Number: _number,
    Boolean: lambda rng, *_: rng.random() < 0.5,
    Choice: lambda rng, kind, *_: rng.choice(kind.words),
    Name: lambda *_: "pool",
    ListOf: _list,
    Sizes: _sizes,
    Padding: _padding,
    Weight: _weight,
    Numbers: _numbers,
    Word: lambda *_: "NonMaxSuppression",
    ArrayShapes: lambda rng, *_: rng.choice((0, 12, {"W": [3, 4]}, {"W": "3x4", "B": 3})),
    TensorShape: lambda rng, _, site: site.shape if rng.random() < 0.5 else "x".join(map(str, site.shape)),
    ActivationOption: _activation,
}
"""How the values of each kind are drawn; a new kind of option needs a line here."""
