"""Pools over regions of unequal sizes: no operator has them, and they are written axis by axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.geometry.quotient_access import Spans
    from cnncalc.kernels import Array
    from cnncalc.models.onnx.writing import LayerWriting


def write_fractional_max_pool(w: LayerWriting) -> str:
    """The largest value of each region, axis by axis; a shorter region has its last pixel several times."""
    x, sizes = w.x, list(w.shape)
    for axis, regions in enumerate(w.layer.spans(w.shape), 1):
        spans = [regions.span(unit) for unit in range(regions.units)]
        longest = max(last - first + 1 for first, last in spans)
        places = [min(first + step, last) for first, last in spans for step in range(longest)]
        sizes[axis] = len(places)
        x = w.node("Gather", [x, w.integers(places)], tuple(sizes), axis=1 + axis)
        cut = (*sizes[:axis], len(spans), longest, *sizes[axis + 1 :])
        x = w.reduced("ReduceMax", w.reshaped(x, cut), [axis + 1], cut, keepdims=False)
        sizes[axis] = len(spans)
    return x


def write_fractional_avg_pool(w: LayerWriting) -> str:
    """The mean of each region is that of means along the axes: a product of matrices for each."""
    x, shape = w.x, w.shape
    for regions in w.layer.spans(w.shape):
        turned = (shape[0], *shape[2:], shape[1])
        x = w.permuted(x, (0, *range(2, len(shape)), 1), shape)
        x = w.node("MatMul", [x, w.numbers(_means(regions))], (*turned[:-1], regions.units))
        shape = (*turned[:-1], regions.units)
    return x


def _means(regions: Spans) -> Array:
    """The matrix ``(size, units)`` that takes the mean of each region of an axis."""
    import numpy as np

    found = np.zeros((regions.size, regions.units))
    for unit in range(regions.units):
        first, last = regions.span(unit)
        found[first : last + 1, unit] = 1 / (last + 1 - first)
    return found
