"""Receptive fields where axes are moved, cut, joined and held in pieces, against the pixels that each unit sees."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.fields import field_figures
from cnncalc.influence import seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.field_report import FieldFigures
    from cnncalc.network import Network
    from cnncalc.positions import Positions

MOST_UNITS = 80

Entry = dict[str, Any]


def units(network: Network, tensor: int) -> list[tuple[int, ...] | None]:
    """Every unit of a map; of a vector all features together."""
    sizes = network.tensor_shapes[tensor][1:]
    return list(itertools.product(*map(range, sizes))) if sizes else [None]


def length(places: Positions) -> int:
    return places.last - places.first + 1 if places else 0


def holds(network: Network, tensor: int, figures: FieldFigures, *, padded: bool) -> None:
    """The figures of a tensor are those of what its units see one by one, wherever no border clips that."""
    field, patterns = figures.receptive_field["input"], figures.patterns["input"]
    everything = units(network, tensor)
    assume(len(everything) <= MOST_UNITS)
    found = [seen(network, tensor, unit)["input"] for unit in everything]
    together = seen(network, tensor, None)["input"]
    for axis, whole in enumerate(together):
        sizes = [length(places[axis]) for places in found]
        if field.padding[axis] is None:
            assert (field.size[axis], field.stride[axis]) == (length(whole), None)
            assert field.is_global
        elif max(sizes) > field.size[axis]:
            assert field.is_global
        elif not (field.is_global or padded):
            assert field.size[axis] == max(sizes)
            assert not found[0][axis] or field.padding[axis] == -found[0][axis].first
            period, step = patterns[axis] or (0, 0)
            if period == 1 and field.aligned:
                _advances(network.tensor_shapes[tensor][1:], dict(zip(everything, found, strict=True)), axis, step)


def _advances(sizes: tuple[int, ...], found: dict[Any, Any], axis: int, step: int) -> None:
    """Each unit is so much ahead of the one before it, along one axis."""
    moving = []
    for along in range(len(sizes)):
        pairs = [(unit, (*unit[:along], unit[along] + 1, *unit[along + 1 :])) for unit in found]
        steps = {found[b][axis].first - found[a][axis].first for a, b in pairs if b in found}
        assert len(steps) <= 1
        moving += [*(steps - {0})]
    assert moving in ([], [step])


def check(layers: list[Entry], shape: str, *, padded: bool = False) -> None:
    network = cnncalc.load(f"input: {shape}\nlayers: {json.dumps(layers)}\n")
    listed = field_figures(network)
    assert [figures.receptive_field for figures in listed] == [f.receptive_field for f in network.report().layers]
    for tensor, figures in enumerate(listed, 1):
        assert figures.receptive_field["input"].exact
        holds(network, tensor, figures, padded=padded)


class Builder:
    """Layers one behind another, each made to fit the shape that arrives, by numbers that are drawn."""

    def __init__(self, shape: tuple[int, ...], *, padded: bool) -> None:
        self.shape = shape
        self.padded = padded
        self.layers: list[Entry] = []
        self.names: dict[str, tuple[int, ...]] = {"input": shape}

    def add(self, kind: str, options: Entry, name: str | None = None, sources: list[str] | None = None) -> None:
        """A layer, behind the one before it or the sources."""
        name = name or f"n{len(self.layers)}"
        entry = {kind: {**options, "name": name, **({"from": sources} if sources else {})}}
        spec = f"input: {'x'.join(map(str, next(iter(self.names.values()))))}\nlayers: {json.dumps([*self.layers, entry])}"
        try:
            network = cnncalc.load(spec)
        except cnncalc.CnncalcError:
            return
        self.layers.append(entry)
        self.shape = self.names[name] = network.tensor_shapes[-1]

    @property
    def last(self) -> str:
        return list(self.names)[-1]

    def windows(self, a: int, b: int, c: int) -> None:
        pads = {"padding": a % 2} if self.padded else {}
        kind = ("conv", "avg_pool", "depthwise_conv", "max_pool")[c % 4]
        options = {"kernel_size": 1 + a % 3, "stride": 1 + b % 2, **pads}
        if kind == "conv":
            groups = (1, 2, self.shape[0])[b % 3]
            options |= {"out_channels": 2 * groups if groups > 1 else 4, "groups": groups}
        self.add(kind, options)

    def permute(self, a: int, b: int, c: int) -> None:
        del b, c
        orders = list(itertools.permutations(range(len(self.shape))))
        self.add("permute", {"dims": list(orders[a % len(orders)])})

    def reshape(self, a: int, b: int, c: int) -> None:
        del c
        values = 1
        for size in self.shape:
            values *= size
        shapes = list(_factored(values, 2 + b % 2))
        self.add("reshape", {"shape": shapes[a % len(shapes)]})

    def flatten(self, a: int, b: int, c: int) -> None:
        del c
        start = a % len(self.shape)
        self.add("flatten", {"start_dim": start, "end_dim": start + b % (len(self.shape) - start)})

    def unflatten(self, a: int, b: int, c: int) -> None:
        del c
        self.add("unflatten", {"dim": a % len(self.shape), "sizes": [(2, 3)[b % 2], -1]})

    def squeeze(self, a: int, b: int, c: int) -> None:
        del a, b, c
        self.add("squeeze", {})

    def slice(self, a: int, b: int, c: int) -> None:
        dim = a % len(self.shape)
        self.add("slice", {"dim": dim, "start": b % max(1, self.shape[dim] - 1), "step": 1 + c % 2})

    def halves(self, a: int, b: int, c: int) -> None:
        """A tensor cut, one part changed, and both joined again."""
        dim, source = a % len(self.shape), self.last
        cut = max(1, self.shape[dim] // 2)
        self.add("slice", {"dim": dim, "end": cut}, sources=[source])
        left = self.last
        self.add("slice", {"dim": dim, "start": cut}, sources=[source])
        if b % 2:
            self.add("avg_pool", {"kernel_size": 1 + c % 2, "stride": 1})
        self.add("concat", {"dim": dim}, sources=[left, self.last])

    def joined(self, a: int, b: int, c: int) -> None:
        """An earlier tensor behind this one."""
        names = list(self.names)
        self.add("concat", {"dim": b % len(self.shape)}, sources=[self.last, names[a % len(names)]])
        del c

    def added(self, a: int, b: int, c: int) -> None:
        names = list(self.names)
        self.add("add", {}, sources=[self.last, names[a % len(names)]])
        del b, c

    def mixed(self, a: int, b: int, c: int) -> None:
        dim = b % len(self.shape)
        kind, options = (
            ("linear", {"dim": dim, "out_features": 2}),
            ("softmax", {"dim": dim}),
            ("layer_norm", {"dims": [dim]}),
        )[a % 3]
        self.add(kind, options)
        del c

    def shuffled(self, a: int, b: int, c: int) -> None:
        kind, options = (
            ("channel_shuffle", {"groups": 2}),
            ("pixel_shuffle", {"upscale_factor": 2}),
            ("pixel_unshuffle", {"downscale_factor": 2}),
            ("space_to_depth", {"block_size": 2}),
            ("upsample", {"scale_factor": 2}),
            ("glu", {"dim": b % len(self.shape)}),
        )[a % 6]
        self.add(kind, options)
        del c

    def pooled(self, a: int, b: int, c: int) -> None:
        """A gate of the whole map, or of one axis of it."""
        source, shape = self.last, self.shape
        if len(shape) < 2:
            return
        sizes = [1 if b % 2 or axis == c % (len(shape) - 1) else None for axis in range(len(shape) - 1)]
        self.add("adaptive_avg_pool", {"output_size": sizes})
        if a % 2:
            self.add("multiply", {}, sources=[source, self.last])


def _factored(values: int, axes: int) -> Iterator[list[int]]:
    if axes == 1:
        yield [values]
        return
    for size in range(1, values + 1):
        if values % size == 0:
            yield from ([size, *others] for others in _factored(values // size, axes - 1))


STEPS = (
    *("windows", "windows", "permute", "permute", "reshape", "flatten", "unflatten", "squeeze", "slice", "halves"),
    *("joined", "added", "mixed", "shuffled", "pooled"),
)
number = st.integers(0, 1000)


@given(
    st.sampled_from([(4, 6), (2, 12), (2, 4, 6), (4, 6, 4), (1, 6, 6), (4, 3, 5)]),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(STEPS), number, number, number), min_size=1, max_size=7),
)
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_random_graphs(shape: tuple[int, ...], padded: bool, steps: list[tuple[str, int, int, int]]) -> None:
    made = Builder(shape, padded=padded)
    for step, *numbers in steps:
        getattr(made, step)(*numbers)
    assume(made.layers)
    check(made.layers, "x".join(map(str, shape)), padded=padded)
