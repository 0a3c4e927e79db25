"""What the parameters of Keras's classes mean that are more than a name of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import RefusedError
from cnncalc.frameworks.rules import plain, spelt, without_batch
from cnncalc.text_nodes import Scalar, TextNode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FUNCTIONS: Final[Mapping[str, Any]] = {
    "swish": "silu",
    "hard_sigmoid": "hardsigmoid",
    "hard_swish": "hardswish",
    "hard_silu": "hardswish",
    "hard_tanh": "hardtanh",
    "leaky_relu": {"leaky_relu": {"negative_slope": 0.2}},
}
"""The functions of `keras.activations` whose name or default is not ours."""


def activation(node: TextNode) -> Mapping[str, Any]:
    """An activation: None, the name of a function, also in full (`tf.nn.relu`), or a layer."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return {"activation": activation_type(node.value.rpartition(".")[2])}
    return {"activation": node}


def activation_type(name: str) -> Any:
    """The type of ours that a function of `keras.activations` is, with its options where they are others.

    >>> activation_type("swish"), activation_type("leaky_relu"), activation_type("relu")
    ('silu', {'leaky_relu': {'negative_slope': 0.2}}, 'relu')
    """
    return _FUNCTIONS.get(name, name)


def shape(node: TextNode) -> Mapping[str, Any]:
    """The shape of the network's input, channels last; nothing where a size is None."""
    value = node.plain()
    return _input(value if isinstance(value, list) else [value], value)


def batch_shape(node: TextNode) -> Mapping[str, Any]:
    """The same behind the batch; nothing where there is none."""
    value = node.plain()
    if value is None:
        return {}
    return _input(value[1:] if isinstance(value, list) else [], value)


def input_dim(node: TextNode) -> Mapping[str, Any]:
    """The size of a vector."""
    return _input([node.plain()], node.plain())


def _input(sizes: Sequence[Any], written: object) -> Mapping[str, Any]:
    known = [size for size in sizes if size is not None]
    if not sizes or any(isinstance(size, bool) or not isinstance(size, int) for size in known):
        raise RefusedError(f"must be a shape such as (28, 28, 1), not {spelt(written)}")
    return {} if None in sizes else {"input": [sizes[-1], *sizes[:-1]]}


def shared_axes(node: TextNode) -> Mapping[str, Any]:
    """The axes along which slopes are shared, of which 0 is the batch; by default none are.

    Keras 3 takes 1 off negative ones too: -1 is the last but one.
    """
    if node.plain() is None:
        return {"shared_axes": []}
    found = without_batch("shared_axes")(node)["shared_axes"]
    return {
        "shared_axes": [axis if axis >= 0 else axis - 1 for axis in (found if isinstance(found, list) else [found])]
    }


def valid_transposed(type_: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where strides are larger than the kernel, Keras adds what is missing to a whole stride at the end."""
    if plain(options, "output_padding") is None and plain(options, "padding", "valid") == "valid":
        missing = [
            max(stride - dilation * (kernel - 1) - 1, 0) for kernel, stride, dilation in _windows(type_, options)
        ]
        if any(missing):
            return type_, {**options, "output_padding": missing}
    return type_, options


def _windows(type_: str, options: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Kernel size, stride and dilation along each axis; none where they are not all plain numbers."""
    rank, found = int(type_[-2]), []
    for name in ("kernel_size", "stride", "dilation"):
        value = plain(options, name, 1)
        numbers = value if isinstance(value, list) else [value]
        if len(numbers) not in (1, rank) or not all(type(number) is int for number in numbers):
            raise RefusedError(f"needs integers, and `{name}` is {spelt(value)}")
        found.append(numbers * (rank // len(numbers)))
    return list(zip(*found, strict=True))


def activation_layer(type_: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The layer that an activation is, and `type_` where it is none."""
    chosen = plain(options, "activation")
    others = {name: value for name, value in options.items() if name != "activation"}
    if isinstance(chosen, dict) and len(chosen) == 1:
        [(name, given)] = chosen.items()
        return name, {**given, **others}
    return (type_ if chosen in (None, "linear") else str(chosen)), others


def rectifier(type_: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The activation that Keras's ReLU is with its three numbers."""
    most, slope, threshold = (plain(options, name) for name in ("max_value", "negative_slope", "threshold"))
    others = {
        name: value for name, value in options.items() if name not in ("max_value", "negative_slope", "threshold")
    }
    bends = {"max_value": most, "negative_slope": slope or None, "threshold": threshold or None}
    given = [f"{name}={spelt(value)}" for name, value in bends.items() if value is not None]
    if len(given) > 1:
        raise RefusedError(f"has no counterpart with {' and '.join(given)}", "with one of these alone it has")
    if slope:
        return "leaky_relu", {**others, "negative_slope": options["negative_slope"]}
    if threshold:
        return "threshold", {**others, "threshold": options["threshold"], "value": 0}
    if most is None:
        return type_, others
    return ("relu6", others) if most == 6 else ("hardtanh", {**others, "min_val": 0, "max_val": options["max_value"]})


def resized(node: TextNode) -> Mapping[str, Any]:
    """How an image is resized: its nearest pixels are those of the centres, unlike those of `UpSampling2D`."""
    mode = {"bilinear": "bilinear", "nearest": "nearest-exact"}.get(str(node.plain()))
    if mode is None:
        raise RefusedError(f"must be 'bilinear' or 'nearest': {spelt(node.plain())} has no counterpart here")
    return {"mode": mode}


def of_height_and_width(type_: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Two sizes as one option."""
    others = {name: value for name, value in options.items() if name not in ("height", "width")}
    return type_, {**others, "size": [plain(options, "height"), plain(options, "width")]}
