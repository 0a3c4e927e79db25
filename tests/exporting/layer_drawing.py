"""Layers of any options, drawn: what a spec says of each, and the shapes that it takes, channels first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hypothesis import strategies as st

from tests.layers.drawing import windows

if TYPE_CHECKING:
    from collections.abc import Callable

Shape = tuple[int, ...]


class Drawn(NamedTuple):
    """The options of a layer, and the shapes of its inputs, channels first."""

    options: dict[str, Any]
    shapes: list[Shape]


sizes = st.integers(1, 5)


def maps(draw: st.DrawFn, least: int = 1, most: int = 3, channels: int = 0, largest: int = 6) -> Shape:
    """A map with so many spatial axes at least and at most."""
    rank = draw(st.integers(least, most))
    count = channels or draw(sizes)
    return (count, *draw(st.lists(st.integers(1, largest), min_size=rank, max_size=rank)))


def axes_of(draw: st.DrawFn, shape: Shape, least: int = 1) -> list[int]:
    """Some axes, counted from either end."""
    chosen = draw(st.lists(st.integers(0, len(shape) - 1), min_size=least, max_size=len(shape), unique=True))
    return [axis - len(shape) if draw(st.booleans()) else axis for axis in chosen]


def some(draw: st.DrawFn, options: dict[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """Some of these options."""
    return {name: draw(values) for name, values in options.items() if draw(st.booleans())}


def of_values(**options: st.SearchStrategy[Any]) -> Callable[[st.DrawFn], Drawn]:
    """A layer that takes any shape, with some of these options."""
    return lambda draw: Drawn(some(draw, options), [maps(draw, 0)])


def reduction(draw: st.DrawFn, **options: st.SearchStrategy[Any]) -> Drawn:
    shape = maps(draw, 0)
    found = some(draw, {"keepdim": st.booleans(), **options})
    return Drawn({**found, **({"dim": axes_of(draw, shape)} if draw(st.booleans()) else {})}, [shape])


def variance(draw: st.DrawFn) -> Drawn:
    return reduction(draw, correction=st.integers(0, 1))


def over_axes(draw: st.DrawFn, **options: st.SearchStrategy[Any]) -> Drawn:
    shape = maps(draw, 0)
    found = some(draw, options)
    return Drawn({**found, **({"dims": axes_of(draw, shape)} if draw(st.booleans()) else {})}, [shape])


def pool(draw: st.DrawFn, *, dilated: bool = True, **options: Any) -> Drawn:
    drawn = draw(windows(dilated=dilated, pool=True))
    ceil = {} if isinstance(drawn.options["padding"], str) else {"ceil_mode": draw(st.booleans())}
    return Drawn({**drawn.options, **ceil, **options}, [(draw(sizes), *drawn.sizes)])


def lp_pool(draw: st.DrawFn) -> Drawn:
    return pool(draw, dilated=False, norm_type=draw(st.sampled_from([1, 2, 3, 1.5])))


def unfold(draw: st.DrawFn) -> Drawn:
    drawn = draw(windows())
    return Drawn(drawn.options, [(draw(sizes), *drawn.sizes)])


def locally_connected(draw: st.DrawFn) -> Drawn:
    drawn = draw(windows(largest=5))
    more = {"out_channels": draw(sizes), "bias": draw(st.booleans())}
    return Drawn({**drawn.options, **more}, [(draw(st.integers(1, 3)), *drawn.sizes)])


def fold(draw: st.DrawFn) -> Drawn:
    drawn = draw(windows())
    axes = zip(drawn.sizes, *map(drawn.each, ("kernel_size", "stride", "dilation")), drawn.pads, strict=True)
    positions = taps = 1
    for size, kernel, stride, dilation, pads in axes:
        taps *= kernel
        positions *= (size + sum(pads) - dilation * (kernel - 1) - 1) // stride + 1
    options = {**drawn.options, "output_size": drawn.sizes}
    return Drawn(options, [(draw(sizes) * taps, positions)])


def deform_conv(draw: st.DrawFn) -> Drawn:
    kernel = draw(st.lists(st.integers(1, 3), min_size=2, max_size=2))
    stride, dilation, padding = (draw(st.integers(low, 2)) for low in (1, 1, 0))
    area = draw(st.lists(st.integers(5, 8), min_size=2, max_size=2))
    groups, offsets = draw(st.sampled_from([1, 2])), draw(st.sampled_from([1, 2]))
    out = [(size + 2 * padding - dilation * (k - 1) - 1) // stride + 1 for size, k in zip(area, kernel, strict=True)]
    options = {"out_channels": 4, "kernel_size": kernel, "stride": stride, "dilation": dilation, "padding": padding}
    options |= {"groups": groups, "offset_groups": offsets, "bias": draw(st.booleans())}
    guides: list[Shape] = [(2 * offsets * kernel[0] * kernel[1], *out)]
    if draw(st.booleans()):
        guides.append((offsets * kernel[0] * kernel[1], *out))
    return Drawn(options, [(4, *area), *guides])


def boundaries(draw: st.DrawFn, size: int) -> list[int]:
    inside = draw(st.lists(st.integers(1, max(size - 1, 1)), max_size=3, unique=True)) if size > 1 else []
    return [0, *sorted(inside), size]


def fractional_avg_pool(draw: st.DrawFn) -> Drawn:
    shape = maps(draw, largest=7)
    regions = [boundaries(draw, size) for size in shape[1:]]
    return Drawn({"boundaries": regions, "overlapping": draw(st.booleans())}, [shape])


def fractional_max_pool(draw: st.DrawFn) -> Drawn:
    if draw(st.booleans()):
        return fractional_avg_pool(draw)
    rank = draw(st.integers(1, 3))
    kernel, count = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    area = draw(st.lists(st.integers(kernel + count - 1, 7), min_size=rank, max_size=rank))
    options = {"kernel_size": kernel, "output_size": count, "samples": draw(st.sampled_from([0.0, 0.3, 1.0]))}
    return Drawn(options, [(draw(sizes), *area)])


def grid_sample(draw: st.DrawFn) -> Drawn:
    shape = maps(draw)
    rank = len(shape) - 1
    modes = ["bilinear", "nearest", *(["bicubic"] if rank == 2 else [])]
    options = {
        "mode": draw(st.sampled_from(modes)),
        "padding_mode": draw(st.sampled_from(["zeros", "border", "reflection"])),
        "align_corners": draw(st.booleans()),
    }
    return Drawn(options, [shape, maps(draw, rank, rank, channels=rank)])


def affine_grid(draw: st.DrawFn) -> Drawn:
    rank = draw(st.integers(2, 3))
    size = draw(st.lists(sizes, min_size=rank, max_size=rank))
    return Drawn({"size": size, "align_corners": draw(st.booleans())}, [(rank * (rank + 1),)])


def roi_align(draw: st.DrawFn) -> Drawn:
    options = {"output_size": draw(st.lists(sizes, min_size=2, max_size=2)), "aligned": draw(st.booleans())}
    options |= {"sampling_ratio": draw(st.sampled_from([1, 2, 3])), "spatial_scale": draw(st.sampled_from([0.5, 1.0]))}
    return Drawn(options, [maps(draw, 2, 2, largest=9), (4, draw(sizes))])


def roi_pool(draw: st.DrawFn) -> Drawn:
    options = {"output_size": draw(st.lists(sizes, min_size=2, max_size=2))}
    return Drawn(options, [maps(draw, 2, 2, largest=9), (4, draw(sizes))])


def recurrent(draw: st.DrawFn, **options: st.SearchStrategy[Any]) -> Drawn:
    found = {
        "hidden_size": draw(sizes),
        **some(
            draw,
            {
                "num_layers": st.integers(1, 3),
                "bias": st.booleans(),
                "recurrent_bias": st.booleans(),
                "bidirectional": st.booleans(),
                "output": st.sampled_from(["sequence", "last"]),
                "dim": st.sampled_from([0, -1]),
                **options,
            },
        ),
    }
    return Drawn(found, [maps(draw, 1, 1)])


def conv_lstm(draw: st.DrawFn) -> Drawn:
    rank = draw(st.integers(1, 2))
    options: dict[str, Any] = {"out_channels": draw(st.integers(1, 3)), "kernel_size": draw(st.integers(1, 3))}
    options |= {"padding": draw(st.sampled_from([0, "same", 1])), "stride": draw(st.integers(1, 2))}
    options |= {"output": draw(st.sampled_from(["sequence", "last"])), "bias": draw(st.booleans())}
    area = draw(st.lists(st.integers(3, 5), min_size=rank, max_size=rank))
    return Drawn(options, [(draw(st.integers(1, 3)), draw(st.integers(1, 4)), *area)])


def expand(draw: st.DrawFn) -> Drawn:
    shape = tuple(size if draw(st.booleans()) else 1 for size in maps(draw, 0))
    wanted = [draw(st.sampled_from([size, -1]) if size > 1 else sizes) for size in shape]
    return Drawn({"sizes": wanted}, [shape])


def tile(draw: st.DrawFn) -> Drawn:
    shape = maps(draw, 0, largest=4)
    return Drawn({"repeats": [draw(st.integers(1, 3)) for _ in shape]}, [shape])


def roll(draw: st.DrawFn) -> Drawn:
    shape = maps(draw, 0)
    dims = axes_of(draw, shape)
    return Drawn({"dim": dims, "shifts": [draw(st.integers(-7, 7)) for _ in dims]}, [shape])


def flip(draw: st.DrawFn) -> Drawn:
    shape = maps(draw, 0)
    return Drawn({"dim": axes_of(draw, shape)}, [shape])


def stack(draw: st.DrawFn) -> Drawn:
    shape = maps(draw, 0, 2)
    count = draw(st.integers(1, 3))
    options = {"dim": draw(st.integers(-len(shape) - 1, len(shape)))} if draw(st.booleans()) else {}
    return Drawn(options, [shape] * count)


def matmul(draw: st.DrawFn) -> Drawn:
    rank = draw(st.integers(2, 4))
    before = [draw(sizes) for _ in range(rank - 2)]
    n, k, m = (draw(sizes) for _ in range(3))
    return Drawn({}, [(*before, n, k), (*before, k, m)])


def attention(draw: st.DrawFn, features: int) -> tuple[dict[str, Any], list[Shape]]:
    """Options of axes, and the shapes of query, key and value with so many features."""
    rank = draw(st.integers(1, 3))
    tokens = draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank))
    options = some(draw, {"is_causal": st.booleans()})
    if rank > 1 and draw(st.booleans()):
        options["attention_axes"] = sorted(draw(st.lists(st.integers(1, rank), min_size=1, max_size=rank, unique=True)))
    return options, [(features, *tokens)] * draw(st.sampled_from([1, 3]))


def scaled_dot_product_attention(draw: st.DrawFn) -> Drawn:
    heads = draw(st.sampled_from([1, 2, 4]))
    options, shapes = attention(draw, 8)
    scale = {"scale": draw(st.sampled_from([0.3, 1.0]))} if draw(st.booleans()) else {}
    if len(shapes) == 3 and heads == 4 and draw(st.booleans()):
        return Drawn({**options, "num_heads": 4, "enable_gqa": True}, [shapes[0], *[(4, *shapes[0][1:])] * 2])
    return Drawn({**options, **scale, "num_heads": heads}, shapes)


def multihead_attention(draw: st.DrawFn) -> Drawn:
    options, shapes = attention(draw, 8)
    options |= some(
        draw,
        {
            "bias": st.booleans(),
            "add_bias_kv": st.booleans(),
            "add_zero_attn": st.booleans(),
            "key_dim": st.integers(1, 3),
            "out_features": sizes,
        },
    )
    if len(shapes) == 3 and draw(st.booleans()):
        shapes = [shapes[0], (6, *shapes[0][1:]), (3, *shapes[0][1:])]
    return Drawn({**options, "num_heads": draw(st.sampled_from([1, 2, 4]))}, shapes)


def embedding(draw: st.DrawFn) -> Drawn:
    shape = draw(st.lists(sizes, min_size=1, max_size=2).map(tuple))
    options = {"num_embeddings": draw(st.integers(1, 9)), "embedding_dim": draw(sizes)}
    more = {"dim": draw(st.integers(-len(shape) - 1, len(shape)))} if draw(st.booleans()) else {}
    return Drawn({**options, **more}, [shape])


def group_norm(draw: st.DrawFn) -> Drawn:
    groups = draw(st.integers(1, 3))
    shape = maps(draw, 0, channels=groups * draw(st.integers(1, 3)))
    return Drawn({"num_groups": groups, **some(draw, {"affine": st.booleans()})}, [shape])


def instance_norm(draw: st.DrawFn) -> Drawn:
    options = {"affine": st.booleans(), "track_running_stats": st.booleans(), "eps": st.just(0.01)}
    return Drawn(some(draw, options), [(3, *maps(draw, largest=7)[1:], 5)[:4]])


def conv(draw: st.DrawFn) -> Drawn:
    """With weights that are normalised, and borders of every kind."""
    drawn = draw(windows(largest=7))
    ways = ["weight_norm", "spectral_norm", "weight_standardization", "scaled_weight_standardization"]
    options = {**drawn.options, "out_channels": 4, "bias": draw(st.booleans()), "groups": draw(st.sampled_from([1, 2]))}
    if draw(st.booleans()):
        options[draw(st.sampled_from(ways))] = True
    if draw(st.booleans()):
        options["padding_mode"] = draw(st.sampled_from(["reflect", "replicate", "circular"]))
    return Drawn(options, [(4, *drawn.sizes)])


def pad(draw: st.DrawFn) -> Drawn:
    shape = maps(draw, largest=7)
    ends = st.integers(0, max(min(shape[1:]) - 1, 0))
    options: dict[str, Any] = {"padding": [[draw(ends), draw(ends)] for _ in shape[1:]]}
    options["mode"] = draw(st.sampled_from(["constant", "reflect", "replicate", "circular"]))
    return Drawn({**options, **some(draw, {"value": st.just(0.5), "channel_padding": st.just([1, 2])})}, [shape])


LAYERS: Final[dict[str, Callable[[st.DrawFn], Drawn]]] = {
    **dict.fromkeys(["reduce_mean", "reduce_sum", "reduce_max", "reduce_min", "reduce_prod"], reduction),
    **dict.fromkeys(["reduce_l1", "reduce_l2", "reduce_logsumexp"], reduction),
    **dict.fromkeys(["reduce_var", "reduce_std"], variance),
    "conv": conv,
    "pad": pad,
    "max_pool": pool,
    "min_pool": pool,
    "lp_pool": lp_pool,
    "unfold": unfold,
    "fold": fold,
    "locally_connected": locally_connected,
    "deform_conv": deform_conv,
    "fractional_max_pool": fractional_max_pool,
    "fractional_avg_pool": fractional_avg_pool,
    "grid_sample": grid_sample,
    "affine_grid": affine_grid,
    "roi_align": roi_align,
    "roi_pool": roi_pool,
    "lstm": recurrent,
    "gru": lambda draw: recurrent(draw, reset_after=st.booleans()),
    "rnn": lambda draw: recurrent(draw, nonlinearity=st.sampled_from(["tanh", "relu"])),
    "conv_lstm": conv_lstm,
    "expand": expand,
    "tile": tile,
    "roll": roll,
    "flip": flip,
    "stack": stack,
    "matmul": matmul,
    "embedding": embedding,
    "scaled_dot_product_attention": scaled_dot_product_attention,
    "multihead_attention": multihead_attention,
    "rms_norm": lambda draw: over_axes(draw, eps=st.sampled_from([1e-6, 0.1]), affine=st.booleans()),
    "l2_norm": lambda draw: over_axes(draw, eps=st.sampled_from([1e-12, 0.5]), scale=st.booleans()),
    "global_response_norm": lambda draw: Drawn(some(draw, {"eps": st.just(0.1)}), [maps(draw)]),
    "instance_norm": instance_norm,
    "group_norm": group_norm,
    **dict.fromkeys(["spatial_dropout", "alpha_dropout", "feature_alpha_dropout", "gaussian_dropout"], of_values()),
    "gaussian_noise": of_values(),
}
"""How layers of each type are drawn."""
