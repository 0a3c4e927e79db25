"""Small graphs that move, join, split and cut axes between windows: what receptive fields are easily wrong behind."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Shape = tuple[int, ...]
    """Channels first."""

MOST: Final = 1500
"""Values of a tensor."""


class Grown(NamedTuple):
    """An entry of a spec, without its name and sources; the shape that it gives."""

    entry: dict[str, Any]
    shape: Shape


def graph(rng: Random) -> dict[str, Any]:
    """A spec of 3 to 10 layers, each of which reads earlier ones; most read the one before."""
    return grown(rng)[0]


def grown(rng: Random) -> tuple[dict[str, Any], dict[str, Shape]]:
    """The spec, and the shape of each tensor by name."""
    shape = (rng.choice((1, 2, 3, 4, 6)), *(rng.randrange(3, 13) for _ in range(rng.choice((1, 2, 2, 2)))))
    known: dict[str, Shape] = {"input": shape}
    layers: list[dict[str, Any]] = []
    wanted = rng.randrange(3, 11)
    while len(layers) < wanted:
        source = rng.choice(list(known)) if rng.randrange(4) == 0 else list(known)[-1]
        if rng.randrange(8) == 0:
            made = _again(rng, known, layers)
        elif rng.randrange(4) == 0:
            made = _joined(rng, known, source)
        else:
            made = _changed(rng, known[source], source)
        if made is not None and prod(made.shape) <= MOST:
            name = f"l{len(layers)}"
            layers.append({"name": name, **made.entry})
            known[name] = made.shape
    return {"input": "x".join(map(str, shape)), "layers": layers}, known


def _changed(rng: Random, shape: Shape, source: str) -> Grown | None:
    """A layer of one input; None where what was drawn does not fit its shape."""
    made = rng.choice(_CHANGES)(rng, shape)
    return made and Grown({**made.entry, "from": source}, made.shape)


def _again(rng: Random, known: dict[str, Shape], layers: list[dict[str, Any]]) -> Grown | None:
    """A layer with weights once more, on a tensor of the shape that it took, or a tensor of the network's own."""
    owners = [layer for layer in layers if layer.get("type") in {"conv", "linear", "lstm", "gru", "rnn", "parameter"}]
    if not owners or rng.randrange(3) == 0:
        shape = tuple(rng.choice((1, size, size)) for size in rng.choice(list(known.values())))
        frozen = {"trainable": False} if rng.randrange(3) == 0 else {}
        return Grown({"type": "parameter", "shape": list(shape), **frozen}, shape)
    owner = rng.choice(owners)
    if owner["type"] == "parameter":
        return Grown({"share": owner["name"]}, known[owner["name"]])
    alike = [name for name, shape in known.items() if shape == known[owner["from"]]]
    return Grown({"share": owner["name"], "from": rng.choice(alike)}, known[owner["name"]])


def _joined(rng: Random, known: dict[str, Shape], source: str) -> Grown | None:
    """Two or three tensors, added or side by side along an axis in which alone they differ."""
    shape = known[source]
    if rng.randrange(4) == 0:
        return rng.choice((_product, _looked_up, _broadcast))(rng, known, source)
    if rng.randrange(2):
        alike = [name for name, other in known.items() if other == shape]
        return Grown({"type": "add", "from": [source, rng.choice(alike)]}, shape) if len(alike) > 1 else None
    dim = rng.randrange(len(shape))
    fitting = [name for name, other in known.items() if _without(other, dim) == _without(shape, dim)]
    chosen = [source, *rng.choices(fitting, k=rng.choice((1, 1, 2)))]
    size = sum(known[name][dim] for name in chosen)
    return Grown({"type": "concat", "dim": dim, "from": chosen}, _with(shape, dim, size))


def _looked_up(rng: Random, known: dict[str, Shape], source: str) -> Grown | None:
    """A tensor at places that another of as many axes holds."""
    rank = len(known[source]) - 1
    grids = [name for name, other in known.items() if rank and len(other) == rank + 1 and other[0] == rank]
    if not grids:
        return None
    grid = rng.choice(grids)
    options = {"mode": rng.choice(("bilinear", "nearest")), "padding_mode": rng.choice(("zeros", "reflection"))}
    return Grown({"type": "grid_sample", **options, "from": [source, grid]}, (known[source][0], *known[grid][1:]))


def _broadcast(rng: Random, known: dict[str, Shape], source: str) -> Grown | None:
    """Arithmetic with a tensor of as many axes, each as long or of size 1."""
    shape = known[source]
    fitting = [
        name
        for name, other in known.items()
        if len(other) == len(shape) and all(b in {1, a} for a, b in zip(shape, other, strict=True))
    ]
    kind = rng.choice(("add", "subtract", "multiply", "maximum"))
    return Grown({"type": kind, "from": [source, rng.choice(fitting)]}, shape)


def _product(rng: Random, known: dict[str, Shape], source: str) -> Grown | None:
    """A product with another tensor whose last axis but one is as long as the last of this."""
    shape = known[source]
    if len(shape) < 2:
        return None
    fitting = [n for n, s in known.items() if len(s) == len(shape) and s[:-2] == shape[:-2] and s[-2] == shape[-1]]
    if not fitting:
        return None
    other = rng.choice(fitting)
    return Grown({"type": "matmul", "from": [source, other]}, (*shape[:-1], known[other][-1]))


def _with(shape: Shape, dim: int, *sizes: int) -> Shape:
    return (*shape[:dim], *sizes, *shape[dim + 1 :])


def _without(shape: Shape, dim: int) -> tuple[int, Shape]:
    return len(shape), _with(shape, dim)


def _window(rng: Random, shape: Shape) -> Grown | None:
    """A convolution, a depthwise one or a pool, with the padding that each allows."""
    channels, *sizes = shape
    kernels = [rng.choice((1, 2, 3, 3)) for _ in sizes]
    strides = [rng.choice((1, 1, 1, 2)) for _ in sizes]
    pads = [rng.randrange(kernel // 2 + 1) for kernel in kernels]
    outputs = [(n + 2 * p - k) // s + 1 for n, k, s, p in zip(sizes, kernels, strides, pads, strict=True)]
    if not 1 <= len(sizes) <= 3 or min(outputs) < 1:
        return None
    entry: dict[str, Any] = {
        "type": rng.choice(("max_pool", "min_pool", "conv", "conv")),
        "kernel_size": kernels,
        "stride": strides,
    }
    if entry["type"] == "conv":
        grouped = rng.randrange(3) == 0
        channels = channels if grouped else rng.choice((1, 2, 4, channels))
        entry |= {"out_channels": channels, "groups": channels if grouped else 1}
        modes = ["zeros", "replicate", "circular", *(["reflect"] if min(sizes) > max(pads) else [])]
        entry["padding_mode"] = rng.choice(modes)
    return Grown({**entry, "padding": pads}, (channels, *outputs))


def _reshape(rng: Random, shape: Shape) -> Grown:
    """All values in other axes, one of which may be left to the layer to find."""
    values = prod(shape)
    sizes = list(_factors(rng, values, rng.choice((1, 2, 2, 3, 3, 4))))
    written = list(sizes)
    if rng.randrange(2):
        written[rng.randrange(len(sizes))] = -1
    return Grown({"type": "reshape", "shape": written}, tuple(sizes))


def _factors(rng: Random, number: int, count: int) -> Shape:
    """Factors of a number, so many of them, in any order."""
    factors = []
    for _ in range(count - 1):
        factors.append(rng.choice([factor for factor in range(1, number + 1) if number % factor == 0]))
        number //= factors[-1]
    return tuple(rng.sample([*factors, number], count))


def _flatten(rng: Random, shape: Shape) -> Grown:
    first = rng.randrange(len(shape))
    last = rng.randrange(first, len(shape))
    joined = (*shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :])
    return Grown({"type": "flatten", "start_dim": first, "end_dim": last}, joined)


def _unflatten(rng: Random, shape: Shape) -> Grown | None:
    dim = rng.randrange(len(shape))
    sizes = _factors(rng, shape[dim], 2)
    made = Grown({"type": "unflatten", "dim": dim, "sizes": list(sizes)}, _with(shape, dim, *sizes))
    return made if len(shape) < 4 else None


def _permute(rng: Random, shape: Shape) -> Grown:
    dims = rng.sample(range(len(shape)), len(shape))
    return Grown({"type": "permute", "dims": dims}, tuple(shape[dim] for dim in dims))


def _squeeze(rng: Random, shape: Shape) -> Grown | None:
    ones = [dim for dim, size in enumerate(shape) if size == 1]
    if not ones or len(shape) == 1:
        return None
    dim = rng.choice(ones)
    return Grown({"type": "squeeze", "dim": dim}, _with(shape, dim))


def _slice(rng: Random, shape: Shape) -> Grown:
    dim = rng.randrange(len(shape))
    start = rng.randrange(shape[dim])
    end = rng.randrange(start + 1, shape[dim] + 1)
    return Grown({"type": "slice", "dim": dim, "start": start, "end": end}, _with(shape, dim, end - start))


def _upsample(rng: Random, shape: Shape) -> Grown | None:
    factors = [rng.choice((1, 2)) for _ in shape[1:]]
    sizes = tuple(size * factor for size, factor in zip(shape[1:], factors, strict=True))
    return Grown({"type": "upsample", "scale_factor": factors}, (shape[0], *sizes)) if 1 < len(shape) < 5 else None


def _resample(rng: Random, shape: Shape) -> Grown | None:
    """A map of another size, by weights or by the mean of what lies under each place."""
    if not 1 < len(shape) < 5:
        return None
    sizes = [rng.randrange(1, 9) for _ in shape[1:]]
    modes: tuple[dict[str, Any], ...] = (
        {"mode": "nearest-exact"},
        {"mode": "area"},
        {"mode": "linear", "antialias": True},
        {"mode": "bicubic" if len(shape) == 3 else "linear", "antialias": True},
    )
    return Grown({"type": "upsample", "size": sizes, **rng.choice(modes)}, (shape[0], *sizes))


def _global(rng: Random, shape: Shape) -> Grown | None:
    kind = rng.choice(("global_avg_pool", "global_max_pool"))
    return Grown({"type": kind}, (shape[0], *(1 for _ in shape[1:]))) if len(shape) > 1 else None


def _reduced(rng: Random, shape: Shape) -> Grown:
    dims, keep = rng.sample(range(len(shape)), rng.randrange(1, len(shape) + 1)), bool(rng.randrange(2))
    left = tuple(1 if dim in dims else size for dim, size in enumerate(shape) if keep or dim not in dims)
    kind = rng.choice(("mean", "sum", "max", "min", "prod", "l1", "l2", "logsumexp"))
    return Grown({"type": f"reduce_{kind}", "dim": dims, "keepdim": keep}, left or (1,))


def _constant(rng: Random, shape: Shape) -> Grown:
    """Arithmetic with a number, or with numbers along the last axes."""
    kind = rng.choice(("add", "subtract", "multiply", "divide", "maximum", "minimum"))
    value: Any = rng.choice((0.5, 2, -1))
    for size in shape[: -rng.randrange(1, len(shape) + 1) : -1]:
        value = [value] * rng.choice((1, size))
    return Grown({"type": kind, "value": value}, shape)


def _linear(rng: Random, shape: Shape) -> Grown:
    dim, features = rng.randrange(len(shape)), rng.randrange(1, 5)
    return Grown({"type": "linear", "dim": dim, "out_features": features}, _with(shape, dim, features))


def _recurrent(rng: Random, shape: Shape) -> Grown | None:
    if len(shape) != 2:
        return None
    dim, features, both, last = rng.randrange(2), rng.randrange(1, 4), rng.randrange(2), rng.randrange(3) == 0
    entry = {
        "type": rng.choice(("lstm", "gru", "rnn")),
        "hidden_size": features,
        "dim": dim,
        "bidirectional": bool(both),
    }
    joined = features * (1 + both)
    entry |= {"output": "last" if last else "sequence", "num_layers": rng.choice((1, 1, 2))}
    return Grown(entry, (joined,) if last else _with(shape, dim, joined))


def _attention(rng: Random, shape: Shape) -> Grown | None:
    """All tokens with all, with those before, or along one axis alone."""
    if len(shape) < 2:
        return None
    dim = rng.randrange(len(shape))
    entry: dict[str, Any] = {"dim": dim, "is_causal": bool(rng.randrange(2))}
    if len(shape) > 2 and rng.randrange(2):
        entry["attention_axes"] = rng.choice([axis for axis in range(len(shape)) if axis != dim])
    if rng.randrange(2):
        return Grown({"type": "multihead_attention", "num_heads": 2, "key_dim": 1, **entry}, shape)
    return Grown({"type": "scaled_dot_product_attention", **entry}, shape)


_CHANGES: Final[tuple[Callable[[Random, Any], Grown | None], ...]] = (
    *(_window, _window, _window, _window, _reshape, _reshape, _flatten, _unflatten, _unflatten),
    *(_permute, _permute, _permute, _squeeze, _slice, _slice, _upsample, _global, _linear, _reduced, _constant),
    *(_recurrent, _resample, _attention),
)
