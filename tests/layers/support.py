"""What the tests of the layers share: drawn arrays, execution, and what influences what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from cnncalc.shapes import CHANNELS_FIRST, CHANNELS_LAST, Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.layers.base import Layer


seeds = st.integers(0, 2**32 - 1)
layouts = st.sampled_from([CHANNELS_FIRST, CHANNELS_LAST])


EXECUTED: set[str] = set()
"""The types that `execute` has executed in the module at hand."""


def shapes(least: int = 1, most: int = 4, largest: int = 5) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes without the batch, as a spec writes them, of ranks 0 to 3 unless told otherwise."""
    return st.lists(st.integers(1, largest), min_size=least, max_size=most).map(tuple)


def batch(seed: int, shape: Sequence[int], scale: float = 1.0, dtype: str = "float32", samples: int = 2) -> Array:
    """A batch of normal values."""
    rng = np.random.default_rng(seed)
    values: Array = (rng.standard_normal((samples, *shape)) * scale).astype(dtype)
    return values


def arrays(layer: Layer, inputs: Sequence[tuple[int, ...]], seed: int = 0, dtype: str = "float32") -> dict[str, Array]:
    """Weights and buffers of the shapes that the layer states, all of them positive."""
    rng = np.random.default_rng(seed)
    stated = {**layer.weight_shapes(inputs), **layer.buffer_shapes(inputs)}
    return {name: rng.uniform(0.2, 1.5, shape).astype(dtype) for name, shape in stated.items()}


def execute(
    layer: Layer, *inputs: Array, layout: Layout = CHANNELS_FIRST, weights: Mapping[str, Array] | None = None
) -> Array:
    """The output for inputs of this layout, in the same layout; its shape must be the stated one.

    Inputs may not be written to, and NumPy may not warn.
    """
    EXECUTED.add(layer.type_name)
    layer.lay_out(layout)
    internal = [to_internal(x, layout) for x in inputs]
    for x in internal:
        x.flags.writeable = False
    stated = [x.shape[1:] for x in internal]
    output = layer.forward(internal, arrays(layer, stated) if weights is None else weights)
    assert output.shape[1:] == layer.output_shape(stated)
    assert output.dtype == inputs[0].dtype
    return np.moveaxis(output, 1, -1) if layout.channels_last else output


def to_internal(x: Array, layout: Layout) -> Array:
    """A copy with the channels first."""
    return (np.moveaxis(x, -1, 1) if layout.channels_last else x).copy()


def close(actual: Any, expected: Any, relative: float = 1e-4, absolute: float = 1e-5) -> None:
    """Equal shapes, and values within 1e-4 relative."""
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=relative, atol=absolute)


def spread(values: Array, axis: int, axes: int) -> Array:
    """One number a channel, to broadcast over a tensor with so many axes."""
    return values.reshape([-1 if number == axis else 1 for number in range(axes)])


def influence(run: Callable[[Array], Array], x: Array, axis: int, output_axis: int) -> list[set[int]]:
    """For each output position along an axis, the input positions along `axis` that change it; found by trying."""
    before = run(x)
    seen: list[set[int]] = [set() for _ in range(before.shape[output_axis])]
    for position in range(x.shape[axis]):
        for change in (0.05, 10.0, -10.0):
            moved = x.copy()
            moved[(slice(None),) * axis + (position,)] += change
            changed = run(moved) != before
            other = tuple(number for number in range(changed.ndim) if number != output_axis)
            for unit in np.flatnonzero(changed.any(other)):
                seen[int(unit)].add(position)
    return seen
