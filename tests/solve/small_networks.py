"""Small networks whose axes and inputs depend on each other, drawn at random, and all small inputs that they take."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

import cnncalc
from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from cnncalc import Network
    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape

Sizes = tuple[int, ...]
"""The size of every axis of every input, in order."""

MOST_VALUES: Final = 4000
"""Of a tensor; networks are not executed, but the numbers should stay small."""
ENUMERATED: Final = {1: 40, 2: 14, 3: 7, 4: 5}
"""Up to which size each of so many axes is enumerated."""


class Drawn(NamedTuple):
    """A network, and what it is at every small input that it takes."""

    text: str
    network: Network
    built: dict[Sizes, Graph]

    @property
    def most(self) -> int:
        """The largest size of an axis that was built."""
        return ENUMERATED[len(axes_of(self.network))]


def drawn(rng: Random) -> Drawn:
    """A network of 1 to 5 layers, and all of its inputs up to a small size."""
    text = _text(rng)
    network = cnncalc.load(text)
    return Drawn(text, network, dict(_enumerated(network)))


def axes_of(network: Graph) -> list[tuple[str, int]]:
    """Every spatial axis of every input."""
    return [(name, axis) for name, shape in network.inputs.items() for axis in range(1, len(shape))]


def at(network: Graph, sizes: Sizes) -> Graph | None:
    """The network at these sizes, whatever `in_features` it has; None where it cannot be built."""
    by_axis = dict(zip(axes_of(network), sizes, strict=True))
    shapes = {
        name: (shape[0], *(by_axis[name, axis] for axis in range(1, len(shape))))
        for name, shape in network.inputs.items()
    }
    return network.blueprint.relaxed.attempt(shapes, 10_000).network


def own_sizes(network: Graph) -> Sizes:
    """The sizes of the network's own inputs."""
    return tuple(network.inputs[name][axis] for name, axis in axes_of(network))


def _enumerated(network: Network) -> Iterator[tuple[Sizes, Graph]]:
    count = len(axes_of(network))
    for sizes in product(range(1, ENUMERATED[count] + 1), repeat=count):
        built = at(network, sizes)
        if built is not None:
            yield sizes, built


def _text(rng: Random) -> str:
    """The spec: layers that fit are added to inputs of any shape."""
    known = _inputs(rng)
    shapes = {name: "x".join(map(str, shape)) for name, shape in known.items()}
    text = f"inputs: {{{', '.join(f'{name}: {shape}' for name, shape in shapes.items())}}}\nlayers:\n"
    wanted, layers = rng.randrange(1, 6), 0
    for _ in range(60):
        entry = _entry(rng, known, f"l{layers}")
        with suppress(CnncalcError):
            made = cnncalc.load(text + entry).nodes[-1]
            if prod(made.output_shape) <= MOST_VALUES:
                known[made.name] = made.output_shape
                text, layers = text + entry, layers + 1
        if layers == wanted:
            break
    return text


def _inputs(rng: Random) -> dict[str, Shape]:
    """One input or two, of equal or different shapes."""
    rank, channels = rng.choice((1, 2, 2, 2)), rng.choice((1, 2, 4, 6))
    several = rng.random() < 0.4
    sizes = (2, 3, 4) if several and rank == 2 else (2, 3, 4, 6, 8, 12)
    shape = (channels, *(rng.choice(sizes) for _ in range(rank)))
    if not several:
        return {"input": shape}
    other = shape if rng.random() < 0.7 else (channels, *(rng.choice((1, 2, 4, 5)) for _ in range(rank)))
    return {"a": shape, "b": other}


def _entry(rng: Random, known: dict[str, Shape], name: str) -> str:
    """A layer that reads one tensor, most often the last, or merges several."""
    source = list(known)[-1] if rng.random() < 0.7 else rng.choice(list(known))
    others = [rng.choice(list(known)) for _ in range(rng.randrange(1, 3))]
    kind, _, options = _layer(rng, known[source]).partition(" ")
    origin = f"[{', '.join([source, *others])}]" if kind in ("add", "concat", "multiply") else source
    return f"  - {kind}: {{name: {name}, from: {origin}{', ' if options else ''}{options}}}\n"


def _divisor(rng: Random, number: int) -> int:
    return rng.choice([d for d in range(1, number + 1) if number % d == 0])


def _reshape(rng: Random, shape: Shape) -> str:
    left, sizes = prod(shape), []
    for _ in range(rng.randrange(0, 3)):
        sizes.append(_divisor(rng, left))
        left //= sizes[-1]
    sizes.append(left)
    rng.shuffle(sizes)
    if rng.random() < 0.7:
        sizes[rng.randrange(len(sizes))] = -1
    return f"reshape shape: {sizes}"


def _unflatten(rng: Random, shape: Shape) -> str:
    dim = rng.randrange(len(shape))
    first = _divisor(rng, shape[dim])
    sizes = rng.choice(([first, -1], [-1, first], [first, shape[dim] // first]))
    return f"unflatten dim: {dim}, sizes: {sizes}"


def _flatten(rng: Random, shape: Shape) -> str:
    first = rng.randrange(len(shape))
    return f"flatten start_dim: {first}, end_dim: {rng.randrange(first, len(shape))}"


def _permute(rng: Random, shape: Shape) -> str:
    return f"permute dims: {rng.sample(range(len(shape)), len(shape))}"


def _reduce(rng: Random, shape: Shape) -> str:
    kind = rng.choice(("mean", "sum", "max", "l2"))
    return f"reduce_{kind} dim: [{rng.randrange(len(shape))}], keepdim: {rng.choice(('true', 'false'))}"


def _linear(rng: Random, shape: Shape) -> str:
    dim = rng.randrange(len(shape))
    fixed = f", in_features: {shape[dim]}" if rng.random() < 0.7 else ""
    return f"linear out_features: {rng.randrange(1, 7)}" + (f", dim: {dim}" if len(shape) > 1 else "") + fixed


DRAWN: Final = (_reshape, _reshape, _unflatten, _flatten, _permute, _reduce, _linear)
"""Layers whose options are drawn to fit a shape."""
OPTIONS: Final = (
    *("add", "add", "concat dim: AXIS", "multiply"),
    *("pixel_unshuffle downscale_factor: 2", "pixel_unshuffle downscale_factor: 3", "pixel_shuffle upscale_factor: 2"),
    *("channel_shuffle groups: 2", "channel_shuffle groups: 3", "group_norm num_groups: 2", "glu"),
    *(
        "conv out_channels: 2, kernel_size: 1, stride: 2, padding: 1",
        "conv out_channels: 4, kernel_size: 3, padding: 1",
    ),
    *("max_pool kernel_size: 2, stride: 2", "max_pool kernel_size: 3, stride: 2", "max_pool kernel_size: 1, stride: 3"),
    *("upsample scale_factor: 2", "upsample scale_factor: 1.5", "adaptive_avg_pool output_size: 2", "global_avg_pool"),
    *("slice dim: AXIS, start: 1", "slice dim: AXIS, step: 2", "crop padding: 1", "squeeze"),
    *("layer_norm dims: [AXIS]", "relu"),
)
"""Other layers; AXIS stands for any axis."""


def _layer(rng: Random, shape: Shape) -> str:
    """A type and its options, which fit the shape or not."""
    kind = rng.choice((*DRAWN, *OPTIONS))
    return kind.replace("AXIS", str(rng.randrange(len(shape)))) if isinstance(kind, str) else kind(rng, shape)
