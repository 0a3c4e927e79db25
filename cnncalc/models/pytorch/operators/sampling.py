"""Padding, cropping, interpolation and sampling at computed places."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.pytorch.operators.functions import Function, by_channel, function, is_on, tensor
from cnncalc.models.pytorch.operators.indexing import cut
from cnncalc.models.pytorch.values import Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given


def pad(builder: Builder, given: Given) -> Value:
    """``F.pad``, whose pairs go from the last axis on; a negative number cuts off."""
    value, amounts = tensor(given), list(given["pad"])
    if not all(isinstance(each, int) for each in amounts):
        raise UntranslatableError("pads by what is computed")
    pairs = {value.rank - 1 - at // 2: (amounts[at], amounts[at + 1]) for at in range(0, len(amounts), 2)}
    parts = {
        dim: (max(0, -before), value.shape[dim] - max(0, -after), 1)
        for dim, (before, after) in pairs.items()
        if min(before, after) < 0
    }
    value = cut(builder, value, parts)
    pairs = {dim: (max(0, before), max(0, after)) for dim, (before, after) in pairs.items() if max(before, after) > 0}
    if not pairs:
        return value
    own = {value.axis(dim): list(pair) for dim, pair in pairs.items()}
    options: dict[str, Any] = {}
    spatial = [own.get(axis, [0, 0]) for axis in range(1, len(value.own))]
    if any(map(any, spatial)):
        same = spatial[0][0]
        options["padding"] = same if all(pair == [same, same] for pair in spatial) else spatial
    if 0 in own:
        options["channel_padding"] = own[0]
    mode, number = given.get("mode", "constant"), given.get("value") or 0
    if number == -inf:
        return _before_maxima(value, spatial, 0 in own, pairs)
    if mode != "constant":
        options["mode"] = mode
    elif number:
        options["value"] = number
    shape = tuple(size + sum(pairs.get(dim, (0, 0))) for dim, size in enumerate(value.shape))
    return builder.layer("pad", options, [builder.operand(value, value.own)], shape, value.batch)


def _before_maxima(
    value: Value, spatial: list[list[int]], has_channels: bool, pairs: Mapping[int, tuple[int, int]]
) -> Value:
    """Borders of minus infinity, which no spec has: the padding of the max pool behind them."""
    by_channel(value)
    if has_channels or value.layer is None:
        raise UntranslatableError("pads other axes than those of a map with minus infinity")
    shape = tuple(size + sum(pairs.get(dim, (0, 0))) for dim, size in enumerate(value.shape))
    return Value(
        shape,
        value.batch,
        layer=value.layer,
        laid=value.laid,
        border=tuple((before, after) for before, after in spatial),
    )


def _interpolate(builder: Builder, given: Given) -> Value:
    """``F.interpolate``, by its size where the scale is computed anew."""
    value, shape = tensor(given), builder.result_shape()
    by_channel(value)
    options: dict[str, Any] = {}
    scale = given.get("scale_factor")
    if scale is None or is_on(given, "recompute_scale_factor"):
        options["size"] = _short(list(shape[2:]))
    else:
        options["scale_factor"] = _short([int(s) if s == int(s) else s for s in _listed(scale)])
    if given.get("mode", "nearest") != "nearest":
        options["mode"] = given["mode"]
    for name in ("align_corners", "antialias"):
        if is_on(given, name):
            options[name] = True
    return builder.layer("upsample", options, [builder.operand(value, value.own)], shape, value.batch)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _short(sizes: list[Any]) -> Any:
    """One number where all are equal."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def _grid_sample(builder: Builder, given: Given) -> Value:
    value, grid = tensor(given), tensor(given, "grid")
    by_channel(value)
    by_channel(grid)
    order = [len(grid.own) - 1, *range(len(grid.own) - 1)]
    turned = (grid.shape[0], grid.shape[-1], *grid.shape[1:-1])
    moved = builder.layer("permute", {"dims": order}, [builder.operand(grid, grid.own)], turned, grid.batch)
    assert moved.layer is not None
    options = {
        name: given[name]
        for name, usual in (("mode", "bilinear"), ("padding_mode", "zeros"))
        if given.get(name, usual) != usual
    }
    if is_on(given, "align_corners"):
        options["align_corners"] = True
    inputs = [builder.operand(value, value.own), moved.layer]
    return builder.layer("grid_sample", options, inputs, builder.result_shape(), value.batch)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "pad": function(pad, "input pad mode value"),
    "interpolate": function(
        _interpolate, "input size scale_factor mode align_corners recompute_scale_factor antialias"
    ),
    "upsample": function(_interpolate, "input size scale_factor mode align_corners"),
    "grid_sample": function(_grid_sample, "input grid mode padding_mode align_corners"),
}
