"""The layer classes of `keras.layers`, as of Keras 3.15.

Its tensors have their channels last. The network of a line has them first, as any spec that does not say otherwise; a
layer whose parameters order axes does so for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.frameworks.keras_recurrent import RECURRENT
from cnncalc.frameworks.keras_rules import (
    activation,
    activation_layer,
    batch_shape,
    input_dim,
    of_height_and_width,
    rectifier,
    resized,
    shape,
    shared_axes,
    valid_transposed,
)
from cnncalc.frameworks.rows import Framework, Row, ranked, row
from cnncalc.frameworks.rules import ignored, one_axis, only, renamed, single_precision, unless_none, without_batch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.frameworks.rules import Rule


def _trained(first: str, *arrays: str) -> str:
    """The parameters `first`, and how those arrays begin, are regularised and constrained."""
    drawn, weights = [*arrays, "bias"], [*arrays, "bias"]
    parts = [f"{name}_initializer" for name in drawn] + [f"{name}_regularizer" for name in weights]
    return " ".join([first, *parts, "activity_regularizer", *(f"{name}_constraint" for name in weights)])


_CONV: Final = _trained("strides padding data_format dilation_rate groups activation use_bias", "kernel")
_TRANSPOSED: Final = _trained("strides padding output_padding data_format dilation_rate activation use_bias", "kernel")
_TRANSPOSED_3D: Final = _TRANSPOSED.replace("output_padding data_format", "data_format output_padding")
_DEPTHWISE: Final = _trained(
    "strides padding depth_multiplier data_format dilation_rate activation use_bias", "depthwise"
)
_SEPARABLE: Final = _trained(
    "strides padding data_format dilation_rate depth_multiplier activation use_bias", "depthwise", "pointwise"
)
_DENSE: Final = f"{_trained('activation use_bias', 'kernel')} lora_rank lora_alpha quantization_config"
_SCALED: Final = "center scale beta_initializer gamma_initializer"
_HELD: Final = "beta_regularizer gamma_regularizer beta_constraint gamma_constraint"
_MOVING: Final = "moving_mean_initializer moving_variance_initializer"
_RENORM: Final = "renorm renorm_clipping renorm_momentum synchronized"
_RESIZED: Final = "interpolation crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value antialias data_format"

_LAST: Final = {"data_format": "channels_last"}
_CHANNELS: Final[Mapping[str, Rule]] = {"axis": only(-1, hint="-1 stands for the channels")}
_ORDERED: Final[Mapping[str, Rule]] = {"data_format": unless_none("data_format")}

_ALIKE: Final = {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "Average": "average",
    "Maximum": "maximum",
    "Minimum": "minimum",
    "Identity": "identity",
}


def _pools(kind: str, ours: str) -> dict[str, Row]:
    """The pools of one kind, whose longer names end with `Pooling` and whose shorter ones with `Pool`."""
    long, short = {"max": ("Max", "Max"), "avg": ("Average", "Avg")}[kind]
    size = ("", "pool_size ") if kind == "max" else ("pool_size", "")
    more: dict[str, Any] = {"defaults": {"pool_size": 2}} if kind == "max" else {}
    found: dict[str, Row] = {}
    for name in (f"{long}Pooling", f"{short}Pool"):
        found |= ranked(name + "{}D", ours + "{}d", size[0], f"{size[1]}strides padding data_format name", **more)
        found |= ranked(
            f"Global{name}{{}}D", f"global_{ours}{{}}d", "", "data_format keepdims", defaults={"keepdims": False}
        )
    found |= ranked(f"Adaptive{long}Pooling{{}}D", f"adaptive_{ours}{{}}d", "output_size", "data_format")
    return found


def _augmentation(required: str, optional: str) -> Row:
    """What changes pictures in training alone."""
    parameters = f"{required} {optional}".split()
    return row("identity", required, optional, rules=dict.fromkeys(parameters, ignored))


_ROWS: Final[Mapping[str, Row]] = {
    **{
        name: known
        for conv in ("Conv", "Convolution")
        for name, known in {
            **ranked(conv + "{}D", "conv{}d", "filters kernel_size", _CONV),
            **ranked(
                conv + "{}DTranspose", "conv_transpose{}d", "filters kernel_size", _TRANSPOSED, adjust=valid_transposed
            ),
            f"{conv}3DTranspose": row(
                "conv_transpose3d", "filters kernel_size", _TRANSPOSED_3D, adjust=valid_transposed
            ),
            f"Separable{conv}1D": row("separable_conv1d", "filters kernel_size", _SEPARABLE),
            f"Separable{conv}2D": row("separable_conv2d", "filters kernel_size", _SEPARABLE),
        }.items()
    },
    "DepthwiseConv1D": row("depthwise_conv1d", "kernel_size", _DEPTHWISE),
    "DepthwiseConv2D": row("depthwise_conv2d", "kernel_size", _DEPTHWISE),
    "Dense": row("linear", "units", _DENSE, constants={"dim": 0}),
    **RECURRENT,
    **_pools("max", "max_pool"),
    **_pools("avg", "avg_pool"),
    "BatchNormalization": row(
        "batch_norm",
        optional=f"axis momentum epsilon {_SCALED} {_MOVING} {_HELD} {_RENORM}",
        rules=_CHANNELS,
        defaults={"epsilon": 1e-3},
    ),
    "LayerNormalization": row(
        "layer_norm",
        optional=f"axis epsilon {_SCALED} {_HELD}",
        rules={"axis": without_batch("dims")},
        defaults={"axis": -1, "epsilon": 1e-3},
        constants=_LAST,
    ),
    "RMSNormalization": row(
        "rms_norm",
        optional="axis epsilon",
        rules={"axis": without_batch("dims")},
        defaults={"axis": -1, "epsilon": 1e-6},
        constants=_LAST,
    ),
    "UnitNormalization": row(
        "l2_norm", optional="axis", rules={"axis": without_batch("dims")}, defaults={"axis": -1}, constants=_LAST
    ),
    "GroupNormalization": row(
        "group_norm",
        optional=f"groups axis epsilon {_SCALED} {_HELD}",
        rules={"groups": renamed("num_groups"), **_CHANNELS},
        defaults={"groups": 32, "epsilon": 1e-3},
    ),
    "Normalization": row("normalize", optional="axis mean variance invert", rules=_CHANNELS),
    "Rescaling": row("scale", "scale", "offset", rules={"scale": renamed("factor")}),
    "Flatten": row("flatten", optional="data_format", rules=_ORDERED, constants=_LAST),
    "Reshape": row("reshape", "target_shape", constants=_LAST),
    "Permute": row("permute", "dims", rules={"dims": without_batch("dims")}, constants=_LAST),
    "UpSampling1D": row("upsample", optional="size", defaults={"size": 2}),
    "UpSampling2D": row("upsample", optional="size data_format interpolation", defaults={"size": 2}),
    "UpSampling3D": row("upsample", optional="size data_format", defaults={"size": 2}),
    "Resizing": row(
        *("upsample", "height width", _RESIZED),
        rules={"interpolation": resized},
        defaults={"interpolation": "bilinear"},
        adjust=of_height_and_width,
    ),
    "CenterCrop": row("crop", "height width", "data_format", adjust=of_height_and_width),
    "ZeroPadding1D": row(
        "pad", optional="padding data_format", rules={"padding": one_axis("padding")}, defaults={"padding": 1}
    ),
    "ZeroPadding2D": row("pad", optional="padding data_format", defaults={"padding": 1}),
    "ZeroPadding3D": row("pad", optional="padding data_format", defaults={"padding": 1}),
    "Cropping1D": row("crop", optional="cropping", rules={"cropping": one_axis("padding")}, defaults={"cropping": 1}),
    "Cropping2D": row("crop", optional="cropping data_format", defaults={"cropping": 0}),
    "Cropping3D": row("crop", optional="cropping data_format", defaults={"cropping": 1}),
    "Dropout": row("dropout", "rate", "noise_shape seed"),
    "AlphaDropout": row("alpha_dropout", "rate", "noise_shape seed"),
    "GaussianDropout": row("gaussian_dropout", "rate", "seed"),
    "SpatialDropout1D": row("spatial_dropout1d", "rate", "seed name dtype"),
    "SpatialDropout2D": row("spatial_dropout2d", "rate", "data_format seed name dtype"),
    "SpatialDropout3D": row("spatial_dropout3d", "rate", "data_format seed name dtype"),
    "GaussianNoise": row("gaussian_noise", "stddev", "seed"),
    "ActivityRegularization": row("identity", optional="l1 l2"),
    "RandomFlip": _augmentation("", "mode seed data_format"),
    "RandomRotation": _augmentation("factor", "fill_mode interpolation seed fill_value data_format"),
    "RandomZoom": _augmentation("height_factor", "width_factor fill_mode interpolation seed fill_value data_format"),
    "RandomTranslation": _augmentation(
        "height_factor width_factor", "fill_mode interpolation seed fill_value data_format"
    ),
    "RandomContrast": _augmentation("factor", "value_range seed"),
    "RandomBrightness": _augmentation("factor", "value_range seed"),
    "Activation": row("identity", "activation", adjust=activation_layer),
    "ReLU": row(
        "relu",
        optional="max_value negative_slope threshold",
        rules={name: renamed(name) for name in ("max_value", "negative_slope", "threshold")},
        adjust=rectifier,
    ),
    "LeakyReLU": row(
        "leaky_relu",
        optional="negative_slope",
        rules={"alpha": renamed("negative_slope")},  # its name in Keras 2
        defaults={"negative_slope": 0.3},
    ),
    "PReLU": row(
        "prelu",
        optional="alpha_initializer alpha_regularizer alpha_constraint shared_axes",
        defaults={"shared_axes": None},
        constants=_LAST,
    ),
    "ELU": row("elu", optional="alpha"),
    "Softmax": row("softmax", optional="axis", defaults={"axis": -1}, constants=_LAST),
    "Concatenate": row("concat", optional="axis", defaults={"axis": -1}, constants=_LAST),
    **{name: row(ours) for name, ours in _ALIKE.items()},
    "Input": row("input", optional="shape batch_size dtype sparse ragged batch_shape name tensor optional"),
    "InputLayer": row("input", optional="shape batch_size dtype sparse ragged batch_shape input_tensor optional name"),
}

_BASE: Final[Mapping[str, Rule]] = {
    "activity_regularizer": ignored,
    "autocast": ignored,
    "batch_size": ignored,
    "dtype": single_precision,
    "input_dim": input_dim,
    "input_shape": shape,
    "batch_input_shape": batch_shape,
    "trainable": only(True),
}
"""What every layer takes by name."""

_NAMES: Final = {
    "filters": "out_channels",
    "units": "out_features",
    "strides": "stride",
    "pool_size": "kernel_size",
    "dilation_rate": "dilation",
    "use_bias": "bias",
    "epsilon": "eps",
    "center": "bias",
    "scale": "weight",
    "rate": "p",
    "target_shape": "shape",
    "cropping": "padding",
    "keepdims": "keepdim",
    "size": "scale_factor",
}
"""Our names of the parameters that mean what an option of ours does."""

_WITHOUT_NUMBERS: Final = (
    *(
        f"{array}_{how}"
        for array in ("kernel", "depthwise", "pointwise", "bias", "alpha", "beta", "gamma")
        for how in ("initializer", "regularizer", "constraint")
    ),
    *("moving_mean_initializer", "moving_variance_initializer", "momentum", "synchronized", "renorm_clipping"),
    *("renorm_momentum", "data_format", "noise_shape", "seed", "l1", "l2", "fill_mode", "fill_value"),
    *("lora_alpha", "sparse", "ragged", "optional"),
)
"""Parameters of training, and how weights begin, which are drawn here: none changes a figure."""

_RULES: Final[Mapping[str, Rule]] = {
    **_BASE,
    **{theirs: renamed(ours) for theirs, ours in _NAMES.items()},
    **dict.fromkeys(_WITHOUT_NUMBERS, ignored),
    "activation": activation,
    "axis": without_batch("dim"),
    "shared_axes": shared_axes,
    "shape": shape,
    "batch_shape": batch_shape,
    "interpolation": only("nearest", "bilinear", ours="mode"),
    "mean": unless_none("mean"),
    "variance": unless_none("variance"),
    "lora_rank": only(None),
    "quantization_config": only(None),
    "renorm": only(False),
    "invert": only(False),
    "offset": only(0),
    "crop_to_aspect_ratio": only(False),
    "pad_to_aspect_ratio": only(False),
    "tensor": only(None),
    "input_tensor": only(None),
}

KERAS: Final = Framework(
    "Keras", ("tf.keras.layers.", "keras.layers.", "layers.", "tf.keras.", "keras."), _ROWS, _RULES, _BASE
)
