"""Maps made larger or smaller."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnncalc.layers.windowed import per_axis
from cnncalc.models.onnx.constants import DynamicInt, decimal
from cnncalc.models.onnx.flows import BATCH
from cnncalc.models.onnx.operators.adaptive_pooling import averaged_to
from cnncalc.models.onnx.reading import short

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


MODES = {"nearest": "nearest", "linear": "linear", "cubic": "cubic"}


def write_upsample(w: LayerWriting) -> str:
    """Resize, with the coordinates as PyTorch has them; `area` is adaptive average pooling."""
    layer, rank = w.layer, len(w.shape) - 1
    if layer.mode == "area":
        return averaged_to(w, w.output_shape[1:])
    attributes: dict[str, Any] = {"mode": MODES[layer.interpolation], **_coordinates(w)}
    if layer.scale_factor is not None:
        factors = [1.0, 1.0, *per_axis(layer.scale_factor, rank, "scale_factor")]
        return w.node("Resize", [w.x, "", w.floats(factors)], **attributes)
    return w.node("Resize", [w.x, "", "", w.whole_shape(w.x, w.output_shape)], **attributes)


def _coordinates(w: LayerWriting) -> dict[str, Any]:
    """Where the values of the output lie in the input, and how they are rounded or weighed."""
    layer = w.layer
    if layer.mode == "nearest":
        return {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    if layer.mode == "nearest-exact":
        return {"coordinate_transformation_mode": "half_pixel", "nearest_mode": "round_prefer_ceil"}
    found: dict[str, Any] = {"coordinate_transformation_mode": "align_corners" if layer.align_corners else "half_pixel"}
    if layer.antialias:
        w.needs(18, "`antialias`")
        if layer.align_corners:
            raise w.refusal("`antialias` with `align_corners` has no operator there", "leave `align_corners` out")
        found |= {"antialias": 1, "exclude_outside": 1}
    if layer.interpolation == "cubic":
        found["cubic_coeff_a"] = -0.5 if layer.antialias else -0.75
    return found


MOST_PLACES: Final = 2**16
"""The longest axis of which places are compared one by one."""


class _Axis(NamedTuple):
    """An axis that is resampled: its size before and behind, and the factor that places are computed with."""

    size: int
    output: int
    scale: Fraction


def read_upsample(node: Reading) -> Flow:
    """`Upsample`, of opset 1 to 9: an old `Resize`."""
    x = node.any_flow()
    if node.has("height_scale"):
        scales: list[Any] = [1.0, 1.0, node.real("height_scale"), node.real("width_scale")]
    else:
        written = node.node.attributes.get("scales") if node.has("scales") else None
        scales = list(written) if isinstance(written, list) else _numbers(node, 1) or []
    return _resampled(node, x, _scaled_axes(node, x, scales), "asymmetric", "floor", scales)


def read_resize(node: Reading) -> Flow:
    """`Resize`, by factors or to sizes."""
    x = node.any_flow()
    if node.opset < 11:
        factors = _numbers(node, 1) or []
        return _resampled(node, x, _scaled_axes(node, x, factors), "asymmetric", "floor", factors)
    rule = node.word("coordinate_transformation_mode", "half_pixel")
    rounding = node.word("nearest_mode", "round_prefer_floor")
    scales, written = _numbers(node, 2), node.marked_numbers(3) or None
    axes = node.integers("axes")
    if axes is not None:
        scales, written = _in_order(node, x, axes, scales, 1), _in_order(node, x, axes, written, 0)
        written = written and [size or own for size, own in zip(written, x.dims, strict=True)]
    if scales:
        return _resampled(node, x, _scaled_axes(node, x, scales), rule, rounding, scales)
    if not written or len(written) != len(x.axes):
        raise node.refuse("it has neither factors nor sizes for each axis")
    if node.word("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise node.refuse("it keeps the aspect ratio")
    found = {
        axis: _Axis(own, int(size), Fraction(int(size), own))
        for axis, own, size in zip(x.axes, x.dims, written, strict=True)
    }
    follows = any(isinstance(size, DynamicInt) for size in written)
    return _resampled(node, x, found, rule, rounding, None, follows=follows)


def _numbers(node: Reading, at: int) -> list[Any] | None:
    """An input of numbers; None where it is left out, or has none."""
    constant = node.optional_constant(at)
    return None if constant is None or not constant.size else constant.numbers()


def _in_order(node: Reading, x: Flow, axes: Sequence[int], values: list[Any] | None, rest: int) -> list[Any] | None:
    """Values of some axes as values of all."""
    if values is None:
        return None
    if len(axes) != len(values):
        raise node.refuse(f"it has {len(values)} values for {len(axes)} axes")
    known = {axis % len(x.axes): value for axis, value in zip(axes, values, strict=True)}
    return [known.get(at, rest) for at in range(len(x.axes))]


def _scaled_axes(node: Reading, x: Flow, scales: Sequence[float]) -> dict[int, _Axis]:
    """The axes, resampled by factors."""
    if len(scales) != len(x.axes):
        raise node.refuse(f"it has {len(scales)} factors for {len(x.axes)} axes")
    if not all(0 < scale < inf for scale in scales):
        raise node.refuse(f"its factors are {list(scales)}")
    exact = [Fraction(decimal(scale)).limit_denominator(10**6) for scale in scales]
    return {
        axis: _Axis(size, floor(size * scale), scale) for axis, size, scale in zip(x.axes, x.dims, exact, strict=True)
    }


def _resampled(
    node: Reading,
    x: Flow,
    axes: dict[int, _Axis],
    rule: str,
    rounding: str,
    scales: Sequence[float] | None,
    *,
    follows: bool = False,
) -> Flow:
    """The layer, if it takes the very pixels that the node takes; by factors where these are given."""
    kept = [axes.pop(axis) for axis in (BATCH, 0) if axis in axes]
    if any(axis.output != axis.size or axis.scale != 1 for axis in kept):
        raise node.refuse("it resamples channels or the batch")
    spatial = [axes[axis] for axis in range(1, len(x.shape))]
    if all(axis.output == axis.size and axis.scale == 1 for axis in spatial):
        return x
    if min(axis.output for axis in spatial) < 1:
        raise node.refuse("nothing is left")
    by_factor = scales is not None or (follows and all(axis.scale.denominator == 1 for axis in spatial))
    if follows and not by_factor:
        node.network.follows_sizes = True
    factors = [_plain(axis.scale) for axis in spatial]
    options: dict[str, Any] = {"scale_factor": factors[0] if len(set(factors)) == 1 else factors}
    if not by_factor:
        options = {"size": short([axis.output for axis in spatial])}
    mode = node.word("mode", "nearest")
    maker = _READ.get(mode)
    if maker is None:
        raise node.refuse(f"its mode is `{mode}`")
    return node.layer("upsample", {**options, **maker(node, spatial, rule, rounding)}, [x])


def _plain(scale: Fraction) -> float:
    """A factor as a spec writes it."""
    return int(scale) if scale.denominator == 1 else float(scale)


def _nearest(node: Reading, axes: Sequence[_Axis], rule: str, rounding: str) -> dict[str, Any]:
    """The nearest mode of ours that takes the same pixels, which are compared one by one."""
    place = _PLACES.get(rule)
    round_ = _ROUNDINGS.get(rounding)
    if place is None or round_ is None:
        raise node.refuse(f"its places are those of `{rule}`")
    if max(axis.output for axis in axes) > MOST_PLACES:
        raise node.refuse("it is too large for its places to be compared")
    if rule != "asymmetric" and any(axis.scale.denominator > 1 for axis in axes):
        node.network.follows_sizes = True  # at other sizes places may be rounded otherwise
    theirs = [[min(max(round_(place(at, axis)), 0), axis.size - 1) for at in range(axis.output)] for axis in axes]
    for mode, half in (("nearest", Fraction(0)), ("nearest-exact", Fraction(1, 2))):
        ours = [[min(floor((at + half) / axis.scale), axis.size - 1) for at in range(axis.output)] for axis in axes]
        if ours == theirs:
            return {} if mode == "nearest" else {"mode": mode}
    raise node.refuse(f"it rounds places of `{rule}` by `{rounding}`, which takes other pixels than any mode here")


_PLACES: Final[dict[str, Callable[[int, _Axis], Fraction]]] = {
    "asymmetric": lambda at, axis: at / axis.scale,
    "half_pixel": lambda at, axis: (at + Fraction(1, 2)) / axis.scale - Fraction(1, 2),
    "pytorch_half_pixel": lambda at, axis: (
        (at + Fraction(1, 2)) / axis.scale - Fraction(1, 2) if axis.output > 1 else Fraction(0)
    ),
    "tf_half_pixel_for_nn": lambda at, axis: (at + Fraction(1, 2)) / axis.scale,
    "align_corners": lambda at, axis: (
        at * (axis.size - 1) / (axis.size * axis.scale - 1) if axis.size * axis.scale > 1 else Fraction(0)
    ),
}
"""Where an output position lies among those of the input, by the rule."""

_ROUNDINGS: Final[dict[str, Callable[[Fraction], int]]] = {
    "floor": floor,
    "ceil": ceil,
    "round_prefer_floor": lambda place: ceil(place - Fraction(1, 2)),
    "round_prefer_ceil": lambda place: floor(place + Fraction(1, 2)),
}


def _smooth(node: Reading, axes: Sequence[_Axis], rule: str) -> dict[str, Any]:
    """What linear and cubic modes share: where places lie."""
    options: dict[str, Any] = {}
    if rule in ("align_corners", "half_pixel_symmetric"):
        if any(axis.output != axis.size * axis.scale for axis in axes):
            raise node.refuse(f"its places are those of `{rule}` at factors that leave a rest")
        if rule == "align_corners":
            options["align_corners"] = True
    elif rule == "pytorch_half_pixel":
        if any(axis.output == 1 < axis.size for axis in axes):
            raise node.refuse("one place takes the first pixel")
    elif rule != "half_pixel":
        raise node.refuse(f"its places are those of `{rule}`")
    shrinks = any(axis.scale < 1 for axis in axes)
    if node.integer("antialias") and shrinks:
        if not node.integer("exclude_outside"):
            raise node.refuse("its wider filters take what lies outside for the border's pixels")
        options["antialias"] = True
    return options


def _linear(node: Reading, axes: Sequence[_Axis], rule: str, rounding: str) -> dict[str, Any]:
    """Linear interpolation along each axis."""
    del rounding
    return {"mode": {1: "linear", 2: "bilinear", 3: "trilinear"}[len(axes)], **_smooth(node, axes, rule)}


def _cubic(node: Reading, axes: Sequence[_Axis], rule: str, rounding: str) -> dict[str, Any]:
    """Cubic interpolation of a map, by the kernel that ours has."""
    del rounding
    options = {"mode": "bicubic", **_smooth(node, axes, rule)}
    wanted = -0.5 if "antialias" in options else -0.75
    if node.real("cubic_coeff_a", -0.75) != wanted or (node.integer("exclude_outside") and "antialias" not in options):
        raise node.refuse("its cubic kernel is another")
    return options


_READ: Final[dict[str, Callable[[Reading, Sequence[_Axis], str, str], dict[str, Any]]]] = {
    "nearest": _nearest,
    "linear": _linear,
    "bilinear": _linear,
    "cubic": _cubic,
}
