"""Deformable convolution against ONNX Runtime, and what it reads against what changes."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.geometry.index_set import IndexSet, whole
from cnncalc.kernels import deformable
from cnncalc.layers.deformable import DeformConv
from tests.layers.comparison import compares
from tests.layers.drawing import Windows, random, windows
from tests.layers.execution import close, execute, made
from tests.onnx_engine import run_operator

if TYPE_CHECKING:
    from cnncalc.kernels import Array

PLANAR = windows(largest=6).filter(lambda drawn: drawn.rank == 2)


def onnx(inputs: list[Array], weights: dict[str, Array], drawn: Windows, groups: int, offset_groups: int) -> Any:
    """What ONNX Runtime makes of it; its operator has no word for padding."""
    x, offset, *mask = inputs
    return run_operator(
        "DeformConv",
        *(x, weights["weight"], offset, weights.get("bias"), *mask),
        opset=19,
        kernel_shape=drawn.each("kernel_size"),
        strides=drawn.each("stride"),
        dilations=drawn.each("dilation"),
        pads=[before for before, _ in drawn.pads] + [after for _, after in drawn.pads],
        group=groups,
        offset_group=offset_groups,
    )


def drawn_inputs(layer: DeformConv, shape: tuple[int, ...], spread: float, *, masked: bool) -> list[Array]:
    """An input of that shape, offsets so large, and a mask or none."""
    positions = layer.positions(shape)
    taps = layer.offset_groups * prod(window.kernel_size for window in layer.windows(shape))
    guides = [(random(2, 2 * taps, *positions, seed=1) * spread).astype(np.float32)]
    if masked:
        guides.append(random(2, taps, *positions, seed=2))
    return [random(2, *shape), *guides]


@compares("deform_conv")
@given(PLANAR, st.sampled_from([1, 2, 3]), st.sampled_from([1, 2, 3]), st.sampled_from([0, 0.5, 3]), st.booleans())
def test_deform_conv(drawn: Windows, groups: int, offset_groups: int, spread: float, masked: bool) -> None:
    """With offsets that leave taps in place, move them between pixels, and far out of the map."""
    options = {**drawn.options, "groups": groups, "offset_groups": offset_groups, "bias": masked}
    layer = made(DeformConv, out_channels=2 * groups, **options)
    inputs = drawn_inputs(layer, (6, *drawn.sizes), spread, masked=masked)
    shapes = layer.weight_shapes([x.shape[1:] for x in inputs])
    weights = {name: random(*shape) for name, shape in shapes.items()}
    close(execute(layer, *inputs, weights=weights), onnx(inputs, weights, drawn, groups, offset_groups))


def test_values_in_boxes_are_those_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = made(DeformConv, out_channels=4, kernel_size=[3, 2], stride=[1, 2], padding=1, groups=2, offset_groups=2)
    inputs = drawn_inputs(layer, (4, 7, 6), 2.0, masked=True)
    weights = {"weight": random(4, 2, 3, 2), "bias": random(4)}
    expected = execute(layer, *inputs, weights=weights)
    monkeypatch.setattr(deformable, "SCRATCH_BYTES", 64)
    close(execute(layer, *inputs, weights=weights), expected, relative=1e-6)


@pytest.mark.parametrize("value", [1e30, -1e30, np.inf, np.nan])
def test_offsets_beyond_all_bounds(value: float) -> None:
    """Far outside is zero; what is no number gives no number, and nothing warns."""
    layer = made(DeformConv, out_channels=1, kernel_size=1, bias=False)
    x, offset = np.ones((1, 1, 3, 3), np.float32), np.full((1, 2, 3, 3), value, np.float32)
    found = execute(layer, x, offset, weights={"weight": np.ones((1, 1, 1, 1), np.float32)})
    assert np.isnan(found).all() if np.isnan(value) else not found.any()


@pytest.mark.slow
@pytest.mark.parametrize(("groups", "offset_groups"), [(1, 1), (2, 1), (1, 2), (2, 4), (4, 2), (2, 2)])
@pytest.mark.parametrize("masked", [False, True])
def test_reads_what_changes(groups: int, offset_groups: int, masked: bool) -> None:
    """Channel by channel and position by position; of x the positions that the offsets do not reach now as well."""
    layer = made(
        DeformConv, out_channels=4, kernel_size=2, stride=2, groups=groups, offset_groups=offset_groups, bias=False
    )
    shape = (4, 4, 5)
    inputs = [x[:1].astype(float) for x in drawn_inputs(layer, shape, 0.3, masked=masked)]
    weights = {"weight": np.random.default_rng(0).uniform(0.5, 1.5, (4, 4 // groups, 2, 2))}
    shapes = [x.shape[1:] for x in inputs]
    readings, before = layer.reads(shapes, (4, 2, 2)), layer.forward(inputs, weights)
    seen = [np.zeros((4, 2, 2, *x.shape[1:]), bool) for x in inputs]
    for number, x in enumerate(inputs):
        for place in np.ndindex(*x.shape[1:]):
            moved = [other.copy() for other in inputs]
            moved[number][(0, *place)] += 0.37
            seen[number][(slice(None), slice(None), slice(None), *place)] = (layer.forward(moved, weights) != before)[0]
    for unit in np.ndindex(4, 2, 2):
        for number, (reading, x) in enumerate(zip(readings, inputs, strict=True)):
            [box] = reading.sources(tuple(IndexSet.span(at, at) for at in unit))
            claimed = np.zeros(x.shape[1:], bool)
            claimed[np.ix_(*(list(axis.each()) for axis in box))] = True
            if number:
                assert (seen[number][unit] == claimed).all()
            else:
                assert not (seen[number][unit] & ~claimed).any()
                assert list(box[1:]) == [whole(4), whole(5)]
                assert (seen[number][unit].any((1, 2)) == claimed.any((1, 2))).all()


def test_what_is_reachable_is_what_is_read() -> None:
    """Also where groups and offset groups cut the channels apart differently."""
    layer = made(DeformConv, out_channels=4, kernel_size=1, groups=2, offset_groups=3)
    for channel, reached in ((0, [0, 1]), (1, [0, 1]), (2, [0, 1, 2, 3]), (3, [0, 1, 2, 3]), (4, [2, 3]), (5, [2, 3])):
        x, offset = np.zeros((1, 6, 2, 2), bool), np.zeros((1, 6, 2, 2), bool)
        offset[0, channel, 0, 1] = True
        found = layer.reachable([x, offset])
        assert found[0, :, 0, 1].nonzero()[0].tolist() == reached
        assert found.sum() == len(reached)


NETWORK = """
input: 4x9x8
layers:
  - conv2d: {name: x, out_channels: 6, kernel_size: 3, padding: 1, activation: relu}
  - conv2d: {name: offset, out_channels: 36, kernel_size: 3, padding: 1, stride: 2}
  - conv2d: {name: mask, out_channels: 18, kernel_size: 3, padding: 1, stride: 2, activation: sigmoid, from: x}
  - deform_conv2d:
      {name: d, out_channels: 8, kernel_size: 3, padding: 1, stride: 2, groups: 2, offset_groups: 2,
       from: [x, offset, mask]}
"""


def test_a_network_with_its_offset_convolutions() -> None:
    """Its figures by hand; its execution and its field, which is global, proven."""
    network = cnncalc.load(NETWORK)
    layer = network.report().layers[-1]
    assert layer.output_shape == (8, 5, 4)
    assert layer.weights == {"weight": (8, 3, 3, 3), "bias": (8,)}
    assert layer.macs == 8 * 5 * 4 * 3 * 9
    sampling = 6 * 9 * 20 * (4 + 3 + 1) + 2 * 9 * 20 * 10
    assert layer.flops == 2 * layer.macs + 8 * 5 * 4 + sampling
    assert layer.receptive_field["input"].is_global
    assert network.run()[0].ok
    proof = network.receptive_field("d", (1, 2), verify=True).proof
    assert proof is not None
    assert proof.ok


def test_channels_last() -> None:
    text = NETWORK.replace("input: 4x9x8", "input: 9x8x4\ndata_format: channels_last")
    network = cnncalc.load(text)
    assert network.report().layers[-1].output_shape == (5, 4, 8)
    assert network.run()[0].ok


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        ("out_channels: 36", "out_channels: 18", "its offset must be 36 x 5 x 4, not 18 x 5 x 4"),
        ("out_channels: 18", "out_channels: 9", "its mask must be 18 x 5 x 4, not 9 x 5 x 4"),
        ("36, kernel_size: 3, padding: 1", "36, kernel_size: 3", "its offset must be 36 x 5 x 4, not 36 x 4 x 3"),
        ("offset_groups: 2", "offset_groups: 4", "its 6 channels are not a multiple of `offset_groups` 4"),
        ("from: [x, offset, mask]", "from: x", "`d` takes at least 2 inputs, 1 arrives: x"),
    ],
)
def test_what_does_not_fit_is_refused(before: str, after: str, fact: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(NETWORK.replace(before, after))
    assert fact in str(caught.value)


@pytest.mark.parametrize("shape", ["4x9", "4x9x8x7"])
def test_it_is_for_two_axes(shape: str) -> None:
    text = "layers:\n  - identity\n  - deform_conv: {out_channels: 2, kernel_size: 1, from: [previous, input]}\n"
    with pytest.raises(CnncalcError, match="needs 2 spatial axes"):
        cnncalc.load(f"input: {shape}\n{text}")


TORCHVISION = [
    ((8, 16, 3), {}, {"weight": (16, 8, 3, 3), "bias": (16,)}),
    ((8, 16, 3), {"groups": 4}, {"weight": (16, 2, 3, 3), "bias": (16,)}),
    ((6, 4, [3, 1]), {"bias": False}, {"weight": (4, 6, 3, 1)}),
]
"""Positions and options of torchvision 0.29's `DeformConv2d`, and its state dict."""


@pytest.mark.parametrize(("positions", "options", "arrays"), TORCHVISION)
def test_arrays_are_those_of_torchvision(
    positions: tuple[Any, ...], options: dict[str, Any], arrays: dict[str, tuple[int, ...]]
) -> None:
    channels, filters, kernel = positions
    layer = made(DeformConv, out_channels=filters, kernel_size=kernel, **options)
    assert layer.weight_shapes([(channels, 9, 9), (18, 7, 7)]) == arrays
