"""The fan of a unit: against centres and counts by hand, `receptive-field --unit`, and its own lines followed."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import cnncalc
from cnncalc.receptive_field.fan import FanRoom, fan_of
from tests.marking import slow_but
from tests.networks import FIRST
from tests.receptive_field.small_networks import TRAPS_1D, TRAPS_2D, layers_1d

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.receptive_field.fan_results import Fan
    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

WIDE = FanRoom(rows=100, units=100)
"""So much that all of a small network is in sight."""


def half(number: int) -> Fraction:
    return Fraction(number, 2)


def conv(options: str = "") -> str:
    return f"conv1d(2,3{options})"


@pytest.mark.parametrize(
    ("layers", "start", "stride"),
    [
        (conv(",padding=1"), 0, 1),
        (conv(), 1, 1),
        (conv(",stride=2,padding=1"), 0, 2),
        ("max_pool1d(2)", half(1), 2),
        ("max_pool1d(2)|max_pool1d(2)", half(3), 4),
        (conv(",dilation=4"), 4, 1),
        ("conv1d(2,2,padding=[[1,0]])", half(-1), 1),
        ("conv_transpose1d(2,2,stride=2)", Fraction(-1, 4), half(1)),
        ("conv_transpose1d(2,4,stride=2,padding=1)", Fraction(-1, 4), half(1)),
        ("conv_transpose1d(2,3,stride=2,padding=1)", 0, half(1)),
        ("conv1d(2,2,stride=2)|upsample(scale_factor=2)", 0, 1),
        ("adaptive_avg_pool1d(4)", Fraction(5, 2), 6),
        ("slice(dim=0,end=2)|pixel_unshuffle(2)", half(1), 2),
        ("conv1d(2,3)|pixel_shuffle(2)|pixel_shuffle(1)", Fraction(3, 4), half(1)),
        ("global_avg_pool1d()|upsample(size=3)", Fraction(7, 2), 8),
    ],
)
def test_centres(layers: str, start: Fraction, stride: Fraction) -> None:
    """By hand; upsampled units lie within the pixels that they are made of, as wide as these are divided by."""
    row = fan_of(cnncalc.load(layers, input="2x24"), room=WIDE).rows[-1]
    assert (row.start, row.stride) == (start, stride)


@pytest.mark.parametrize(
    ("layers", "unit", "cones", "dropped"),
    [
        # the example of the reference: eleven pixels, and a unit that the pool's floor leaves
        (
            f"{conv(',padding=1')}|{conv(',stride=2,padding=1')}|{conv(',padding=1')}|max_pool1d(2)",
            1,
            [(0, 10, 11), (1, 9, 9), (1, 4, 4), (2, 3, 2), (1, 1, 1)],
            {3: ((12, 12),)},
        ),
        # gridding: equal dilations see 7 of 13 pixels
        ("|".join([conv(",dilation=2")] * 3), 6, [(6, 18, 7), (6, 14, 5), (6, 10, 3), (6, 6, 1)], {}),
        ("conv1d(2,1,stride=2)|conv1d(2,1)", 3, [(6, 6, 1), (3, 3, 1)], {0: tuple((n, n) for n in range(1, 24, 2))}),
    ],
)
def test_cones(layers: str, unit: int, cones: list[tuple[int, ...]], dropped: dict[int, Any]) -> None:
    fan = fan_of(cnncalc.load(layers, input="2x25"), unit=(unit,), room=WIDE)
    assert [row.cone for row in fan.rows] == cones
    assert {place: row.dropped for place, row in enumerate(fan.rows) if row.dropped} == dropped


def test_the_tree_of_wavenet() -> None:
    """A layer is one row: its two convolutions are alike, and what is added to them they read at the same places."""
    fan = fan_of(cnncalc.load("wavenet"), "layer9.onwards", (8000,))
    assert [row.cone[2] for row in fan.rows] == [1025, *(2**power for power in range(10, -1, -1))]
    assert [row.window.dilation for row in fan.rows if row.window] == [1, *(2**power for power in range(10))]


def test_the_rows_of_a_residual_block() -> None:
    """The skip goes past two rows; norms and activations have none of their own, unless each layer is to have one."""
    network = cnncalc.load("resnet18")
    folded, unfolded = (fan_of(network, scope="layer1.1", room=FanRoom(unfold=unfold)).rows for unfold in (False, True))
    assert [(row.name, row.sources) for row in folded] == [
        ("layer1.0.relu_2", ()), ("layer1.1.conv1", (0,)), ("layer1.1.conv2", (1,)), ("layer1.1.add_1", (2, 0)),
    ]  # fmt: skip
    assert len(unfolded) == 8
    assert folded[0].cone == unfolded[0].cone == (25, 29, 5)


def followed(fan: Fan) -> list[set[int]]:
    """Of each row the units that are reached from the fan's by the lines that are told."""
    found: list[set[int]] = [set() for _ in fan.rows]
    found[-1] = {fan.unit}
    for place in reversed(range(len(fan.rows))):
        for unit in fan.rows[place].units:
            for reads in unit.reads if unit.number in found[place] else ():
                found[reads.row].update(*reads.taps)
    return found


def check(network: cnncalc.Network, unit: tuple[int, ...], *, exactly: bool = True) -> None:
    """Lines followed reach the cones, and the cone among the pixels is what the unit sees.

    Without `exactly` lines may reach more, as they are told along one axis and for all channels.
    """
    fan = fan_of(network, unit=unit, room=WIDE)
    tensor = network.tensor()
    seen = network.receptive_field(network.tensors[tensor].name, unit).seen
    assert seen is not None
    for row, reached in zip(fan.rows, followed(fan), strict=True):
        cone = {each.number for each in row.units if each.in_cone}
        assert row.is_complete
        assert len(cone) == row.cone[2]
        assert cone == reached if exactly else cone <= reached
        if not row.layers and row.name in seen.pixels and len(seen.pixels[row.name]) >= 1:
            assert row.cone[2] in seen.pixels[row.name]


BY_CHANNEL = {"groups stay apart", "unshuffle", "space to depth", "some columns", "columns put together backwards"}
"""Here it depends on the channel what a unit sees."""


@pytest.mark.parametrize("name", TRAPS_1D)
def test_lines_lead_to_the_cone(name: str) -> None:
    network = cnncalc.load(f"input: 2x11\nlayers:\n{TRAPS_1D[name]}")
    _, first, *others = network.tensors[network.tensor()].shape
    for unit in range(first):
        check(network, (unit, *(size // 2 for size in others)), exactly=not others and name not in BY_CHANNEL)


@pytest.mark.parametrize("name", TRAPS_2D)
def test_lines_lead_to_the_cone_along_one_axis_of_two(name: str) -> None:
    network = cnncalc.load(f"input: 2x4x6\nlayers:\n{TRAPS_2D[name]}")
    check(network, tuple((size - 1) // 2 for size in network.tensors[network.tensor()].shape[1:]), exactly=False)


@given(layers_1d(depth=5), st.integers(3, 14), st.integers(0, 100))
def test_lines_lead_to_the_cones_of_random_chains(layers: list[dict[str, Any]], size: int, unit: int) -> None:
    try:
        network = cnncalc.load(f"input: 2x{size}\nlayers: {json.dumps(layers)}\n")
    except cnncalc.CnncalcError:
        reject()
    shape = network.tensors[network.tensor()].shape
    if len(shape) == 1 or not network.tensors[network.tensor()].producer:
        reject()
    check(network, (unit % shape[1],))


BUNDLED = {
    "lenet": (None, "0,0"), "alexnet": ("conv5", "6,12"), "resnet18": ("layer2", "14,0"), "unet": (None, "100,387"),
    "googlenet": ("inception3b", "27,13"), "wavenet": ("layer12.onwards", "2000"), "dcgan": (None, "31,31"),
}  # fmt: skip
"""Layers and units."""


@pytest.mark.parametrize("name", slow_but(["lenet", "alexnet", "wavenet"], BUNDLED))
def test_pixels_are_those_of_receptive_field(name: str, run: Run) -> None:
    """The command's, along each axis."""
    layer, unit = BUNDLED[name]
    found = json.loads(run("receptive-field", name, *([layer] if layer else []), "--unit", unit, "--json").out)
    places = tuple(map(int, unit.split(",")))
    for number, axis in enumerate(("height", "width") if len(places) == 2 else ("length",)):
        fan = fan_of(cnncalc.load(name), layer, places, axis)
        [input_] = [row for row in fan.rows if row.name == fan.input]
        first, last = found["interval"][number]
        assert input_.cone == (first, last, found["pixels"][number])
        assert fan.unit == places[number]


@pytest.mark.slow
@pytest.mark.parametrize("name", FIRST.values())
def test_every_bundled_network_has_a_fan(name: str) -> None:
    network = cnncalc.load(name)
    tensor = network.tensors[network.tensor()]
    if len(tensor.shape) == 1:
        with pytest.raises(cnncalc.CnncalcError, match="is a vector"):
            fan_of(network)
        return
    fan = fan_of(network)
    assert fan.rows[-1].cone == (fan.unit, fan.unit, 1)
    assert fan.rows[-1].layers
