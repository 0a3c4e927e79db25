"""Resampling, shuffles and cropping against ONNX Runtime, and against loops where it has none."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncalc.errors import LayerError
from cnncalc.layers.padding import Crop
from cnncalc.layers.rearranging import ChannelShuffle, DepthToSpace, PixelShuffle, PixelUnshuffle, SpaceToDepth
from cnncalc.layers.resampling import Upsample
from tests.layers.comparison import compares
from tests.layers.drawing import random
from tests.layers.execution import compare, made
from tests.layers.test_pooling import adaptive
from tests.onnx_engine import run_operator
from tests.rows import every_row

SIZES = st.lists(st.integers(1, 7), min_size=1, max_size=3)

COORDINATES: dict[tuple[str, bool], dict[str, Any]] = {
    ("nearest", False): {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    ("nearest-exact", False): {
        "mode": "nearest",
        "coordinate_transformation_mode": "half_pixel",
        "nearest_mode": "round_prefer_ceil",
    },
    ("linear", False): {"mode": "linear", "coordinate_transformation_mode": "half_pixel"},
    ("linear", True): {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
    ("cubic", False): {"mode": "cubic", "coordinate_transformation_mode": "half_pixel"},
    ("cubic", True): {"mode": "cubic", "coordinate_transformation_mode": "align_corners"},
}
"""What PyTorch calls each mode, with and without `align_corners`."""

MODES = st.sampled_from(["nearest", "nearest-exact", "linear"])


@compares("upsample")
@given(SIZES, MODES, st.booleans(), st.data())
def test_upsample_to_a_size(sizes: list[int], mode: str, align_corners: bool, data: st.DataObject) -> None:
    aligned = align_corners and mode == "linear"
    after = data.draw(st.lists(st.integers(1, 15), min_size=len(sizes), max_size=len(sizes)))
    x = random(2, 3, *sizes)
    named = {2: "bilinear", 3: "trilinear"}.get(len(sizes), "linear") if mode == "linear" else mode
    layer = made(Upsample, size=after, mode=named, align_corners=aligned)
    wanted = np.array([2, 3, *after], np.int64)
    compare(layer, x, {}, run_operator("Resize", x, None, None, wanted, **COORDINATES[mode, aligned]))


@given(SIZES, MODES, st.data())
def test_upsample_by_a_factor(sizes: list[int], mode: str, data: st.DataObject) -> None:
    """Factors that a float32, as ONNX takes them, holds exactly."""
    factors = data.draw(
        st.lists(st.sampled_from([0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0]), min_size=1, max_size=len(sizes))
    )
    factors = factors if len(factors) == len(sizes) else factors[:1] * len(sizes)
    after = [floor(size * factor) for size, factor in zip(sizes, factors, strict=True)]
    # ONNX Runtime copies where no size changes, though the factor moves the coordinates.
    assume(0 not in after and (after != sizes or set(factors) == {1.0}))
    x = random(2, 3, *sizes)
    layer = made(Upsample, scale_factor=factors, mode=mode)
    scales = np.array([1, 1, *factors], np.float32)
    compare(layer, x, {}, run_operator("Resize", x, None, scales, **COORDINATES[mode, False]))


@given(st.tuples(*[st.integers(1, 7)] * 2), st.tuples(*[st.integers(1, 15)] * 2), st.booleans())
def test_upsample_bicubic(sizes: tuple[int, int], after: tuple[int, int], aligned: bool) -> None:
    x = random(2, 3, *sizes)
    layer = made(Upsample, size=list(after), mode="bicubic", align_corners=aligned)
    wanted = np.array([2, 3, *after], np.int64)
    compare(layer, x, {}, run_operator("Resize", x, None, None, wanted, **COORDINATES["cubic", aligned]))


@every_row("mode", ["nearest", "linear"])
@every_row("factor", [1.1, 0.7, 1 / 3, 2 / 3, 1.9, 0.29, 7.3])
@every_row("size", [4, 10, 100])
def test_upsample_by_a_fraction(mode: str, factor: float, size: int) -> None:
    """The number of pixels in floating point as in PyTorch, their places by exact fractions; from the definition."""
    x = random(1, 1, size)
    ratio = 1 / Fraction(factor).limit_denominator(1000)
    expected = np.zeros((1, 1, int(size * factor)))
    for unit in range(expected.size):
        if mode == "nearest":
            expected[..., unit] = x[..., min(floor(unit * ratio), size - 1)]
            continue
        place = max((unit + Fraction(1, 2)) * ratio - Fraction(1, 2), Fraction(0))
        low, share = min(floor(place), size - 1), float(place - floor(place))
        expected[..., unit] = (1 - share) * x[..., low] + share * x[..., min(low + 1, size - 1)]
    compare(made(Upsample, scale_factor=factor, mode=mode), x, {}, expected)


@given(SIZES, st.data())
def test_upsample_by_area_is_an_adaptive_pool(sizes: list[int], data: st.DataObject) -> None:
    after = data.draw(st.lists(st.integers(1, 9), min_size=len(sizes), max_size=len(sizes)))
    x = random(2, 3, *sizes)
    compare(made(Upsample, size=after, mode="area"), x, {}, adaptive(x, after, np.mean))
    factor = data.draw(st.sampled_from([0.5, 0.75, 1.0, 1.5, 2.5]))
    after = [floor(size * factor) for size in sizes]
    assume(0 not in after)
    compare(made(Upsample, scale_factor=factor, mode="area"), x, {}, adaptive(x, after, np.mean))


# With a kernel as wide as the step


@given(SIZES, st.sampled_from(["linear", "cubic"]), st.data())
def test_antialias(sizes: list[int], kernel: str, data: st.DataObject) -> None:
    """ONNX's kernel is told that a cubic one is Pillow's; of a map with one axis ONNX Runtime makes one of two."""
    sizes = sizes if kernel == "linear" else [*sizes, *sizes][:2]
    after = data.draw(st.lists(st.integers(1, 9), min_size=len(sizes), max_size=len(sizes)))
    assume(after != sizes)
    x = random(2, 3, *sizes)
    mode = {"linear": "linear", "cubic": "bicubic"}[kernel]
    layer = made(Upsample, size=after, mode=mode, antialias=True)
    wide, wanted = (x[:, :, np.newaxis], [2, 3, 1, *after]) if len(sizes) == 1 else (x, [2, 3, *after])
    half = {**COORDINATES[kernel, False], "antialias": 1, "exclude_outside": 1, "cubic_coeff_a": -0.5}
    expected = run_operator("Resize", wide, None, None, np.array(wanted, np.int64), **half)
    compare(layer, x, {}, expected.reshape(2, 3, *after))


@every_row(
    ("mode", "align_corners", "size", "expected"),
    [
        ("bilinear", False, [2, 3], [28.4898, 43.73016, 63.5102, 153.0816, 193.0159, 237.4898]),
        ("bilinear", False, [1, 7], [83.33333, 92.47619, 104.4762, 117.3333, 131.619, 146.7619, 159.3333]),
        ("bilinear", True, [2, 3], [72.42857, 100.75, 123.625, 203.381, 257, 297.5833]),
        ("bilinear", True, [1, 7], [0, 0.5, 1.5, 3.5, 6.5, 10.16667, 14.83333]),
        ("bicubic", False, [2, 3], [17.32816, 31.01353, 49.81589, 160.7744, 204.5259, 253.3944]),
        ("bicubic", False, [1, 7], [83.07489, 91.76316, 104.9457, 118.0069, 132.0886, 149.0263, 161.2885]),
        ("bicubic", True, [2, 3], [68.64306, 100.4735, 126.1863, 217.0381, 282.76, 331.7645]),
        ("bicubic", True, [1, 7], [-3.108553, -3.345588, -3.222222, -2.055556, 0, 3.089531, 7.261761]),
    ],
)
def test_antialias_as_pytorch(mode: str, align_corners: bool, size: list[int], expected: list[float]) -> None:
    """What PyTorch 2.14 gave for squares of numbers; it takes `align_corners` with it, which ONNX does not."""
    x = (np.arange(20.0) ** 2).reshape(1, 1, 4, 5)
    layer = made(Upsample, size=size, mode=mode, align_corners=align_corners, antialias=True)
    compare(layer, x, {}, np.array(expected).reshape(1, 1, *size))


# Shuffles

MAPS = st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))


@compares("pixel_shuffle", "pixel_unshuffle", "space_to_depth", "depth_to_space")
@given(MAPS)
def test_shuffles(drawn: tuple[int, int, int, int]) -> None:
    channels, height, width, factor = drawn
    x = random(2, channels * factor**2, height, width)
    expected = run_operator("DepthToSpace", x, blocksize=factor, mode="CRD")
    compare(made(PixelShuffle, upscale_factor=factor), x, {}, expected)
    compare(made(PixelUnshuffle, downscale_factor=factor), expected, {}, x)
    deep = run_operator("SpaceToDepth", expected, blocksize=factor)
    compare(made(SpaceToDepth, block_size=factor), expected, {}, deep)
    compare(made(SpaceToDepth, block_size=factor, mode="CRD"), expected, {}, x)
    for mode in ("DCR", "CRD"):
        whole = run_operator("DepthToSpace", x, blocksize=factor, mode=mode)
        compare(made(DepthToSpace, block_size=factor, mode=mode), x, {}, whole)


@given(SIZES, st.integers(1, 2), st.integers(1, 3))
def test_shuffles_of_any_rank(sizes: list[int], channels: int, factor: int) -> None:
    """From the definitions: ONNX has them for maps with two axes alone."""
    whole = [size * factor for size in sizes]
    x = random(1, channels, *whole)
    block = factor ** len(sizes)
    shuffled, spaced = np.empty((2, 1, channels * block, *sizes), x.dtype)
    for channel, *pixel in np.ndindex(channels, *whole):
        at = tuple(p // factor for p in pixel)
        within = 0
        for p in pixel:
            within = within * factor + p % factor
        shuffled[(0, channel * block + within, *at)] = x[(0, channel, *pixel)]
        spaced[(0, within * channels + channel, *at)] = x[(0, channel, *pixel)]
    compare(made(PixelUnshuffle, downscale_factor=factor), x, {}, shuffled)
    compare(made(PixelShuffle, upscale_factor=factor), shuffled, {}, x)
    compare(made(SpaceToDepth, block_size=factor), x, {}, spaced)
    compare(made(SpaceToDepth, block_size=factor, mode="CRD"), x, {}, shuffled)
    compare(made(DepthToSpace, block_size=factor), spaced, {}, x)
    compare(made(DepthToSpace, block_size=factor, mode="CRD"), shuffled, {}, x)


@given(st.integers(1, 2), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_the_order_of_darknet(channels: int, height: int, width: int, factor: int) -> None:
    """A loop as darknet's `reorg_cpu` has it, whose c, h and w are the sizes that arrive, with forward = 0."""
    c, h, w = channels * factor**2, height * factor, width * factor
    x = random(1, c, h, w)
    flat, out = x.reshape(-1), np.empty(x.size, x.dtype)
    for k, j, i in np.ndindex(c, h, w):
        offset, c2 = divmod(k, channels)
        w2, h2 = i * factor + offset % factor, j * factor + offset // factor
        out[i + w * (j + h * k)] = flat[w2 + w * factor * (h2 + h * factor * c2)]
    expected = out.reshape(1, c * factor**2, height, width)
    compare(made(SpaceToDepth, block_size=factor, mode="darknet"), x, {}, expected)


@compares("channel_shuffle")
@given(SIZES, st.integers(1, 4), st.integers(1, 4))
def test_channel_shuffle(sizes: list[int], groups: int, channels: int) -> None:
    x = random(2, groups * channels, *sizes)
    order = [g * channels + c for c in range(channels) for g in range(groups)]
    compare(made(ChannelShuffle, groups=groups), x, {}, run_operator("Gather", x, np.array(order), axis=1))


# Cropping


@compares("crop")
@given(SIZES, st.data())
def test_crop(sizes: list[int], data: st.DataObject) -> None:
    x = random(2, 3, *sizes)
    cuts = [(data.draw(st.integers(0, n - 1)), 0) for n in sizes]
    cuts = [(before, data.draw(st.integers(0, n - 1 - before))) for n, (before, _) in zip(sizes, cuts, strict=True)]
    axes = np.arange(2, x.ndim)
    starts, ends = np.array([b for b, _ in cuts]), np.array([n - a for n, (_, a) in zip(sizes, cuts, strict=True)])
    compare(made(Crop, padding=[list(cut) for cut in cuts]), x, {}, run_operator("Slice", x, starts, ends, axes))


@given(SIZES, st.data())
def test_crop_to_a_size(sizes: list[int], data: st.DataObject) -> None:
    """ONNX has a centred crop, which as Keras cuts the odd pixel after."""
    x = random(2, 3, *sizes)
    kept = [data.draw(st.integers(1, n)) for n in sizes]
    wanted = np.array(kept, np.int64)
    expected = run_operator("CenterCropPad", x, wanted, axes=list(range(2, x.ndim)))
    compare(made(Crop, size=kept), x, {}, expected)


@pytest.mark.parametrize(
    ("options", "shape", "fact"),
    [
        ({"size": 9}, (3, 8, 8), "`size` 9 is larger than its height 8"),
        ({"padding": [[0, 0], [4, 4]]}, (3, 8, 8), "`padding` cuts 8 pixels off a width of 8"),
        ({"padding": [1, 1, 1]}, (3, 8, 8), "`padding` has 3 values, the input has 2 spatial axes"),
    ],
)
def test_a_crop_that_does_not_fit_is_refused(options: dict[str, Any], shape: tuple[int, ...], fact: str) -> None:
    with pytest.raises(LayerError, match=fact):
        made(Crop, **options).output_shape([shape])
