"""What the tests of the layers draw: shapes, values, and windows as a spec writes them and as ONNX does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from cnncalc.shapes import CHANNELS_FIRST, CHANNELS_LAST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels import Array

seeds = st.integers(0, 2**32 - 1)
layouts = st.sampled_from([CHANNELS_FIRST, CHANNELS_LAST])


def shapes(least: int = 1, most: int = 4, largest: int = 5) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes without the batch, as a spec writes them, of ranks 0 to 3 unless told otherwise."""
    return st.lists(st.integers(1, largest), min_size=least, max_size=most).map(tuple)


def batch(seed: int, shape: Sequence[int], scale: float = 1.0, dtype: str = "float32", samples: int = 2) -> Array:
    """A batch of normal values."""
    rng = np.random.default_rng(seed)
    values: Array = (rng.standard_normal((samples, *shape)) * scale).astype(dtype)
    return values


def random(*shape: int, seed: int = 0) -> Array:
    """Normal values of a whole shape, which is part of the seed."""
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(np.float32)


class Windows(NamedTuple):
    """Sizes, and the window along each axis: the options of a spec, and the pads that are applied."""

    sizes: list[int]
    options: dict[str, Any]
    pads: list[tuple[int, int]]

    @property
    def rank(self) -> int:
        return len(self.sizes)

    @property
    def worded(self) -> bool:
        """Whether the padding follows from the size."""
        return self.options["padding"] in {"same", "same_lower"} if isinstance(self.options["padding"], str) else False

    def onnx(self, *, dilations: bool = True, pool: bool = False) -> dict[str, Any]:
        """The attributes of ONNX; a word for padding stays one where ONNX Runtime takes it as ONNX defines it."""
        kernel, stride, dilation = (self.each(name) for name in ("kernel_size", "stride", "dilation"))
        attributes: dict[str, Any] = {"kernel_shape": kernel, "strides": stride}
        if dilations:
            attributes["dilations"] = dilation
        words = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER"}
        word = words.get(str(self.options["padding"]))
        # Beside a word ONNX Runtime refuses dilation in convolutions and ignores it in pools, and its pools pad a
        # negative number of pixels where the stride is larger than the kernel.
        skipping = pool and any(s > k for s, k in zip(stride, kernel, strict=True))
        if word and set(dilation) == {1} and not skipping:
            return {**attributes, "auto_pad": word}
        return {**attributes, "pads": [before for before, _ in self.pads] + [after for _, after in self.pads]}

    def each(self, name: str) -> list[int]:
        value = self.options.get(name, 1)
        return value if isinstance(value, list) else [value] * self.rank


def same_pads(size: int, kernel: int, stride: int, dilation: int, *, lower: bool) -> tuple[int, int]:
    """Of the fewest pixels with which the last window fits, half before and half after."""
    last_tap = range(0, size, stride)[-1] + dilation * (kernel - 1)
    missing = max(last_tap - (size - 1), 0)
    return (missing - missing // 2, missing // 2) if lower else (missing // 2, missing - missing // 2)


@st.composite
def windows(draw: st.DrawFn, *, dilated: bool = True, pool: bool = False, largest: int = 9) -> Windows:
    """Windows that fit, with padding of every form; those of pools have no more of it than they may."""
    rank = draw(st.integers(1, 3))
    each = st.integers

    def per_axis(low: int, high: int) -> list[int]:
        return draw(st.lists(each(low, high), min_size=rank, max_size=rank))

    kernel, stride, dilation = per_axis(1, 4 if rank < 3 else 3), per_axis(1, 3), per_axis(1, 3 if dilated else 1)
    sizes = [draw(each(d, largest if rank < 3 else 6)) for d in dilation]
    extents = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    form = draw(st.sampled_from(["valid", "same", "same_lower", "one", "per axis", "pairs", "pairs"]))
    most = [extent // 2 if pool else 3 for extent in extents]
    padding: Any = form
    if form == "one":
        padding = draw(each(0, min(most)))
        pads = [(padding, padding)] * rank
    elif form == "per axis":
        padding = [draw(each(0, high)) for high in most]
        pads = [(pad, pad) for pad in padding]
    elif form == "pairs":
        pads = [(draw(each(0, high)), draw(each(0, high))) for high in most]
        padding = [list(pair) for pair in pads]
    elif form == "valid":
        pads = [(0, 0)] * rank
    else:
        axes = zip(sizes, kernel, stride, dilation, strict=True)
        pads = [same_pads(*axis, lower=form == "same_lower") for axis in axes]
    if form not in {"same", "same_lower"}:
        needed = zip(sizes, extents, pads, strict=True)
        sizes = [max(size, extent - sum(pair)) for size, extent, pair in needed]
    options: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding}
    if dilated:
        options["dilation"] = dilation
    return Windows(sizes, options, pads)
