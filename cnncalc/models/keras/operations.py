"""Functions of `keras.ops` and of TensorFlow, called on tensors of a model.

Keras 3 keeps the class of a function with what it was made with; Keras 2 keeps TensorFlow's name of it, and all
arguments but the first by name. Both are the same rows here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.keras import activations, shaping
from cnncalc.models.keras.arguments import by_axis, numbers
from cnncalc.models.keras.options import laid_out
from cnncalc.models.keras.translator import Tensor, tensors
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.models.keras.translator import Call, Translator

_PREFIXES: Final = ("tf.", "compat.v1.", "__operators__.", "math.", "nn.", "linalg.", "image.", "keras.", "raw_ops.")
_WITHOUT_VALUES: Final = frozenset(("name", "dtype", "training", "data_format"))


def operation(translator: Translator, call: Call) -> list[Tensor]:
    """The outputs of a function; raises `UntranslatableError`."""
    if call.steps:
        raise UntranslatableError("at each step of a sequence has no counterpart here")
    word = _word(call)
    given = _arguments(call)
    if any(tensor.shape is None for tensor in tensors([call.args, dict(call.kwargs)])):
        raise UntranslatableError("", is_own=False)
    several = _SEVERAL.get(word)
    if several is not None:
        return several(translator, call, given)
    function = _FUNCTIONS.get(word)
    if function is None:
        raise UntranslatableError(f"the function {word[:40]} has no counterpart here")
    return [function(translator, call, given)]


def _word(call: Call) -> str:
    """What the function is called, in small letters and without underscores.

    >>> from cnncalc.models.keras.translator import Call
    >>> _word(Call("TFOpLambda", "", "a", "a", {"function": "math.reduce_mean"}, [], {}))
    'reducemean'
    """
    word = call.class_name
    if word == "SlicingOpLambda":
        return "getitem"
    if word == "TFOpLambda":
        word = str(call.config.get("function"))
        for prefix in _PREFIXES:
            word = word.removeprefix(prefix)
    return word.replace("_", "").lower()


def _arguments(call: Call) -> dict[str, Any]:
    """All that the function is given by name: what it was made with, and what it is called with."""
    own = {} if call.class_name == "TFOpLambda" else dict(call.config)
    given = {**own, **call.kwargs}
    return {name: value for name, value in given.items() if name not in _WITHOUT_VALUES}


def _operands(call: Call, given: Mapping[str, Any], names: tuple[str, ...]) -> list[Any]:
    """The operands of a function, by their places or by any of their names."""
    found = list(call.args)
    found += [given[name] for name in names if given.get(name) is not None]
    return found


def _of_two(type_: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    """Arithmetic of two tensors, or of one and a constant on either side."""

    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        operands = _operands(call, given, ("x", "x1", "y", "x2"))
        if len(operands) == 1 and isinstance(operands[0], list):
            operands = operands[0]
        if len(operands) != 2:
            raise UntranslatableError("takes two operands")
        takes = [operand for operand in operands if isinstance(operand, Tensor)]
        ranks = {len(tensor.shape or ()) for tensor in takes}
        if len(takes) == 2 and len(ranks) == 2:
            raise UntranslatableError("of tensors with other numbers of axes has no counterpart here")
        if len(takes) == 2:
            return translator.emit(call, type_, {}, takes)
        if len(takes) != 1:
            raise UntranslatableError("takes a tensor")
        [constant] = [operand for operand in operands if not isinstance(operand, Tensor)]
        value = numbers(constant)
        if isinstance(value, list) and (isinstance(value[0], list) or not ranks):
            raise UntranslatableError("with a constant of several axes has no counterpart here")
        options: dict[str, Any] = {"value": by_axis(value, ranks.pop(), last=translator.channels_last)}
        if operands[1] is takes[0] and type_ in ("subtract", "divide"):
            options["reverse"] = True
        return translator.emit(call, type_, options, takes)

    return function


def _one(call: Call, given: Mapping[str, Any]) -> Tensor:
    """The tensor that a function of one takes."""
    found = tensors(_operands(call, given, ("x", "input", "inputs", "features", "input_tensor", "images", "logits")))
    if len(found) != 1:
        raise UntranslatableError("takes one tensor")
    return found[0]


def _of_one(type_: str, *kept: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    """A function of each value, with those of its parameters that are options of ours."""

    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        options = {name: given[name] for name in kept if given.get(name) is not None}
        return translator.emit(call, type_, options, [_one(call, given)])

    return function


def _activation(name: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    """An activation of the name that it has in `keras.activations`."""

    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        found = activations.of(name, old=False)
        if found is None:
            return translator.emit(call, "identity", {}, [_one(call, given)])
        return translator.emit(call, *found, [_one(call, given)])

    return function


def _leaky(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    slope = given.get("negative_slope", given.get("alpha", 0.2))
    return translator.emit(call, "leaky_relu", {"negative_slope": slope}, [_one(call, given)])


def _relu(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    """TensorFlow's, or Keras's with three numbers."""
    from cnncalc.frameworks.configurations import plainly
    from cnncalc.frameworks.keras import KERAS

    config = {"max_value": given.get("max_value"), "threshold": given.get("threshold") or 0}
    config["negative_slope"] = given.get("negative_slope") or given.get("alpha") or 0
    return translator.emit(call, *plainly(KERAS.rows["ReLU"], config), [_one(call, given)])


def _gelu(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    """By its tangent unless told otherwise: `keras.ops` and TensorFlow differ."""
    approximate = given.get("approximate", call.class_name != "TFOpLambda")
    options = {"approximate": "tanh"} if approximate else {}
    return translator.emit(call, "gelu", options, [_one(call, given)])


def _softmax(type_: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        x = _one(call, given)
        axis = given.get("axis", -1)
        return translator.emit(call, type_, shaping.axis_options(type_, axis, x, translator), [x])

    return function


def _clip(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = _operands(call, given, ("x",))
    bounds = [value for value in operands[1:] if not isinstance(value, Tensor)]
    least = given.get("x_min", given.get("clip_value_min", bounds[0] if bounds else None))
    most = given.get("x_max", given.get("clip_value_max", bounds[1] if len(bounds) > 1 else None))
    options = {"min": numbers(least), "max": numbers(most)}
    return translator.emit(call, "clamp", options, tensors(operands)[:1])


def _power(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = _operands(call, given, ("x", "x1", "y", "x2"))
    if len(operands) != 2 or not isinstance(operands[0], Tensor) or isinstance(operands[1], Tensor):
        raise UntranslatableError("takes a tensor and a number")
    return translator.emit(call, "power", {"exponent": numbers(operands[1])}, [operands[0]])


def _normalized(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    """Division by the Euclidean norm."""
    x = _one(call, given)
    if given.get("order", 2) != 2:
        raise UntranslatableError("by another norm than the Euclidean has no counterpart here")
    options = shaping.axis_options("l2_norm", given.get("axis", -1), x, translator, "dims")
    # TensorFlow holds the sum of squares to 1e-12, and Keras too, and here it is its root.
    return translator.emit(call, "l2_norm", {**options, "eps": 1e-6}, [x])


def _matmul(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    takes = tensors(_operands(call, given, ("x", "x1", "a", "y", "x2", "b")))
    turned = [name for name in ("transpose_a", "transpose_b", "adjoint_a", "adjoint_b") if given.get(name)]
    if len(takes) != 2 or turned or len({len(tensor.shape or ()) for tensor in takes}) != 1:
        raise UntranslatableError("of other than two stacks of matrices, or turned, has no counterpart here")
    options = {"data_format": "channels_last"} if translator.channels_last else {}
    return translator.emit(call, "matmul", options, takes)


def _reduction(type_: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        x = _one(call, given)
        return translator.emit(call, type_, shaping.reduced(given, x, translator), [x])

    return function


def _identity(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    return translator.emit(call, "identity", {}, [_one(call, given)])


def _concatenated(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    takes = tensors(_operands(call, given, ("xs", "values", "arrays", "x1", "x2")))
    if not takes:
        raise UntranslatableError("takes tensors")
    axis = given.get("axis", -1 if call.class_name == "TFOpLambda" else 0)
    return translator.emit(call, "concat", shaping.axis_options("concat", axis, takes[0], translator), takes)


def _stacked(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    takes = tensors(_operands(call, given, ("x", "values", "arrays")))
    options: dict[str, Any] = {"dim": shaping.behind_batch(given.get("axis", 0)), "data_format": "channels_last"}
    rank = len(takes[0].shape or ()) + 1 if takes else 1
    return translator.emit(call, "stack", laid_out("stack", options, rank, translator.layout), takes)


def _reshaped(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = _operands(call, given, ("x", "tensor"))
    shape = given.get("newshape", given.get("shape", operands[1] if len(operands) > 1 else None))
    return shaping.reshaped(translator, call, tensors(operands)[0], shape)


def _transposed(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = _operands(call, given, ("x", "a"))
    axes = given.get("axes", given.get("perm", operands[1] if len(operands) > 1 else None))
    return shaping.transposed(translator, call, tensors(operands)[0], axes)


def _expanded(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    return shaping.expanded(translator, call, _one(call, given), given.get("axis"))


def _squeezed(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    return shaping.squeezed(translator, call, _one(call, given), given.get("axis"))


def _item(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = _operands(call, given, ("x", "tensor"))
    keys = given.get("slice_spec", given.get("key", operands[1] if len(operands) > 1 else None))
    return shaping.item(translator, call, tensors(operands[:1])[0], keys)


def _resized(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    """An image of another size, by pixels whose centres are moved."""
    mode = given.get("interpolation", given.get("method", "bilinear"))
    size = given.get("size")
    if mode not in ("bilinear", "nearest") or given.get("antialias") or not isinstance(size, list):
        raise UntranslatableError("with this interpolation has no counterpart here")
    if given.get("crop_to_aspect_ratio") or given.get("pad_to_aspect_ratio") or given.get("preserve_aspect_ratio"):
        raise UntranslatableError("with the aspect ratio kept has no counterpart here")
    options = {"size": size, "mode": "bilinear" if mode == "bilinear" else "nearest-exact"}
    return translator.emit(call, "upsample", options, [_one(call, given)])


def _blocks(type_: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        return translator.emit(call, type_, {"block_size": given.get("block_size")}, [_one(call, given)])

    return function


def _padded(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = _operands(call, given, ("x", "tensor"))
    widths = given.get("pad_width", given.get("paddings", operands[1] if len(operands) > 1 else None))
    mode = str(given.get("mode", "constant")).lower()
    value = given.get("constant_values") or 0
    return shaping.padded(translator, call, tensors(operands)[0], widths, mode, value)


def _split(translator: Translator, call: Call, given: Mapping[str, Any]) -> list[Tensor]:
    operands = _operands(call, given, ("x", "value"))
    parts = given.get("indices_or_sections", given.get("num_or_size_splits"))
    if parts is None and len(operands) > 1:
        parts = operands[1]
    by_sizes = "num_or_size_splits" in given
    return shaping.split(translator, call, tensors(operands)[0], parts, given.get("axis", 0), by_sizes=by_sizes)


_UNARY: Final = {
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "rsqrt": "rsqrt",
    "square": "square",
    "abs": "abs",
    "absolute": "abs",
    "negative": "neg",
    "neg": "neg",
    "sign": "sign",
    "floor": "floor",
    "ceil": "ceil",
    "round": "round",
    "sin": "sin",
    "cos": "cos",
    "erf": "erf",
    "reciprocal": "reciprocal",
}
_ACTIVATIONS: Final = {
    "relu6": "relu6",
    "sigmoid": "sigmoid",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
    "softplus": "softplus",
    "softsign": "softsign",
    "selu": "selu",
    "hardsigmoid": "hard_sigmoid",
    "hardsilu": "hard_silu",
    "hardswish": "hard_silu",
    "hardtanh": "hard_tanh",
    "logsigmoid": "log_sigmoid",
    "mish": "mish",
}

_FUNCTIONS: Final[Mapping[str, Callable[[Translator, Call, Mapping[str, Any]], Tensor]]] = {
    **{word: _of_one(type_) for word, type_ in _UNARY.items()},
    **{word: _activation(name) for word, name in _ACTIVATIONS.items()},
    **{word: _of_two(word) for word in ("add", "subtract", "multiply", "divide", "maximum", "minimum")},
    "sub": _of_two("subtract"),
    "mul": _of_two("multiply"),
    "addv2": _of_two("add"),
    "truediv": _of_two("divide"),
    "truedivide": _of_two("divide"),
    "elu": _of_one("elu", "alpha"),
    "celu": _of_one("celu", "alpha"),
    "leakyrelu": _leaky,
    "relu": _relu,
    "gelu": _gelu,
    "softmax": _softmax("softmax"),
    "logsoftmax": _softmax("log_softmax"),
    "clip": _clip,
    "clipbyvalue": _clip,
    "power": _power,
    "pow": _power,
    "normalize": _normalized,
    "l2normalize": _normalized,
    "matmul": _matmul,
    **{
        word: _reduction(f"reduce_{ours}")
        for ours in ("mean", "sum", "max", "min", "prod", "var", "std")
        for word in (ours, f"reduce{ours}", {"var": "reducevariance"}.get(ours, f"reduce{ours}"))
    },
    "identity": _identity,
    "cast": _identity,
    "stopgradient": _identity,
    "concatenate": _concatenated,
    "concat": _concatenated,
    "stack": _stacked,
    "reshape": _reshaped,
    "transpose": _transposed,
    "expanddims": _expanded,
    "squeeze": _squeezed,
    "getitem": _item,
    "resize": _resized,
    "depthtospace": _blocks("depth_to_space"),
    "spacetodepth": _blocks("space_to_depth"),
    "pad": _padded,
}
"""The functions of one output, by their names without underscores and capitals."""

_SEVERAL: Final = {"split": _split}
"""Those of several."""
