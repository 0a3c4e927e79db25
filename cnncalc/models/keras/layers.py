"""Layers of Keras that take more than a row of the table of classes, and the way that all go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import RefusedError
from cnncalc.frameworks.configurations import plainly
from cnncalc.frameworks.keras import KERAS
from cnncalc.models.keras import activations, sequences
from cnncalc.models.keras.arguments import by_axis, numbers, only_tensor
from cnncalc.models.keras.options import laid_out, over_steps
from cnncalc.models.keras.translator import Tensor, tensors
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.models.keras.configs import LayerConfig
    from cnncalc.models.keras.translator import Call, Translator
    from cnncalc.shapes import Shape

    Translation = Callable[[Translator, Call], Tensor]


def translate(translator: Translator, call: Call, layer: LayerConfig, said: Shape | None) -> list[Tensor]:
    """The outputs of a call of a layer; what has no translation is noted, and has the shape that the file says."""
    try:
        if layer.is_operation or call.class_name in ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"):
            from cnncalc.models.keras.operations import operation

            found = operation(translator, call)
        else:
            found = [_layer(translator, call, is_custom=layer.is_custom)]
    except UntranslatableError as error:
        return [translator.refuse(call, error.reason, said) if error.is_own else Tensor(call.name, said)]
    except RefusedError as error:  # what the table of frameworks says of a class's parameters
        return [translator.refuse(call, str(error), said)]
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
        # A file may have any value anywhere: what a translation cannot work with is no fault of the program's own.
        return [translator.refuse(call, "has values that are not those of its class", said)]
    if said is not None and translator.layers and translator.layers[-1].name == found[0].name:
        translator.layers[-1].shape = said
    return found


def _layer(translator: Translator, call: Call, *, is_custom: bool) -> Tensor:
    """The output of a layer; raises `UntranslatableError`."""
    custom, parameter = _CUSTOM.get(call.class_name, (None, ""))
    if custom is not None and parameter in call.config:
        return custom(translator, call)
    if is_custom:
        raise UntranslatableError("is a class of the file's own")
    special = _SPECIAL.get(call.class_name)
    if special is not None:
        if call.steps and call.class_name not in _AT_STEPS:
            raise UntranslatableError("at each step of a sequence has no counterpart here")
        return special(translator, call)
    if call.class_name not in KERAS.rows:
        raise UntranslatableError("has no counterpart here")
    return by_row(translator, call, call.class_name, call.config)


def by_row(translator: Translator, call: Call, class_name: str, config: Mapping[str, Any]) -> Tensor:
    """The output of a layer of which the table of classes tells everything; raises `UntranslatableError`."""
    row, given = KERAS.rows[class_name], dict(config)
    activated = "activation" in row.positions and "recurrent_activation" not in row.positions
    own = given.pop("activation", None) if activated else None
    type_, options = plainly(row, given)
    activation = activations.option(own, old=translator.old, channels_last=translator.channels_last)
    if activation is not None:
        options["activation"] = activation
    takes = tensors(call.args)
    if any(tensor.shape is None for tensor in takes):
        raise UntranslatableError("", is_own=False)
    shapes = [tensor.shape for tensor in takes if tensor.shape is not None]
    order = config.get("data_format")
    if order not in (None, translator.layout.name) and len(shapes[0]) > 1:
        raise UntranslatableError(f"`data_format` is {str(order)[:20]}, and other layers have {translator.layout.name}")
    if call.steps:
        type_, options = over_steps(type_, options, len(shapes[0]), call.steps)
    return translator.emit(call, type_, laid_out(type_, options, len(shapes[0]), translator.layout), takes)


def _activation(translator: Translator, call: Call) -> Tensor:
    found = activations.of(
        call.config.get("activation"), old=translator.old, channels_last=translator.channels_last
    ) or ("identity", {})
    return translator.emit(call, *found, [only_tensor(call)])


def _batch_norm(translator: Translator, call: Call) -> Tensor:
    """Over the channels, which are the last axis or the first behind the batch; files write its number."""
    axis = call.config.get("axis", -1)
    [axis] = axis if isinstance(axis, list) and len(axis) == 1 else [axis]
    rank = len(only_tensor(call).shape or ())
    channels = (-1, rank) if translator.channels_last else (1, -rank)
    if axis not in channels and rank > 0:
        raise UntranslatableError(f"`axis` is {str(axis)[:20]}, and the channels are {channels[0]}")
    return by_row(translator, call, "BatchNormalization", {**call.config, "axis": -1})


def _group_norm(translator: Translator, call: Call) -> Tensor:
    shape = only_tensor(call).shape or (0,)
    axis, groups = call.config.get("axis", -1), call.config.get("groups", 32)
    if axis not in ((-1, len(shape)) if translator.channels_last else (1, -len(shape))):
        raise UntranslatableError(f"`axis` is {str(axis)[:20]}, which are not the channels")
    config = {**call.config, "axis": -1, "groups": shape[0] if groups == -1 else groups}
    return by_row(translator, call, "GroupNormalization", config)


def _normalization(translator: Translator, call: Call) -> Tensor:
    """With given statistics, which are constants, or those of the weights."""
    config = dict(call.config)
    axis = config.pop("axis", -1)
    x = only_tensor(call)
    [axis] = axis if isinstance(axis, list) and len(axis) == 1 else [axis]
    rank = len(x.shape or ())
    if axis not in (None, -1, rank) or not translator.channels_last or config.get("invert"):
        raise UntranslatableError("over other axes than the last one, or inverted, has no counterpart here")
    mean, variance = (numbers(config.get(name)) for name in ("mean", "variance"))
    if mean is None or variance is None:
        return by_row(translator, call, "Normalization", {"dtype": None})
    for value in (mean, variance):
        if not all(type(each) in (int, float) for each in (value if isinstance(value, list) else [value])):
            raise RefusedError("has values that are not those of its class")
    return translator.emit(call, "normalize", {"mean": mean, "variance": variance}, [x])


def _rescaling(translator: Translator, call: Call) -> Tensor:
    """A product, and a sum where there is an offset."""
    factor, offset = numbers(call.config.get("scale", 1)), numbers(call.config.get("offset", 0))
    x = only_tensor(call)
    if isinstance(factor, list) or isinstance(offset, list):
        pairs = (("multiply", factor), ("add", offset))
        for part, value in pairs:
            given = by_axis(value, len(x.shape or ()), last=translator.channels_last)
            x = translator.emit(call, part, {"value": given}, [x], part)
        return x
    if not offset:
        return translator.emit(call, "scale", {"factor": factor}, [x])
    x = translator.emit(call, "scale", {"factor": factor}, [x], "scale")
    return translator.emit(call, "add", {"value": offset}, [x], "offset")


def _merge(translator: Translator, call: Call) -> Tensor:
    """Inputs with fewer axes get more of size 1, right behind the batch."""
    takes = tensors(call.args)
    if any(tensor.shape is None for tensor in takes):
        raise UntranslatableError("", is_own=False)
    most = max((len(tensor.shape or ()) for tensor in takes), default=0)
    raised = []
    for number, tensor in enumerate(takes, 1):
        made = tensor
        while len(made.shape or ()) < most:
            part = f"expand_dims_{number}_{len(made.shape or ())}"
            options = laid_out("unsqueeze", {"dim": 0, "data_format": "channels_last"}, 1, translator.layout)
            made = translator.emit(call, "unsqueeze", options, [made], part)
        raised.append(made)
    if len(raised) == 1:
        return translator.emit(call, "identity", {}, raised)
    type_ = KERAS.rows[call.class_name].type
    inside = raised != takes
    return translator.emit(call, type_, {}, raised, type_ if inside else "")


def _repeat(translator: Translator, call: Call) -> Tensor:
    """A vector, as often as `n` says along a new axis."""
    options = laid_out("unsqueeze", {"dim": 0, "data_format": "channels_last"}, 1, translator.layout)
    x = translator.emit(call, "unsqueeze", options, [only_tensor(call)], "expand_dims")
    times = call.config.get("n")
    repeats = [1, times] if translator.channels_last else [times, 1]
    return translator.emit(call, "tile", {"repeats": repeats}, [x], "repeat")


def _flatten(translator: Translator, call: Call) -> Tensor:
    """The values with the channels last, whichever order the layer takes them in."""
    order = call.config.get("data_format") or "channels_last"
    takes = tensors(call.args)
    rank = len(takes[0].shape or ()) if takes else 0
    options: dict[str, Any] = {}
    if rank > 1 and (translator.channels_last or order == "channels_first"):
        options = {"data_format": "channels_last"}
    if call.steps:
        if not translator.channels_last:
            raise UntranslatableError("along steps has no counterpart where channels are first")
        return translator.emit(call, "reshape", {"shape": [_steps(takes), -1], "data_format": "channels_last"}, takes)
    return translator.emit(call, "flatten", options, takes)


def _steps(takes: Sequence[Tensor]) -> int:
    """The steps of a sequence: the first axis behind the batch."""
    shape = takes[0].shape
    if shape is None:
        raise UntranslatableError("", is_own=False)
    return shape[1] if len(shape) > 1 else shape[0]


def _identity(translator: Translator, call: Call) -> Tensor:
    return translator.emit(call, "identity", {}, tensors(call.args)[:1])


def _embedding(translator: Translator, call: Call) -> Tensor:
    options = {
        "num_embeddings": call.config.get("input_dim"),
        "embedding_dim": call.config.get("output_dim"),
    }
    if not translator.channels_last:
        options["dim"] = -1
    return translator.emit(call, "embedding", options, tensors(call.args)[:1])


def _layer_scale(translator: Translator, call: Call) -> Tensor:
    """The class of `keras.applications.convnext`: a learnt weight a channel."""
    value = call.config.get("init_values")
    options = {"value": value} if isinstance(value, (int, float)) else {}
    return translator.emit(call, "scale", options, [only_tensor(call)])


def _scaled_sum(translator: Translator, call: Call) -> Tensor:
    """The class of `keras.applications.inception_resnet_v2`: the first input, and a share of the second."""
    takes = tensors(call.args)
    if len(takes) != 2:
        raise UntranslatableError("takes two inputs")
    scaled = translator.emit(call, "scale", {"factor": call.config.get("scale")}, [takes[1]], "scale")
    return translator.emit(call, "add", {}, [takes[0], scaled], "add")


def _stochastic_depth(translator: Translator, call: Call) -> Tensor:
    rate = call.config.get("drop_path_rate", 0.0)
    return translator.emit(call, "drop_path", {"p": rate}, [only_tensor(call)])


def _dot(translator: Translator, call: Call) -> Tensor:
    """Products of matrices, or of vectors, along an axis of each."""
    takes = tensors(call.args)
    axes = call.config.get("axes")
    pair = list(axes) if isinstance(axes, list) else [axes, axes]
    plain = len(takes) == 2 and len(pair) == 2 and all(type(axis) is int for axis in pair)
    if call.config.get("normalize") or not plain:
        raise UntranslatableError("with `normalize`, or of other than two inputs, has no counterpart here")
    ranks = [len(tensor.shape or ()) for tensor in takes]
    if ranks != [2, 2] or not translator.channels_last:
        raise UntranslatableError("takes sequences here, of two axes behind the batch")
    first, second = (int(axis or 0) % 3 for axis in pair)
    turned = []
    for number, (tensor, axis, wanted) in enumerate(zip(takes, (first, second), (2, 1), strict=True), 1):
        # A matrix of rows and columns, as Keras has them, is turned round here: the channels come first.
        made = tensor
        if axis != wanted:
            made = translator.emit(call, "permute", {"dims": [1, 0]}, [tensor], f"transpose_{number}")
        turned.append(made)
    return translator.emit(call, "matmul", {"data_format": "channels_last"}, turned, "matmul")


def _threshold(translator: Translator, call: Call) -> Tensor:
    theta = numbers(call.config.get("theta", 1.0))
    return translator.emit(call, "threshold", {"threshold": theta, "value": 0}, [only_tensor(call)])


def _local(translator: Translator, call: Call) -> Tensor:
    """Keras 2's convolution whose filters are not shared."""
    config = call.config
    options = {
        "out_channels": config.get("filters"),
        "kernel_size": config.get("kernel_size"),
        "stride": config.get("strides", 1),
        "padding": config.get("padding", "valid"),
        "bias": config.get("use_bias", True),
    }
    activation = activations.option(config.get("activation"), old=True)
    if activation is not None:
        options["activation"] = activation
    rank = call.class_name[-2]
    takes = [only_tensor(call)]
    return translator.emit(
        call,
        f"locally_connected{rank}d",
        laid_out("locally_connected", options, int(rank) + 1, translator.layout),
        takes,
    )


def _code(translator: Translator, call: Call) -> Tensor:
    del translator, call
    raise UntranslatableError("is Python code, which is not run")


_SPECIAL: Final[Mapping[str, Translation]] = {
    "Activation": _activation,
    "BatchNormalization": _batch_norm,
    "BatchNormalizationV1": _batch_norm,
    "BatchNormalizationV2": _batch_norm,
    "SyncBatchNormalization": _batch_norm,
    "GroupNormalization": _group_norm,
    "Normalization": _normalization,
    "Rescaling": _rescaling,
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _merge),
    "RepeatVector": _repeat,
    "Flatten": _flatten,
    "Masking": _identity,
    "Embedding": _embedding,
    "Bidirectional": sequences.bidirectional,
    **dict.fromkeys((*sequences.RECURRENT, "CuDNNLSTM", "CuDNNGRU"), sequences.recurrent),
    "RNN": sequences.cells,
    "MultiHeadAttention": sequences.attention,
    "Dot": _dot,
    "ThresholdedReLU": _threshold,
    "LocallyConnected1D": _local,
    "LocallyConnected2D": _local,
    "Lambda": _code,
}
"""What takes more than a row of the table of classes."""

_AT_STEPS: Final = frozenset(("Activation", "BatchNormalization", "Rescaling", "Flatten", "Masking", "Add", "Multiply"))
"""Those of them that do the same whether there are steps before the axes of a sample or not, or know of the steps."""

_CUSTOM: Final[Mapping[str, tuple[Translation, str]]] = {
    "LayerScale": (_layer_scale, "projection_dim"),
    "CustomScaleLayer": (_scaled_sum, "scale"),
    "StochasticDepth": (_stochastic_depth, "drop_path_rate"),
}
"""Classes beside Keras's layers, by the names that `keras.applications` gives them, each with a parameter it has."""
