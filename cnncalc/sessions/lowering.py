"""The operation of each layer; a layer without one of its own is executed as it executes itself."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from cnncalc.kernels.pooling import position_counts
from cnncalc.kernels.windows import AxisWindow, slide_over
from cnncalc.layers.activation import Activation
from cnncalc.layers.activations_piecewise import Hardtanh, ReLU, ReLU6
from cnncalc.layers.adaptive_pooling import AdaptiveAvgPool, GlobalAvgPool
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
from cnncalc.sessions.fusion import Fusion
from cnncalc.sessions.operations import (
    Convolve,
    ConvolveTransposed,
    CropMap,
    Flat,
    Join,
    Layered,
    Mean,
    Multiply,
    PoolMap,
    with_two_axes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node, Step
    from cnncalc.kernels import Array
    from cnncalc.sessions.operations import Operation
    from cnncalc.shapes import Shape

    Arrays = Callable[[Node], Mapping[str, Array]]

WIDEST_BORDER: Final = 2
"""Times the pixels of a map that it may have with its border; windows mostly on nothing are the layer's own."""
SMALL: Final = 4096
"""Pixels that a map may always have with its border."""


class Lowered(NamedTuple):
    """A network as operations: `operations` in an order of execution, `shapes` of all tensors by number.

    There are tensors also between the steps of a node. `alike` says of a tensor whose values are those of another which
    one that is. `constants` are the tensors that no input reaches, ``(1, C, ...)``. `inputs` and `outputs` are numbers.
    """

    operations: list[Operation]
    shapes: dict[int, Shape]
    alike: dict[int, int]
    constants: dict[int, Array]
    inputs: range
    outputs: Sequence[int]

    def source(self, number: int) -> int:
        """The tensor that holds the values of this one."""
        return self.alike.get(number, number)


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
    def axes(self) -> int:
        """The spatial axes of the first input: those beside its channels."""
        return len(self.shape) - 1


def lower(network: Graph, arrays: Arrays, *, exact: bool) -> Lowered:
    """A network as operations; `arrays` gives the weights of a node, which the operations then own unless shared.

    Where it is to be `exact` no convolution has a kernel that rounds more than the sum of its products does.
    """
    shapes = {tensor.number: tensor.shape for tensor in network.tensors}
    fusion = Fusion(_readers(network))
    constants: dict[int, Array] = {}
    shared = {node.storage for node in network.nodes if node.arrays.owner}
    for node in network.nodes:
        inputs, weights = list(node.inputs), arrays(node)
        for step in node.steps:
            last = step is node.steps[-1]
            output = node.output if last else -len(shapes)  # below 0: between steps
            shapes[output] = step.output_shape
            own = {k.removeprefix(step.prefix): a for k, a in weights.items() if k.startswith(step.prefix)}
            site = Site(node, step, own, inputs, output, node.storage in shared)
            if node.sees_input:
                _add(fusion, site)
            else:
                with np.errstate(all="ignore"):
                    constants[output] = site.layer.forward([constants[number] for number in inputs], own)
            inputs = [output]
    for operation in fusion.operations:
        operation.inputs = [fusion.source(number) for number in operation.inputs]
        if operation.ending.added is not None:
            operation.ending.added = fusion.source(operation.ending.added)
        if isinstance(operation, Convolve):
            operation.choose_kernel(shapes, exact=exact)
    outputs = list(network.outputs)
    return Lowered(fusion.operations, shapes, fusion.alike, constants, range(len(network.inputs)), outputs)


class _OneReader(dict[int, int]):
    """How many read each tensor; those between steps are read by the next."""

    def __missing__(self, number: int) -> int:
        return 1


def _readers(network: Graph) -> Mapping[int, int]:
    found = _OneReader({tensor.number: 0 for tensor in network.tensors})
    for number in [number for node in network.nodes for number in node.inputs] + list(network.outputs):
        found[number] += 1
    return found


def _add(fusion: Fusion, site: Site) -> None:
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
    windows = [*layer.geometry(site.shape), AxisWindow(1)][:2]
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
    windows = [*layer.geometry(site.shape), AxisWindow(1)][:2]
    plain = all(window.dilation == 1 and window.kernel_size >= window.stride for window in windows)
    if site.axes < 1 or layer.groups > 1 or not plain:
        return False
    weight = layer.used_weight(site.arrays)
    filters = weight.reshape(*weight.shape[:3], -1).swapaxes(0, 1)
    given = (site.inputs, site.output, site.node, filters, site.arrays.get("bias"), windows, 1)
    fusion.append(ConvolveTransposed(*given, is_shared=site.is_shared))
    return True


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
    fusion.scaled(site.inputs[0], site.output, site.node, scale, shift, arrays["running_var"].dtype)
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
    if site.layer._axis(site.shape) != 0 or len({shape[1:] for shape in site.step.input_shapes}) > 1:
        return False
    fusion.append(Join(site.inputs, site.output, site.node))
    return True


def _max_pool(fusion: Fusion, site: Site) -> bool:
    windows = [*site.layer.geometry(site.shape), AxisWindow(1)][:2]
    fusion.append(PoolMap(site.inputs, site.output, site.node, windows, np.maximum, None))
    return True


def _avg_pool(fusion: Fusion, site: Site) -> bool:
    windows = [*site.layer.geometry(site.shape), AxisWindow(1)][:2]
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
    fusion.append(Multiply(site.inputs, site.output, site.node, weight, bias))
    return True


def _rectifier(fusion: Fusion, site: Site) -> bool:
    fusion.bounded(site.inputs[0], site.output, site.node, 0.0, 6.0 if isinstance(site.layer, ReLU6) else None)
    return True


def _hardtanh(fusion: Fusion, site: Site) -> bool:
    fusion.bounded(site.inputs[0], site.output, site.node, site.layer.min_val, site.layer.max_val)
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
    AdaptiveAvgPool: _global_mean,
    Linear: _linear,
    ReLU: _rectifier,
    ReLU6: _rectifier,
    Hardtanh: _hardtanh,
}
"""By the type itself: one derived from it may do something else."""

_LOWERINGS_BY_FORWARD: Final[Mapping[Any, Callable[[Fusion, Site], bool]]] = {
    Identity.forward: _identity,
    Reshaping.forward: _reshaping,
    Activation.forward: _activation,
}
"""By the way in which a layer executes itself, which many types share."""


def by_levels(operations: Sequence[Operation]) -> list[Operation]:
    """The operations with those side by side that do not need each other, so that threads wait less often."""
    levels: dict[int, int] = {}
    for operation in operations:
        levels[operation.output] = 1 + max((levels.get(number, 0) for number in operation.takes), default=0)
    return sorted(operations, key=lambda operation: levels[operation.output])
