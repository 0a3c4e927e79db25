"""Convolutions in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.exporting.pytorch.written import Written, around, module
from cnncalc.exporting.source.expressions import Arg, Code, Expression, Item, Value, call, optional
from cnncalc.exporting.source.leaves import collapsed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.exporting.source.leaves import Leaf

    Before = Callable[[Expression], Expression] | None


def conv(leaf: Leaf) -> Written:
    """`nn.Conv2d` and its kin; what its padding cannot say is padded before."""
    layer = leaf.layer
    options, before, helpers = window_options(leaf)
    groups = layer.window_groups(leaf.shape)
    channels = leaf.shape[0]
    made = call(
        f"nn.Conv{leaf.rank}d",
        Value(channels, "in_channels"),
        Value(leaf.output[0], "out_channels"),
        **options,
        groups=optional(groups, 1, "channels" if groups == channels > 1 else "groups"),
        bias=optional(layer.bias is not False, True, "bias"),
        padding_mode=optional(layer.padding_mode if before is None else "zeros", "zeros", "padding_mode"),
    )
    return around(normalised(leaf, Written(made)), before, helpers)


def window_options(leaf: Leaf) -> tuple[dict[str, Any], Before, tuple[str, ...]]:
    """The arguments of a window, what has to be done before it, and the helpers for that."""
    windows = leaf.windows
    kernel, stride = [w.kernel_size for w in windows], [w.stride for w in windows]
    dilation = [w.dilation for w in windows]
    padding, before, helpers = padding_of(leaf, 0.0, getattr(leaf.layer, "padding_mode", "zeros"))
    options = {
        "kernel_size": Arg(Value(collapsed(kernel), "kernel_size")),
        "stride": optional(collapsed(stride), 1, "stride"),
        "padding": optional(padding, 0, "padding"),
        "dilation": optional(collapsed(dilation), 1, "dilation"),
    }
    return options, before, helpers


def padding_of(leaf: Leaf, value: float, mode: str = "zeros") -> tuple[Any, Before, tuple[str, ...]]:
    """The padding as PyTorch has it or, where it has none such, what pads before; and the helpers for that."""
    windows = leaf.windows
    pads = [window.pads(size) for window, size in zip(windows, leaf.shape[1:], strict=True)]
    word = leaf.layer.padding if isinstance(leaf.layer.padding, str) else ""
    always_even = not word.startswith("same") or all(w.stride == 1 and (w.extent - 1) % 2 == 0 for w in windows)
    if always_even and all(before == after for before, after in pads):
        return collapsed([before for before, _ in pads]), None, ()
    if word.startswith("same") and mode == "zeros":
        arguments = {
            "kernel_size": Arg(Value(collapsed([w.kernel_size for w in windows]), "kernel_size")),
            "stride": Arg(Value(collapsed([w.stride for w in windows]), "stride")),
            "dilation": optional(collapsed([w.dilation for w in windows]), 1, "dilation"),
            "value": optional(value, 0.0, "value"),
            "lower": optional(word == "same_lower", False, "lower"),
        }
        positional = [arguments.pop(name).value for name in ("kernel_size", "stride")]
        return 0, lambda x: call("pad_same", x, *positional, **arguments), ("pad_same",)
    return 0, padded(pads, "constant" if mode == "zeros" else mode, value), ()


def padded(pads: Sequence[tuple[int, int]], mode: str, value: float) -> Callable[[Expression], Expression]:
    """`F.pad` along the spatial axes."""
    amounts = tuple(amount for pair in reversed(pads) for amount in pair)
    return lambda x: call(
        "F.pad",
        x,
        Value(amounts, "padding"),
        mode=optional(mode, "constant", "mode"),
        value=optional(value, 0.0, "value"),
    )


def normalised(leaf: Leaf, found: Written) -> Written:
    """A module whose weight is normalised as the layer's is."""
    way = leaf.layer.normalization
    if way is None or found.module is None:
        return found
    if way == "weight_norm":
        return found._replace(module=call("nn.utils.parametrizations.weight_norm", found.module))
    if way == "spectral_norm":
        return found._replace(module=call("nn.utils.spectral_norm", found.module))
    raise leaf.refusal(f"PyTorch has no `{way}`", "in ONNX the weights are standardised once and for all")


def linear(leaf: Leaf) -> Written:
    """`nn.Linear`, along the last axis or another."""
    layer = leaf.layer
    axis = leaf.axis("dim")
    found = module(
        "nn.Linear",
        Value(leaf.shape[axis], "in_channels"),
        Value(layer.out_features, "out_channels"),
        bias=optional(layer.bias is not False, True, "bias"),
    )
    return along_last(normalised(leaf, found), axis, len(leaf.shape))


def along_last(found: Written, axis: int, axes: int) -> Written:
    """A module that works along the last axis, made to work along another."""
    if axis == axes - 1:
        return found

    def applied(own: Expression, x: Expression) -> Expression:
        moved = call("torch.movedim", x, 1 + axis, -1)
        return call("torch.movedim", call(own, moved), -1, 1 + axis)

    return found._replace(call=applied)


def separable_conv(leaf: Leaf) -> Written:
    """A helper with two weights and one bias, as in Keras."""
    layer = leaf.layer
    options, before, helpers = window_options(leaf)
    kernel = options.pop("kernel_size")
    if leaf.layer.padding_mode != "zeros":
        raise leaf.refusal("its border is not of zeros", "write it as a depthwise convolution and a `conv` of 1")
    found = module(
        f"SeparableConv{leaf.rank}d",
        Value(leaf.shape[0], "in_channels"),
        Value(layer.out_channels, "out_channels"),
        kernel,
        **options,
        depth_multiplier=optional(layer.depth_multiplier, 1, "depth_multiplier"),
        bias=optional(layer.bias is not False, True, "bias"),
        helpers=(f"separable_conv{leaf.rank}d",),
    )
    return around(found, before, helpers)


def conv_transpose(leaf: Leaf) -> Written:
    """`nn.ConvTranspose2d` and its kin; what is cut off the end alone is cut after it."""
    layer = leaf.layer
    padding, added, cut = [], [], []
    for window, size in zip(leaf.windows, leaf.shape[1:], strict=True):
        before, after = window.pads(size)
        longer = window.added + before - after
        padding.append(before)
        added.append(max(longer, 0))
        cut.append(max(-longer, 0))
        if before < 0 or longer >= max(window.stride, window.dilation):
            raise leaf.refusal("its output is longer than PyTorch makes it", "give its `padding` in numbers")
    made = call(
        f"nn.ConvTranspose{leaf.rank}d",
        Value(leaf.shape[0], "in_channels"),
        Value(layer.out_channels, "out_channels"),
        Value(collapsed([w.kernel_size for w in leaf.windows]), "kernel_size"),
        stride=optional(collapsed([w.stride for w in leaf.windows]), 1, "stride"),
        padding=optional(collapsed(padding), 0, "padding"),
        output_padding=optional(collapsed(added), 0, "output_padding"),
        groups=optional(layer.groups, 1, "groups"),
        bias=optional(layer.bias is not False, True, "bias"),
        dilation=optional(collapsed([w.dilation for w in leaf.windows]), 1, "dilation"),
    )
    found = normalised(leaf, Written(made))
    if any(cut):
        shorten = padded([(0, -amount) for amount in cut], "constant", 0.0)
        found = found._replace(call=lambda own, x: shorten(call(own, x)))
    return found


def recurrent(leaf: Leaf) -> Written:
    """`nn.LSTM` and its kin, which take steps before features."""
    layer = leaf.layer
    kind = layer.type_name
    axis = leaf.axis("dim")
    if layer.bias is not False and not layer.recurrent_bias:
        raise leaf.refusal("PyTorch's has two biases or none", "`recurrent_bias: true`, or `bias: false`")
    if getattr(layer, "reset_after", None) is False:
        raise leaf.refusal("PyTorch's resets after the product", "`reset_after: true`")
    proj = getattr(layer, "proj_size", 0)
    found = module(
        f"nn.{kind.upper()}",
        Value(leaf.shape[axis], "in_channels"),
        Value(layer.hidden_size, "out_channels"),
        num_layers=optional(layer.num_layers, 1, "num_layers"),
        nonlinearity=optional(getattr(layer, "nonlinearity", "tanh"), "tanh", "nonlinearity"),
        bias=optional(layer.bias is not False, True, "bias"),
        batch_first=Arg(Code("True")),
        dropout=optional(float(layer.dropout), 0.0, "dropout"),
        bidirectional=optional(layer.bidirectional, False, "bidirectional"),
        proj_size=optional(proj, 0, "proj_size"),
    )
    last, both = layer.output == "last", layer.bidirectional
    if last and both:
        found = found._replace(helpers=("last_states",))

    def applied(own: Expression, x: Expression) -> Expression:
        ordered = call("torch.transpose", x, 1, 2) if axis == 0 else x
        outputs: Expression = Item(call(own, ordered), (Code("0"),))
        if last and both:
            return call("last_states", outputs)
        if last:
            return Item(outputs, (Code(":"), Code("-1")))
        return call("torch.transpose", outputs, 1, 2) if axis == 0 else outputs

    return found._replace(call=applied)
