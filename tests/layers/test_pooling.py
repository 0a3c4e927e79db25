"""Pools against ONNX Runtime, and against loops where it has none."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.errors import LayerError
from cnncalc.layers.adaptive_pooling import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool, GlobalMaxPool
from cnncalc.layers.pooling import AvgPool, LpPool, MaxPool, MinPool, Pooling
from cnncalc.layers.unpooling import MaxUnpool
from tests.layers.comparison import compares
from tests.layers.drawing import Windows, random, windows
from tests.layers.execution import compare, execute, made
from tests.onnx_engine import run_operator
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array

SIZES = st.lists(st.integers(1, 7), min_size=1, max_size=3)


def attributes(drawn: Windows, *, ceil_mode: bool, dilations: bool = True) -> dict[str, Any]:
    """ONNX has no `ceil_mode` beside a word for padding, which rounds up by itself."""
    found = drawn.onnx(dilations=dilations, pool=True)
    return found if "auto_pad" in found else {**found, "ceil_mode": int(ceil_mode and not drawn.worded)}


@compares("max_pool")
@given(windows(pool=True), st.booleans())
def test_max_pool(drawn: Windows, ceil_mode: bool) -> None:
    x = random(2, 3, *drawn.sizes)
    layer = made(MaxPool, **drawn.options, ceil_mode=ceil_mode)
    if takes(drawn):
        expected = run_operator("MaxPool", x, **attributes(drawn, ceil_mode=ceil_mode))
    else:
        expected, _ = largest(x, drawn, ceil_mode=ceil_mode and not drawn.worded)
    compare(layer, x, {}, expected)


def takes(drawn: Windows) -> bool:
    """ONNX Runtime wants less padding than the kernel has taps, not than the dilated window spans."""
    return all(max(pair) < kernel for pair, kernel in zip(drawn.pads, drawn.each("kernel_size"), strict=True))


def largest(x: Array, drawn: Windows, *, ceil_mode: bool) -> tuple[Array, Any]:
    """The maximum of each window, and where it is, counted over the whole array; by the definition."""
    axes = [
        [
            [q * s - before + t * d for t in range(k) if 0 <= q * s - before + t * d < n]
            for q in range(n + before + after)
            if starts_well(n, k, s, d, (before, after), q * s, ceil_mode=ceil_mode)
        ]
        for n, k, s, d, (before, after) in zip(
            drawn.sizes, *(drawn.each(name) for name in ("kernel_size", "stride", "dilation")), drawn.pads, strict=True
        )
    ]
    values = np.empty((*x.shape[:2], *map(len, axes)), x.dtype)
    places = np.empty(values.shape, np.int64)
    numbers = np.arange(x.size).reshape(x.shape)
    for at in np.ndindex(*values.shape):
        window = np.ix_([at[0]], [at[1]], *(axis[q] for axis, q in zip(axes, at[2:], strict=True)))
        best = x[window].argmax()
        values[at], places[at] = x[window].reshape(-1)[best], numbers[window].reshape(-1)[best]
    return values, places


def starts_well(n: int, k: int, s: int, d: int, pads: tuple[int, int], start: int, *, ceil_mode: bool) -> bool:
    overhang = start + d * (k - 1) + 1 - (n + sum(pads))
    return (overhang < s and start < n + pads[0]) if ceil_mode else overhang <= 0


@compares("min_pool")
@given(windows(pool=True), st.booleans())
def test_min_pool(drawn: Windows, ceil_mode: bool) -> None:
    """The largest of the negative values, which ONNX has."""
    x = random(2, 3, *drawn.sizes)
    layer = made(MinPool, **drawn.options, ceil_mode=ceil_mode)
    if takes(drawn):
        expected = run_operator("MaxPool", -x, **attributes(drawn, ceil_mode=ceil_mode))
    else:
        expected, _ = largest(-x, drawn, ceil_mode=ceil_mode and not drawn.worded)
    compare(layer, x, {}, -expected)


@compares("avg_pool")
@given(windows(dilated=False, pool=True), st.booleans(), st.sampled_from([None, True, False]))
def test_avg_pool(drawn: Windows, ceil_mode: bool, count_include_pad: bool | None) -> None:
    x = random(2, 3, *drawn.sizes)
    given_ = {} if count_include_pad is None else {"count_include_pad": count_include_pad}
    layer = made(AvgPool, **drawn.options, ceil_mode=ceil_mode, **given_)
    include = not drawn.worded if count_include_pad is None else count_include_pad
    onnx = attributes(drawn, ceil_mode=ceil_mode, dilations=False)
    expected = run_operator("AveragePool", x, opset=19, count_include_pad=int(include), **onnx)
    compare(layer, x, {}, expected)


@given(windows(dilated=False, pool=True), st.integers(1, 9))
def test_avg_pool_with_a_divisor_of_its_own(drawn: Windows, divisor: int) -> None:
    """The sum of a window is its mean, padding counted, times its taps."""
    x = random(2, 3, *drawn.sizes)
    layer = made(AvgPool, **drawn.options, divisor_override=divisor)
    onnx = attributes(drawn, ceil_mode=False, dilations=False)
    mean = run_operator("AveragePool", x, opset=19, count_include_pad=1, **onnx)
    compare(layer, x, {}, mean * np.float32(np.prod(drawn.each("kernel_size")) / divisor))


@compares("lp_pool")
@given(windows(dilated=False, pool=True), st.integers(1, 5), st.booleans())
def test_lp_pool(drawn: Windows, p: int, ceil_mode: bool) -> None:
    x = random(2, 3, *drawn.sizes)
    layer = made(LpPool, **drawn.options, norm_type=p, ceil_mode=ceil_mode)
    compare(layer, x, {}, run_operator("LpPool", x, p=p, **attributes(drawn, ceil_mode=ceil_mode)))


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_lp_pool_neither_overflows_nor_vanishes(scale: float) -> None:
    x = np.array([[[3, -4, 0, 0]]], np.float32) * np.float32(scale)
    output = made(LpPool, norm_type=2.0, kernel_size=2).forward([x], {})
    np.testing.assert_allclose(output, [[[5 * scale, 0]]], rtol=1e-5)


def test_lp_pool_keeps_what_is_small_beside_what_is_large() -> None:
    x = np.array([[[1e30, 1e-10, 3, -4]]], np.float32)
    output = made(LpPool, norm_type=2.0, kernel_size=1).forward([x], {})
    np.testing.assert_allclose(output, np.abs(x), rtol=1e-5)


@compares("global_avg_pool", "global_max_pool")
@given(SIZES)
def test_global_pools(sizes: list[int]) -> None:
    x = random(2, 3, *sizes)
    compare(GlobalAvgPool(), x, {}, run_operator("GlobalAveragePool", x))
    compare(GlobalMaxPool(), x, {}, run_operator("GlobalMaxPool", x))
    compare(made(GlobalAvgPool, keepdim=False), x, {}, run_operator("GlobalAveragePool", x).reshape(2, 3))
    compare(made(GlobalMaxPool, keepdim=False), x, {}, run_operator("GlobalMaxPool", x).reshape(2, 3))


@compares("adaptive_avg_pool", "adaptive_max_pool")
@given(SIZES, st.data())
def test_adaptive_pools(sizes: list[int], data: st.DataObject) -> None:
    """Against the definition: ONNX has no such pools."""
    wanted = [data.draw(st.none() | st.integers(1, 9)) for _ in sizes]
    x = random(2, 3, *sizes)
    after = [size if target is None else target for size, target in zip(sizes, wanted, strict=True)]
    compare(made(AdaptiveAvgPool, output_size=wanted), x, {}, adaptive(x, after, np.mean))
    compare(made(AdaptiveMaxPool, output_size=wanted), x, {}, adaptive(x, after, np.max))


def adaptive(x: Array, after: list[int], reduce: Callable[..., Any]) -> Array:
    """Each output the mean or maximum of inputs floor(i I / O) to ceil((i + 1) I / O) - 1."""
    output = np.empty((*x.shape[:2], *after), x.dtype)
    axes = list(zip(x.shape[2:], after, strict=True))
    for at in np.ndindex(*after):
        part = tuple(slice(i * n // o, -(-(i + 1) * n // o)) for i, (n, o) in zip(at, axes, strict=True))
        window = x[(slice(None), slice(None), *part)]
        output[(slice(None), slice(None), *at)] = reduce(window, tuple(range(2, x.ndim)))
    return output


# Unpooling


@compares("max_unpool")
@given(windows(pool=True), st.booleans())
def test_max_unpool(drawn: Windows, ceil_mode: bool) -> None:
    pool = made(MaxPool, **drawn.options, ceil_mode=ceil_mode, return_indices=True)
    layer = made(MaxUnpool, indices="pool").bound(pool)
    source = random(2, 3, *drawn.sizes)
    onnx = attributes(drawn, ceil_mode=ceil_mode)
    if takes(drawn):
        places = run_operator("MaxPool", source, output=1, **onnx)
    else:
        _, places = largest(source, drawn, ceil_mode=ceil_mode and not drawn.worded)
    x = random(*places.shape, seed=1)
    ones = [1] * drawn.rank
    if all(after <= before for before, after in zip(source.shape, x.shape, strict=True)):
        shape = np.array(source.shape, np.int64)
        expected = run_operator("MaxUnpool", x, places, shape, kernel_shape=ones, strides=ones)
    else:  # ONNX Runtime does not unpool to a smaller map.
        expected = np.zeros_like(source)
        for place, value in zip(places.flat, x.flat, strict=True):
            expected.flat[place] = value
    actual = execute(layer, x, source)
    assert actual.shape[1:] == source.shape[1:]
    np.testing.assert_array_equal(actual, expected)


def test_of_equal_values_the_first_is_the_maximum() -> None:
    layer = made(MaxUnpool, indices="pool").bound(made(MaxPool, kernel_size=2))
    output = layer.forward([np.full((1, 1, 1, 1), 7.0), np.zeros((1, 1, 2, 2))], {})
    np.testing.assert_array_equal(output, [[[[7, 0], [0, 0]]]])


def test_a_wider_output_keeps_the_coordinates() -> None:
    layer = made(MaxUnpool, indices="pool", output_size=[3, 4]).bound(made(MaxPool, kernel_size=2))
    source = np.array([[[[0.0, 1, 9], [2, 3, 9], [9, 9, 9]]]])
    output = layer.forward([np.full((1, 1, 1, 1), 7.0), source], {})
    np.testing.assert_array_equal(output, [[[[0, 0, 0, 0], [0, 7, 0, 0], [0, 0, 0, 0]]]])
    assert layer.output_shape([(1, 1, 1), (1, 3, 3)]) == (1, 3, 4)


# Known traps


def test_average_of_a_window_that_overhangs_counts_what_is_there() -> None:
    x = np.arange(1.0, 6.0).reshape(1, 1, 5)
    output = made(AvgPool, kernel_size=2, stride=2, ceil_mode=True).forward([x], {})
    np.testing.assert_array_equal(output, [[[1.5, 3.5, 5.0]]])


def test_ceil_mode_drops_a_window_that_would_start_in_the_padding() -> None:
    layer = made(MaxPool, kernel_size=1, stride=2, ceil_mode=True)
    assert layer.output_shape([(1, 32)]) == (1, 16)
    assert layer.forward([random(1, 1, 32)], {}).shape == (1, 1, 16)


@every_row("kind", [MaxPool, AvgPool, LpPool])
@every_row("padding", [2, [[2, 2]], [[0, 1], [2, 2]]])
def test_padding_of_more_than_half_the_window_is_refused(kind: type[Pooling], padding: Any) -> None:
    norm = {"norm_type": 2} if kind is LpPool else {}
    layer = made(kind, kernel_size=3, padding=padding, **norm)
    with pytest.raises(LayerError, match="`padding` 2 is more than half of its window, which spans 3") as caught:
        layer.output_shape([(3, 8, 8)])
    assert caught.value.option == "padding"


@pytest.mark.parametrize(
    ("kernel", "stride", "pads"),
    [(3, 1, (0, 2)), (3, 2, (2, 0)), (2, 1, (0, 1)), (4, 3, (1, 3)), (5, 2, (4, 1))],
)
def test_uneven_padding_is_as_in_onnx(kernel: int, stride: int, pads: tuple[int, int]) -> None:
    """More than half of the window may lie in the padding, as long as a pixel is left to each; darknet pads so."""
    x = random(2, 3, 7)
    options = {"kernel_size": kernel, "stride": stride, "padding": [[*pads]]}
    onnx: dict[str, Any] = {"kernel_shape": [kernel], "strides": [stride], "pads": [*pads]}
    compare(made(MaxPool, **options), x, {}, run_operator("MaxPool", x, **onnx))
    for include in (True, False):
        layer = made(AvgPool, **options, count_include_pad=include)
        compare(layer, x, {}, run_operator("AveragePool", x, opset=19, count_include_pad=int(include), **onnx))


@pytest.mark.parametrize("padding", [[[0, 3]], [[3, 1]]])
def test_uneven_padding_leaves_a_pixel_to_each_window(padding: Any) -> None:
    layer = made(MaxPool, kernel_size=3, padding=padding)
    with pytest.raises(LayerError, match="`padding` 3 is all of its window, which spans 3"):
        layer.output_shape([(3, 8)])


def test_windows_whose_taps_all_lie_in_the_padding_are_refused() -> None:
    """By trying every tap of every position; a maximum of nothing would be minus infinity."""
    for size, kernel, stride, dilation, pad in product(range(1, 6), (1, 2, 3), (1, 2), (1, 2, 4, 7), (0, 1, 3, "same")):
        layer = made(MaxPool, kernel_size=kernel, stride=stride, dilation=dilation, padding=pad)
        [window] = layer.windows((1, size))
        before = window.pads(size)[0]
        places = [
            [p * stride + t * dilation - before for t in range(kernel)] for p in range(int(window.positions(size)))
        ]
        if not places or (isinstance(pad, int) and pad > window.extent // 2):
            continue
        if all(any(0 <= place < size for place in taps) for taps in places):
            assert layer.output_shape([(1, size)]) == (1, len(places))
        else:
            with pytest.raises(LayerError, match=f"a window's taps, {dilation} apart, all lie in the padding"):
                layer.output_shape([(1, size)])
