"""Receptive fields against sets of pixels that are followed through the graph by hand."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.geometry.axis_map import IDENTITY, AxisMap
from cnncalc.geometry.window import TransposedWindow, Window
from cnncalc.geometry.window_access import window_access
from cnncalc.receptive_field.field import Field
from tests.marking import slow_but
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.receptive_field.figures import ReceptiveField


def field_of(layers: str, size: int = 64, name: str | None = None) -> ReceptiveField:
    """The receptive field, along one axis, of a layer, or of the last one."""
    report = cnncalc.load(f"input: 2x{size}\nlayers:\n{layers}").report()
    layer = next(layer for layer in report.layers if layer.name == name) if name else report.layers[-1]
    return layer.receptive_field["input"]


Step = tuple[int, int, int, int]
"""Kernel, stride, dilation, padding of one window."""


def pixels(unit: int, steps: list[Step]) -> set[int]:
    """The pixels that a unit sees through a chain of windows, by following every tap; borders are not clipped."""
    units = {unit}
    for kernel, stride, dilation, padding in reversed(steps):
        units = {u * stride - padding + tap * dilation for u in units for tap in range(kernel)}
    return units


STEPS: list[Step] = [(1, 1, 1, 0), (3, 1, 1, 1), (3, 2, 1, 0), (2, 2, 1, 0), (3, 1, 2, 2), (5, 3, 1, 2)]
CHAINS = list(itertools.product(STEPS, repeat=3))
EVERY_PAIR = [(one, two, STEPS[(i + k) % len(STEPS)]) for i, one in enumerate(STEPS) for k, two in enumerate(STEPS)]
"""Of the chains as few as have each two windows once at any two of the three places."""


@pytest.mark.parametrize("steps", slow_but(EVERY_PAIR, CHAINS))
def test_chain_of_windows(steps: tuple[Step, ...]) -> None:
    chain = list(steps)
    layers = "".join(
        f"  - conv: {{out_channels: 2, kernel_size: {k}, stride: {s}, dilation: {d}, padding: {p}}}\n"
        for k, s, d, p in chain
    )
    found = field_of(layers, size=512)
    first, second = pixels(0, chain), pixels(1, chain)
    assert found.size == (max(first) - min(first) + 1,)
    assert found.padding == (-min(first),)
    assert found.stride == ((min(second) - min(first), 1),)
    assert found.aligned
    assert not found.is_global


@pytest.mark.parametrize(
    ("spec", "layer", "size", "stride", "padding"),
    [
        ("alexnet", "pool5", 195, 32, 64),
        ("resnet50", "layer3", 267, 16, 133),
        ("resnet50", "layer4", 427, 32, 213),
    ],
)
def test_published(spec: str, layer: str, size: int, stride: int, padding: int) -> None:
    layers = cnncalc.load(spec).report().layers
    field = [found for found in layers if found.name == layer or found.name.startswith(f"{layer}.")][-1].receptive_field
    assert field["input"].size == (size, size)
    assert field["input"].stride == ((stride, 1), (stride, 1))
    assert field["input"].padding == (padding, padding)


def test_dilations_add_up() -> None:
    layers = "".join(f"  - conv: {{out_channels: 1, kernel_size: 3, dilation: {d}}}\n" for d in (1, 2, 4))
    assert field_of(layers).size == (15,)


def conv(kernel: int, padding: object = 0) -> str:
    return f"conv: {{out_channels: 2, kernel_size: {kernel}, padding: {padding}}}"


PATHS = [
    (conv(3, 1), conv(5, 2), 5, 2, True),
    (conv(3, [[0, 2]]), conv(3, [[2, 0]]), 5, 2, False),
    (conv(3, [[2, 0]]), "identity", 3, 2, False),
    (conv(1), "identity", 1, 0, True),
]


@every_row(("left", "right", "size", "padding", "aligned"), PATHS)
@every_row("merge", ["add", "concat", "multiply", "maximum", "average"])
def test_hull_of_two_paths(left: str, right: str, size: int, padding: int, aligned: bool, merge: str) -> None:
    found = field_of(f"  - parallel: {{branches: [[{left}], [{right}]], merge: {merge}}}\n")
    assert (found.size, found.padding, found.aligned) == ((size,), (padding,), aligned)


def test_misalignment_stays() -> None:
    branches = "[[conv: {out_channels: 2, kernel_size: 3, padding: [[2, 0]]}], []]"
    found = field_of(f"  - parallel: {{branches: {branches}}}\n  - max_pool: {{kernel_size: 2}}\n")
    assert not found.aligned


GATE = "  - parallel: {branches: [[], [global_avg_pool, conv: {out_channels: 2, kernel_size: 1}]], merge: multiply}\n"


def test_a_gate_is_global_beside_the_other_path() -> None:
    found = field_of(f"  - conv: {{out_channels: 2, kernel_size: 3, stride: 2, padding: 1}}\n{GATE}")
    assert (found.size, found.stride, found.padding, found.is_global) == ((3,), ((2, 1),), (1,), True)


@pytest.mark.parametrize("end", ["flatten", "global_max_pool", "adaptive_avg_pool: {output_size: 1}"])
def test_global_size_is_what_is_seen(end: str) -> None:
    """Of 11 pixels, a window of 3 that moves by 3 reaches 9."""
    found = field_of(f"  - conv: {{out_channels: 2, kernel_size: 3, stride: 3}}\n  - {end}\n", size=11)
    assert (found.size, found.stride, found.padding, found.is_global) == ((9,), (None,), (None,), True)


def test_padding_is_not_seen() -> None:
    found = field_of("  - conv: {out_channels: 2, kernel_size: 5, padding: 2}\n  - flatten\n", size=9)
    assert found.size == (9,)


def test_what_falls_away_between_layers_is_not_seen() -> None:
    """pool drops unit 4 of 5, which alone sees pixel 5 and later ones."""
    layers = "  - conv: {out_channels: 2, kernel_size: 2}\n  - max_pool: {kernel_size: 2}\n  - flatten\n"
    assert field_of(layers, size=6).size == (5,)


def test_rectangles() -> None:
    report = cnncalc.load(
        "input: 1x32x48\nlayers:\n  - conv2d: {out_channels: 1, kernel_size: [3, 7], stride: [1, 2]}\n"
    ).report()
    field = report.layers[0].receptive_field["input"]
    assert (field.size, field.stride) == ((3, 7), ((1, 1), (2, 1)))


def test_several_inputs_have_a_field_each() -> None:
    text = """
inputs: {left: 1x32, right: 1x32}
layers:
  - conv: {from: left, name: a, out_channels: 1, kernel_size: 3, padding: 1}
  - conv: {from: right, name: b, out_channels: 1, kernel_size: 5, padding: 2}
  - add: {from: [a, b]}
"""
    fields = cnncalc.load(text).report().layers[-1].receptive_field
    assert {name: field.size for name, field in fields.items()} == {"left": (3,), "right": (5,)}


MAPS = [AxisMap((0,), (0,), 1), AxisMap((-1,), (1,), 2), AxisMap((0, 0), (0, 1), 1), AxisMap((-1, 0, 0), (1, 1, 2), 2)]


@every_row(("later", "earlier"), list(itertools.product(MAPS, repeat=2)))
def test_composition_unit_by_unit(later: AxisMap, earlier: AxisMap) -> None:
    composed = later.compose(earlier)
    for unit in range(-7, 20):
        first, last = later.interval(unit)
        assert composed.interval(unit) == (earlier.interval(first)[0], earlier.interval(last)[1])


@pytest.mark.parametrize(("a", "b"), [(x, y) for x, y in itertools.product(MAPS, repeat=2) if x.same_rate(y)])
def test_hull_unit_by_unit(a: AxisMap, b: AxisMap) -> None:
    hull = a.hull(b)
    for unit in range(-7, 20):
        ends = [a.interval(unit), b.interval(unit)]
        assert hull.interval(unit) == (min(first for first, _ in ends), max(last for _, last in ends))


def test_fields_that_outgrow_every_input_are_global() -> None:
    field = Field(AxisMap((0,), (0,), 1), (0, 0))
    for _ in range(100):
        field = field.after(AxisMap((0,), (0,), 2), 1, 1)
    assert field.local is None
    assert field.is_global


LINKS = st.tuples(st.booleans(), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2))


def on_a_line(links: list[tuple[bool, int, int, int, int]], unit: int) -> set[int]:
    """The pixels of a line without ends that a unit sees, by walking from tap to tap."""
    seen = {unit}
    for transposed, kernel, stride, dilation, before in reversed(links):
        taps = [tap * dilation - before for tap in range(kernel)]
        if transposed:
            seen = {(place - tap) // stride for place in seen for tap in taps if (place - tap) % stride == 0}
        else:
            seen = {place * stride + tap for place in seen for tap in taps}
    return seen


@given(st.lists(LINKS, min_size=1, max_size=4))
def test_maps_that_skip_units_or_turn_back(links: list[tuple[bool, int, int, int, int]]) -> None:
    """Dilated transposed convolutions begin sooner at some units than at the one before, and leave units out."""
    field = IDENTITY
    for transposed, kernel, stride, dilation, before in links:
        window = (TransposedWindow if transposed else Window)(kernel, stride, dilation, (before, 0))
        reads = window_access(window, 10**6).hull()
        assert reads is not None
        field = reads.compose(field)
    for unit in range(-field.period, 2 * field.period):
        seen = on_a_line(links, unit)
        first, last = field.interval(unit)
        assert (first, last) == (min(seen), max(seen)) if seen else first > last
    sizes = [max(seen) - min(seen) + 1 if seen else 0 for seen in (on_a_line(links, u) for u in range(field.period))]
    assert field.size == max(sizes)


SKIPPING = [
    "conv: {out_channels: 1, kernel_size: 3, stride: 2, dilation: 3, padding: 2}",
    "avg_pool: {kernel_size: 1, stride: 3}",
    "avg_pool: {kernel_size: 1, stride: 3} | flatten | slice: {start: 1}",
    "flatten | slice: {start: 1, step: 2} | slice: {end: 2}",
    "pad: {padding: [[0, 1]], mode: circular} | slice: {dim: 1, start: 3}",
    "conv_transpose: {out_channels: 1, kernel_size: 1, stride: 4, padding: 1} | avg_pool: {kernel_size: 1, stride: 5}",
    "conv_transpose: {out_channels: 1, kernel_size: 2, stride: 2, dilation: 3} | avg_pool: {kernel_size: 2, stride: 3}",
]
"""Layers, one behind the other, that leave positions out or take them across a border."""


def behind(layers: str, size: int) -> Network | None:
    """The layers with a linear layer of the whole map behind them; None if they do not fit."""
    entries = [*layers.split(" | "), "flatten", "linear: {out_features: 1}"]
    with suppress(cnncalc.CnncalcError):
        return cnncalc.load(f"input: 1x{size}\nlayers:\n" + "".join(f"- {entry}\n" for entry in entries))
    return None


@pytest.mark.parametrize("layers", SKIPPING)
def test_what_a_whole_map_sees_where_positions_are_skipped(layers: str) -> None:
    """Against the pixels that change an output when they are perturbed."""
    networks = {size: network for size in (4, 5, 9, 16) if (network := behind(layers, size))}
    assert len(networks) >= 2
    for size, network in networks.items():
        x = np.random.default_rng(0).uniform(0.2, 0.9, (1, 1, size))
        # The first sample is left as it is; each other has another pixel moved.
        outputs: Any = network.forward(x + 5 * np.eye(size + 1, size, -1)[:, np.newaxis], dtype="float64")
        # What BLAS computes of a row may end in other digits among other rows, on some machines.
        changing = np.flatnonzero(np.any(~np.isclose(outputs[1:], outputs[0], rtol=1e-9, atol=1e-9), axis=1))
        expected = int(changing[-1] - changing[0]) + 1 if len(changing) else 0
        assert [layer.receptive_field["input"].size for layer in network.report().layers[-2:]] == [(expected,)] * 2
