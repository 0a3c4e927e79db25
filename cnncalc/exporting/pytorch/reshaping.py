"""Layers that move, cut, pad and resample in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnncalc.exporting.pytorch.convolutional import padded
from cnncalc.exporting.pytorch.written import Written, either, function, method, module
from cnncalc.exporting.source.expressions import Arg, Code, Expression, Infix, Item, Value, call, optional
from cnncalc.exporting.source.leaves import collapsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.exporting.source.leaves import Leaf


def permuted(x: Expression, order: Sequence[int]) -> Expression:
    """The axes of samples in another order, or as they are."""
    if list(order) == list(range(len(order))):
        return x
    if len(order) == 2:
        return call("torch.transpose", x, 1, 2)
    return call("torch.permute", x, Code(str((0, *(axis + 1 for axis in order)))))


def flatten(leaf: Leaf) -> Written:
    """`nn.Flatten`."""
    layer, shape = leaf.layer, leaf.shape
    if layer.layout.channels_last and len(shape) > 1:
        return reshape(leaf)
    first, last = (dim % len(shape) + 1 for dim in (layer.start_dim, layer.end_dim))
    if len(shape) == 1:
        return _identity()
    more: dict[str, Any] = {} if last == len(shape) else {"end_dim": Arg(Code(str(last)))}
    module_ = call("nn.Flatten", *([] if first == 1 else [Code(str(first))]), **more)
    return Written(module_, function=lambda x: call("torch.flatten", x, Code(str(first)), **more))


def _identity() -> Written:
    return Written(call("nn.Identity"), function=lambda x: x)


def reshape(leaf: Leaf) -> Written:
    """`torch.reshape` to the sizes of the output; with channels last between permutations."""
    layer, shape, output = leaf.layer, leaf.shape, leaf.output
    if shape == output:
        return _identity()
    if not layer.layout.channels_last:
        sizes = [Code("-1"), *(Value(size, "channels" if not at else "size") for at, size in enumerate(output))]
        return function(lambda x: method(x, "reshape", *sizes))
    written = layer.layout.external(tuple(output))
    sizes = [Code("-1"), *(Value(size, "size") for size in written)]
    before = layer.layout.external(tuple(range(len(shape))))
    after = layer.layout.internal(tuple(range(len(output))))
    return function(lambda x: permuted(method(permuted(x, before), "reshape", *sizes), after))


def permute(leaf: Leaf) -> Written:
    """`torch.permute`."""
    layer, shape = leaf.layer, leaf.shape
    order = [0] * len(shape)
    for new, old in enumerate(layer.dim_axes("dims", layer.dims, shape)):
        order[layer.layout.axis(new, len(shape))] = old
    return function(lambda x: permuted(x, order))


def slice_(leaf: Leaf) -> Written:
    """A slice by indexing; backwards by flipping."""
    layer, shape = leaf.layer, leaf.shape
    axes = (0,) if layer.dim is None else layer.dim_axes("dim", layer.dim, shape)
    index: list[Expression] = [Code(":")] * (1 + len(shape))
    flips = []
    for at, axis in enumerate(axes):
        bounds = [_each(getattr(layer, name), at, len(axes)) for name in ("start", "end", "step")]
        start, end, step = bounds[0], bounds[1], bounds[2] or 1
        if step < 0:
            kept = range(*slice(start, end, step).indices(shape[axis]))
            start, end, step = kept[-1], kept[0] + 1, -step
            flips.append(1 + axis)
        role = "channels" if axis == 0 else "position"
        parts = [_bound(start or None, role), _bound(None if end is None or end >= shape[axis] else end, role)]
        index[1 + axis] = Infix(":", (*parts, Value(step, "step")) if step != 1 else tuple(parts))
    while index[-1] == Code(":"):
        index.pop()
    if not flips:
        return function(lambda x: Item(x, tuple(index)))
    return function(lambda x: call("torch.flip", Item(x, tuple(index)), Code(str(tuple(flips)))))


def _each(values: Any, at: int, axes: int) -> Any:
    """What an option says for one of so many axes."""
    if values is None:
        return None
    return values[at] if len(values) == axes else values[0]


def _bound(value: int | None, role: str) -> Expression:
    return Code("") if value is None else Value(value, role)


def pad(leaf: Leaf) -> Written:
    """`F.pad`; channels with zeros alone."""
    layer = leaf.layer
    first = layer.channel_padding[0], layer.channel_padding[-1]
    borders = _borders(layer.padding, leaf.rank)
    if any(first):
        if layer.mode != "constant":
            raise leaf.refusal("PyTorch pads channels with numbers alone", "`mode: constant`")
        borders = [first, *borders]
    return function(padded(borders, layer.mode, float(layer.value)))


def _borders(padding: Any, rank: int) -> list[tuple[int, int]]:
    """What is added before and after each spatial axis."""
    pairs = padding or ((0, 0),)
    return [tuple(pair) for pair in (pairs * rank if len(pairs) == 1 else pairs)]


def crop(leaf: Leaf) -> Written:
    """`F.pad` with negative numbers, or a helper that cuts around the centre."""
    layer = leaf.layer
    if layer.size is not None:
        size = Value(tuple(leaf.output[1:]), "size")
        return function(lambda x: call("center_crop", x, size), ("center_crop",))
    cuts = [(-before, -after) for before, after in _borders(layer.padding, leaf.rank)]
    return function(padded(cuts, "constant", 0.0))


_LINEAR: Final = {1: "linear", 2: "bilinear", 3: "trilinear"}


def upsample(leaf: Leaf) -> Written:
    """`nn.Upsample`, which is `F.interpolate`."""
    layer = leaf.layer
    mode = _LINEAR[leaf.rank] if layer.mode.endswith("linear") else layer.mode
    if layer.size is not None:
        first = {"size": Arg(Value(collapsed(leaf.output[1:]), "size"))}
    else:
        factors = [int(f) if f == int(f) else f for f in layer.scale_factor]
        first = {"scale_factor": Arg(Value(collapsed(factors), "scale_factor"))}
    options = {
        **first,
        "mode": optional(mode, "nearest"),
        "align_corners": optional(layer.align_corners, False, "align_corners"),
    }
    if layer.antialias:
        return function(lambda x: call("F.interpolate", x, **options, antialias=Code("True")))
    return either("nn.Upsample", "F.interpolate", **options)


def pixel_shuffle(leaf: Leaf) -> Written:
    """`nn.PixelShuffle` and its inverse, of two axes."""
    up = leaf.layer.type_name == "pixel_shuffle"
    if leaf.rank != 2:
        raise leaf.refusal(f"PyTorch's takes 2 spatial axes, not {leaf.rank}", "`reshape` and `permute` do the same")
    factor = leaf.layer.upscale_factor if up else leaf.layer.downscale_factor
    name = "shuffle" if up else "unshuffle"
    return either(f"nn.Pixel{name.title()}", f"F.pixel_{name}", Value(factor, "factor"))


def channel_shuffle(leaf: Leaf) -> Written:
    """`nn.ChannelShuffle`."""
    return either("nn.ChannelShuffle", "F.channel_shuffle", Value(leaf.layer.groups, "groups"))


def moved_blocks(leaf: Leaf) -> Written:
    """`space_to_depth` and `depth_to_space` by `F.pixel_unshuffle` and `F.pixel_shuffle`, or by moving axes."""
    layer = leaf.layer
    block = collapsed(layer.block_size) if isinstance(layer.block_size, tuple) else layer.block_size
    down = layer.type_name == "space_to_depth"
    if leaf.rank != 2 or not isinstance(block, int) or layer.mode == "darknet":
        raise leaf.refusal("PyTorch has no such order of channels", "`reshape` and `permute` do the same")
    if layer.mode == "CRD":
        return function(lambda x: call("F.pixel_unshuffle" if down else "F.pixel_shuffle", x, Value(block, "factor")))
    return function(lambda x: call(layer.type_name, x, Value(block, "factor")), (layer.type_name,))


def expand(leaf: Leaf) -> Written:
    """A view with axes of size 1 repeated."""
    sizes = [Code("-1") if a == b else Value(b, "size") for a, b in zip(leaf.shape, leaf.output, strict=True)]
    if len(leaf.shape) != len(leaf.output):
        raise leaf.refusal("it adds axes", "`unsqueeze` before it")
    return function(lambda x: method(x, "expand", Code("-1"), *sizes))


def tile(leaf: Leaf) -> Written:
    """`torch.tile`."""
    repeats = tuple(b // a for a, b in zip(leaf.shape, leaf.output, strict=True))
    return function(lambda x: call("torch.tile", x, Value((1, *repeats), "repeats")))


def flip(leaf: Leaf) -> Written:
    """`torch.flip`."""
    layer = leaf.layer
    dims = layer.dim if isinstance(layer.dim, tuple) else (layer.dim,)
    axes = tuple(axis + 1 for axis in layer.dim_axes("dim", dims, leaf.shape))
    return function(lambda x: call("torch.flip", x, Code(str(axes))))


def roll(leaf: Leaf) -> Written:
    """`torch.roll`."""
    layer = leaf.layer
    dims = layer.dim if isinstance(layer.dim, tuple) else (layer.dim,)
    axes = tuple(axis + 1 for axis in layer.dim_axes("dim", dims, leaf.shape))
    shifts = layer.shifts if isinstance(layer.shifts, tuple) else (layer.shifts,)
    shifts = shifts * len(axes) if len(shifts) == 1 else shifts
    return function(lambda x: call("torch.roll", x, Value(tuple(shifts), "shifts"), Code(str(axes))))


def embedding(leaf: Leaf) -> Written:
    """`nn.Embedding`, whose features are moved to where they belong."""
    layer = leaf.layer
    made = call(
        "nn.Embedding",
        Value(layer.num_embeddings, "num_embeddings"),
        Value(layer.embedding_dim, "embedding_dim"),
        padding_idx=optional(layer.padding_idx, None, "padding_idx"),
    )
    axis = layer.features_axis(leaf.shape)
    if layer.layout.channels_last and len(leaf.shape) > 1:
        raise leaf.refusal("its axes are counted with channels last", "write the spec channels first")

    def applied(own: Expression, x: Expression) -> Expression:
        found = call(own, method(x, "long"))
        return found if axis == len(leaf.shape) else call("torch.movedim", found, -1, 1 + axis)

    return Written(made, applied)


DROPOUTS: Final = {
    "dropout": "nn.Dropout",
    "alpha_dropout": "nn.AlphaDropout",
    "feature_alpha_dropout": "nn.FeatureAlphaDropout",
}


def dropout(leaf: Leaf) -> Written:
    """A module, as it has to know whether it is trained."""
    kind = leaf.layer.type_name
    default: float = 0.5
    name = DROPOUTS.get(kind) or f"nn.Dropout{max(leaf.rank, 1)}d"
    return module(name, optional(float(leaf.layer.p), default, "p"))


def drop_path(leaf: Leaf) -> Written:
    """A helper; nothing where it never drops."""
    p = float(leaf.layer.p)
    return module("DropPath", Value(p, "drop_path"), helpers=("DropPath",))


def noise(leaf: Leaf) -> Written:
    """A helper that adds or multiplies noise while training."""
    layer = leaf.layer
    if layer.type_name == "gaussian_noise":
        return module("GaussianNoise", Value(float(layer.stddev), "stddev"), helpers=("GaussianNoise",))
    return module("GaussianDropout", Value(float(layer.p), "p"), helpers=("GaussianDropout",))


def identity(leaf: Leaf) -> Written:
    """What arrives."""
    del leaf
    return _identity()
