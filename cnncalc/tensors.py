"""Tensors on their way into a network and out of it: drawn, laid out as the program computes, and summed up."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cnncalc.errors import CnncalcError, shape_text
from cnncalc.kernels.sliding import boxes, slices, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.kernels import Array
    from cnncalc.layout import Layout
    from cnncalc.network import Network

BLOCK: Final = 2**13
"""Values that are summed up at once: so few that they stay in the cache, and that NumPy does not start threads."""


HUGE: Final = 2.0**600
"""What values are divided by where their squares are too large; dividing by a power of 2 rounds nothing."""


def random_inputs(network: Network, seed: int, batch: int, dtype: str) -> dict[str, Array]:
    """Standard normal inputs, drawn from the seed."""
    rng = np.random.default_rng(seed)
    drawn: dict[str, Array] = {}
    for name, shape in network.inputs.items():
        drawn[name] = np.empty((batch, *shape), dtype)
        rng.standard_normal(out=drawn[name], dtype=drawn[name].dtype)
    return drawn


def arranged(network: Network, array: Any, dtype: str = "float32") -> tuple[dict[str, Array], bool]:
    """Given inputs by name, batch first and channels first, and whether they came with a batch axis."""
    given = array if isinstance(array, dict) else {next(iter(network.inputs)): array}
    missing = [name for name in network.inputs if name not in given]
    if missing:
        raise CnncalcError(f"{network.name} has several inputs, and `{missing[0]}` is not given")
    converted = {name: np.asarray(given[name]) for name in network.inputs}
    batched = {name: value.ndim == len(network.inputs[name]) + 1 for name, value in converted.items()}
    if len(set(batched.values())) > 1:
        raise CnncalcError("some inputs have a batch axis and others have none")
    data: dict[str, Array] = {}
    for name, value in converted.items():
        if value.dtype.kind not in "fiub":
            raise CnncalcError(f"`{name}` holds {value.dtype}, not numbers")
        whole = value if batched[name] else value[np.newaxis]
        expected = network.layout.shown(network.inputs[name])
        if whole.shape[1:] != expected:
            raise CnncalcError(
                f"`{name}` is {shape_text(whole.shape[1:])}, and the network takes {shape_text(expected)}"
            )
        first = np.moveaxis(whole, -1, 1) if network.layout.channels_last else whole
        data[name] = first.astype(dtype)
    if len({len(value) for value in data.values()}) > 1 or not all(map(len, data.values())):
        raise CnncalcError("the inputs must have one batch size, of at least 1")
    return data, next(iter(batched.values()))


def shown(output: Array, layout: Layout, *, batched: bool) -> Array:
    """An output as the spec orders its axes, without the batch if the input had none."""
    ordered = np.moveaxis(output, 1, -1) if layout.channels_last else output
    return ordered if batched else ordered[0]


def not_finite(x: Array) -> int:
    """The number of values that are infinite or no number, counted a block at a time.

    >>> not_finite(np.array([[1.0, np.nan, -np.inf]]))
    2
    """
    return x.size - sum(int(np.count_nonzero(np.isfinite(block))) for block in _blocks(x))


def _blocks(x: Array) -> Iterator[Array]:
    """The values, some at a time; an array that is laid out otherwise is not copied as a whole."""
    if x.flags.c_contiguous:
        flat = x.reshape(-1)
        yield from (flat[start : start + BLOCK] for start in range(0, flat.size, BLOCK))
    else:
        yield from (x[slices(box)].reshape(-1) for box in boxes(x.shape, within(BLOCK)))


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
    """Mean and deviation, computed of the values divided by `scale`."""
    count, mean, squares = 0, 0.0, 0.0
    for values in _blocks(x):
        block = values.astype(np.float64)
        if scale != 1.0:
            block /= scale
        with np.errstate(all="ignore"):
            block_mean = float(block.mean())
            block -= block_mean
            block_squares = float(np.dot(block, block))
        total = count + block.size
        shift = block_mean - mean
        squares += block_squares + shift * shift * count * block.size / total
        mean += shift * block.size / total
        count = total
    return mean * scale, sqrt(squares / count) * scale if squares >= 0 else float("nan")
