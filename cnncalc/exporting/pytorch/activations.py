"""Activations and other functions of single values in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.exporting.pytorch.written import Written, either, function, module
from cnncalc.exporting.source.expressions import Code, Infix, Value, call, optional

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.exporting.source.leaves import Leaf

PLAIN: Final = {
    "relu": ("nn.ReLU", "F.relu"),
    "relu6": ("nn.ReLU6", "F.relu6"),
    "hardswish": ("nn.Hardswish", "F.hardswish"),
    "selu": ("nn.SELU", "F.selu"),
    "silu": ("nn.SiLU", "F.silu"),
    "mish": ("nn.Mish", "F.mish"),
    "sigmoid": ("nn.Sigmoid", "torch.sigmoid"),
    "log_sigmoid": ("nn.LogSigmoid", "F.logsigmoid"),
    "tanh": ("nn.Tanh", "torch.tanh"),
    "softsign": ("nn.Softsign", "F.softsign"),
}
"""Those without options: the module and the function."""

FUNCTIONS: Final = (
    *("exp", "log", "sqrt", "rsqrt", "reciprocal", "square", "abs", "neg", "sign", "floor", "ceil", "round"),
    *("sin", "cos", "erf"),
)
"""Those that are functions of `torch` under the same name."""


def plain(leaf: Leaf) -> Written:
    """A module or function without options."""
    return either(*PLAIN[leaf.layer.type_name])


def torch_function(leaf: Leaf) -> Written:
    """A function of `torch`."""
    return function(lambda x: call(f"torch.{leaf.layer.type_name}", x))


def with_options(module_: str, function_: str, **defaults: float | str) -> Callable[[Leaf], Written]:
    """A module and a function whose options have our names; those at their defaults are left out."""

    def written(leaf: Leaf) -> Written:
        options = {name: getattr(leaf.layer, name) for name in defaults}
        return either(
            module_, function_, **{name: optional(options[name], value, name) for name, value in defaults.items()}
        )

    return written


def threshold(leaf: Leaf) -> Written:
    """`nn.Threshold`."""
    layer = leaf.layer
    return either("nn.Threshold", "F.threshold", Value(layer.threshold, "threshold"), Value(layer.value, "value"))


def hardsigmoid(leaf: Leaf) -> Written:
    """`nn.Hardsigmoid`, or a clamped line of another slope."""
    alpha, beta = leaf.layer.alpha, leaf.layer.beta
    if abs(alpha - 1 / 6) < 1e-9 and beta == 0.5:
        return either("nn.Hardsigmoid", "F.hardsigmoid")
    return function(
        lambda x: call("torch.clamp", Infix("+", (Infix("*", (Value(alpha, "alpha"), x)), Value(beta, "beta"))), 0, 1)
    )


def clamp(leaf: Leaf) -> Written:
    """`torch.clamp`."""
    layer = leaf.layer
    bounds = {name: optional(getattr(layer, name), None, name) for name in ("min", "max")}
    return function(lambda x: call("torch.clamp", x, **bounds))


def power(leaf: Leaf) -> Written:
    """`torch.pow`."""
    exponent = leaf.layer.exponent
    exponent = int(exponent) if exponent == int(exponent) else exponent
    return function(lambda x: call("torch.pow", x, Value(exponent, "exponent")))


def along_axis(module_: str, function_: str) -> Callable[[Leaf], Written]:
    """A function along one axis."""

    def written(leaf: Leaf) -> Written:
        return either(module_, function_, dim=Code(str(1 + leaf.axis("dim"))))

    return written


def prelu(leaf: Leaf) -> Written:
    """`nn.PReLU`, or a helper for slopes of another shape."""
    (shape,) = leaf.layer.weight_shapes(leaf.shapes).values()
    if len(shape) == 1 and (shape[0] == 1 or shape[0] == leaf.shape[0]):
        return module("nn.PReLU", Value(shape[0], "channels") if shape[0] > 1 else optional(1, 1))
    return module("SharedPReLU", Value(tuple(shape), "shape"), helpers=("SharedPReLU",))
