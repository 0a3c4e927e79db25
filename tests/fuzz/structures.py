"""Specs grown from nothing: the language's own structure, with any value in any place of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.fuzz.oddities import odd

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

WORDS: Final = (
    *("relu", "conv2d", "conv", "max_pool2d", "linear", "flatten", "add", "concat", "batch_norm", "cell", "residual"),
    *(
        "name",
        "from",
        "when",
        "type",
        "share",
        "trainable",
        "spec",
        "until",
        "n",
        "n.relu_1",
        "layers",
        "repeat",
        "for",
        "branches",
        "merge",
        "shortcut",
        "out_channels",
    ),
    *("kernel_size", "stride", "padding", "dim", "weight", "input", "previous", "a", "a.b", "b{index}", "{", "same"),
    *("=index", "=in_channels", "=a", "=[1, 2]", "=1 / 0", "=size('a')", "=['a', 'b']", "='relu'", "=", "w, h", ""),
)
_OF_ENTRIES: Final = ("name", "when", "from", "share", "trainable")
ENTRIES: Final = (
    "parameter",
    "constant",
    "split",
    "relu",
    "flatten",
    "cell",
    "batch_norm",
    "global_avg_pool2d",
    "softmax",
    "linear",
    "add",
)


def structure(rng: Random) -> dict[str, Any]:
    """A whole spec; about a third of its values are as the language has them."""
    spec: dict[str, Any] = {"input": rng.choice(("3x8x8", "3x8x8", "3x8x8", any_tree(rng)))}
    if rng.randrange(3) == 0:
        spec["parameters"] = {_word(rng): any_tree(rng, 1) for _ in range(rng.randrange(3))}
    cells = ({"layers": ["relu"]}, {"layers": entries(rng, 1)}, {"spec": "lenet", "until": "c1"}, any_tree(rng))
    spec["blocks"] = {"cell": rng.choice(cells)}
    spec["layers"] = entries(rng, 3)
    for key in ("outputs", "variants", "expect", "name", "data_format", "inputs", "frozen", "weights"):
        if rng.randrange(12) == 0:
            spec[key] = any_tree(rng)
    return spec


def any_tree(rng: Random, depth: int = 3) -> Any:
    """Values in lists and mappings."""
    kind = rng.randrange(6) if depth else 5
    if kind == 0:
        return [any_tree(rng, depth - 1) for _ in range(rng.randrange(4))]
    if kind == 1:
        return {_word(rng): any_tree(rng, depth - 1) for _ in range(rng.randrange(4))}
    return _word(rng) if kind == 2 else odd(rng)


def entries(rng: Random, depth: int) -> list[Any]:
    """Layers, groups, loops, residuals and parallel branches."""
    return [_entry(rng, depth) for _ in range(rng.choice((0, 1, 1, 2, 3)))]


def _entry(rng: Random, depth: int) -> Any:
    made = rng.choice(_MADE if depth else _MADE[:4])(rng, depth - 1)
    if isinstance(made, dict):
        made |= {key: _value(rng, key) for key in _OF_ENTRIES if rng.randrange(8) == 0}
    return made


def _value(rng: Random, key: str) -> Any:
    """A value as it is written under the key or, now and then, any other."""
    meant = {
        "share": "n",
        "trainable": False,
        "name": "n",
        "when": "=in_channels > 2",
        "from": "previous",
        "repeat": 2,
        "merge": "add",
        "shortcut": True,
    }
    return any_tree(rng, 1) if rng.randrange(4) == 0 else meant.get(key, rng.randrange(1, 4))


def _word(rng: Random) -> str:
    return rng.choice(WORDS)


def _copy(rng: Random, depth: int) -> dict[str, Any]:
    """An earlier entry once more."""
    del depth
    return {"share": _value(rng, "share")}


def _own(rng: Random, depth: int) -> dict[str, Any]:
    """A tensor of the network's own."""
    del depth
    shape = rng.choice(([3, 1, 1], [3, 8, 8], "=in_shape", any_tree(rng, 1)))
    return rng.choice(({"parameter": {"shape": shape}}, {"constant": {"value": rng.choice((1, [[[1]]], odd(rng)))}}))


def _plain(rng: Random, depth: int) -> Any:
    del depth
    return rng.choice(ENTRIES) if rng.randrange(4) else any_tree(rng, 2)


def _convolution(rng: Random, depth: int) -> dict[str, Any]:
    del depth
    keys = ["out_channels", "kernel_size", *(key for key in ("stride", "padding", "groups") if rng.randrange(4) == 0)]
    return {"type": "conv2d", **{key: _value(rng, key) for key in keys}}


def _group(rng: Random, depth: int) -> dict[str, Any]:
    loop = {"repeat": {"repeat": _value(rng, "repeat")}, "for": {"for": {"w": [1, 2]}}}.get(_word(rng), {})
    return {"layers": entries(rng, depth), **loop}


def _residual(rng: Random, depth: int) -> dict[str, Any]:
    shortcut = rng.choice((entries(rng, depth), _value(rng, "shortcut")))
    return {"residual": {"layers": entries(rng, depth), "shortcut": shortcut}}


def _parallel(rng: Random, depth: int) -> dict[str, Any]:
    branches = [entries(rng, depth) for _ in range(rng.randrange(1, 4))]
    return {"parallel": {"branches": branches, "merge": _value(rng, "merge")}}


_MADE: Final[tuple[Callable[[Random, int], Any], ...]] = (
    *(_plain, _convolution, _copy, _own),
    *(_group, _residual, _parallel),
)
"""The first two hold no entries."""
