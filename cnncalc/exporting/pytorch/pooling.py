"""Pools and reductions in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.exporting.pytorch.convolutional import padding_of, window_options
from cnncalc.exporting.pytorch.written import Written, around, either, function
from cnncalc.exporting.source.expressions import Arg, Code, Expression, Infix, Value, call, optional
from cnncalc.exporting.source.leaves import collapsed

if TYPE_CHECKING:
    from typing import Any

    from cnncalc.exporting.source.leaves import Leaf


def _options(leaf: Leaf) -> dict[str, Any]:
    """The arguments of a pool's window; its stride is the kernel size unless it is given."""
    options, _, _ = window_options(leaf)
    kernel = collapsed([w.kernel_size for w in leaf.windows])
    stride = collapsed([w.stride for w in leaf.windows])
    del options["padding"], options["kernel_size"]
    return {"kernel_size": kernel, **options, "stride": optional(stride, kernel, "stride")}


def _refuse_ceiling(leaf: Leaf, before: object) -> None:
    """Raise where PyTorch would count what is padded before as part of the map."""
    if before is not None and leaf.layer.ceil_mode:
        raise leaf.refusal("its padding is uneven and it has `ceil_mode`", "give it even padding")


def max_pool(leaf: Leaf) -> Written:
    """`nn.MaxPool2d` and its kin; uneven padding is of minus infinity."""
    padding, before, helpers = padding_of(leaf, float("-inf"))
    _refuse_ceiling(leaf, before)
    options = _options(leaf)
    kernel = Value(options.pop("kernel_size"), "kernel_size")
    found = either(
        f"nn.MaxPool{leaf.rank}d",
        f"F.max_pool{leaf.rank}d",
        kernel,
        stride=options["stride"],
        padding=optional(padding, 0, "padding"),
        dilation=options["dilation"],
        ceil_mode=optional(leaf.layer.ceil_mode, False, "ceil_mode"),
    )
    return around(found, before, helpers)


def min_pool(leaf: Leaf) -> Written:
    """The max pool of the negative, negated."""
    found = max_pool(leaf).function
    assert found is not None
    return function(lambda x: Code(f"-{_text(found(Code(f'-{_text(x)}')))}"), max_pool(leaf).helpers)


def _text(tree: Expression) -> str:
    from cnncalc.exporting.source.expressions import flat

    return flat(tree)


def avg_pool(leaf: Leaf) -> Written:
    """`nn.AvgPool2d` and its kin; with uneven padding that does not count, by the mean of ones."""
    layer = leaf.layer
    counted = not isinstance(layer.padding, str) if layer.count_include_pad is None else layer.count_include_pad
    padding, before, helpers = padding_of(leaf, 0.0)
    _refuse_ceiling(leaf, before)
    options = _options(leaf)
    kernel = Value(options["kernel_size"], "kernel_size")
    never_padded = not any(sum(w.pads(size)) for w, size in zip(leaf.windows, leaf.shape[1:], strict=True))
    more: dict[str, Any] = {}
    if layer.divisor_override is not None:
        if leaf.rank == 1:
            raise leaf.refusal("PyTorch's AvgPool1d has no `divisor_override`", "leave it out, and `scale` after it")
        more["divisor_override"] = Arg(Value(layer.divisor_override, "divisor_override"))
    if not counted and before is None and not (never_padded and not layer.ceil_mode):
        more["count_include_pad"] = Arg(Value(False, "count_include_pad"))
    found = either(
        f"nn.AvgPool{leaf.rank}d",
        f"F.avg_pool{leaf.rank}d",
        kernel,
        stride=options["stride"],
        padding=optional(padding, 0, "padding"),
        ceil_mode=optional(layer.ceil_mode, False, "ceil_mode"),
        **more,
    )
    if before is None:
        return found
    if counted or layer.divisor_override is not None:
        return around(found, before, helpers)
    inner = around(found, before, helpers).function
    assert inner is not None
    return function(lambda x: Infix("/", (inner(x), inner(call("torch.ones_like", x)))), helpers)


def lp_pool(leaf: Leaf) -> Written:
    """`nn.LPPool2d` and its kin, of absolute values where the exponent is odd."""
    options = _options(leaf)
    padding, before, helpers = padding_of(leaf, 0.0)
    exponent = leaf.layer.norm_type
    if before is not None or padding != 0 or leaf.layer.ceil_mode:
        raise leaf.refusal("PyTorch's LPPool has no padding", "pad before it, with `pad`")
    exponent = int(exponent) if exponent == int(exponent) else exponent
    found = either(
        f"nn.LPPool{leaf.rank}d",
        f"F.lp_pool{leaf.rank}d",
        Value(exponent, "norm_type"),
        Value(options["kernel_size"], "kernel_size"),
        stride=options["stride"],
    )
    even = exponent == int(exponent) and int(exponent) % 2 == 0
    return around(found, None if even else lambda x: call("torch.abs", x), helpers)


def adaptive(leaf: Leaf) -> Written:
    """`nn.AdaptiveAvgPool2d` and its kin."""
    kind = "avg" if "avg" in leaf.layer.type_name else "max"
    size = Value(collapsed(leaf.output[1:]), "output_size")
    return either(f"nn.Adaptive{kind.title()}Pool{leaf.rank}d", f"F.adaptive_{kind}_pool{leaf.rank}d", size)


def global_pool(leaf: Leaf) -> Written:
    """An adaptive pool to one position or, without the axes, a reduction."""
    kind = "avg" if "avg" in leaf.layer.type_name else "max"
    if leaf.layer.keepdim:
        return either(f"nn.Adaptive{kind.title()}Pool{leaf.rank}d", f"F.adaptive_{kind}_pool{leaf.rank}d", 1)
    axes = tuple(range(2, 2 + leaf.rank))
    name = "torch.mean" if kind == "avg" else "torch.amax"
    return function(lambda x: call(name, x, dim=collapsed_axes(axes)))


def collapsed_axes(axes: tuple[int, ...]) -> Expression:
    """One axis, or a tuple of several, as a literal that is never a parameter."""
    return Code(str(axes[0] if len(axes) == 1 else axes))


_REDUCTIONS = {
    "reduce_mean": "torch.mean",
    "reduce_sum": "torch.sum",
    "reduce_max": "torch.amax",
    "reduce_min": "torch.amin",
    "reduce_var": "torch.var",
    "reduce_std": "torch.std",
    "reduce_l2": "torch.linalg.vector_norm",
    "reduce_l1": "torch.linalg.vector_norm",
    "reduce_logsumexp": "torch.logsumexp",
}


def reduction(leaf: Leaf) -> Written:
    """A function of some axes."""
    layer, shape = leaf.layer, leaf.shape
    dims = layer.dim
    axes = tuple(sorted(layer.dim_axes("dim", dims, shape))) if dims is not None else tuple(range(len(shape)))
    keep = layer.keepdim or len(axes) == len(shape)
    numbers = tuple(axis + 1 for axis in axes)
    kind = layer.type_name
    keepdim = Arg(Code("True")) if keep else optional(False, False)
    if kind == "reduce_prod":
        if len(axes) > 1:
            raise leaf.refusal("PyTorch's product takes one axis", "write one `reduce_prod` an axis")
        found = function(lambda x: call("torch.prod", x, dim=collapsed_axes(numbers), keepdim=keepdim))
    else:
        more: dict[str, Any] = {}
        if kind in ("reduce_var", "reduce_std"):
            more["correction"] = optional(layer.correction, 1, "correction")
        first: tuple[Any, ...] = (Code("1"),) if kind == "reduce_l1" else ()
        found = function(
            lambda x: call(_REDUCTIONS[kind], x, *first, dim=collapsed_axes(numbers), **more, keepdim=keepdim)
        )
    if keep and len(leaf.output) != len(shape):
        inner = found.function
        assert inner is not None
        return function(lambda x: call("torch.flatten", inner(x), 1))
    return found


def max_unpool(leaf: Leaf) -> Written:
    """`F.max_unpool2d` with indices that are found again from the pool's input."""
    pool, (_, source), rank = leaf.layer.pool, leaf.shapes, leaf.rank
    windows = pool.windows(source)
    pads = [window.pads(size) for window, size in zip(windows, source[1:], strict=True)]
    if any(before != after for before, after in pads) or any(w.dilation != 1 for w in windows):
        raise leaf.refusal("its pool has uneven padding or a dilation", "give the pool even padding")
    kernel = collapsed([w.kernel_size for w in windows])
    options = {
        "stride": optional(collapsed([w.stride for w in windows]), kernel, "stride"),
        "padding": optional(collapsed([before for before, _ in pads]), 0, "padding"),
    }
    ceiling = optional(pool.ceil_mode, False, "ceil_mode")

    def written(x: Expression, source: Expression) -> Expression:
        found = call("max_indices", source, Value(kernel, "kernel_size"), **options, ceil_mode=ceiling)
        size = Value(tuple(leaf.output[1:]), "output_size")
        return call(f"F.max_unpool{rank}d", x, found, Value(kernel, "kernel_size"), **options, output_size=size)

    return function(written, (f"max_indices{rank}d",))
