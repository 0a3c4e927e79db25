"""Normalisation against ONNX Runtime, over drawn shapes, axes and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.layers import LAYERS
from cnncalc.layers.normalization import BatchNorm, GroupNorm, InstanceNorm
from cnncalc.layers.unlearnt_normalization import LocalResponseNorm, Normalize
from tests.layers.comparison import compares
from tests.layers.drawing import batch, layouts, seeds, shapes
from tests.layers.execution import arrays, close, execute, to_internal
from tests.onnx_engine import run_operator

if TYPE_CHECKING:
    from cnncalc.kernels import Array

FEW_DIGITS = 2e-3
"""The variance of two nearly equal values has few digits in single precision, and its root divides."""

epsilons = st.sampled_from([1e-5, 1e-3, 0.1])
switches = st.fixed_dictionaries({}, optional={"affine": st.booleans(), "weight": st.booleans(), "bias": st.booleans()})


def affine(shape: tuple[int, ...], weights: dict[str, Array]) -> tuple[Array, Array]:
    """The layer's weight and bias, or ones and zeros."""
    channels = shape[:1]
    return weights.get("weight", np.ones(channels, np.float32)), weights.get("bias", np.zeros(channels, np.float32))


def written(options: dict[str, Any]) -> set[str]:
    """The arrays that the options leave."""
    return {name for name in ("weight", "bias") if options.get("affine", True) and options.get(name, True)}


@compares("batch_norm")
@given(shape=shapes(), seed=seeds, eps=epsilons, options=switches, tracked=st.booleans())
def test_batch_norm(shape: tuple[int, ...], seed: int, eps: float, options: dict[str, Any], tracked: bool) -> None:
    x = batch(seed, shape, scale=2.0) + 1
    layer = BatchNorm(eps=eps, track_running_stats=tracked, **options)
    weights = arrays(layer, [shape], seed)
    assert set(weights) == written(options) | ({"running_mean", "running_var"} if tracked else set())
    axes = (0, *range(2, x.ndim))
    mean = weights.get("running_mean", x.mean(axes))
    variance = weights.get("running_var", x.var(axes))
    expected = run_operator("BatchNormalization", x, *affine(shape, weights), mean, variance, epsilon=eps)
    close(execute(layer, x, weights=weights), expected, absolute=FEW_DIGITS)


@compares("instance_norm")
@given(shape=shapes(least=2), seed=seeds, eps=epsilons, options=switches)
def test_instance_norm(shape: tuple[int, ...], seed: int, eps: float, options: dict[str, Any]) -> None:
    x = batch(seed, shape)
    options = {"affine": True, **options}
    layer = InstanceNorm(eps=eps, **options)
    weights = arrays(layer, [shape], seed)
    assert set(weights) == written(options)
    expected = run_operator("InstanceNormalization", x, *affine(shape, weights), epsilon=eps)
    close(execute(layer, x, weights=weights), expected, absolute=FEW_DIGITS)


def test_instance_norm_has_nothing_by_default_and_may_track() -> None:
    assert arrays(InstanceNorm(), [(3, 4)]) == {}
    x, layer = batch(1, (3, 4)), InstanceNorm(track_running_stats=True)
    weights = arrays(layer, [(3, 4)])
    kept = weights["running_mean"], weights["running_var"]
    expected = run_operator("BatchNormalization", x, np.ones(3, np.float32), np.zeros(3, np.float32), *kept)
    close(execute(layer, x, weights=weights), expected)


@compares("group_norm")
@given(shape=shapes(), groups=st.integers(1, 4), seed=seeds, eps=epsilons, options=switches)
def test_group_norm(shape: tuple[int, ...], groups: int, seed: int, eps: float, options: dict[str, Any]) -> None:
    shape = (shape[0] * groups, *shape[1:])
    x = batch(seed, shape)
    layer = GroupNorm(num_groups=groups, eps=eps, **options)
    weights = arrays(layer, [shape], seed)
    assert set(weights) == written(options)
    scale, shift = affine(shape, weights)
    whole = x if x.ndim > 2 else x[..., np.newaxis]
    expected = run_operator("GroupNormalization", whole, scale, shift, opset=21, num_groups=groups, epsilon=eps)
    close(execute(layer, x, weights=weights), expected.reshape(x.shape), absolute=FEW_DIGITS)


@compares("layer_norm")
@given(shape=shapes(), seed=seeds, eps=epsilons, options=switches, layout=layouts, data=st.data())
def test_layer_norm(
    shape: tuple[int, ...], seed: int, eps: float, options: dict[str, Any], layout: Any, data: st.DataObject
) -> None:
    """ONNX normalises over the last axes, so those that are wanted are brought there."""
    x = batch(seed, shape)
    axes = st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True)
    dims = data.draw(st.none() | axes)
    layer = LAYERS["layer_norm"](eps=eps, **options, **({} if dims is None else {"dims": dims}))
    layer = layer.with_layout(layout)
    internal = to_internal(x, layout).shape[1:]
    weights = arrays(layer, [internal], seed)
    assert set(weights) == written(options)
    over = [0] if dims is None else sorted(layout.axis(dim, len(shape)) for dim in dims)
    sizes = tuple(internal[axis] for axis in over)
    assert all(array.shape == sizes for array in weights.values())
    kept = [axis for axis in range(len(shape)) if axis not in over]
    order = [0, *(1 + axis for axis in (*kept, *over))]
    scale = weights.get("weight", np.ones(sizes, np.float32))
    moved = to_internal(x, layout).transpose(order).copy()
    shift = weights.get("bias", np.zeros(sizes, np.float32))
    normal = run_operator("LayerNormalization", moved, scale, shift, axis=1 + len(kept), epsilon=eps)
    expected = normal.transpose(np.argsort(order))
    close(to_internal(execute(layer, x, layout=layout, weights=weights), layout), expected, absolute=FEW_DIGITS)


@given(shape=shapes(), seed=seeds, layout=layouts, data=st.data())
def test_a_normalized_shape_is_the_last_axes(
    shape: tuple[int, ...], seed: int, layout: Any, data: st.DataObject
) -> None:
    x = batch(seed, shape)
    last = data.draw(st.integers(1, len(shape)))
    over, by_sizes = (
        LAYERS["layer_norm"](**options).with_layout(layout)
        for options in ({"dims": list(range(-last, 0))}, {"normalized_shape": list(shape[-last:])})
    )
    internal = to_internal(x, layout).shape[1:]
    weights = arrays(over, [internal], seed)
    assert by_sizes.weight_shapes([internal]) == over.weight_shapes([internal])
    found, expected = (execute(layer, x, layout=layout, weights=weights) for layer in (by_sizes, over))
    np.testing.assert_array_equal(found, expected)


@compares("local_response_norm")
@given(
    shape=shapes(least=2, largest=8),
    seed=seeds,
    size=st.sampled_from([1, 3, 5, 7]),
    alpha=st.floats(1e-4, 2),
    beta=st.floats(0.1, 2),
    k=st.floats(0.5, 2),
)
def test_local_response_norm(shape: tuple[int, ...], seed: int, size: int, alpha: float, beta: float, k: float) -> None:
    x = batch(seed, shape)
    whole = x if x.ndim == 4 else x.reshape(*x.shape[:3], -1)
    expected = run_operator("LRN", whole, size=size, alpha=alpha, beta=beta, bias=k).reshape(x.shape)
    close(execute(LocalResponseNorm(size=size, alpha=alpha, beta=beta, k=k), x), expected)


@pytest.mark.parametrize("size", [2, 4])
def test_an_even_local_response_norm_looks_further_back(size: int) -> None:
    """PyTorch pads size // 2 channels before and (size - 1) // 2 after; ONNX's odd size alone says nothing of it."""
    x = batch(3, (7,))
    expected = np.empty_like(x)
    for channel in range(7):
        near = x[:, max(0, channel - size // 2) : channel + (size - 1) // 2 + 1]
        expected[:, channel] = x[:, channel] / (1 + 0.5 / size * np.square(near).sum(1)) ** 0.75
    close(execute(LocalResponseNorm(size=size, alpha=0.5), x), expected)


@compares("normalize")
@given(shape=shapes(), seed=seeds)
def test_normalize(shape: tuple[int, ...], seed: int) -> None:
    x, layer = batch(seed, shape), Normalize()
    weights = arrays(layer, [shape], seed)
    assert {name: array.shape for name, array in weights.items()} == {
        "mean": shape[:1],
        "variance": shape[:1],
        "count": (1,),
    }
    ones, zeros = np.ones(shape[:1], np.float32), np.zeros(shape[:1], np.float32)
    expected = run_operator("BatchNormalization", x, ones, zeros, weights["mean"], weights["variance"], epsilon=0.0)
    close(execute(layer, x, weights=weights), expected)


@pytest.mark.parametrize(
    ("mean", "variance", "expected"),
    [
        ([0.1, 0.2, 0.3], [1, 2, 3], [-0.1, -0.12668997, -0.14914884]),
        ([0.1, 0.2, 0.3], [1, 2, 0], [-0.1, -0.12668997, -2.5833335e6]),
        (0.5, 0.25, [-1.0, -0.9583333, -0.9166667]),
    ],
)
def test_normalize_with_given_statistics(mean: Any, variance: Any, expected: list[float]) -> None:
    """As `keras.layers.Normalization(mean=..., variance=...)` of Keras 3.15 computed, which has no weights."""
    layer = Normalize(mean=mean, variance=variance)
    assert not layer.buffer_shapes([(3, 1)])
    assert not layer.given_weights()
    x = (np.arange(3, dtype=np.float32) / 48).reshape(1, 3, 1)
    np.testing.assert_allclose(execute(layer, x).ravel(), expected, rtol=1e-6)


NORMALIZATIONS = ("batch_norm", "instance_norm", "group_norm", "layer_norm", "local_response_norm", "normalize")


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_a_constant_map_does_no_harm(name: str) -> None:
    required: dict[str, dict[str, Any]] = {"group_norm": {"num_groups": 2}, "local_response_norm": {"size": 3}}
    x = np.full((1, 4, 5), 3.0, np.float32)
    assert np.isfinite(execute(LAYERS[name](**required.get(name, {})), x)).all()
