"""What each unit reads, against what changes in the forward pass when one position of the input does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnncalc.errors import LayerError
from cnncalc.geometry.index_set import IndexSet, union_of, whole
from cnncalc.geometry.reading import AxisByAxis
from cnncalc.layers.adaptive_pooling import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.depthwise import DepthwiseConvolution, SeparableConvolution
from cnncalc.layers.padding import Crop
from cnncalc.layers.pooling import AvgPool, LpPool, MaxPool, MinPool
from cnncalc.layers.rearranging import ChannelShuffle, PixelShuffle, PixelUnshuffle, SpaceToDepth
from cnncalc.layers.resampling import Upsample
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.layers.unpooling import MaxUnpool
from cnncalc.layers.unshared import LocallyConnected
from tests.layers.execution import made
from tests.marking import slow_after
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.axis_map import AxisMap
    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer

Case = tuple[type["Layer"], dict[str, Any]]

WINDOWS: list[dict[str, Any]] = [
    {"kernel_size": 3},
    {"kernel_size": 3, "stride": 2, "padding": [[1, 0]]},
    {"kernel_size": 2, "stride": 3},
    {"kernel_size": 4, "stride": 2, "padding": "same"},
    {"kernel_size": 4, "stride": 3, "padding": "same_lower"},
    {"kernel_size": 1, "stride": 2},
]
DILATED: list[dict[str, Any]] = [
    {"kernel_size": 3, "stride": 2, "dilation": 2, "padding": 2},
    {"kernel_size": 2, "stride": 2, "dilation": 3, "padding": "same"},
    {"kernel_size": 3, "stride": 3, "dilation": 2},
    {"kernel_size": 2, "stride": 4, "dilation": 6},
]
CEILED = [{**options, "ceil_mode": True} for options in WINDOWS]
RESIZED: list[dict[str, Any]] = [
    *({"scale_factor": factor} for factor in (0.4, 0.5, 1, 1.5, 2, 3, 1.1)),
    *({"size": size} for size in (1, 2, 5, 7, 12)),
]

CASES: list[Case] = [
    *((Convolution, {"out_channels": 2, **options}) for options in WINDOWS + DILATED),
    *((ConvTranspose, {"out_channels": 2, **options}) for options in WINDOWS + DILATED),
    (ConvTranspose, {"out_channels": 2, "kernel_size": 2, "stride": 3, "output_padding": 2, "padding": [[0, 1]]}),
    *(
        (ConvTranspose, {"out_channels": 2, "kernel_size": k, "stride": 3, "padding": word, "output_padding": added})
        for k, word, added in ((4, "same", 0), (4, "same", 1), (3, "same_lower", 1), (1, "same", 2))
    ),
    (ConvTranspose, {"out_channels": 2, "kernel_size": 2, "stride": 3, "groups": 2, "padding": [[2, 1]]}),
    (Convolution, {"out_channels": 2, "kernel_size": 3, "stride": 2, "padding": "causal"}),
    (Convolution, {"out_channels": 2, "kernel_size": 3, "dilation": 2, "padding": "causal"}),
    (LocallyConnected, {"out_channels": 2, "kernel_size": 3, "stride": 2, "dilation": 2, "padding": [[1, 2]]}),
    *((DepthwiseConvolution, options) for options in (WINDOWS[1], DILATED[0])),
    *((SeparableConvolution, {"out_channels": 3, **options}) for options in (WINDOWS[1], DILATED[0])),
    *((MaxPool, options) for options in WINDOWS + DILATED + CEILED),
    *((MinPool, options) for options in (WINDOWS[1], DILATED[0], CEILED[2])),
    *((AvgPool, options) for options in WINDOWS + CEILED),
    *((LpPool, {"norm_type": 2, **options}) for options in WINDOWS + CEILED),
    *(
        (kind, {"output_size": size})
        for kind in (AdaptiveAvgPool, AdaptiveMaxPool)
        for size in (1, 2, 3, 5, 12, [None])
    ),
    (GlobalAvgPool, {}),
    (GlobalMaxPool, {}),
    *((Upsample, {**options, "mode": mode}) for options in RESIZED for mode in ("nearest", "linear")),
    *((Upsample, {**options, "mode": mode}) for options in RESIZED[::2] for mode in ("nearest-exact", "area")),
    *((Upsample, {**options, "mode": "linear", "antialias": True}) for options in RESIZED),
    (Upsample, {"size": 4, "mode": "linear", "antialias": True, "align_corners": True}),
    *((Upsample, {**options, "mode": "linear", "align_corners": True}) for options in RESIZED),
    *((PixelShuffle, {"upscale_factor": factor}) for factor in (1, 2)),
    *((PixelUnshuffle, {"downscale_factor": factor}) for factor in (1, 2, 3)),
    *((SpaceToDepth, {"block_size": factor}) for factor in (1, 2, 3)),
    (ChannelShuffle, {"groups": 2}),
    *((Crop, options) for options in ({"size": 3}, {"size": 4}, {"padding": [[1, 2]]})),
]

PLANAR: list[Case] = [
    (Convolution, {"out_channels": 2, "kernel_size": [3, 2], "stride": [2, 1], "padding": [[1, 0], [0, 1]]}),
    (ConvTranspose, {"out_channels": 2, "kernel_size": [3, 2], "stride": [2, 3], "padding": [[1, 0], [0, 1]]}),
    (MaxPool, {"kernel_size": [3, 2], "stride": [2, 1]}),
    (Upsample, {"size": [4, 11], "mode": "bilinear"}),
    (Upsample, {"size": [4, 11], "mode": "bicubic"}),
    (Upsample, {"scale_factor": [2, 0.5], "mode": "bicubic"}),
    (Upsample, {"size": [2, 3], "mode": "bicubic", "antialias": True}),
    (Upsample, {"size": [3, 12], "mode": "bicubic", "antialias": True}),
    (Upsample, {"scale_factor": 0.4, "mode": "bicubic", "antialias": True}),
    (AdaptiveAvgPool, {"output_size": [None, 3]}),
    (PixelShuffle, {"upscale_factor": 2}),
    (PixelUnshuffle, {"downscale_factor": 2}),
    (Crop, {"padding": [[1, 0], [0, 2]]}),
]


@pytest.mark.parametrize(("kind", "options"), slow_after(0, CASES[::2]) + CASES[1::2])
def test_reads_along_one_axis(kind: type[Layer], options: dict[str, Any]) -> None:
    layer = made(kind, **options)
    held = sum(holds(layer, (4, size)) for size in range(1, 13))
    assert held >= 4


@every_row(("kind", "options"), PLANAR)
def test_reads_along_two_axes(kind: type[Layer], options: dict[str, Any]) -> None:
    assert holds(made(kind, **options), (4, 6, 8))


def takes(layer: Layer, shape: tuple[int, ...]) -> bool:
    """Whether inputs of this shape are large enough."""
    try:
        layer.output_shape([shape])
    except LayerError:
        return False
    return True


def holds(layer: Layer, shape: tuple[int, ...]) -> bool:
    """Hold what the layer says that it reads of an input of this shape; false where it does not take such a one."""
    if not takes(layer, shape):
        return False
    output = layer.output_shape([shape])
    rng = np.random.default_rng(0)
    x = rng.random((1, *shape)) + 0.5
    weights = {name: rng.random(size) + 0.5 for name, size in layer.weight_shapes([shape]).items()}
    (reading,) = layer.reads([shape], output)
    for axis in range(2, x.ndim):
        size = x.shape[axis]
        # The first sample is left as it is; in each other one position is raised, or lowered where the least counts.
        by = -1000.0 if isinstance(layer, MinPool) else 1000.0
        moved = (raised(x, axis, at, by) for at in range(size))
        before, *changed = layer.forward([np.concatenate([x, *moved])], weights)
        differs = ~np.isclose(changed, before, rtol=1e-9, atol=1e-9)
        shown = np.moveaxis(differs, axis, 1).reshape(size, before.shape[axis - 1], -1).any(2)
        for unit, seen in enumerate(shown.T):
            places = np.flatnonzero(seen).tolist()
            assert exactly(reading, unit, axis - 1, output) == places
            if isinstance(reading, AxisByAxis):
                reads = reading.hulls()[axis - 1]
                agree(reads, unit, size, places, dilated=getattr(layer, "dilation", (1,)) != (1,))
    return True


def exactly(reading: Reading, unit: int, axis: int, output: tuple[int, ...]) -> list[int]:
    """The positions along an axis of the input that the units at a position of the output read together."""
    wanted = tuple(IndexSet.span(unit, unit) if n == axis else whole(size) for n, size in enumerate(output))
    return list(union_of(box[axis] for box in reading.sources(wanted)).each())


def agree(reads: AxisMap | None, unit: int, size: int, seen: Sequence[int], *, dilated: bool) -> None:
    """The interval of a unit, clipped to the image, is the hull of what it sees.

    With dilation that holds where nothing is to be clipped: at the edge the outermost taps that are inside may leave
    a gap to it, and the interval, which describes an interior unit, covers more than they do.
    """
    if not dilated or reads is None or is_inside(reads.interval(unit), size):
        assert seen_by(reads, unit, size) == hull(seen), (size, unit)
        return
    first, last = reads.interval(unit)
    assert all(first <= position <= last for position in seen), (size, unit)


def is_inside(interval: tuple[int, int], size: int) -> bool:
    return interval[0] >= 0 and interval[1] < size


def raised(x: Array, axis: int, position: int, by: float = 1000.0) -> Array:
    """The array with everything at one position of an axis made larger."""
    higher = x.copy()
    np.moveaxis(higher, axis, 0)[position] += by
    return higher


def hull(positions: Sequence[int]) -> tuple[int, int] | None:
    return (positions[0], positions[-1]) if positions else None


def seen_by(reads: AxisMap | None, unit: int, size: int) -> tuple[int, int] | None:
    """The first and last position inside the image, or None where there is none."""
    first, last = (0, size - 1) if reads is None else reads.interval(unit)
    first, last = max(first, 0), min(last, size - 1)
    return (first, last) if first <= last else None


POOLED = [
    (options, size)
    for options in WINDOWS + DILATED + CEILED[:3]
    for size in range(4, 10)
    if takes(made(MaxPool, **options), (1, size))
]


@every_row(("options", "size"), POOLED)
def test_unpooling_reads_the_values_and_whatever_moves_them(options: dict[str, Any], size: int) -> None:
    pool = made(MaxPool, **options)
    layer = made(MaxUnpool, indices="pool").bound(pool)
    pooled = pool.output_shape([(1, size)])
    rng = np.random.default_rng(0)
    source, x = rng.random((1, 1, size)), rng.random((1, *pooled)) + 0.5
    (_, values), (_, positions) = (reading.hulls() for reading in layer.reads([pooled, (1, size)], (1, size)))
    for unit in range(size):
        # With the largest value at the unit, every window that covers it puts its value there.
        here = raised(source, 2, unit, 500.0)
        before = layer.forward([x, here], {})
        changed = [layer.forward([raised(x, 2, at), here], {}) for at in range(pooled[1])]
        seen = [at for at, after in enumerate(changed) if after[0, 0, unit] != before[0, 0, unit]]
        # Of several windows the last one's value stays, so that an earlier one shows only without the others.
        covering = seen_by(values, unit, pooled[1])
        assert (covering is None) == (not seen)
        if covering is not None:
            assert covering[1] == seen[-1]
        assert values is not None
        # At the edge a window that does not exist, or a tap outside, makes the interval larger than what is seen.
        clipped = not is_inside(values.interval(unit), pooled[1])
        agree(positions, unit, size, moving(layer, x, source, unit), dilated=clipped or "dilation" in options)


def moving(layer: MaxUnpool, x: Array, source: Array, unit: int) -> list[int]:
    """The positions of the pool's input that can change a unit: lying with it in some window, by definition."""
    pool = layer.pool
    assert pool is not None
    (window,) = pool.windows(source.shape[1:])
    before = window.pads(source.shape[2])[0]
    found: set[int] = set()
    for position in range(x.shape[2]):
        taps = {position * window.stride + tap * window.dilation - before for tap in range(window.kernel_size)}
        inside = {tap for tap in taps if 0 <= tap < source.shape[2]}
        found |= inside if unit in inside else set()
    return sorted(found)
