"""Pools over given regions against loops written from the definition, and what PyTorch gave."""

from __future__ import annotations

from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import LayerError
from cnncalc.layers.fractional_pooling import FractionalAvgPool, FractionalMaxPool
from tests.layers.comparison import compares
from tests.layers.drawing import random
from tests.layers.execution import close, compare, made
from tests.layers.test_windowed_reads import holds
from tests.rows import every_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.kernels import Array

CUTS = st.lists(st.sets(st.integers(1, 8), max_size=5), min_size=1, max_size=3)
"""Where the axes of a map of 9 pixels each are cut."""


def by_definition(x: Array, regions: list[list[range]], reduce: Callable[..., Any]) -> Array:
    """A value a region, of all pixels under it."""
    output = np.empty((*x.shape[:2], *map(len, regions)), x.dtype)
    for at in np.ndindex(*output.shape):
        window = np.ix_([at[0]], [at[1]], *(axis[q] for axis, q in zip(regions, at[2:], strict=True)))
        output[at] = reduce(x[window])
    return output


@compares("fractional_max_pool", "fractional_avg_pool")
@given(CUTS, st.booleans())
def test_pools_between_boundaries(cuts: list[set[int]], overlapping: bool) -> None:
    """As TensorFlow defines them: with `overlapping` the first pixel of the next region belongs to both."""
    boundaries = [[0, *sorted(axis), 9] for axis in cuts]
    regions = [[range(a, min(b + overlapping, 9)) for a, b in pairwise(axis)] for axis in boundaries]
    x = random(2, 3, *[9] * len(cuts))
    options = {"boundaries": boundaries, "overlapping": overlapping}
    compare(made(FractionalMaxPool, **options), x, {}, by_definition(x, regions, np.max))
    compare(made(FractionalAvgPool, **options), x, {}, by_definition(x, regions, np.mean))


@given(st.integers(1, 3), st.integers(1, 4), st.data())
def test_pools_of_regions_of_one_size(rank: int, kernel: int, data: st.DataObject) -> None:
    """As PyTorch defines them, with numbers that are no fractions of few digits away from where it rounds."""
    sizes = [data.draw(st.integers(kernel, 9)) for _ in range(rank)]
    counts = [data.draw(st.integers(1, size - kernel + 1)) for size in sizes]
    samples = [data.draw(st.sampled_from([0.03, 0.21, 0.47, 0.83])) for _ in sizes]
    regions = []
    for size, count, u in zip(sizes, counts, samples, strict=True):
        alpha = (size - kernel) / (count - 1) if count > 1 else 0.0
        starts = [floor((i + u) * alpha) - floor(u * alpha) for i in range(count - 1)]
        regions.append([range(start, start + kernel) for start in [*starts, size - kernel]])
    x = random(2, 3, *sizes)
    layer = made(FractionalMaxPool, kernel_size=kernel, output_size=counts, samples=samples)
    compare(layer, x, {}, by_definition(x, regions, np.max))


@pytest.mark.parametrize(
    ("samples", "kernel", "size", "expected"),
    [
        (
            [0.5, 0.5],
            2,
            [4, 6],
            [50, 60, 60, 57, 43, 53, 63, 49, 59, 59, 56, 42, 52, 62, 48, 58, 55, 55, 51, 61, 61, 58, 44, 54],
        ),
        ([0.1, 0.9], 3, [4, 2], [63, 56, 63, 56, 63, 56, 62, 55]),
        ([0.0, 0.75], 2, [6, 1], [53, 53, 42, 55, 55, 54]),
    ],
)
def test_max_pool_as_pytorch(samples: list[float], kernel: int, size: list[int], expected: list[int]) -> None:
    """What PyTorch 2.14 gave for the same numbers as its random ones, which it orders the other way round."""
    x = (np.arange(63.0) * 37 % 64).reshape(1, 1, 7, 9)
    layer = made(FractionalMaxPool, kernel_size=kernel, output_size=size, samples=samples)
    close(layer.forward([x], {}).reshape(-1), np.array(expected, float))


READ: list[dict[str, Any]] = [
    {"boundaries": [[0, 2, 3, 7, 9]]},
    {"boundaries": [[0, 2, 3, 7, 9]], "overlapping": True},
    {"boundaries": [[0, 9]]},
]


@pytest.mark.parametrize("kind", [FractionalMaxPool, FractionalAvgPool])
@pytest.mark.parametrize("options", READ)
def test_reads_between_boundaries(kind: type[FractionalMaxPool | FractionalAvgPool], options: dict[str, Any]) -> None:
    assert holds(made(kind, **options), (4, 9))


@pytest.mark.parametrize(("kernel", "count"), [(2, 1), (2, 3), (3, 5), (1, 4), (9, 1), (2, 8)])
def test_reads_of_regions_of_one_size(kernel: int, count: int) -> None:
    assert holds(made(FractionalMaxPool, kernel_size=kernel, output_size=count, samples=0.3), (4, 9))


@pytest.mark.parametrize(
    ("kind", "options", "flops"),
    [
        (FractionalMaxPool, {"kernel_size": 2, "output_size": [4, 6]}, 3 * (8 * 12 - 24)),
        (FractionalMaxPool, {"boundaries": [[0, 3, 7], [0, 4, 9]]}, 3 * (63 - 4)),
        (FractionalAvgPool, {"boundaries": [[0, 3, 7], [0, 4, 9]], "overlapping": True}, 3 * 8 * 10),
    ],
)
def test_operations(kind: type[FractionalMaxPool | FractionalAvgPool], options: dict[str, Any], flops: int) -> None:
    layer = made(kind, **options)
    assert layer.flops([(3, 7, 9)], layer.output_shape([(3, 7, 9)])) == flops


@every_row(
    ("options", "fact"),
    [
        ({}, "it needs `kernel_size` and one of `output_size` and `output_ratio`, or `boundaries`"),
        ({"kernel_size": 2}, "it needs `kernel_size` and one of `output_size` and `output_ratio`, or `boundaries`"),
        (
            {"kernel_size": 2, "output_size": 3, "output_ratio": 0.5},
            "it needs `kernel_size` and one of `output_size` and `output_ratio`, or `boundaries`",
        ),
        (
            {"kernel_size": 2, "boundaries": [[0, 2, 7]]},
            "`boundaries` and `kernel_size` both say what the regions are",
        ),
        ({"boundaries": [[1, 2, 7]]}, "`boundaries` must begin with 0 and rise, and has [1, 2, 7]"),
        ({"boundaries": [[0, 2, 2]]}, "`boundaries` must begin with 0 and rise, and has [0, 2, 2]"),
        ({"boundaries": [[0, 2, 6]]}, "`boundaries` end at 6, the height is 7"),
        (
            {"kernel_size": 3, "output_size": 6},
            "6 regions of 3 pixels need a height of at least 8, not 7",
        ),
        ({"kernel_size": 3, "output_ratio": 0.1}, "0 regions of 3 pixels need a height of at least 3, not 7"),
    ],
)
def test_regions_that_do_not_fit_are_refused(options: dict[str, Any], fact: str) -> None:
    with pytest.raises(LayerError) as caught:
        made(FractionalMaxPool, **options).output_shape([(3, 7, 9)])
    assert caught.value.fact == fact


def test_through_yaml() -> None:
    """A ratio of 0.7 of 28 is 19, as `int` rounds it in PyTorch."""
    text = "input: 1x28x28\nlayers:\n  - fractional_max_pool2d: {kernel_size: 2, output_ratio: 0.7}\n"
    network = cnncalc.load(text)
    output = network.forward(random(2, 1, 28, 28))
    assert isinstance(output, np.ndarray)
    assert output.shape == (2, 1, 19, 19)
    assert network.report().layers[0].output_shape == (1, 19, 19)
