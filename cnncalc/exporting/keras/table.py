"""What each layer type is in Keras: a function for each, of the layer, its name and its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.exporting.keras import axes, values, windows
from cnncalc.exporting.keras.axes import axis_of
from cnncalc.exporting.keras.recurrent import recurrent
from cnncalc.exporting.keras.words import ACTIVATIONS, ELSEWHERE
from cnncalc.exporting.source.expressions import Arg, Code, Display, Expression, Infix, Value, call, optional

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.exporting.source.leaves import Leaf

    Translation = Callable[..., Expression]


def _leaky_relu(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    slope = Value(leaf.layer.negative_slope, "negative_slope")
    return call(call("layers.LeakyReLU", negative_slope=slope, name=name), x)


def _elu(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    return call(call("layers.ELU", alpha=optional(leaf.layer.alpha, 1.0, "alpha"), name=name), x)


def _prelu(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    (shape,) = leaf.layer.weight_shapes(leaf.shapes).values()
    if shape[:1] != leaf.shape[:1] or any(size != 1 for size in shape[1:]):
        raise leaf.refusal("Keras' PReLU has a slope for each channel", "`num_parameters` is the channels")
    shared = Code(str(list(range(1, len(leaf.shape)))))
    return call(call("layers.PReLU", shared_axes=shared, name=name), x)


def _batch_norm(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    layer = leaf.layer
    if not layer.track_running_stats:
        raise leaf.refusal("Keras' BatchNormalization keeps statistics", "`track_running_stats: true`")
    made = call("layers.BatchNormalization", **_scaled(layer, 0.001), name=name)
    return call(made, x)


def _scaled(layer: Any, eps: float) -> dict[str, Arg]:
    """The arguments of a norm."""
    return {
        "epsilon": optional(float(layer.eps), eps, "epsilon"),
        "center": optional(bool(layer.affine and layer.bias is not False), True, "center"),
        "scale": optional(bool(layer.affine and layer.weight is not False), True, "scale"),
    }


def _layer_norm(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    layer = leaf.layer
    if layer.normalized_shape is not None or (layer.dims is not None and leaf.axis_set("dims") != {0}):
        raise leaf.refusal("it is written over the channels alone", ELSEWHERE)
    return call(call("layers.LayerNormalization", **_scaled(layer, 0.001), name=name), x)


def _instance_norm(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """Groups of one channel."""
    if leaf.layer.track_running_stats:
        raise leaf.refusal("Keras has no instance norm that keeps statistics", "`track_running_stats: false`")
    return call(call("layers.GroupNormalization", Code("-1"), **_scaled(leaf.layer, 0.001), name=name), x)


def _group_norm(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    made = call(
        "layers.GroupNormalization", Value(leaf.layer.num_groups, "groups"), **_scaled(leaf.layer, 0.001), name=name
    )
    return call(made, x)


def _merge(leaf: Leaf, name: Arg, *inputs: Expression) -> Expression:
    layer, kind = leaf.layer, leaf.layer.type_name
    classes = {"add": "Add", "multiply": "Multiply", "maximum": "Maximum", "minimum": "Minimum", "average": "Average"}
    if not all(leaf.has_batch):
        raise leaf.refusal("it takes a tensor that is not there for each sample", ELSEWHERE)
    value = getattr(layer, "value", None)
    if value is not None:
        if value.shape or kind in ("maximum", "minimum"):
            raise leaf.refusal("its constant is not written in Keras", ELSEWHERE)
        operator = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}[kind]
        number = Value(value.numbers, "value")
        return Infix(operator, (number, inputs[0]) if getattr(layer, "reverse", False) else (inputs[0], number))
    if kind in ("subtract", "divide"):
        return Infix("-" if kind == "subtract" else "/", inputs)
    return call(call(f"layers.{classes[kind]}", name=name), Display("[", inputs))


def _scale(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    if leaf.layer.factor is None:
        if leaf.layer.bias is not False:
            raise leaf.refusal("Keras has no learnt scale and shift", ELSEWHERE)
        return call(call("LayerScale", name=name), x)
    return call(call("layers.Rescaling", Value(leaf.layer.factor, "factor"), name=name), x)


def _dropout(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    kind = leaf.layer.type_name
    classes = {"dropout": "Dropout", "alpha_dropout": "AlphaDropout", "gaussian_dropout": "GaussianDropout"}
    made = classes.get(kind) or f"SpatialDropout{leaf.rank}D"
    return call(call(f"layers.{made}", Value(float(leaf.layer.p), "p"), name=name), x)


def _drop_path(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """Dropout of whole samples."""
    shape = Code(str((None, *(1,) * len(leaf.shape))))
    return call(call("layers.Dropout", Value(float(leaf.layer.p), "p"), noise_shape=shape, name=name), x)


def _reduction(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    layer, shape = leaf.layer, leaf.shape
    names = {"reduce_mean": "mean", "reduce_sum": "sum", "reduce_max": "max", "reduce_min": "min"}
    if layer.dim is None or not layer.keepdim:
        raise leaf.refusal("it is written with `dim` and `keepdim` alone", ELSEWHERE)
    numbers = tuple(axis_of(axis, len(shape)) for axis in layer.dim_axes("dim", layer.dim, shape))
    axis = Code(str(numbers[0] if len(numbers) == 1 else numbers))
    return call(f"ops.{names[layer.type_name]}", x, axis=axis, keepdims=Code("True"))


def _function(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    names = {"abs": "absolute", "neg": "negative"}
    kind = leaf.layer.type_name
    return call(f"ops.{names.get(kind, kind)}", x)


def _normalize(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    given = leaf.layer.statistics() or ()
    numbers = {key: Value(_floats(each.numbers), key) for key, each in zip(("mean", "variance"), given, strict=False)}
    return call(call("layers.Normalization", **numbers, name=name), x)


def _floats(numbers: Any) -> Any:
    return [float(each) for each in numbers] if isinstance(numbers, list) else float(numbers)


def _pixel_shuffle(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    if leaf.rank != 2:
        raise leaf.refusal("it is written for 2 spatial axes", ELSEWHERE)
    return call("pixel_shuffle", x, Value(leaf.layer.upscale_factor, "factor"))


def _identity(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    del leaf
    return x


_FUNCTIONS: Final = (
    *("exp", "log", "sqrt", "rsqrt", "square", "reciprocal", "abs", "neg", "sign", "floor", "ceil", "round"),
    *("sin", "cos", "erf"),
)

TABLE: Final[dict[str, Translation]] = {
    "conv": windows.conv,
    "depthwise_conv": windows.conv,
    "separable_conv": windows.separable_conv,
    "conv_transpose": windows.conv_transpose,
    "linear": axes.linear,
    "max_pool": windows.pool,
    "avg_pool": windows.pool,
    "max_unpool": windows.max_unpool,
    **dict.fromkeys(("lstm", "gru", "rnn"), recurrent),
    "global_avg_pool": windows.global_pool,
    "global_max_pool": windows.global_pool,
    "squeeze_excite": windows.squeeze_excite,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "instance_norm": _instance_norm,
    "local_response_norm": values.local_response_norm,
    **dict.fromkeys((*ACTIVATIONS, "hardsigmoid"), values.activation),
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "celu": values.celu,
    "softplus": values.softplus,
    "glu": values.glu,
    **dict.fromkeys(("hardtanh", "clamp"), values.bounded),
    "threshold": values.threshold,
    "power": values.power,
    "prelu": _prelu,
    "softmax": axes.softmax,
    "log_softmax": axes.softmax,
    **dict.fromkeys(
        ("add", "subtract", "multiply", "divide", "maximum", "minimum", "average"),
        _merge,
    ),
    "concat": axes.concat,
    "scale": _scale,
    **dict.fromkeys(("dropout", "spatial_dropout", "alpha_dropout", "gaussian_dropout"), _dropout),
    "drop_path": _drop_path,
    **dict.fromkeys(("reduce_mean", "reduce_sum", "reduce_max", "reduce_min"), _reduction),
    **dict.fromkeys(("flatten", "reshape", "squeeze", "unsqueeze", "unflatten"), axes.reshape),
    "permute": axes.permute,
    "slice": axes.slice_,
    "pad": axes.pad,
    "crop": axes.crop,
    "upsample": axes.upsample,
    "flip": values.flip,
    "roll": values.roll,
    "channel_shuffle": axes.channel_shuffle,
    "pixel_shuffle": _pixel_shuffle,
    "normalize": _normalize,
    **dict.fromkeys(_FUNCTIONS, _function),
    "adaptive_avg_pool": windows.adaptive_pool,
    "adaptive_max_pool": windows.adaptive_pool,
    "identity": _identity,
}
"""The types that are written."""

_YET: Final = "it is not written as Keras code yet"

REASONS: Final = {
    "deform_conv": "Keras has no deformable convolution",
    "locally_connected": "Keras 3 has no locally connected layer",
    "min_pool": "Keras has no pool of minima",
    "lp_pool": "Keras has no pool of norms",
    "fractional_max_pool": "Keras has no fractional pool",
    "fractional_avg_pool": "Keras has no fractional pool",
    "roi_align": "Keras has no pool of regions",
    "roi_pool": "Keras has no pool of regions",
    "grid_sample": "Keras has no sampling at given places",
    "affine_grid": "Keras has no sampling at given places",
    "fold": "Keras has no sum of overlapping windows",
    "feature_alpha_dropout": "Keras has no alpha dropout of channels",
    "parameter": "Keras' layers take tensors, and a parameter alone takes none",
    "constant": "Keras' layers take tensors, and a constant takes none",
    "opaque": "what it computes is not known",
    **dict.fromkeys(("reduce_prod", "reduce_var", "reduce_std", "reduce_l1", "reduce_l2", "reduce_logsumexp"), _YET),
    **dict.fromkeys(("conv_lstm", "scaled_dot_product_attention", "multihead_attention"), _YET),
    **dict.fromkeys(("expand", "tile", "stack", "unfold", "matmul", "embedding"), _YET),
    **dict.fromkeys(("pixel_unshuffle", "depth_to_space", "space_to_depth"), _YET),
    **dict.fromkeys(("rms_norm", "global_response_norm", "l2_norm", "gaussian_noise"), _YET),
}
"""Why other types are not written."""


def layer_call(leaf: Leaf, name: Arg, inputs: list[Expression]) -> Expression:
    """A layer made and called; raises `UnwritableError`."""
    known = TABLE.get(leaf.layer.type_name)
    if known is None:
        reason = REASONS.get(leaf.layer.type_name, "a type of your own has no counterpart in Keras")
        raise leaf.refusal(reason, ELSEWHERE)
    return known(leaf, name, *inputs)
