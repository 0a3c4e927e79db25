"""Convolutions and pools in Keras; what their padding cannot say is padded before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.exporting.keras.words import ELSEWHERE, activation_word
from cnncalc.exporting.source.expressions import Arg, Code, Expression, Value, call, optional
from cnncalc.exporting.source.leaves import collapsed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.exporting.source.leaves import Leaf

    Make = Callable[..., Expression]


def padding_of(leaf: Leaf, value: float = 0.0) -> tuple[str, Callable[[Expression], Expression] | None]:
    """`valid` or `same`, and what pads before."""
    layer, sizes = leaf.layer, leaf.shape[1:]
    pads = [window.pads(size) for window, size in zip(leaf.windows, sizes, strict=True)]
    if layer.padding == "same":
        return "same", None
    if not any(map(any, pads)) and layer.padding != "same_lower":
        return "valid", None
    if getattr(layer, "padding_mode", "zeros") != "zeros":
        raise leaf.refusal("Keras pads convolutions with zeros alone", "`pad` before it has a mode")
    steps_of_one = all(window.stride == 1 for window in leaf.windows)
    even = all(
        before == after and before + after == window.extent - 1
        for (before, after), window in zip(pads, leaf.windows, strict=True)
    )
    if steps_of_one and even:
        return "same", None
    return "valid", padded(leaf, pads, value)


def padded(leaf: Leaf, pads: Sequence[tuple[int, int]], value: float) -> Callable[[Expression], Expression]:
    """Padding with zeros, or with another number."""
    if value == 0.0:
        amounts: Any = tuple(pads) if len(pads) > 1 else pads[0]
        if all(before == after == pads[0][0] for before, after in pads):
            amounts = pads[0][0]
        return lambda x: call(call(f"layers.ZeroPadding{leaf.rank}D", Value(amounts, "padding")), x)
    whole = ((0, 0), *pads, (0, 0))
    return lambda x: call("ops.pad", x, Value(whole, "padding"), constant_values=Value(value, "value"))


def applied(made: Expression, x: Expression, before: Callable[[Expression], Expression] | None) -> Expression:
    """A layer called, after what pads."""
    return call(made, x if before is None else before(x))


def _common(leaf: Leaf, padding: str, name: Arg | None) -> dict[str, Any]:
    found = {
        "strides": optional(collapsed([w.stride for w in leaf.windows]), 1, "strides"),
        "padding": optional(padding, "valid", "padding"),
        "dilation_rate": optional(collapsed([w.dilation for w in leaf.windows]), 1, "dilation_rate"),
        "use_bias": optional(leaf.layer.bias is not False, True, "use_bias"),
    }
    return found if name is None else {**found, "name": name}


def _kernel(leaf: Leaf) -> Value:
    return Value(collapsed([w.kernel_size for w in leaf.windows]), "kernel_size")


def conv(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`Conv2D`, or `DepthwiseConv2D` where each channel is a group."""
    layer = leaf.layer
    if getattr(layer, "normalization", None) is not None:
        raise leaf.refusal("its weight is normalised", "`-o FILE.onnx` writes an ONNX file, which may have it")
    padding, before = padding_of(leaf)
    groups = layer.window_groups(leaf.shape) or 1
    options = _common(leaf, padding, None)
    if groups == leaf.shape[0] > 1 and leaf.rank < 3:
        factor = leaf.output[0] // groups
        made = call(
            f"layers.DepthwiseConv{leaf.rank}D",
            _kernel(leaf),
            **{**options, "depth_multiplier": optional(factor, 1, "depth_multiplier"), "name": name},
        )
        return applied(made, x, before)
    more = {**options, "groups": optional(groups, 1, "groups"), "name": name}
    made = call(f"layers.Conv{leaf.rank}D", Value(leaf.output[0], "out_channels"), _kernel(leaf), **more)
    return applied(made, x, before)


def separable_conv(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`SeparableConv2D`."""
    padding, before = padding_of(leaf)
    if leaf.rank > 2:
        raise leaf.refusal("Keras has separable convolutions of 1 and 2 axes", "write it as two convolutions")
    options = _common(leaf, padding, None)
    options["depth_multiplier"] = optional(leaf.layer.depth_multiplier, 1, "depth_multiplier")
    made = call(
        f"layers.SeparableConv{leaf.rank}D",
        Value(leaf.output[0], "out_channels"),
        _kernel(leaf),
        **{**options, "name": name},
    )
    return applied(made, x, before)


def conv_transpose(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`Conv2DTranspose` without padding, of whose output what is too much is cut."""
    layer = leaf.layer
    if layer.groups != 1 or layer.normalization is not None:
        raise leaf.refusal("Keras has no such transposed convolution", "leave out `groups` and normalised weights")
    cuts = []
    for window, size in zip(leaf.windows, leaf.shape[1:], strict=True):
        before, _ = window.pads(size)
        whole = (size - 1) * window.stride + max(window.extent, window.stride)
        after = whole - before - window.positions(size)
        if after < 0 or before < 0:
            raise leaf.refusal("its output is longer than Keras makes it", "give its `padding` in numbers")
        cuts.append((before, after))
    options = {**_common(leaf, "valid", None), "name": name}
    made = call(f"layers.Conv{leaf.rank}DTranspose", Value(leaf.output[0], "out_channels"), _kernel(leaf), **options)
    found: Expression = call(made, x)
    return cropped(leaf, cuts, found) if any(map(any, cuts)) else found


def cropped(leaf: Leaf, cuts: Sequence[tuple[int, int]], x: Expression) -> Expression:
    """`Cropping2D`."""
    amounts: Any = tuple(cuts) if len(cuts) > 1 else cuts[0]
    return call(call(f"layers.Cropping{leaf.rank}D", Value(amounts, "cropping")), x)


def pool(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`MaxPooling2D` and `AveragePooling2D`."""
    layer, kind = leaf.layer, leaf.layer.type_name
    is_max = kind == "max_pool"
    if any(window.dilation != 1 for window in leaf.windows) or getattr(layer, "divisor_override", None):
        raise leaf.refusal("Keras' pools have no dilation and no divisor", "leave it out")
    pads = [w.pads(size) for w, size in zip(leaf.windows, leaf.shape[1:], strict=True)]
    longer = [
        (before, max(after, (o - 1) * w.stride + w.extent - size - before))
        for (before, after), w, size, o in zip(pads, leaf.windows, leaf.shape[1:], leaf.output[1:], strict=True)
    ]
    kernel, strides = [w.kernel_size for w in leaf.windows], [w.stride for w in leaf.windows]
    if is_max:
        padding, before = padding_of(leaf, float("-inf"))
        if longer != pads:
            padding, before = "valid", padded(leaf, longer, float("-inf"))
    else:
        padding, before = padding_of(leaf)
        counts = layer.count_include_pad
        counted = not isinstance(layer.padding, str) if counts is None else counts
        if counted and any(map(any, pads)):
            padding, before = "valid", padded(leaf, pads, 0.0)
            longer = [(0, whole[1] - pair[1]) for whole, pair in zip(longer, pads, strict=True)]
            pads = [(0, 0)] * len(pads)
        if longer != pads or (padding != "same" and any(map(any, pads))):
            size, steps = Value(collapsed(kernel), "pool_size"), Value(collapsed(strides), "strides")
            source = x if before is None or not counted else before(x)
            return call("mean_pool", source, size, steps, Value(tuple(longer), "padding"))
    made = call(
        f"layers.{'Max' if is_max else 'Average'}Pooling{leaf.rank}D",
        Value(collapsed(kernel), "pool_size"),
        strides=optional(collapsed(strides), collapsed(kernel), "strides"),
        padding=optional(padding, "valid", "padding"),
        name=name,
    )
    return applied(made, x, before)


def max_unpool(leaf: Leaf, _: Arg, x: Expression, source: Expression) -> Expression:
    """A function of the program, that looks again where the maxima are."""
    windows, sizes = leaf.layer.max_pool.windows(leaf.shapes[1]), leaf.shapes[1][1:]
    apart = all(w.stride == w.kernel_size and w.dilation == 1 and w.padding == (0, 0) for w in windows)
    filled = [count * window.stride for count, window in zip(leaf.shape[1:], windows, strict=True)]
    size = collapsed([window.kernel_size for window in windows])
    if leaf.rank != 2 or not apart or not (tuple(filled) == sizes == leaf.output[1:]) or isinstance(size, tuple):
        raise leaf.refusal("it is written for square windows that do not overlap, and fill the map", ELSEWHERE)
    return call("max_unpool", x, source, Value(size, "pool_size"))


def global_pool(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`GlobalAveragePooling2D` and `GlobalMaxPooling2D`."""
    kind = "Average" if "avg" in leaf.layer.type_name else "Max"
    keep = {"keepdims": Code("True")} if leaf.layer.keepdim else {}
    return call(call(f"layers.Global{kind}Pooling{leaf.rank}D", **keep, name=name), x)


def adaptive_pool(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """A pool with windows of one size, which has to divide the map."""
    before, after = leaf.shape[1:], leaf.output[1:]
    if before == after:
        return x
    if any(a % b for a, b in zip(before, after, strict=True)):
        raise leaf.refusal("its windows differ in size", "another input size, or `-o FILE.onnx`")
    kind = "Average" if "avg" in leaf.layer.type_name else "Max"
    size = Value(collapsed([a // b for a, b in zip(before, after, strict=True)]), "pool_size")
    return call(call(f"layers.{kind}Pooling{leaf.rank}D", size, name=name), x)


def squeeze_excite(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """A function of the program: a gate of means by two convolutions, whose names begin with the layer's."""
    layer = leaf.layer
    if leaf.rank != 2:
        raise leaf.refusal("it is written for 2 spatial axes", "write it as single layers")
    words = [
        "linear" if own is None else activation_word(leaf, own) for own in (layer.activation, layer.scale_activation)
    ]
    return call(
        "squeeze_excite",
        x,
        Value(layer.squeeze_channels, "squeeze_channels"),
        activation=optional(words[0], "relu"),
        gate=optional(words[1], "sigmoid"),
        name=name,
    )
