"""Functions of `keras.ops` and of TensorFlow that compute value by value, or along an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.keras import activations, shaping
from cnncalc.models.keras.arguments import by_axis, numbers
from cnncalc.models.keras.translator import Tensor, tensors
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.models.keras.translator import Call, Translator


def operands_of(call: Call, given: Mapping[str, Any], names: tuple[str, ...]) -> list[Any]:
    """The operands of a function, by their places or by any of their names."""
    found = list(call.args)
    found += [given[name] for name in names if given.get(name) is not None]
    return found


def _of_two(type_: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    """Arithmetic of two tensors, or of one and a constant on either side."""

    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        operands = operands_of(call, given, ("x", "x1", "y", "x2"))
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


def one_tensor(call: Call, given: Mapping[str, Any]) -> Tensor:
    """The tensor that a function of one takes."""
    found = tensors(operands_of(call, given, ("x", "input", "inputs", "features", "input_tensor", "images", "logits")))
    if len(found) != 1:
        raise UntranslatableError("takes one tensor")
    return found[0]


def _of_one(type_: str, *kept: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    """A function of each value, with those of its parameters that are options of ours."""

    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        options = {name: given[name] for name in kept if given.get(name) is not None}
        return translator.emit(call, type_, options, [one_tensor(call, given)])

    return function


def _activation(name: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    """An activation of the name that it has in `keras.activations`."""

    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        found = activations.of(name, old=False)
        if found is None:
            return translator.emit(call, "identity", {}, [one_tensor(call, given)])
        return translator.emit(call, *found, [one_tensor(call, given)])

    return function


def _leaky(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    slope = given.get("negative_slope", given.get("alpha", 0.2))
    return translator.emit(call, "leaky_relu", {"negative_slope": slope}, [one_tensor(call, given)])


def _relu(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    """TensorFlow's, or Keras's with three numbers."""
    from cnncalc.frameworks.configurations import plainly
    from cnncalc.frameworks.keras import KERAS

    config = {"max_value": given.get("max_value"), "threshold": given.get("threshold") or 0}
    config["negative_slope"] = given.get("negative_slope") or given.get("alpha") or 0
    return translator.emit(call, *plainly(KERAS.rows["ReLU"], config), [one_tensor(call, given)])


def _gelu(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    """By its tangent unless told otherwise: `keras.ops` and TensorFlow differ."""
    approximate = given.get("approximate", call.class_name != "TFOpLambda")
    options = {"approximate": "tanh"} if approximate else {}
    return translator.emit(call, "gelu", options, [one_tensor(call, given)])


def _softmax(type_: str) -> Callable[[Translator, Call, Mapping[str, Any]], Tensor]:
    def function(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
        x = one_tensor(call, given)
        axis = given.get("axis", -1)
        return translator.emit(call, type_, shaping.axis_options(type_, axis, x, translator), [x])

    return function


def _clip(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = operands_of(call, given, ("x",))
    bounds = [value for value in operands[1:] if not isinstance(value, Tensor)]
    least = given.get("x_min", given.get("clip_value_min", bounds[0] if bounds else None))
    most = given.get("x_max", given.get("clip_value_max", bounds[1] if len(bounds) > 1 else None))
    options = {"min": numbers(least), "max": numbers(most)}
    return translator.emit(call, "clamp", options, tensors(operands)[:1])


def _power(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    operands = operands_of(call, given, ("x", "x1", "y", "x2"))
    if len(operands) != 2 or not isinstance(operands[0], Tensor) or isinstance(operands[1], Tensor):
        raise UntranslatableError("takes a tensor and a number")
    return translator.emit(call, "power", {"exponent": numbers(operands[1])}, [operands[0]])


def _normalized(translator: Translator, call: Call, given: Mapping[str, Any]) -> Tensor:
    """Division by the Euclidean norm."""
    x = one_tensor(call, given)
    if given.get("order", 2) != 2:
        raise UntranslatableError("by another norm than the Euclidean has no counterpart here")
    options = shaping.axis_options("l2_norm", given.get("axis", -1), x, translator, "dims")
    # TensorFlow holds the sum of squares to 1e-12, and Keras too, and here it is its root.
    return translator.emit(call, "l2_norm", {**options, "eps": 1e-6}, [x])


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

ELEMENTWISE: Final[Mapping[str, Callable[[Translator, Call, Mapping[str, Any]], Tensor]]] = {
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
}
"""What makes the layer of each of these functions."""
