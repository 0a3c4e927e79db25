"""Modules of `torch.nn`, and functions that do what one of them does: the table of frameworks says what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError
from cnncalc.frameworks.classes import Known
from cnncalc.frameworks.pytorch import PYTORCH
from cnncalc.frameworks.translation import plainly_translated
from cnncalc.layers import ACTIVATIONS
from cnncalc.models.pytorch.modules import IN_TRAINING
from cnncalc.models.pytorch.operators import attention, layout, pooling, recurrent, reducing, sampling, weighted
from cnncalc.models.pytorch.operators.functions import Function, by_channel, function, only_tensor, tensor
from cnncalc.models.pytorch.values import Value
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.models.pytorch.builder import Builder
    from cnncalc.models.pytorch.operators.functions import Given
    from cnncalc.models.pytorch.recording import Call

_BY_VALUE: Final = {*ACTIVATIONS, "dropout", "alpha_dropout", "drop_path", "identity"} - {
    *("prelu", "softmax", "log_softmax")
}
"""Types that take each value by itself, wherever the samples are."""

_NO_NUMBERS: Final = {"inplace", "training", "device", "dtype"}


def of_class(builder: Builder, name: str, value: Value, given: Mapping[str, Any], arrays: Given | None = None) -> Value:
    """The layer that a class with these arguments is."""
    type_, options = translated(name, given)
    if type_.startswith("lp_pool"):
        return pooling.lp_pool(builder, type_, value, options)
    if value.border and type_.startswith("max_pool"):
        value, options = pooling.with_border(value, options)
    if type_ == "batch_norm" and value.rank == 2 and value.batch is not None and value.batch.factor > 1:
        return _of_tokens(builder, type_, options, value, arrays or {})
    if type_ in _BY_VALUE:
        return builder.each_value(type_, options, value)
    if type_ not in ("layer_norm", "rms_norm", "linear"):
        if value.batch is None and value.rank > 2 and value.shape[0] == 1:
            return _of_constant(builder, type_, options, value, arrays or {})
        by_channel(value)
    return builder.layer(
        type_,
        {**options, **builder.normalisation},
        [builder.operand(value, value.own)],
        builder.result_shape(),
        value.batch,
        arrays=arrays or {},
    )


def _of_constant(builder: Builder, type_: str, options: Any, value: Value, arrays: Any) -> Value:
    """A layer of what hangs on no input and has a first axis of one sample: here without that."""
    inputs, shape = [builder.operand(value, value.shape[1:])], builder.result_shape()
    made = builder.layer(type_, options, inputs, shape[1:], None, arrays=arrays)
    return Value(shape, None, layer=made.layer, laid=shape[1:])


def _of_tokens(builder: Builder, type_: str, options: Any, value: Value, arrays: Any) -> Value:
    """A normalisation of tokens that lie beside each other in the batch: here with their features first."""
    count, features = value.own
    assert builder.call is not None
    name = builder.names.of_function(builder.call.path.rpartition(".")[0], "permute")
    inputs = [builder.operand(value, value.own)]
    turned = builder.layer("permute", {"dims": [1, 0]}, inputs, (features, count), None, name=name)
    assert turned.layer is not None
    made = builder.layer(type_, options, [turned.layer], (features, count), None, arrays=arrays)
    assert made.layer is not None
    back = builder.layer("permute", {"dims": [1, 0]}, [made.layer], (count, features), None)
    return Value(value.shape, value.batch, layer=back.layer)


def translated(name: str, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Our type and options of a class; those of our defaults are left out."""
    if name in IN_TRAINING:
        return "drop_path", dict(given)
    try:
        type_, options = plainly_translated(Known(PYTORCH, name, PYTORCH.rows[name]), given)
    except CnncalcError as error:
        raise UntranslatableError(f"cannot be had: {error.message}") from None
    return type_, weighted.short(type_, options)


def call_module(builder: Builder, call: Call) -> Any:
    """What a module gives."""
    settings = dict(call.settings)
    normalisation = settings.pop("normalisation", None)
    if normalisation is not None and normalisation.startswith("?"):
        raise UntranslatableError(f"has a weight that {normalisation[1:]} makes")
    builder.normalisation = {normalisation: True} if normalisation else {}
    arguments = [builder.resolved(each) for each in call.arguments]
    keywords = {key: builder.resolved(each) for key, each in call.keywords.items()}
    arrays = {name: builder.arrays.stored(ref.tensor) for name, ref in call.arrays.items()}
    special = _SPECIAL.get(call.name)
    if special is not None:
        return special(builder, settings, arguments, keywords, arrays)
    return of_class(builder, call.name, only_tensor(arguments, keywords), settings, arrays)


def _as_function(make: Callable[[Builder, Given], Any], names: str) -> Callable[..., Any]:
    """A module as the function that it calls, whose arguments are its settings."""

    def called(builder: Builder, settings: Any, arguments: Any, keywords: Any, arrays: Any) -> Any:
        del arrays
        value = only_tensor(arguments, keywords)
        return make(builder, {"input": value, **{name: settings[name] for name in names.split()}})

    return called


def _linear(builder: Builder, settings: Any, arguments: Any, keywords: Any, arrays: Any) -> Any:
    """Weighted sums along the last axis."""
    value = only_tensor(arguments, keywords)
    return weighted.linear_layer(builder, value, settings["out_features"], arrays)


def _bordered(builder: Builder, settings: Any, arguments: Any, keywords: Any, arrays: Any) -> Any:
    """Borders of a number; where they are negative they cut off."""
    del arrays
    given = {"input": only_tensor(arguments, keywords), "pad": settings["padding"], "value": settings.get("value", 0)}
    return sampling.pad(builder, given)


def _by_sums_of_its_own(builder: Builder, settings: Any, arguments: Any, keywords: Any, arrays: Any) -> Any:
    """PyTorch's port of Torch 7 adds up squares by steps that end in other values than the paper's formula."""
    del builder, settings, arguments, keywords, arrays
    raise UntranslatableError("computes other values than its formula; nn.LocalResponseNorm computes that")


_SPECIAL: Final[Mapping[str, Callable[..., Any]]] = {
    "Linear": _linear,
    "Flatten": _as_function(layout.flatten, "start_dim end_dim"),
    "Unflatten": _as_function(layout.unflatten, "dim unflattened_size"),
    "Softmax": _as_function(reducing.along_axis("softmax"), "dim"),
    "LogSoftmax": _as_function(reducing.along_axis("log_softmax"), "dim"),
    "GLU": _as_function(reducing.along_axis("glu"), "dim"),
    "Embedding": weighted.embedding_module,
    "MultiheadAttention": attention.multihead_attention,
    "CrossMapLRN2d": _by_sums_of_its_own,
    **dict.fromkeys(("LSTM", "GRU", "RNN"), recurrent.recurrent),
    **dict.fromkeys((f"{kind}Pad{n}d" for kind in ("Zero", "Constant") for n in (1, 2, 3)), _bordered),
}


def _as_class(name: str, parameters: str) -> Function:
    """A function that does what a class does."""

    def make(builder: Builder, given: Given) -> Value:
        known = PYTORCH.rows[name].positions
        options = {key: value for key, value in given.items() if key in known and key not in _NO_NUMBERS}
        return of_class(builder, name, tensor(given), options)

    return function(make, f"input {parameters}")


_POOLS: Final = {
    f"{kind}_pool{n}d": _as_class(f"{name}Pool{n}d", parameters)
    for n in (1, 2, 3)
    for kind, name, parameters in (
        ("max", "Max", "kernel_size stride padding dilation ceil_mode return_indices"),
        ("avg", "Avg", "kernel_size stride padding ceil_mode count_include_pad divisor_override"),
        ("adaptive_avg", "AdaptiveAvg", "output_size"),
        ("adaptive_max", "AdaptiveMax", "output_size return_indices"),
    )
}
_LP_POOLS: Final = {
    f"lp_pool{n}d": _as_class(f"LPPool{n}d", "norm_type kernel_size stride ceil_mode") for n in (1, 2, 3)
}
FUNCTIONS: Final[Mapping[str, Function]] = {
    **_POOLS,
    **{f"{name}_with_indices": each for name, each in _POOLS.items() if "max" in name},
    **_LP_POOLS,
    "relu": _as_class("ReLU", "inplace"),
    "relu6": _as_class("ReLU6", "inplace"),
    "leaky_relu": _as_class("LeakyReLU", "negative_slope inplace"),
    "elu": _as_class("ELU", "alpha inplace"),
    "selu": _as_class("SELU", "inplace"),
    "celu": _as_class("CELU", "alpha inplace"),
    "gelu": _as_class("GELU", "approximate"),
    "silu": _as_class("SiLU", "inplace"),
    "mish": _as_class("Mish", "inplace"),
    "hardswish": _as_class("Hardswish", "inplace"),
    "hardsigmoid": _as_class("Hardsigmoid", "inplace"),
    "hardtanh": _as_class("Hardtanh", "min_val max_val inplace"),
    "softplus": _as_class("Softplus", "beta threshold"),
    "softsign": _as_class("Softsign", ""),
    "log_sigmoid": _as_class("LogSigmoid", ""),
    "sigmoid": _as_class("Sigmoid", ""),
    "tanh": _as_class("Tanh", ""),
    "threshold": _as_class("Threshold", "threshold value inplace"),
    "dropout": _as_class("Dropout", "p training inplace"),
    "dropout1d": _as_class("Dropout1d", "p training inplace"),
    "dropout2d": _as_class("Dropout2d", "p training inplace"),
    "dropout3d": _as_class("Dropout3d", "p training inplace"),
    "alpha_dropout": _as_class("AlphaDropout", "p training inplace"),
    "feature_dropout": _as_class("Dropout2d", "p training"),
    "local_response_norm": _as_class("LocalResponseNorm", "size alpha beta k"),
    "pixel_shuffle": _as_class("PixelShuffle", "upscale_factor"),
    "pixel_unshuffle": _as_class("PixelUnshuffle", "downscale_factor"),
    "channel_shuffle": _as_class("ChannelShuffle", "groups"),
    "native_channel_shuffle": _as_class("ChannelShuffle", "groups"),
}
