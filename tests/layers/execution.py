"""Layers of options as a spec writes them, executed as a network executes them, and held against an oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from cnncalc.layers.base import Layer
from cnncalc.shapes import CHANNELS_FIRST, Layout
from tests.layers import comparison

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.kernels import Array

L = TypeVar("L", bound=Layer)


def made(kind: type[L], **options: Any) -> L:
    """A layer with options as a spec writes them."""
    return kind(**options)


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
    comparison.record(layer.type_name)
    layer = layer.with_layout(layout)
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


def compare(layer: Layer, x: Array, weights: dict[str, Array], expected: Array, *, atol: float = 1e-5) -> None:
    """The layer, executed with these weights, gives what the oracle gave."""
    close(execute(layer, x, weights=weights), expected, absolute=atol)


def per_channel(values: Array, axis: int, axes: int) -> Array:
    """One number a channel, to broadcast over a tensor with so many axes."""
    return values.reshape([-1 if number == axis else 1 for number in range(axes)])
