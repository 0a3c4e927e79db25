"""Layers that make one tensor of several, or compute with constants, in PyTorch."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from cnncalc.exporting.pytorch.written import Written, function, method, module
from cnncalc.exporting.source.expressions import Call, Code, Display, Expression, Infix, Value, call, literal, optional

if TYPE_CHECKING:
    from cnncalc.exporting.source.leaves import Leaf

_OPERATORS: Final = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
_FUNCTIONS: Final = {"maximum": "torch.maximum", "minimum": "torch.minimum"}
_BOUNDS: Final = {"maximum": "min", "minimum": "max"}
MOST_NUMBERS: Final = 4096
"""The most numbers of a constant that are written into the code."""


def arithmetic(leaf: Leaf) -> Written:
    """Operators, or functions of two values; a constant of several numbers is a tensor."""
    layer, kind = leaf.layer, leaf.layer.type_name
    if layer.value is None:
        return function(lambda *inputs: _joined(kind, inputs))
    reverse = getattr(layer, "reverse", False)
    if not layer.value.shape:
        number = Value(layer.value.numbers, "value")
        if kind in _BOUNDS:
            return function(lambda x: call("torch.clamp", x, **{_BOUNDS[kind]: number}))
        return function(lambda x: Infix(_OPERATORS[kind], (number, x) if reverse else (x, number)))
    made = tensor(leaf, _axes_added(layer.value, len(leaf.shape)))

    def applied(own: Expression, x: Expression) -> Expression:
        return _joined(kind, (own, x) if reverse else (x, own))

    return Written(made, applied, is_parameter=True)


def _joined(kind: str, inputs: Any) -> Expression:
    """All inputs in turn."""
    if kind in _OPERATORS:
        return Infix(_OPERATORS[kind], tuple(inputs))
    found: Expression = reduce(lambda a, b: call(_FUNCTIONS[kind], a, b), inputs)
    return found


def _axes_added(value: Any, axes: int) -> Any:
    """Nested numbers with as many axes as a sample and its batch have."""
    numbers = value.numbers
    for _ in range(axes + 1 - len(value.shape)):
        numbers = [numbers]
    return numbers


def tensor(leaf: Leaf, numbers: Any, *, layout: bool = True) -> Expression:
    """`torch.tensor` of nested numbers, the axes of a sample channels first behind the batch's."""
    count = len(leaf.layer.value.flat())
    if count > MOST_NUMBERS:
        raise leaf.refusal(
            f"its {count:,} numbers are too many for code", "make it a `parameter`, whose values are in a weight file"
        )
    text = literal(_floats(numbers))
    found: Expression = call("torch.tensor", Code(text))
    axes = _depth(numbers)
    if layout and leaf.layer.layout.channels_last and axes > 2:
        found = call("torch.movedim", found, -1, 1)
    return found


def _floats(numbers: Any) -> Any:
    return [_floats(item) for item in numbers] if isinstance(numbers, list) else float(numbers)


def _depth(numbers: Any) -> int:
    return 1 + _depth(numbers[0]) if isinstance(numbers, list) else 0


def average(leaf: Leaf) -> Written:
    """The sum divided by the number of inputs."""
    count = len(leaf.shapes)
    return function(lambda *inputs: Infix("/", (Infix("+", tuple(inputs)), Code(str(count)))))


def concat(leaf: Leaf) -> Written:
    """`torch.cat`; what is there once for all samples is repeated for each."""
    axis = leaf.axis("dim")
    return function(lambda *inputs: call("torch.cat", Display("[", _for_each(leaf, inputs)), dim=_dim(axis)))


def _dim(axis: int) -> Expression:
    return Code(str(1 + axis))


def _for_each(leaf: Leaf, inputs: Any) -> tuple[Expression, ...]:
    """The inputs, all with as many samples."""
    if all(leaf.has_batch) or not any(leaf.has_batch):
        return tuple(inputs)
    first = inputs[leaf.has_batch.index(True)]
    size = call("len", first)
    return tuple(
        x if has else method(x, "expand", size, *(Code("-1") for _ in shape))
        for x, has, shape in zip(inputs, leaf.has_batch, leaf.shapes, strict=True)
    )


def stack(leaf: Leaf) -> Written:
    """`torch.stack`."""
    layer, shape = leaf.layer, leaf.shape
    if layer.layout.channels_last:
        raise leaf.refusal("its new axis is counted with channels last", "write the spec channels first")
    axis = 0 if layer.dim is None else layer.dim % (len(shape) + 1)
    return function(lambda *inputs: call("torch.stack", Display("[", _for_each(leaf, inputs)), dim=_dim(axis)))


def matmul(leaf: Leaf) -> Written:
    """`torch.matmul`, of the last two axes as the spec counts them."""
    if leaf.layer.layout.channels_last and len(leaf.shape) > 1:
        raise leaf.refusal("its matrices are counted with channels last", "write the spec channels first")
    return function(lambda a, b: call("torch.matmul", a, b))


def parameter(leaf: Leaf) -> Written:
    """`nn.Parameter`, without an axis for the batch, which is added where it is used."""
    zeros = call("torch.zeros", Value(tuple(leaf.output), "shape"))
    made = call("nn.Parameter", zeros)
    return Written(made, lambda own: call("torch.unsqueeze", own, 0), is_parameter=True)


def constant(leaf: Leaf) -> Written:
    """A buffer that is not stored."""
    numbers = leaf.layer.value.numbers
    numbers = numbers if isinstance(numbers, list) else [numbers]
    return Written(tensor(leaf, [numbers]), lambda own: own, is_parameter=True)


def scale(leaf: Leaf) -> Written:
    """A product with a number, or with a parameter a channel; with a bias in a helper."""
    layer = leaf.layer
    if layer.factor is not None:
        return function(lambda x: Infix("*", (x, Value(layer.factor, "factor"))))
    if layer.bias is not False:
        return module("ChannelScale", Value(leaf.shape[0], "channels"), helpers=("ChannelScale",))
    value = 1.0 if layer.value is None else float(layer.value)
    sizes = (leaf.shape[0], *(1,) * leaf.rank)
    made = call("torch.ones", *(Value(size, "channels") if size > 1 else Code("1") for size in sizes))
    full: Expression = made if value == 1.0 else Infix("*", (Value(value, "value"), made))
    return Written(call("nn.Parameter", full), lambda own, x: Infix("*", (x, own)), is_parameter=True)


def squeeze_excite(leaf: Leaf) -> Written:
    """A helper with the names of torchvision's."""
    layer = leaf.layer
    from cnncalc.exporting.pytorch.table import written_layer
    from cnncalc.exporting.source.leaves import Leaf as Inner

    made: dict[str, Any] = {}
    helpers: list[str] = [f"SqueezeExcite{leaf.rank}d" if leaf.rank != 2 else "SqueezeExcite"]
    ones = (1,) * leaf.rank
    for name, usual, channels in (
        ("activation", "nn.ReLU", layer.squeeze_channels),
        ("scale_activation", "nn.Sigmoid", leaf.shape[0]),
    ):
        own = getattr(layer, name)
        if own is None:
            made[name] = Code("nn.Identity")
            continue
        found = written_layer(Inner(leaf.name, own, [(channels, *ones)], (channels, *ones), [True]))
        if not found.has_plain_module or not isinstance(found.module, Call) or found.module.arguments:
            raise leaf.refusal(f"its `{name}` is no module of PyTorch without options", "write it as single layers")
        helpers += found.helpers
        made[name] = optional(None, None) if found.module.function == Code(usual) else found.module.function
    return module(
        helpers[0],
        Value(leaf.shape[0], "channels"),
        Value(layer.squeeze_channels, "squeeze_channels"),
        **made,
        helpers=helpers,
    )
