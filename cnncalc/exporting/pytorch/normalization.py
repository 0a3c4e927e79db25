"""Normalisation in PyTorch."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, Final

from cnncalc.exporting.pytorch.written import Written, function, module
from cnncalc.exporting.source.expressions import Arg, Code, Infix, Value, optional
from cnncalc.exporting.source.leaves import collapsed

if TYPE_CHECKING:
    from cnncalc.exporting.source.leaves import Leaf

LEAST_DEVIATION: Final = 1e-7
"""What Keras holds deviations to."""


def _left_out(layer: Any) -> list[tuple[str, Code]]:
    """The arrays that are set to None as the layer does not have them, though it has the other one."""
    if not layer.affine or (layer.weight is False) == (layer.bias is False):
        return []
    return [(name, Code("None")) for name in ("weight", "bias") if getattr(layer, name) is False]


def _is_affine(layer: Any) -> bool:
    return bool(layer.affine and (layer.weight is not False or layer.bias is not False))


def batch_norm(leaf: Leaf) -> Written:
    """`nn.BatchNorm2d` and its kin."""
    return _tracking(leaf, f"nn.BatchNorm{max(leaf.rank, 1)}d", affine=True, tracks=True)


def instance_norm(leaf: Leaf) -> Written:
    """`nn.InstanceNorm2d` and its kin."""
    return _tracking(leaf, f"nn.InstanceNorm{leaf.rank}d", affine=False, tracks=False)


def _tracking(leaf: Leaf, name: str, *, affine: bool, tracks: bool) -> Written:
    layer = leaf.layer
    momentum = layer.momentum if layer.track_running_stats else 0.1
    return module(
        name,
        Value(leaf.shape[0], "channels"),
        eps=optional(float(layer.eps), 1e-5, "eps"),
        momentum=optional(momentum, 0.1, "momentum"),
        affine=optional(_is_affine(layer), affine, "affine"),
        track_running_stats=optional(layer.track_running_stats, tracks, "track_running_stats"),
        after=_left_out(layer),
    )


def group_norm(leaf: Leaf) -> Written:
    """`nn.GroupNorm`."""
    layer = leaf.layer
    return module(
        "nn.GroupNorm",
        Value(layer.num_groups, "num_groups"),
        Value(leaf.shape[0], "channels"),
        eps=optional(float(layer.eps), 1e-5, "eps"),
        affine=optional(_is_affine(layer), True, "affine"),
        after=_left_out(layer),
    )


def layer_norm(leaf: Leaf) -> Written:
    """`nn.LayerNorm` over the last axes; helpers for the channels and for other axes."""
    layer = leaf.layer
    more: dict[str, Any] = {"elementwise_affine": optional(_is_affine(layer), True, "affine")}
    after = []
    if _is_affine(layer):
        more["bias"] = optional(layer.bias is not False, True, "bias")
        after = [pair for pair in _left_out(layer) if pair[0] == "weight"]
    eps = optional(float(layer.eps), 1e-5, "eps")
    return _over_axes(leaf, "LayerNorm", eps, more, after)


def rms_norm(leaf: Leaf) -> Written:
    """`nn.RMSNorm` over the last axes; helpers for the channels and for other axes."""
    layer = leaf.layer
    affine = layer.affine and layer.weight is not False
    more = {"elementwise_affine": optional(affine, True, "affine")}
    return _over_axes(leaf, "RMSNorm", optional(layer.eps, None, "eps"), more, [])


def _over_axes(leaf: Leaf, name: str, eps: Arg, more: dict[str, Any], after: list[tuple[str, Code]]) -> Written:
    """The module for the axes that the layer works over."""
    axes = normalized_axes(leaf)
    sizes = tuple(leaf.shape[axis] for axis in axes)
    if axes == tuple(range(len(leaf.shape) - len(axes), len(leaf.shape))):
        shape = Value(sizes[0] if len(sizes) == 1 else sizes, "channels" if len(sizes) == 1 else "normalized_shape")
        return module(f"nn.{name}", shape, eps=eps, **more, after=after)
    if axes == (0,):
        own = f"Channel{name}"
        return module(own, Value(sizes[0], "channels"), eps=eps, **more, after=after, helpers=(own,))
    own = f"{name}Over"
    numbers = tuple(axis + 1 for axis in axes)
    return module(own, Value(sizes), Value(numbers, "dims"), eps=eps, **more, after=after, helpers=(own,))


def normalized_axes(leaf: Leaf) -> tuple[int, ...]:
    """The axes of a layer over `dims` or `normalized_shape`, without the batch, in order."""
    layer, shape = leaf.layer, leaf.shape
    stated = getattr(layer, "normalized_shape", None)
    if stated is not None:
        return tuple(sorted(layer.layout.axis(dim, len(shape)) for dim in range(-len(stated), 0)))
    return (0,) if layer.dims is None else tuple(sorted(layer.dim_axes("dims", layer.dims, shape)))


def local_response_norm(leaf: Leaf) -> Written:
    """`nn.LocalResponseNorm`."""
    layer = leaf.layer
    options = {
        "alpha": optional(float(layer.alpha), 1e-4, "alpha"),
        "beta": optional(float(layer.beta), 0.75, "beta"),
        "k": optional(float(layer.k), 1.0, "k"),
    }
    from cnncalc.exporting.pytorch.written import either

    return either("nn.LocalResponseNorm", "F.local_response_norm", Value(layer.size, "size"), **options)


def l2_norm(leaf: Leaf) -> Written:
    """`F.normalize`, with a learnt scale in a helper."""
    from cnncalc.exporting.pytorch.written import function
    from cnncalc.exporting.source.expressions import call

    layer = leaf.layer
    axes = collapsed_axes(tuple(axis + 1 for axis in normalized_axes(leaf)))
    eps = optional(float(layer.eps), 1e-12, "eps")
    if layer.scale:
        value = 20.0 if layer.value is None else float(layer.value)
        return module(
            "ScaledL2Norm",
            Value(leaf.shape[0], "channels"),
            dim=Arg(axes),
            eps=eps,
            value=optional(value, 20.0, "value"),
            helpers=("ScaledL2Norm",),
        )
    dim = optional(1, 1) if axes.text == "1" else Arg(axes)
    return function(lambda x: call("F.normalize", x, dim=dim, eps=eps))


def collapsed_axes(axes: tuple[int, ...]) -> Code:
    """One axis, or a tuple of several."""
    return Code(str(collapsed(axes) if len(axes) == 1 else axes))


def global_response_norm(leaf: Leaf) -> Written:
    """A helper."""
    layer = leaf.layer
    eps = optional(float(layer.eps), 1e-6, "eps")
    return module("GlobalResponseNorm", Value(leaf.shape[0], "channels"), eps=eps, helpers=("GlobalResponseNorm",))


def normalize(leaf: Leaf) -> Written:
    """Arithmetic with statistics that are given, in a helper where they differ; another keeps them as buffers."""
    channels, given = leaf.shape[0], leaf.layer.statistics()
    if given is None:
        return module("Normalize", Value(channels, "channels"), helpers=("Normalize",))
    mean, variance = (each.numbers if isinstance(each.numbers, list) else [each.numbers] for each in given)
    deviations = [max(sqrt(each), LEAST_DEVIATION) for each in variance]
    numbers = [Value(collapsed(list(map(float, each))), role) for each, role in ((mean, "mean"), (deviations, "std"))]
    if any(isinstance(number.value, tuple) for number in numbers):
        return module("Standardize", *numbers, helpers=("Standardize",))
    return function(lambda x: Infix("/", (Infix("-", (x, numbers[0])), numbers[1])))
