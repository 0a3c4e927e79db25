"""Layers that name, move or split axes in Keras, which has the channels last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.exporting.keras.windows import cropped, padded
from cnncalc.exporting.source.expressions import Arg, Code, Display, Expression, Infix, Item, Value, call, optional
from cnncalc.exporting.source.leaves import collapsed

if TYPE_CHECKING:
    from cnncalc.exporting.source.leaves import Leaf


def axis_of(axis: int, axes: int) -> int:
    """An axis of ours, channels first and without the batch, as Keras counts it.

    >>> axis_of(0, 3), axis_of(1, 3), axis_of(2, 3)
    (-1, 1, 2)
    """
    return axis if axis or axes == 0 else -1


def _number(axis: int) -> Code:
    return Code(str(axis))


def softmax(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`Softmax`."""
    axis = axis_of(leaf.axis("dim"), len(leaf.shape))
    if leaf.layer.type_name == "log_softmax":
        return call("ops.log_softmax", x, axis=Arg(_number(axis)))
    return call(call("layers.Softmax", axis=optional(axis, -1), name=name), x)


def concat(leaf: Leaf, name: Arg, *inputs: Expression) -> Expression:
    """`Concatenate`."""
    if not all(leaf.has_batch):
        raise leaf.refusal("it takes a tensor that is not there for each sample", "`-o FILE.onnx` writes an ONNX file")
    axis = axis_of(leaf.axis("dim"), len(leaf.shape))
    return call(call("layers.Concatenate", axis=optional(axis, -1), name=name), Display("[", inputs))


def linear(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`Dense`, which works along the channels."""
    layer, axis = leaf.layer, leaf.axis("dim")
    if layer.normalization is not None or axis != 0:
        raise leaf.refusal("Keras' Dense works along the channels, by a plain weight", "`-o FILE.onnx` may have it")
    made = call(
        "layers.Dense",
        Value(layer.out_features, "out_channels"),
        use_bias=optional(layer.bias is not False, True, "use_bias"),
        name=name,
    )
    return call(made, x)


def reshape(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`Flatten` and `Reshape`, between permutations where the values are read with the channels first."""
    layer, shape, output = leaf.layer, leaf.shape, leaf.output
    if shape == output:
        return x
    last = layer.layout.channels_last
    if not last and len(shape) > 1 and sum(size > 1 for size in shape) > 1:
        x = call(call("layers.Permute", Code(str((len(shape), *range(1, len(shape)))))), x)
    if len(output) == 1:
        return call(call("layers.Flatten", name=name), x)
    if last or sum(size > 1 for size in output) < 2:
        sizes = (*output[1:], output[0])
        return call(call("layers.Reshape", Value(sizes, "target_shape"), name=name), x)
    x = call(call("layers.Reshape", Value(tuple(output), "target_shape"), name=name), x)
    return call(call("layers.Permute", Code(str((*range(2, len(output) + 1), 1)))), x)


def permute(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`Permute`."""
    layer, count = leaf.layer, len(leaf.shape)
    order = [0] * count
    for new, old in enumerate(layer.dim_axes("dims", layer.dims, leaf.shape)):
        order[layer.layout.axis(new, count)] = old
    ours = [axis or count for axis in order]
    return call(call("layers.Permute", Code(str((*ours[1:], ours[0]))), name=name), x)


def slice_(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """Indexing."""
    layer, shape = leaf.layer, leaf.shape
    axes = (0,) if layer.dim is None else layer.dim_axes("dim", layer.dim, shape)
    index: list[Expression] = [Code(":")] * (1 + len(shape))
    for at, axis in enumerate(axes):
        start, end, step = (_each(getattr(layer, key), at, len(axes)) for key in ("start", "end", "step"))
        kept = range(*slice(start, end, step).indices(shape[axis]))
        if kept.step < 0:
            raise leaf.refusal("it goes backwards", "`flip` before it")
        last = kept[-1] + 1
        role = "channels" if axis == 0 else "position"
        parts = [
            Code("") if not kept.start else Value(kept.start, role),
            Code("") if last == shape[axis] else Value(last, role),
        ]
        index[axis or len(shape)] = Infix(":", (*parts, Value(kept.step, "step")) if kept.step != 1 else tuple(parts))
    return Item(x, tuple(index))


def _each(values: Any, at: int, axes: int) -> Any:
    if values is None:
        return None
    return values[at] if len(values) == axes else values[0]


def pad(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """`ZeroPadding2D`, or `ops.pad`."""
    layer = leaf.layer
    first = layer.channel_padding[0], layer.channel_padding[-1]
    borders = _borders(layer.padding, leaf.rank)
    if layer.mode == "constant" and not any(first):
        return padded(leaf, borders, float(layer.value))(x)
    modes = {"constant": "constant", "reflect": "reflect", "replicate": "edge"}
    if layer.mode not in modes:
        raise leaf.refusal(f"Keras has no padding mode `{layer.mode}`", "`reflect` or `replicate`")
    whole = ((0, 0), *borders, first)
    more = {"constant_values": Value(float(layer.value), "value")} if layer.mode == "constant" and layer.value else {}
    return call("ops.pad", x, Value(whole, "padding"), mode=optional(modes[layer.mode], "constant"), **more)


def _borders(padding: Any, rank: int) -> list[tuple[int, int]]:
    pairs = padding or ((0, 0),)
    return [tuple(pair) for pair in (pairs * rank if len(pairs) == 1 else pairs)]


def crop(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """`Cropping2D`."""
    layer = leaf.layer
    cuts = _borders(layer.padding, leaf.rank)
    if layer.size is not None:
        rest = [a - b for a, b in zip(leaf.shape[1:], leaf.output[1:], strict=True)]
        cuts = [(more // 2, more - more // 2) for more in rest]
    return cropped(leaf, cuts, x)


def upsample(leaf: Leaf, name: Arg, x: Expression) -> Expression:
    """`UpSampling2D` by whole numbers."""
    layer = leaf.layer
    factors = [b / a for a, b in zip(leaf.shape[1:], leaf.output[1:], strict=True)]
    linear_ = layer.mode.endswith("linear")
    if layer.mode != "nearest" and not (linear_ and leaf.rank == 2 and not layer.align_corners):
        raise leaf.refusal(f"Keras has no `{layer.mode}` like this", "`nearest`, or `bilinear` without aligned corners")
    if any(factor != int(factor) for factor in factors) and linear_ and min(factors) >= 1:
        sizes = [Value(size, "size") for size in leaf.output[1:]]
        return call(call("layers.Resizing", *sizes, name=name), x)
    if any(factor != int(factor) for factor in factors):
        raise leaf.refusal("Keras' UpSampling takes whole factors", "give a whole `scale_factor`")
    size = Value(collapsed([int(factor) for factor in factors]), "size")
    more = {"interpolation": Code('"bilinear"')} if linear_ else {}
    return call(call(f"layers.UpSampling{leaf.rank}D", size, **more, name=name), x)


def channel_shuffle(leaf: Leaf, _: Arg, x: Expression) -> Expression:
    """A function of the program."""
    return call("channel_shuffle", x, Value(leaf.layer.groups, "groups"))
