"""Convolutions, and what is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.constants import Constant
from cnncalc.models.onnx.operators.windows import pairs, sizes, window_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.window import TransposedWindow, Window
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape


def read_conv(node: Reading) -> Flow:
    """`Conv`: a convolution, whose bias may be added by the node after it."""
    x, weight = node.flow(), node.constant(1)
    window = weight_window(node, x, weight)
    options = {"out_channels": weight.shape[0], **window}
    groups = node.integer("group", 1)
    if len(weight.shape) > 1 and weight.shape[1] * groups != x.shape[0]:
        raise node.refuse(f"its weight takes {weight.shape[1] * groups} channels, and {x.shape[0]} arrive")
    if groups != 1:
        options["groups"] = groups
    return _biased(node, f"conv{len(x.shape) - 1}d", options, x, weight)


def read_conv_transpose(node: Reading) -> Flow:
    """`ConvTranspose`: a transposed convolution."""
    x, weight = node.flow(), node.constant(1)
    if len(weight.shape) < 2:
        raise node.refuse(f"its weight is {list(weight.shape)}")
    groups, axes = node.integer("group", 1), len(x.shape) - 1
    options = {"out_channels": weight.shape[1] * groups, **weight_window(node, x, weight)}
    extra = sizes(node, "output_padding", axes, 0)
    is_same = isinstance(options.get("padding"), str)
    if node.integers("output_shape") or (is_same and any(extra)):
        options |= _to_size(node, x.shape[1:], weight.shape[2:], extra)
    elif any(extra):
        options["output_padding"] = extra
    if groups != 1:
        options["groups"] = groups
    return _biased(node, f"conv_transpose{axes}d", options, x, weight)


def _to_size(node: Reading, shape: Shape, kernel: Shape, extra: Sequence[int]) -> dict[str, Any]:
    """The padding of a transposed convolution whose output has given sizes: an odd pixel is cut as the words say."""
    axes, is_upper = len(shape), node.word("auto_pad") == "SAME_UPPER"
    stride, dilation = sizes(node, "strides", axes, 1), sizes(node, "dilations", axes, 1)
    wanted = node.integers("output_shape") or [size * step for size, step in zip(shape, stride, strict=True)]
    if len(wanted) != axes:
        raise node.refuse(f"its `output_shape` has {len(wanted)} sizes for {axes} axes")
    whole = [(size - 1) * stride[at] + extra[at] + dilation[at] * (kernel[at] - 1) + 1 for at, size in enumerate(shape)]
    cut = [max(size - part, 0) for size, part in zip(whole, wanted, strict=True)]
    before = [size // 2 if is_upper else size - size // 2 for size in cut]
    node.network.follows_sizes = True
    return {
        "padding": pairs([*before, *(size - first for size, first in zip(cut, before, strict=True))]),
        "output_padding": [max(part - size, 0) + more for size, part, more in zip(whole, wanted, extra, strict=True)],
    }


def read_deform_conv(node: Reading) -> Flow:
    """`DeformConv`: a convolution whose taps another tensor moves, and a third one may weigh."""
    x, weight = node.flow(), node.constant(1)
    if len(weight.shape) < 2:
        raise node.refuse(f"its weight is {list(weight.shape)}")
    guides = [node.flow(2), *([] if node.input(4) is None else [node.flow(4)])]
    options = {"out_channels": weight.shape[0], **weight_window(node, x, weight)}
    parts = {"groups": node.integer("group", 1), "offset_groups": node.integer("offset_group", 1)}
    options |= {name: number for name, number in parts.items() if number != 1}
    arrays = {"weight": weight}
    bias = node.optional_constant(3)
    if bias is None:
        options["bias"] = False
    else:
        arrays["bias"] = bias
    return node.layer(f"deform_conv{len(x.shape) - 1}d", options, [x, *guides], arrays)


def weight_window(node: Reading, x: Flow, weight: Constant) -> dict[str, Any]:
    """The window of a convolution, whose kernel the weight knows."""
    kernel = list(weight.shape[2:])
    if len(kernel) != len(x.shape) - 1 or not kernel:
        raise node.refuse(f"its weight is {weight.shape} for an input of {len(x.shape) - 1} spatial axes")
    if node.integers("kernel_shape") not in (None, kernel):
        raise node.refuse(f"its `kernel_shape` is {node.integers('kernel_shape')}, and its weight {kernel}")
    return window_options(node, kernel)


def _biased(node: Reading, type_: str, options: dict[str, Any], x: Flow, weight: Constant) -> Flow:
    """The layer with its bias, if it has one."""
    bias = node.optional_constant(2)
    if bias is None:
        bias = added_bias(node, options["out_channels"], 1, len(x.axes))
    if bias is None:
        return node.layer(type_, {**options, "bias": False}, [x], {"weight": weight})
    return node.layer(type_, options, [x], {"weight": weight, "bias": bias})


def added_bias(node: Reading, size: int, axis: int, rank: int) -> Constant | None:
    """What the only reader of the node's output adds, if it is one number for each place along an axis.

    That reader is then part of what is made of the node.
    """
    follower = node.sole_reader()
    if follower is None or follower.op != "Add" or follower.attributes:
        return None
    other = node.other(follower, node.node.outputs[0])
    if not isinstance(other, Constant) or not other.is_float or len(other.shape) > rank:
        return None
    if (1,) * (rank - len(other.shape)) + other.shape != tuple(size if at == axis else 1 for at in range(rank)):
        return None
    if size == 1 and len(other.shape) == 0:
        return None
    node.consume([follower])
    return other.reshaped((size,))


PAD_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""What Pad calls the ways to fill a border from the input."""

SAME_WORDS = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER"}


def begin_end(pads: Sequence[tuple[int, int]]) -> list[int]:
    """Padding as ONNX has it: all that is before, then all that is after.

    >>> begin_end([(0, 1), (2, 3)])
    [0, 2, 1, 3]
    """
    return [before for before, _ in pads] + [after for _, after in pads]


def padding_attributes(padding: object, windows: Sequence[Window], shape: Shape) -> dict[str, Any]:
    """The padding of a window: a word where ONNX computes the same from it, else numbers.

    Runtimes take the words without dilation only, and make less than no padding of them for a kernel within its stride.
    """
    pads = [window.pads(size) for window, size in zip(windows, shape[1:], strict=True)]
    if (
        isinstance(padding, str)
        and padding in SAME_WORDS
        and all(w.dilation == 1 and w.kernel_size >= w.stride for w in windows)
    ):
        return {"auto_pad": SAME_WORDS[padding]}
    return {"pads": begin_end(pads)} if any(map(any, pads)) else {}


def window_attributes(windows: Sequence[Window | TransposedWindow]) -> dict[str, Any]:
    """Kernel, stride and dilation, the latter two where they are not 1."""
    found: dict[str, Any] = {"kernel_shape": [window.kernel_size for window in windows]}
    if any(window.stride != 1 for window in windows):
        found["strides"] = [window.stride for window in windows]
    if any(window.dilation != 1 for window in windows):
        found["dilations"] = [window.dilation for window in windows]
    return found


def _convolved(w: LayerWriting, weight: str, bias: list[str], groups: int, channels: int) -> str:
    """The convolution with the layer's window and border, which gives so many channels."""
    windows, x, shape = w.layer.windows(w.shape), w.x, w.shape
    padding = padding_attributes(w.layer.padding, windows, shape)
    mode = w.layer.padding_mode
    if mode != "zeros" and padding:
        pads = [window.pads(size) for window, size in zip(windows, shape[1:], strict=True)]
        x = bordered(w, x, [(0, 0), *pads], PAD_MODES[mode], shape)
        padding = {}
    positions = tuple(window.positions(size) for window, size in zip(windows, shape[1:], strict=True))
    group = groups if groups > 1 else None
    attributes = {**window_attributes(windows), **padding}
    return w.node("Conv", [x, weight, *bias], (channels, *positions), group=group, **attributes)


def bordered(w: LayerWriting, x: str, pads: Sequence[tuple[int, int]], mode: str, shape: Shape) -> str:
    """A tensor of this shape, extended along each axis but the batch in a mode of Pad."""
    if mode == "wrap":
        w.needs(19, "a border that goes on at the other end")
    sizes = tuple(size + sum(pair) for pair, size in zip(pads, shape, strict=True))
    return w.node("Pad", [x, w.integers(begin_end([(0, 0), *pads]))], sizes, mode=mode)


def write_conv(w: LayerWriting) -> str:
    """Conv."""
    return _convolved(w, w.used_weight(), w.optional_weight("bias"), w.layer.groups, w.output_shape[0])


def write_depthwise_conv(w: LayerWriting) -> str:
    """Conv with a group for each channel."""
    return _convolved(w, w.used_weight(), w.optional_weight("bias"), w.shape[0], w.output_shape[0])


def write_separable_conv(w: LayerWriting) -> str:
    """Conv with a group for each channel, and one with kernel 1."""
    shape = w.weight_shape("depthwise_weight")
    assert shape is not None
    apart = _convolved(w, w.weight("depthwise_weight"), [], w.shape[0], shape[0])
    rank = len(w.shape) - 1
    inputs = [apart, w.weight("pointwise_weight"), *w.optional_weight("bias")]
    return w.node("Conv", inputs, kernel_shape=[1] * rank)


def write_conv_transpose(w: LayerWriting) -> str:
    """ConvTranspose, whose output padding follows from the window."""
    windows = w.layer.windows(w.shape)
    pads = [window.pads(size) for window, size in zip(windows, w.shape[1:], strict=True)]
    added = [window.added for window in windows]
    return w.node(
        "ConvTranspose",
        [w.x, w.used_weight(), *w.optional_weight("bias")],
        group=w.layer.groups if w.layer.groups > 1 else None,
        pads=begin_end(pads) if any(map(any, pads)) else None,
        output_padding=added if any(added) else None,
        **window_attributes(windows),
    )


def write_squeeze_excite(w: LayerWriting) -> str:
    """The mean of each channel, two convolutions with kernel 1 and their activations, and the product."""
    layer, ones = w.layer, (1,) * (len(w.shape) - 1)
    gate = w.node("GlobalAveragePool", w.x, (w.shape[0], *ones))
    steps = (
        ("fc1", layer.squeeze_channels, "activation", layer.activation),
        ("fc2", w.shape[0], "scale_activation", layer.scale_activation),
    )
    for name, channels, option, activation in steps:
        arrays = [w.weight(f"{name}.weight"), w.weight(f"{name}.bias")]
        gate = w.node("Conv", [gate, *arrays], (channels, *ones), kernel_shape=list(ones))
        if activation is not None:
            gate = w.inner(activation, f"{option}.", gate, (channels, *ones))
    return w.node("Mul", [w.x, gate])


def write_deform_conv(w: LayerWriting) -> str:
    """An operator since opset 19, with what is moved before the weight and the guides behind it."""
    w.needs(19, "a deformable convolution")
    x, offset, *mask = w.inputs
    windows = w.layer.geometry(w.shape)
    bias = w.optional_weight("bias") or ([""] if mask else [])
    return w.node(
        "DeformConv",
        [x, w.weight("weight"), offset, *bias, *mask],
        kernel_shape=[window.kernel_size for window in windows],
        strides=[window.stride for window in windows],
        dilations=[window.dilation for window in windows],
        pads=begin_end([window.padding for window in windows]),
        group=w.layer.groups,
        offset_group=w.layer.offset_groups,
    )
