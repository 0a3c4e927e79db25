"""What a layer is said to reach is what changes when the real one is executed with other values there."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.layers import LAYERS
from cnncalc.receptive_field.channel_maps import ChannelMaps, LiveBytes, reachable
from tests.layers.cases import KINDS, OPAQUE, WITHOUT_INPUTS, network_of
from tests.layers.execution import arrays
from tests.marking import slow_but

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cnncalc import Network
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array

ENTRIES = [
    "conv: {out_channels: 6, kernel_size: [2, 3], stride: 2, padding: 1, groups: 2}",
    "conv: {out_channels: 8, kernel_size: 1, groups: 4, activation: {softmax: {dim: 1}}}",
    "crop: {size: [3, 4]}",
    "depthwise_conv: {kernel_size: 3, padding: same, depth_multiplier: 3}",
    "separable_conv: {out_channels: 3, kernel_size: 3, depth_multiplier: 2}",
    "conv_transpose: {out_channels: 6, kernel_size: 3, stride: 2, groups: 2}",
    "batch_norm: {track_running_stats: false}",
    "group_norm: {num_groups: 2}",
    "layer_norm: {dims: [1, 2]}",
    "softmax: {dim: 2}",
    "glu: {dim: 0}",
    "slice: {dim: 0, start: 1, end: -1}",
    "slice: {dim: 1, start: 1, step: 2}",
    "channel_shuffle: {groups: 2}",
    "linear: {out_features: 3, dim: 2}",
    "expand: {sizes: [4, 5, 6]}",
    "tile: {repeats: [2, 1, 1]}",
    "roll: {shifts: 1, dim: 0}",
    "flip: {dim: 0}",
    "slice: {dim: [0, 2], step: [-2, -1]}",
    "pad: {channel_padding: [1, 0]}",
    "pad: {channel_padding: [0, 2], mode: reflect}",
    "unfold: {kernel_size: 2, padding: 1}",
    "max_pool: {kernel_size: 2, padding: 1}",
    "local_response_norm: {size: 3}",
]
"""Layers on a small map that mix, keep or move channels in ways that their examples do not show."""

HIDING = {
    "max_unpool": "input: 2x5x6\nlayers:\n- max_pool: {name: pool, kernel_size: 2}\n- max_unpool: {indices: pool}\n",
    "grid_sample": "inputs: {input: 4x2x2, grid: 2x3x4}\nlayers:\n- identity: {from: input}\n"
    "- grid_sample: {from: [previous, grid]}\n",
    "deform_conv": "inputs: {input: 4x2x2, offset: 2x1x1}\nlayers:\n- identity: {from: input}\n"
    "- deform_conv: {out_channels: 3, kernel_size: 1, stride: 2, from: [previous, offset]}\n",
    **{
        name: "inputs: {input: 2x2x2, boxes: 4x3}\nlayers:\n- identity: {from: input}\n"
        f"- {name}: {{output_size: 1, spatial_scale: 2, from: [previous, boxes]}}\n"
        for name in ("roi_align", "roi_pool")
    },
}
"""Those of which one input does not show all that may change: other values write to other places, or read them."""


def networks() -> list[Any]:
    types = sorted(set(LAYERS) - {*HIDING, *OPAQUE, *WITHOUT_INPUTS})
    examples = [
        pytest.param(lambda name=name: network_of(name), id=name, marks=() if name in KINDS else pytest.mark.slow)
        for name in types
    ]
    examples += [pytest.param(lambda text=text: cnncalc.load(text), id=name) for name, text in HIDING.items()]
    text = "input: 4x5x6\nlayers:\n- identity\n- {}\n"
    return examples + [
        pytest.param(lambda entry=entry: cnncalc.load(text.format(entry)), id=entry.replace(" ", ""))
        for entry in ENTRIES
    ]


def drawn(rng: np.random.Generator, shape: tuple[int, ...]) -> ChannelMaps:
    """Channels of which some are alike: two maps in one array and one in another, each with a value or two."""
    maps = np.zeros((3, *shape[1:]), bool)
    for values in maps.reshape(3, -1):
        values[rng.integers(0, values.size, 2)] = True
    channels: NDArray[np.intp] = rng.integers(0, 3, shape[0])
    return ChannelMaps([maps[np.newaxis, :2], maps[np.newaxis, 2:]], channels)


def changing(node: Node, marks: list[Array], rng: np.random.Generator) -> Array:
    """Where the executed layer gives something else when one of the values that are marked is another."""
    weights = arrays(node.layer, node.input_shapes, dtype="float64")
    last = node.layer.last_step
    inner = {} if last is None else arrays(last, [node.output_shape], dtype="float64")
    looked_up = node.layer.index_bound is not None
    inputs = [rng.uniform(0.2, 0.9, (1, *shape)) * (not looked_up) for shape in node.input_shapes]

    def output(batches: list[Array]) -> Array:
        values = node.layer.forward(batches, weights)
        return np.nan_to_num(values if last is None else last.forward([values], inner))

    places = [(number, place[1:]) for number, mark in enumerate(marks) for place in np.argwhere(mark)]
    moved = [(*place, change) for place in places for change in ((1.0,) if looked_up else (10.0, -10.0))]
    # The first sample is left as it is; in each other one value is another.
    batches = [np.repeat(x, len(moved) + 1, 0) for x in inputs]
    for sample, (number, place, change) in enumerate(moved, 1):
        batches[number][(sample, *place)] += change
    with np.errstate(all="ignore"):
        if getattr(node.layer, "track_running_stats", True):
            outputs = output(batches)
        else:  # statistics of the batch are those of all its samples
            outputs = np.concatenate([output(list(samples)) for samples in zip(*map(_apart, batches), strict=True)])
    changed: Array = (np.abs(outputs[1:] - outputs[:1]) > 1e-9).any(0, keepdims=True)
    return changed


def _apart(batch: Array) -> list[Array]:
    return np.split(batch, len(batch))


@pytest.mark.parametrize("seed", slow_but({0}, range(2)))
@pytest.mark.parametrize("network", networks())
def test_what_is_reachable_is_what_changes(network: Any, seed: int) -> None:
    made: Network = network()
    node = made.nodes[1]
    rng = np.random.default_rng([seed, zlib.crc32(node.type.encode())])
    inputs = [drawn(rng, shape) for shape in node.input_shapes]
    marks = reachable(node, inputs)
    assert marks.shape == node.output_shape
    assert all(part.dtype == bool for part in marks.parts)
    draws = 40 if node.layer.type_name in HIDING else 1
    changed = [changing(node, [x.whole() for x in inputs], rng) for _ in range(draws)]
    np.testing.assert_array_equal(marks.whole(), np.any(changed, 0))


def test_layers_that_move_channels_copy_no_map() -> None:
    network = cnncalc.load(
        "input: 4x5x6\nlayers:\n- conv: {name: a, out_channels: 4, kernel_size: 1}\n"
        "- conv: {name: b, out_channels: 4, kernel_size: 3, padding: 1}\n- concat: {from: [a, b]}\n"
        "- channel_shuffle: {name: shuffled, groups: 2}\n- slice: {dim: 0, start: 0, end: 2}\n"
        "- concat: {name: again, from: [slice_1, shuffled]}\n"
    )
    x = np.zeros((1, 1, 5, 6), bool)
    x[0, 0, 2, 2] = True
    tensors = [ChannelMaps.of(np.broadcast_to(x, (1, 4, 5, 6)))]
    for node in network.nodes:
        tensors.append(reachable(node, [tensors[number] for number in node.inputs]))
    assert [len(tensor.parts) for tensor in tensors] == [1, 1, 1, 2, 2, 2, 2]
    assert tensors[-1].channels.tolist() == [0, 1, *[0, 1] * 4]
    live = LiveBytes()
    for tensor in tensors:
        live.add(tensor)
    assert live.size == 3 * x.nbytes
    for tensor in tensors:
        live.remove(tensor)
    assert (live.size, live.peak) == (0, 3 * x.nbytes)
