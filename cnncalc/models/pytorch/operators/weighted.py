"""Convolutions, linear layers, normalisations and embeddings as functions, whose arrays are arguments."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.layers import LAYERS, find
from cnncalc.models.pytorch.builder import MOST_AXES
from cnncalc.models.pytorch.operators.functions import Function, by_channel, function, is_on, only_tensor, tensor
from cnncalc.models.pytorch.values import Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given

_CHECKED: Final = ("in_channels", "in_features", "num_features", "num_parameters", "embed_dim", "input_size")
"""Options that say of the input what it is."""
_NOT_AN_AXIS: Final = ("shape", "sizes", "dims", "normalized_shape")
"""Options whose lists do not have a number for each spatial axis."""


def short(type_: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options without those that are our defaults, and with one number where all axes have the same.

    >>> short("conv2d", {"in_channels": 3, "out_channels": 8, "kernel_size": [3, 3], "stride": [1, 1]})
    {'out_channels': 8, 'kernel_size': 3}
    """
    found = find(type_, LAYERS)
    assert found is not None
    known = found[0].options
    kept: dict[str, Any] = {}
    for name, value in options.items():
        if name in _CHECKED and not (name == "num_parameters" and value != 1):
            continue
        one = value if name in _NOT_AN_AXIS else _one_for_all(value)
        default = _one_for_all(getattr(known.get(name), "default", None))
        is_usual = name in known and type(default) is type(one) and default == one
        if not is_usual and (one is not None or name == "output_size"):
            kept[name] = one
    if type_.rstrip("123d") in ("max_pool", "avg_pool") and kept.get("stride") == kept.get("kernel_size"):
        kept.pop("stride", None)
    return kept


def _one_for_all(value: Any) -> Any:
    """The number that a list has for every axis, or else the list: that of pairs keeps them all.

    >>> _one_for_all([3, 3]), _one_for_all(((0, 0),)), _one_for_all([1, 2]), _one_for_all([[1, 0], [1, 0]])
    (3, 0, [1, 2], [[1, 0], [1, 0]])
    """
    if not isinstance(value, (list, tuple)) or not value or value[0] is None:
        return value
    alike = all(each == value[0] and type(each) is type(value[0]) for each in value)
    one = _one_for_all(value[0]) if alike else value
    return list(value) if isinstance(one, (list, tuple)) else one


def arrays_of(builder: Builder, given: Given, names: Mapping[str, str]) -> dict[str, Any]:
    """The arrays among the arguments, by our names of them."""
    found = {}
    for name, ours in names.items():
        value = given.get(name)
        if value is None:
            continue
        if not isinstance(value, Value) or value.stored is None or value.layer is not None:
            of_input = not isinstance(value, Value) or value.batch is not None
            raise UntranslatableError(
                f"takes a `{name}` that is computed of {'the input' if of_input else 'parameters'}"
            )
        found[ours] = builder.arrays.stored(value.stored)
    return found


_PAIR: Final = {"weight": "weight", "bias": "bias"}
_STATISTICS: Final = {**_PAIR, "running_mean": "running_mean", "running_var": "running_var"}


def _convolution(type_: str, rank: int, *, transposed: bool) -> Any:
    def make(builder: Builder, given: Given) -> Value:
        value, arrays = tensor(given), arrays_of(builder, given, _PAIR)
        by_channel(value)
        if "weight" not in arrays:
            raise UntranslatableError("has no weight")
        shape = tensor(given, "weight").shape
        groups = given.get("groups", 1)
        options = {name: given[name] for name in ("stride", "padding", "dilation", "output_padding") if name in given}
        options = {
            name: each[0] if isinstance(each, (list, tuple)) and len(each) == 1 else each
            for name, each in options.items()
        }
        if transposed and options.get("output_padding") in (0, [0] * rank, (0,) * rank):
            del options["output_padding"]
        channels = shape[1] * groups if transposed else shape[0]
        options = {"out_channels": channels, "kernel_size": list(shape[2:]), **options, "groups": groups}
        options["bias"] = "bias" in arrays
        inputs = [builder.operand(value, value.own)]
        return builder.layer(type_, short(type_, options), inputs, builder.result_shape(), value.batch, arrays=arrays)

    return make


def linear(builder: Builder, given: Given) -> Value:
    """``F.linear``: weighted sums along the last axis."""
    arrays = arrays_of(builder, given, _PAIR)
    return linear_layer(builder, tensor(given), tensor(given, "weight").shape[0], arrays)


def linear_layer(
    builder: Builder, value: Value, out_features: int, arrays: Mapping[str, Any], *, name: str | None = None
) -> Value:
    """Weighted sums along the last axis of whatever arrives."""
    axis = value.axis(-1)
    laid: tuple[int, ...] | None = None
    if len(value.own) > MOST_AXES:  # all axes before the last as one
        laid = (prod(value.own[:-1]), value.own[-1])
    options = {"out_features": out_features, "bias": "bias" in arrays}
    if len(value.own) > 1:
        options["dim"] = -1 if axis == len(value.own) - 1 else axis
    options = {**short("linear", options), **builder.normalisation}
    shape = (*value.shape[:-1], out_features)
    inputs = [builder.operand(value, laid or value.own)]
    name = builder.names.free(name) if name else None
    if laid is not None:
        after = (laid[0], out_features)
        made = builder.layer("linear", options, inputs, after, None, arrays=arrays, name=name)
        return Value(shape, value.batch, layer=made.layer, laid=after)
    return builder.layer("linear", options, inputs, shape, value.batch, arrays=arrays, name=name)


def _batch_norm(type_: str) -> Any:
    """``F.batch_norm`` and ``F.instance_norm``."""

    def make(builder: Builder, given: Given) -> Value:
        value, arrays = tensor(given), arrays_of(builder, given, _STATISTICS)
        by_channel(value)
        own = is_on(given, "training") if type_ == "batch_norm" else given.get("use_input_stats", True)
        if own:
            arrays = {name: each for name, each in arrays.items() if name in _PAIR}
        options = {"eps": given.get("eps", 1e-5), "affine": "weight" in arrays, "track_running_stats": not own}
        if "weight" in arrays and "bias" not in arrays:
            options["bias"] = False
        inputs = [builder.operand(value, value.own)]
        return builder.layer(type_, short(type_, options), inputs, value.shape, value.batch, arrays=arrays)

    return make


def _group_norm(builder: Builder, given: Given) -> Value:
    value, arrays = tensor(given), arrays_of(builder, given, _PAIR)
    by_channel(value)
    options = {"num_groups": given["num_groups"], "eps": given.get("eps", 1e-5), "affine": "weight" in arrays}
    inputs = [builder.operand(value, value.own)]
    return builder.layer("group_norm", short("group_norm", options), inputs, value.shape, value.batch, arrays=arrays)


def _last_axes_norm(type_: str) -> Any:
    """``F.layer_norm`` and ``F.rms_norm``."""

    def make(builder: Builder, given: Given) -> Value:
        value, arrays = tensor(given), arrays_of(builder, given, _PAIR)
        normalized = given["normalized_shape"]
        normalized = [normalized] if isinstance(normalized, int) else list(normalized)
        for dim in range(1, len(normalized) + 1):
            value.axis(-dim)
        options: dict[str, Any] = {"normalized_shape": normalized}
        if given.get("eps") is not None:
            options["eps"] = given["eps"]
        elif type_ == "rms_norm":
            options["eps"] = 2.0**-23
        if "weight" not in arrays:
            options["affine"] = False
        elif type_ == "layer_norm" and "bias" not in arrays:
            options["bias"] = False
        inputs = [builder.operand(value, value.own)]
        return builder.layer(type_, short(type_, options), inputs, value.shape, value.batch, arrays=arrays)

    return make


def _prelu(builder: Builder, given: Given) -> Value:
    value, arrays = tensor(given), arrays_of(builder, given, {"weight": "weight"})
    by_channel(value)
    options = short("prelu", {"num_parameters": tensor(given, "weight").shape[0]})
    inputs = [builder.operand(value, value.own)]
    return builder.layer("prelu", options, inputs, value.shape, value.batch, arrays=arrays)


def _embedding(builder: Builder, given: Given) -> Value:
    """``F.embedding``: features that are looked up become the last axis."""
    value, arrays = tensor(given), arrays_of(builder, given, {"weight": "weight"})
    return _looked_up(builder, value, tensor(given, "weight").shape, arrays)


def embedding_module(builder: Builder, settings: Any, arguments: Any, keywords: Any, arrays: Any) -> Value:
    """``nn.Embedding``."""
    if settings.get("max_norm") is not None:
        raise UntranslatableError("changes its weights by `max_norm`")
    value = only_tensor(arguments, keywords)
    return _looked_up(builder, value, (settings["num_embeddings"], settings["embedding_dim"]), arrays)


def _looked_up(builder: Builder, value: Value, table: tuple[int, ...], arrays: Mapping[str, Any]) -> Value:
    options = {"num_embeddings": table[0], "embedding_dim": table[1], "dim": -1}
    inputs = [builder.operand(value, value.own)]
    return builder.layer("embedding", options, inputs, (*value.shape, table[1]), value.batch, arrays=arrays)


_CONVOLVED: Final = "input weight bias stride padding dilation groups"
_TRANSPOSED: Final = "input weight bias stride padding output_padding groups dilation"
FUNCTIONS: Final[Mapping[str, Function]] = {
    **{f"conv{n}d": function(_convolution(f"conv{n}d", n, transposed=False), _CONVOLVED) for n in (1, 2, 3)},
    **{
        f"conv_transpose{n}d": function(_convolution(f"conv_transpose{n}d", n, transposed=True), _TRANSPOSED)
        for n in (1, 2, 3)
    },
    "linear": function(linear, "input weight bias"),
    "batch_norm": function(
        _batch_norm("batch_norm"), "input running_mean running_var weight bias training momentum eps"
    ),
    "instance_norm": function(
        _batch_norm("instance_norm"), "input running_mean running_var weight bias use_input_stats momentum eps"
    ),
    "group_norm": function(_group_norm, "input num_groups weight bias eps"),
    "layer_norm": function(_last_axes_norm("layer_norm"), "input normalized_shape weight bias eps"),
    "rms_norm": function(_last_axes_norm("rms_norm"), "input normalized_shape weight eps"),
    "prelu": function(_prelu, "input weight"),
    "embedding": function(_embedding, "input weight padding_idx max_norm norm_type scale_grad_by_freq sparse"),
}
