"""Rearranging, extending and merging arrays; `Array` is the type of all of them.

What is rearranged or extended keeps its type and its values, to the bit; so do sums, differences, products and extrema
of integers, as long as their type holds them. Quotients and averages are for floats.
"""

from __future__ import annotations

from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from cnncalc.kernels.threads import LEAST, in_threads
from cnncalc.kernels.windows import at_most, boxes, slices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.kernels.windows import Index

Array = NDArray[Any]
"""A tensor: ``(N, C, *spatial)`` or ``(N, C)``."""

BOX: Final = 2**17
"""Values that a function is computed of at once: so few that what is made on the way stays in the cache."""

_PAD_MODES: Final[dict[str, Any]] = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}

_MERGES: Final[dict[str, Callable[..., Any]]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "average": np.add,
}


def reshaped(x: Array, sizes: Sequence[int], *, channels_last: bool = False) -> Array:
    """The values of each sample as a tensor of other sizes, one of which may be -1.

    With `channels_last` the sizes are those of such a tensor, and the values are read and laid out in its order.
    """
    if not channels_last:
        return x.reshape(len(x), *sizes)
    return np.moveaxis(np.moveaxis(x, 1, -1).reshape(len(x), *sizes), -1, 1)


def permuted(x: Array, order: Sequence[int]) -> Array:
    """The axes of each sample in another order, the first counted as 0."""
    return x.transpose(0, *(1 + axis for axis in order))


def pad(
    x: Array,
    pads: Sequence[tuple[int, int]],
    mode: str = "constant",
    value: float = 0.0,
    *,
    channels: tuple[int, int] = (0, 0),
) -> Array:
    """Extend the spatial axes by `pads`, before and after each, and the channels by `channels`."""
    along = (channels, *pads)
    if not any(map(any, along)):
        return x
    if mode != "constant":
        return np.pad(x, [(0, 0), *along], mode=_PAD_MODES[mode])
    sizes = list(zip(x.shape[1:], along, strict=True))
    padded = np.full((len(x), *(size + before + after for size, (before, after) in sizes)), value, x.dtype)
    padded[:, *(slice(before, before + size) for size, (before, _) in sizes)] = x
    return padded


def sliced(x: Array, parts: Mapping[int, slice]) -> Array:
    """A part of some axes, by their number, copied, so that it does not keep the whole alive."""
    return x[tuple(parts.get(axis, slice(None)) for axis in range(x.ndim))].copy()


def rolled(x: Array, axes: Sequence[int], shifts: Sequence[int]) -> Array:
    """The values moved along the axes, each by its shift; those that leave at one end come in at the other."""
    return np.roll(x, tuple(shifts), tuple(axes))


def expanded(x: Array, sizes: Sequence[int]) -> Array:
    """Each sample broadcast to these sizes, and copied."""
    return np.broadcast_to(x, (len(x), *sizes)).copy()


def tiled(x: Array, repeats: Sequence[int]) -> Array:
    """Each sample so many times in a row along its axes."""
    return np.tile(x, (1, *repeats))


def stacked(arrays: Sequence[Array], axis: int, *, channels_last: bool = False) -> Array:
    """The arrays along a new axis of each sample, the first counted as 0.

    With `channels_last` the axes are counted, and the new one is inserted, as in such a tensor.
    """
    if not channels_last:
        return np.stack(arrays, 1 + axis)
    return np.moveaxis(np.stack([np.moveaxis(x, 1, -1) for x in arrays], 1 + axis), -1, 1)


def in_pieces(work: Callable[[Index], object], shape: Sequence[int]) -> None:
    """Call `work` with the places of each piece of an array of that shape; threads share the pieces of a large one.

    >>> in_pieces(print, (1, 2))
    (slice(0, 1, None), slice(0, 2, None))
    """
    pieces = map(slices, boxes(shape, at_most(BOX)))
    if prod(shape) > LEAST:
        in_threads(work, pieces)
        return
    for piece in pieces:
        work(piece)


def in_boxes(function: Callable[[Array], Array], x: Array, output: Array | None = None) -> Array:
    """A function of each value, of some at a time, so that what it makes on the way stays small.

    `output` may be the input itself.
    """
    if x.size <= min(LEAST, BOX) and output is None:
        return function(x)
    target = np.empty(x.shape, x.dtype) if output is None else output

    def work(box: Index) -> None:
        target[box] = function(x[box])

    in_pieces(work, x.shape)
    return target


def concat(arrays: Sequence[Array], axis: int) -> Array:
    """The arrays one after another along `axis`."""
    sizes = [x.shape[axis] for x in arrays]
    alike = {(*x.shape[:axis], *x.shape[axis + 1 :]) for x in arrays}
    if len(alike) > 1 or sum(x.size for x in arrays) <= LEAST:
        return np.concatenate(arrays, axis)
    shape = (*arrays[0].shape[:axis], sum(sizes), *arrays[0].shape[axis + 1 :])
    output = np.empty(shape, np.result_type(*arrays))
    starts = accumulate(sizes, initial=0)
    places = [(slice(None),) * axis + (slice(start, start + n),) for start, n in zip(starts, sizes, strict=False)]

    def copy(part: tuple[Array, Index]) -> None:
        source, place = part
        output[place] = source

    in_threads(copy, list(zip(arrays, places, strict=True)))
    return output


def sum_type(x: Array) -> np.dtype[Any]:
    """The type to sum values in: double precision for floats that do not lie in one piece, else their own.

    NumPy adds up in pairs what lies in one piece. Of maps whose channels lie last it adds one value after another to
    the sum of each channel, and in single precision a million such sums are wrong by one in a hundred.

    >>> x = np.zeros((1, 4, 4, 3), np.float32)
    >>> sum_type(x).name, sum_type(x.transpose(0, 3, 1, 2)).name
    ('float32', 'float64')
    """
    return np.dtype(np.float64) if x.dtype.kind == "f" and not x.flags.c_contiguous else x.dtype


def mean_over(x: Array, axes: Sequence[int]) -> Array:
    """The mean over some axes, which are kept at 1; of floats it has their type."""
    if x.dtype.kind != "f":
        return np.asarray(x.mean(tuple(axes), keepdims=True))
    found: Array = x.mean(tuple(axes), dtype=sum_type(x), keepdims=True)
    return found.astype(x.dtype, copy=False)


def of_numbers(numbers: Any) -> Array:
    """Nested numbers, or one, in double precision."""
    return np.asarray(numbers, np.float64)


def as_tensor(numbers: Array, *, channels_last: bool = False) -> Array:
    """Numbers, or one, as a batch of one sample; with `channels_last` those are given with their channels last."""
    sample = np.atleast_1d(numbers)[np.newaxis]
    return np.moveaxis(sample, -1, 1) if channels_last else sample


def beside(x: Array, numbers: Array, *, channels_last: bool = False) -> Array:
    """Numbers that broadcast to each sample of `x`, aligned at the end, with the axes and of the type of `x`.

    With `channels_last` they broadcast to a sample whose channels are last.
    """
    aligned = numbers.astype(x.dtype).reshape((1,) * (x.ndim - 1 - numbers.ndim) + numbers.shape)
    return np.moveaxis(aligned, -1, 0) if channels_last else aligned


def merge(operation: str, arrays: Sequence[Array]) -> Array:
    """The arrays merged value by value, broadcasting: by an operation of arithmetic, or averaged."""
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    merged: Array = np.empty(shape, np.result_type(*arrays))
    first, *others = (np.broadcast_to(array, shape) for array in arrays)

    def work(box: Index) -> None:
        target, so_far = merged[box], first[box]
        for other in others:
            so_far = _MERGES[operation](so_far, other[box], out=target)
        if operation == "average":
            target /= len(arrays)

    in_pieces(work, shape)
    return merged
