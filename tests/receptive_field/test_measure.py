"""The figures of receptive fields against what units see one by one, on random graphs."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

import cnncalc
from cnncalc.receptive_field.dependency import pixels_seen
from cnncalc.receptive_field.measure import field_figures
from tests.receptive_field.graph_drawing import STEPS, Builder

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.geometry.index_set import IndexSet
    from cnncalc.receptive_field.results import FieldFigures
    from tests.receptive_field.graph_drawing import Entry

MOST_UNITS = 50


def units(network: Network, tensor: int) -> list[tuple[int, ...] | None]:
    """Every unit of a map; of a vector all features together."""
    sizes = network.tensors[tensor].shape[1:]
    return list(itertools.product(*map(range, sizes))) if sizes else [None]


def length(places: IndexSet) -> int:
    return places.last - places.first + 1 if places else 0


def holds(network: Network, tensor: int, figures: FieldFigures, *, padded: bool) -> None:
    """The figures of a tensor are those of what its units see one by one, wherever no border clips that."""
    field, patterns = figures.receptive_field["input"], figures.patterns["input"]
    everything = units(network, tensor)
    assume(len(everything) <= MOST_UNITS)
    found = [pixels_seen(network, tensor, unit)["input"] for unit in everything]
    together = pixels_seen(network, tensor, None)["input"]
    node = network.tensors[tensor].producer
    if node and node.sees_input and not any(together):
        return  # it takes channels, or the first of a sequence, that no input reaches: the figures are of all of them
    for axis, whole in enumerate(together):
        sizes = [length(places[axis]) for places in found]
        if field.padding[axis] is None:
            assert (field.size[axis], field.stride[axis]) == (length(whole), None)
            assert field.is_global is bool(whole)
        elif max(sizes) > field.size[axis]:
            assert field.is_global
        elif not (field.is_global or padded):
            period, step = patterns[axis] or (0, 0)
            units_along = min(network.tensors[tensor].shape[1:], default=1)
            if period <= units_along:  # else the widest of a period may not be there
                assert field.size[axis] == max(sizes)
            assert not found[0][axis] or field.padding[axis] == -found[0][axis].first
            if period == 1 and field.aligned:
                _advances(network.tensors[tensor].shape[1:], dict(zip(everything, found, strict=True)), axis, step)


def _advances(sizes: tuple[int, ...], found: dict[Any, Any], axis: int, step: int) -> None:
    """Each unit is so much ahead of the one before it, along one axis, where both see the input."""
    moving = []
    for along in range(len(sizes)):
        pairs = [(unit, (*unit[:along], unit[along] + 1, *unit[along + 1 :])) for unit in found]
        steps = {
            found[b][axis].first - found[a][axis].first
            for a, b in pairs
            if b in found and found[a][axis] and found[b][axis]
        }
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


number = st.integers(0, 1000)


@given(
    st.sampled_from([(4, 6), (2, 12), (2, 4, 6), (4, 6, 4), (1, 6, 6), (4, 3, 5)]),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(STEPS), number, number, number), min_size=1, max_size=7),
)
# Some places see all of the input and others none of it, where windows are put together.
@example((4, 6), False, [("pooled", 0, 0, 0), ("own", 0, 0, 747), ("unsqueeze", 0, 0, 0), ("columns", 0, 0, 0)])
def test_random_graphs(shape: tuple[int, ...], padded: bool, steps: list[tuple[str, int, int, int]]) -> None:
    made = Builder(shape, padded=padded)
    for step, *numbers in steps:
        getattr(made, step)(*numbers)
    assume(made.layers)
    check(made.layers, "x".join(map(str, shape)), padded=made.padded)
