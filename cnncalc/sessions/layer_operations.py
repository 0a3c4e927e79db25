"""The operation of each type of layer; a layer without one of its own is executed as it executes itself.

A type is given one by a function that adds it to the operations so far, and a line in the tables below. It returns
whether it could: where an option of the layer is none that the operation has, the layer executes itself.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from cnncalc.kernels.pooling import position_counts
from cnncalc.kernels.windows import AxisWindow, slide_over
from cnncalc.layers.activation import Activation
from cnncalc.layers.activations_piecewise import Clipping
from cnncalc.layers.adaptive_pooling import AdaptiveAvgPool, AdaptiveMaxPool, GlobalAvgPool
from cnncalc.layers.arithmetic import Add
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.depthwise import DepthwiseConvolution
from cnncalc.layers.linear import Linear
from cnncalc.layers.merging import Concat
from cnncalc.layers.normalization import BatchNorm
from cnncalc.layers.padding import Crop
from cnncalc.layers.passthrough import Identity
from cnncalc.layers.pooling import AvgPool, MaxPool
from cnncalc.layers.reshaping import Reshaping
from cnncalc.layers.transposed import ConvTranspose
from cnncalc.sessions.operations import (
    Convolve,
    ConvolveTransposed,
    CropMap,
    Flat,
    Join,
    Layered,
    Mean,
    MultiplyMatrix,
    PoolMap,
    with_two_axes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.graph.node import Node, Step
    from cnncalc.kernels import Array
    from cnncalc.sessions.fusion import Fusion
    from cnncalc.shapes import Shape

WIDEST_BORDER: Final = 2
"""Times the pixels of a map that it may have with its border; windows mostly on nothing are the layer's own."""
MOST_BEYOND: Final = 8
"""Times the products of a transposed convolution that its phases may take."""
SMALL: Final = 4096
"""Pixels that a map may always have with its border."""


class Site(NamedTuple):
    """A step of a node where it stands: its layer and arrays, the numbers of its inputs and of its output.

    `is_shared` says that other nodes use the arrays, too.
    """

    node: Node
    step: Step
    arrays: Mapping[str, Array]
    inputs: list[int]
    output: int
    is_shared: bool

    @property
    def layer(self) -> Any:
        """The layer, of whatever type."""
        return self.step.layer

    @property
    def shape(self) -> Shape:
        """The shape of the first input."""
        return self.step.input_shapes[0]

    @property
    def windows(self) -> list[AxisWindow]:
        """The windows that move over the first input, along two axes."""
        return [*self.layer.geometry(self.shape), AxisWindow(1)][:2]

    @property
    def axes(self) -> int:
        """The spatial axes of the first input: those beside its channels."""
        return len(self.shape) - 1


def add_operation(fusion: Fusion, site: Site) -> None:
    """Add the operation of a step: that of its type, where its options allow it."""
    lowering = _LOWERINGS.get(type(site.layer)) or _LOWERINGS_BY_FORWARD.get(type(site.layer).forward)
    if lowering is None or site.axes > 2 or not lowering(fusion, site):
        fusion.append(Layered(site.inputs, site.output, site.node, site.step, site.arrays))


def _identity(fusion: Fusion, site: Site) -> bool:
    fusion.alias(site.inputs[0], site.output)
    return True


def _reshaping(fusion: Fusion, site: Site) -> bool:
    """A map that becomes a vector."""
    if site.axes < 1 or len(site.step.output_shape) != 1:
        return False
    if prod(site.shape[1:]) == 1:
        fusion.alias(site.inputs[0], site.output)
    else:
        fusion.append(Flat(site.inputs, site.output, site.node))
    return True


def _convolution(fusion: Fusion, site: Site) -> bool:
    layer = site.layer
    windows = site.windows
    if site.axes < 1 or getattr(layer, "padding_mode", "zeros") != "zeros" or _is_mostly_border(site.shape, windows):
        return False
    weight = layer.used_weight(site.arrays)
    filters = weight.reshape(*weight.shape[:3], -1)
    bias, groups = site.arrays.get("bias"), layer.window_groups(site.shape) or 1
    given = (site.inputs, site.output, site.node, filters, bias, windows, groups)
    fusion.convolved(Convolve(*given, is_shared=site.is_shared))
    return True


def _transposed(fusion: Fusion, site: Site) -> bool:
    """Of a kernel without gaps, that leaves no output without a tap."""
    layer = site.layer
    windows = site.windows
    plain = all(window.dilation == 1 and window.kernel_size >= window.stride for window in windows)
    if site.axes < 1 or layer.groups > 1 or not plain or _reaches_far(site):
        return False
    weight = layer.used_weight(site.arrays)
    filters = weight.reshape(*weight.shape[:3], -1).swapaxes(0, 1)
    given = (site.inputs, site.output, site.node, filters, site.arrays.get("bias"), windows, 1)
    fusion.append(ConvolveTransposed(*given, is_shared=site.is_shared))
    return True


def _reaches_far(site: Site) -> bool:
    """Whether a transposed convolution's phases would multiply mostly what is beyond the map.

    An output is a product for each tap of its phase, and of a map that is small for its kernel few of these lie on it.
    """
    _, *sizes = with_two_axes(site.shape)
    _, *made = with_two_axes(site.step.output_shape)
    taps = [-(-window.kernel_size // window.stride) for window in site.windows]
    needed = prod(sizes) * prod(window.kernel_size for window in site.windows)
    return prod(made) * prod(taps) > MOST_BEYOND * needed


def _is_mostly_border(shape: Shape, windows: Sequence[AxisWindow]) -> bool:
    """Whether a map with its border would take much more memory than without."""
    _, *sizes = with_two_axes(shape)
    padded = prod(size + sum(window.padding) for size, window in zip(sizes, windows, strict=True))
    return padded > max(WIDEST_BORDER * prod(sizes), SMALL)


def _batch_norm(fusion: Fusion, site: Site) -> bool:
    """A norm with statistics of its own is one scale and one shift a channel."""
    layer, arrays = site.layer, site.arrays
    if not layer.track_running_stats:
        return False
    scale = 1.0 / np.sqrt(arrays["running_var"].astype(np.float64) + layer.eps)
    if "weight" in arrays:
        scale *= arrays["weight"]
    shift = -arrays["running_mean"] * scale
    if "bias" in arrays:
        shift += arrays["bias"]
    deviation = float(np.abs(arrays["weight"]).max()) if "weight" in arrays else 1.0
    fusion.scaled(site.inputs[0], site.output, site.node, scale, shift, arrays["running_var"].dtype, deviation)
    return True


def _sum(fusion: Fusion, site: Site) -> bool:
    """Two tensors of one shape."""
    if site.layer.value is not None or len(site.inputs) != 2 or len(set(site.step.input_shapes)) != 1:
        return False
    one, other = site.inputs
    fusion.added(one, other, site.output, site.node)
    return True


def _concat(fusion: Fusion, site: Site) -> bool:
    """Maps that differ in their channels alone."""
    if site.layer.joined_axis(site.shape) != 0 or len({shape[1:] for shape in site.step.input_shapes}) > 1:
        return False
    fusion.append(Join(site.inputs, site.output, site.node))
    return True


def _max_pool(fusion: Fusion, site: Site) -> bool:
    windows = site.windows
    fusion.append(PoolMap(site.inputs, site.output, site.node, windows, np.maximum, None))
    return True


def _avg_pool(fusion: Fusion, site: Site) -> bool:
    windows = site.windows
    factors = _factors(site.layer, with_two_axes(site.shape), windows)
    fusion.append(PoolMap(site.inputs, site.output, site.node, windows, np.add, factors))
    return True


def _factors(layer: Any, shape: Shape, windows: Sequence[AxisWindow]) -> Array:
    """What the sum under the window at each position is multiplied by to be the mean ``(OH, OW)``."""
    sliding = slide_over(shape[1:], windows)
    if layer.divisor_override is not None:
        return np.full([window.positions for window in sliding], 1.0 / layer.divisor_override)
    include = layer.count_include_pad
    counts_padding = not isinstance(layer.padding, str) if include is None else include
    rows, columns = (
        position_counts(one, (0, one.positions), window.padding if counts_padding else (0, 0))
        for one, window in zip(sliding, windows, strict=True)
    )
    factors: Array = 1.0 / (rows[:, np.newaxis] * columns)
    return factors


def _crop(fusion: Fusion, site: Site) -> bool:
    (above, _), (left, _) = [*site.layer.cuts(site.shape), (0, 0)][:2]
    fusion.append(CropMap(site.inputs, site.output, site.node, above, left))
    return True


def _adaptive(fusion: Fusion, site: Site) -> bool:
    """To the size that the map has, as the classifiers of AlexNet and VGG begin: each window is one pixel."""
    if site.step.output_shape != site.shape:
        return False
    return _identity(fusion, site)


def _adaptive_mean(fusion: Fusion, site: Site) -> bool:
    return _adaptive(fusion, site) or _global_mean(fusion, site)


def _global_mean(fusion: Fusion, site: Site) -> bool:
    if prod(site.step.output_shape[1:]) != 1:
        return False
    fusion.append(Mean(site.inputs, site.output, site.node))
    return True


def _linear(fusion: Fusion, site: Site) -> bool:
    """Of a vector."""
    if site.axes:
        return False
    weight, bias = site.layer.used_weight(site.arrays), site.arrays.get("bias")
    fusion.append(MultiplyMatrix(site.inputs, site.output, site.node, weight, bias))
    return True


def _clipping(fusion: Fusion, site: Site) -> bool:
    fusion.bounded(site.inputs[0], site.output, site.node, *site.layer.bounds())
    return True


def _activation(fusion: Fusion, site: Site) -> bool:
    function = site.layer.function

    def apply(values: Array) -> None:
        values[...] = function(values)

    fusion.applied(site.inputs[0], site.output, site.node, apply)
    return True


_LOWERINGS: Final[Mapping[type, Callable[[Fusion, Site], bool]]] = {
    Convolution: _convolution,
    DepthwiseConvolution: _convolution,
    ConvTranspose: _transposed,
    BatchNorm: _batch_norm,
    Add: _sum,
    Concat: _concat,
    Crop: _crop,
    MaxPool: _max_pool,
    AvgPool: _avg_pool,
    GlobalAvgPool: _global_mean,
    AdaptiveAvgPool: _adaptive_mean,
    AdaptiveMaxPool: _adaptive,
    Linear: _linear,
}
"""By the type itself: one derived from it may do something else."""

_LOWERINGS_BY_FORWARD: Final[Mapping[Any, Callable[[Fusion, Site], bool]]] = {
    Identity.forward: _identity,
    Reshaping.forward: _reshaping,
    Clipping.forward: _clipping,
    Activation.forward: _activation,
}
"""By the way in which a layer executes itself, which many types share."""
