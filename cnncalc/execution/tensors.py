"""Input tensors drawn or converted to ``(N, C, ...)``, outputs converted back, and their mean and deviation."""

from __future__ import annotations

import mmap
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc import kernels
from cnncalc.arguments import as_given
from cnncalc.errors import CnncalcError, did_you_mean, shape_text
from cnncalc.execution.indices import INDEX_DTYPE, index_inputs
from cnncalc.kernels.threads import in_threads, portions
from cnncalc.kernels.windows import at_most, boxes, slices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnncalc.execution.indices import Index
    from cnncalc.graph.graph import Graph
    from cnncalc.kernels import Array
    from cnncalc.shapes import Layout, Shape

BLOCK: Final = 2**13
"""Values that are looked at at once: so few that they stay in the cache."""

SUMMED: Final = 2**15
"""Values of which mean and deviation are computed at once, in double precision: so many stay in the cache."""

CANCELLED: Final = 1e-4
"""The share of the squares that must be left when the mean is taken off, or they are computed once more."""

CONVERTED: Final = 2**23
"""Values that are converted at once: 64 MB as float64, so that a mapped file need not be in memory as a whole."""

HUGE: Final = 2.0**600
"""What values are divided by where their squares are too large; dividing by a power of 2 rounds nothing."""


class Deferred:
    """A tensor of one sample that is read later; its `shape`, as the spec orders axes, is known before."""

    shape: Shape = ()

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def values(self, dtype: str) -> Array:
        """The values, channels first."""
        raise NotImplementedError


def random_inputs(network: Graph, seed: int, batch: int, dtype: str) -> dict[str, Array]:
    """Inputs of `batch` samples by name, as ``(N, C, ...)``: standard normal values, drawn from the seed.

    Those that are looked up are whole numbers, all of them as often.
    """
    rng = np.random.default_rng(seed)
    indices = index_inputs(network)
    arrays: dict[str, Array] = {}
    for name, shape in network.inputs.items():
        index = indices.get(name)
        if index is not None:
            drawn = rng.integers(index.bound, size=(batch, *shape), dtype=INDEX_DTYPE)
            arrays[name] = drawn.astype(INDEX_DTYPE if index.alone else dtype)
            continue
        arrays[name] = np.empty((batch, *shape), dtype)
        rng.standard_normal(out=arrays[name], dtype=arrays[name].dtype)
    return arrays


def prepared_inputs(
    network: Graph, array: Any, dtype: str = "float32", check_fits: Callable[[int], None] = lambda _: None
) -> tuple[dict[str, Array], bool]:
    """The inputs by name as ``(N, C, ...)``, and whether the arrays came with a batch axis; raises `CnncalcError`.

    `array` is one array or, for several inputs, a dict of them. All are checked before any is converted; `check_fits`
    is called with the batch size, and raises where there is no memory for it.
    """
    arrays = _by_name(network, array)
    values = {name: _as_array(name, arrays[name]) for name in network.inputs}
    batched = {name: value.ndim == len(network.inputs[name]) + 1 for name, value in values.items()}
    if len(set(batched.values())) > 1:
        raise CnncalcError("some inputs have a batch axis and others have none")
    for name, value in values.items():
        shape = tuple(value.shape[batched[name] :])
        expected = network.layout.external(network.inputs[name])
        if shape != expected:
            raise _wrong_shape(network, name, shape)
    sizes = {value.shape[0] if batched[name] else 1 for name, value in values.items()}
    if len(sizes) > 1 or not min(sizes):
        raise CnncalcError("the inputs must have one batch size, of at least 1")
    check_fits(next(iter(sizes)))
    indices = index_inputs(network)
    for name, index in indices.items():
        _check_indices(name, values[name], index)
    dtypes = {name: INDEX_DTYPE if index.alone else dtype for name, index in indices.items()}
    data = {
        name: _converted(value, dtypes.get(name, dtype), network.layout, batched=batched[name])
        for name, value in values.items()
    }
    return data, next(iter(batched.values()))


def _check_indices(name: str, value: Any, index: Index) -> None:
    """Raise `CnncalcError` unless the values are numbers that the layer behind looks up."""
    taken = f"`{index.taker}` looks up whole numbers from 0 to {index.bound - 1}"
    if isinstance(value, Deferred):
        raise CnncalcError(f"`{name}` is a picture, and {taken}", hint="give an array, such as a .npy or .csv file")
    for block in _blocks(value):
        wrong = kernels.embedding.not_among(block, index.bound)
        if wrong is not None:
            raise CnncalcError(f"`{name}` has the value {wrong:g}, and {taken}")


def _by_name(network: Graph, array: Any) -> dict[str, Any]:
    """What is given for each input; raises `CnncalcError` for an unknown one, and where one is not given."""
    inputs = network.inputs
    if not isinstance(array, dict):
        if len(inputs) > 1:
            hint = f"give a dict of arrays by the names of inputs: {', '.join(inputs)}"
            raise CnncalcError(f"{network.name} has several inputs, and one array is given", hint=hint)
        return {next(iter(inputs)): array}
    for name in array:
        if name not in inputs:
            word = name if isinstance(name, str) else as_given(name)
            raise CnncalcError(f"{network.name} has no input `{word}`", hint=did_you_mean(word, inputs, "inputs"))
    for name in inputs:
        if name not in array:
            raise CnncalcError(f"{network.name} has the input `{name}`, and no array is given for it")
    return array


def _wrong_shape(network: Graph, name: str, shape: tuple[int, ...]) -> CnncalcError:
    """The error for an array of another shape than its input.

    The hint says so where only its channels stand elsewhere, and how to change the size where that alone is another.
    """
    layout, expected = network.layout, network.inputs[name]
    message = f"`{name}` is {shape_text(shape)}, and the network takes {layout.text(expected)}"
    meant = layout.likely_meant(layout.internal(shape), expected) if len(shape) == len(expected) else None
    if meant:
        return CnncalcError(message, hint=layout.order_hint(meant))
    resized = len(shape) == len(expected) > 1 and layout.internal(shape)[0] == expected[0] and all(shape)
    hint = f'`network.at("{"x".join(map(str, shape))}")` is for arrays of that size'
    return CnncalcError(message, hint=hint if resized and len(network.inputs) == 1 else None)


def _as_array(name: str, value: Any) -> Any:
    """The value as an array, or as a tensor to be read later; raises `CnncalcError` where it is not real numbers."""
    if isinstance(value, Deferred):
        return value
    try:
        array = np.asanyarray(value)
    except (ValueError, TypeError, RuntimeError) as error:
        raise CnncalcError(f"`{name}` is no array: {' '.join(str(error).split())}") from None
    if array.dtype.kind not in "fiub":
        raise CnncalcError(f"`{name}` holds {array.dtype}, not real numbers")
    return array


def _converted(value: Any, dtype: str, layout: Layout, *, batched: bool) -> Array:
    """The values as ``(N, C, ...)``, converted in blocks; pages of a mapped file are released after each."""
    if isinstance(value, Deferred):
        return value.values(dtype)[np.newaxis]
    whole = value if batched else value[np.newaxis]
    first = np.moveaxis(whole, -1, 1) if layout.channels_last else whole
    output = np.empty(first.shape, dtype)
    mapped = getattr(value, "_mmap", None)
    with np.errstate(all="ignore"):
        for box in map(slices, boxes(first.shape, at_most(CONVERTED))):
            output[box] = first[box]
            if mapped is not None and hasattr(mapped, "madvise"):
                mapped.madvise(mmap.MADV_DONTNEED)
    return output


def in_spec_order(output: Array, layout: Layout, *, batched: bool) -> Array:
    """An output ``(N, C, ...)`` with its axes as the spec orders them, without the batch unless the input had one."""
    ordered = np.moveaxis(output, 1, -1) if layout.channels_last else output
    return ordered if batched else ordered[0]


def one_or_by_name(outputs: dict[str, Array]) -> Array | dict[str, Array]:
    """The output of a network, or its outputs by name where there are several."""
    return outputs if len(outputs) > 1 else next(iter(outputs.values()))


def not_finite(x: Array) -> int:
    """The number of values that are infinite or no number, counted a block at a time.

    >>> not_finite(np.array([[1.0, np.nan, -np.inf]]))
    2
    """
    return x.size - sum(int(np.count_nonzero(np.isfinite(block))) for block in _blocks(x))


def _blocks(x: Array) -> Iterator[Array]:
    """The values in blocks of at most about `BLOCK`; an array that is not contiguous is never copied as a whole."""
    if x.flags.c_contiguous:
        flat = x.reshape(-1)
        yield from (flat[start : start + BLOCK] for start in range(0, flat.size, BLOCK))
    else:
        yield from (x[slices(box)].reshape(-1) for box in boxes(x.shape, at_most(BLOCK)))


def statistics(x: Array) -> tuple[float, float]:
    """Mean and population deviation in double precision, a block at a time; not finite where a value is not.

    >>> statistics(np.array([[1.0, 3.0]]))
    (2.0, 1.0)
    >>> statistics(np.array([[1e300, 3e300]]))
    (2e+300, 1e+300)
    """
    found = _statistics(x, 1.0)
    if isfinite(sum(found)) or not_finite(x):
        return found
    return _statistics(x, HUGE)  # a square or a sum has overflowed


def _statistics(x: Array, scale: float) -> tuple[float, float]:
    """Mean and deviation, computed of the values divided by `scale`: blocks merged as by Chan, Golub and LeVeque.

    Threads share the blocks, which are merged in their order: the result does not depend on how many there are.
    """
    blocks = _index_of_blocks(x)
    moments: list[tuple[int, float, float]] = [(0, 0.0, 0.0)] * len(blocks)
    source = x.reshape(-1) if x.flags.c_contiguous else x

    def work(part: slice) -> None:
        buffer = np.empty(SUMMED, np.float64)
        for number in range(len(blocks))[part]:
            values = source[blocks[number]].reshape(-1)
            moments[number] = _moments(values, buffer[: values.size], scale)

    with np.errstate(all="ignore"):
        in_threads(work, portions(len(blocks), None if x.size > 2 * SUMMED else 1))
    count, mean, squares = 0, 0.0, 0.0
    for size, block_mean, block_squares in moments:
        total = count + size
        shift = block_mean - mean
        squares += block_squares + shift * shift * count * size / total
        mean += shift * size / total
        count = total
    return mean * scale, sqrt(squares / count) * scale if squares >= 0 else float("nan")


def _moments(values: Array, buffer: Array, scale: float) -> tuple[int, float, float]:
    """How many values there are, their mean, and the sum of their squared differences to it.

    The squares are summed up as they are, in the pass that sums the values, and the mean is taken off after; where that
    would cost more than a few of the sixteen digits, the differences are squared.
    """
    if scale == 1.0:
        np.copyto(buffer, values)
    else:
        np.divide(values, scale, out=buffer)
    total, raw = float(buffer.sum()), float(np.dot(buffer, buffer))
    mean = total / values.size
    squares = raw - mean * total
    if squares < CANCELLED * raw:
        buffer -= mean
        squares = float(np.dot(buffer, buffer))
    return values.size, mean, squares


def _index_of_blocks(x: Array) -> list[Any]:
    """The places of blocks of at most `SUMMED` values: of the values in their order where they lie so."""
    if x.flags.c_contiguous:
        return [slice(start, start + SUMMED) for start in range(0, x.size, SUMMED)]
    return list(map(slices, boxes(x.shape, at_most(SUMMED))))
