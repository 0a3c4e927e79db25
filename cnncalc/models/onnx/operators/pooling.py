"""Pools, and what undoes them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.building import layer_of, origin
from cnncalc.models.onnx.flows import Places
from cnncalc.models.onnx.operators.convolution import (
    SAME_WORDS,
    begin_end,
    bordered,
    padding_attributes,
    window_attributes,
)
from cnncalc.models.onnx.operators.windows import pairs, sizes, window_options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnncalc.geometry.window import Window
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting
    from cnncalc.shapes import Shape


def read_max_pool(node: Reading) -> Any:
    """`MaxPool`; one whose second output is read gives the places of its maxima too."""
    x, options = _pool(node)
    places = node.node.outputs[1] if len(node.node.outputs) > 1 else ""
    if places and places in node.network.outputs:
        raise node.refuse("the places of its maxima are an output of the network")
    if node.integer("storage_order") and places and node.readers(places):
        raise node.refuse("it counts the places of its maxima along columns")
    pooled = _pooled(node, "max_pool", options, x)
    return [pooled, Places(pooled, x)]


LOWEST: Final = -3.4e38
"""Numbers from here on down stand for minus infinity."""


def padded_pool(node: Reading, x: Flow, added: Sequence[tuple[int, int]]) -> Flow:
    """`Pad` with what no maximum is, and the `MaxPool` behind it: a max pool with more padding."""
    pool = node.sole_reader()
    if pool is None or pool.op != "MaxPool" or any(pool.outputs[1:]) or not x.is_plain:
        raise node.refuse("it pads with minus infinity, and no max pool alone follows")
    inner, axes = node.of(pool), len(x.shape) - 1
    options = _pool_options(inner, x)
    if isinstance(options.get("padding"), str) or inner.integer("storage_order"):
        raise node.refuse("it pads with minus infinity before a pool that pads by its own rule")
    if options.pop("ceil_mode", False):
        raise node.refuse("it pads with minus infinity before a pool that rounds up")
    own = sizes(inner, "pads", 2 * axes, 0)
    before, after = zip(*added, strict=True)
    options["padding"] = pairs([size + more for size, more in zip(own, [*before, *after], strict=True)])
    node.consume([pool])
    return node.layer(f"max_pool{axes}d", options, [x])


def read_max_unpool(node: Reading) -> Flow:
    """`MaxUnpool` of what lies where the maxima of a pool lay, to the size of what was pooled."""
    x, places = node.flow(), node.input(1)
    if not isinstance(places, Places):
        raise node.refuse("its places are not those of a max pool before it")
    if x.shape != places.pooled.shape:
        raise node.refuse(f"it takes {list(x.shape)}, and its places are those of {list(places.pooled.shape)}")
    # Places are counted through the whole map: at another size they would be others.
    wanted = node.whole_numbers(2)
    found = tuple(wanted[2:]) if wanted else _unpooled(node, x.shape[1:])
    if found != places.x.shape[1:]:
        raise node.refuse(f"its output is {list(found)}, and what was pooled {list(places.x.shape[1:])}")
    options = {"indices": places.pooled.source}
    return node.layer(f"max_unpool{len(x.shape) - 1}d", options, [x], shape=places.x.shape)


def _unpooled(node: Reading, shape: Shape) -> Shape:
    """The sizes that the window makes of those of a pooled map."""
    axes = len(shape)
    kernel, stride = sizes(node, "kernel_shape", axes, 1), sizes(node, "strides", axes, 1)
    pads = sizes(node, "pads", 2 * axes, 0)
    return tuple(
        (size - 1) * stride[axis] + kernel[axis] - pads[axis] - pads[axes + axis] for axis, size in enumerate(shape)
    )


def read_avg_pool(node: Reading) -> Flow:
    """`AveragePool`, which leaves padding out of its means unless it says otherwise."""
    x, options = _pool(node)
    if "dilation" in options:
        raise node.refuse("it is dilated")
    counted = bool(node.integer("count_include_pad"))
    padding = options.get("padding")
    if padding and counted != (not isinstance(padding, str)):
        options["count_include_pad"] = counted
    return _pooled(node, "avg_pool", options, x)


def _pooled(node: Reading, kind: str, options: dict[str, Any], x: Flow) -> Flow:
    """The layer, whose shape is that of PyTorch and ONNX Runtime where the file follows ONNX's old rule of rounding.

    What it says of tensors behind such a pool is as little true, and is not looked at.
    """
    type_, network = f"{kind}{len(x.shape) - 1}d", node.network
    pooled = node.layer(type_, options, [x])
    layer = network.layers[-1]
    if not options.get("ceil_mode") or layer.shape in (None, pooled.shape):
        return pooled
    pool: Any = layer_of(type_, options)
    windows = pool.windows(x.shape)
    by_old_rule = (x.shape[0], *map(_rounded_up, windows, x.shape[1:]))
    if layer.shape == by_old_rule:
        layer.shape, network.claims = None, False
        theirs, ours = (" x ".join(map(str, shape)) for shape in (by_old_rule, pooled.shape))
        network.notes.append(
            f"{origin(node.node)}: its output is {ours}; the file says {theirs}, by ONNX's rule before opset 22, in "
            "which a last window may start behind the map: ONNX Runtime and PyTorch leave it out"
        )
    return pooled


def _pool(node: Reading) -> tuple[Flow, dict[str, Any]]:
    """The input, and the options of the window."""
    x = node.flow()
    return x, _pool_options(node, x)


def _pool_options(node: Reading, x: Flow) -> dict[str, Any]:
    """The options of the window of a pool."""
    kernel = node.integers("kernel_shape")
    if not kernel or len(kernel) != len(x.shape) - 1:
        raise node.refuse(f"its `kernel_shape` is {kernel} for {len(x.shape) - 1} spatial axes")
    options = window_options(node, kernel, stride_is_kernel=True)
    if node.integer("ceil_mode"):
        options["ceil_mode"] = True
    return options


def read_lp_pool(node: Reading) -> Flow:
    """`LpPool`."""
    x, options = _pool(node)
    if "dilation" in options:
        raise node.refuse("it is dilated")
    order = node.integer("p", 2) if node.opset > 1 else node.real("p", 2.0)
    return _pooled(node, "lp_pool", {"norm_type": order, **options}, x)


def read_global_lp_pool(node: Reading) -> Flow:
    """`GlobalLpPool`, of order 1 or 2: a norm over the map."""
    x, order = node.flow(), node.integer("p", 2)
    if order not in (1, 2):
        raise node.refuse(f"its order is {order}")
    return node.layer(f"reduce_l{order}", {"dim": list(range(1, len(x.shape)))}, [x])


def read_global(node: Reading) -> Flow:
    """`GlobalAveragePool` and `GlobalMaxPool`."""
    x = node.flow()
    kind = "global_avg_pool" if node.op == "GlobalAveragePool" else "global_max_pool"
    return node.layer(f"{kind}{len(x.shape) - 1}d" if len(x.shape) > 1 else kind, {}, [x])


def _rounded_up(window: Window, size: int) -> int:
    """The positions by ONNX's rule of `ceil_mode` before opset 22, of which the last may start in the padding."""
    moves = size + sum(window.pads(size)) - window.extent
    return -(-moves // window.stride) + 1


def _rounds_up_alike(window: Window, size: int) -> bool:
    """Whether ONNX's old rule of `ceil_mode` gives as many positions."""
    return _rounded_up(window, size) == window.positions(size)


def _pads_to_end(windows: Sequence[Window], shape: Shape) -> list[tuple[int, int]]:
    """The padding, longer after by what the last window overhangs."""
    found = []
    for window, size in zip(windows, shape[1:], strict=True):
        before, after = window.pads(size)
        found.append((before, after + max(-window.left_over(size), 0)))
    return found


def max_attributes(layer: Any, shape: Shape) -> dict[str, Any]:
    """The attributes of MaxPool: `ceil_mode` where ONNX rounds alike, else padding as long as the last window."""
    windows = layer.windows(shape)
    attributes = {**window_attributes(windows), **padding_attributes(layer.padding, windows, shape)}
    rounded_up = [window.left_over(size) < 0 for window, size in zip(windows, shape[1:], strict=True)]
    if layer.ceil_mode and not isinstance(layer.padding, str):
        if all(map(_rounds_up_alike, windows, shape[1:])):
            return {**attributes, "ceil_mode": 1}
        if any(rounded_up):
            return {**attributes, "pads": begin_end(_pads_to_end(windows, shape))}
    return attributes


def write_max_pool(w: LayerWriting) -> str:
    """MaxPool."""
    return _largest(w, w.x)


def _largest(w: LayerWriting, x: str) -> str:
    """MaxPool of a tensor of the input's shape.

    Padding of a dilated window that is as long as its taps are many is a node of its own: ONNX Runtime refuses it.
    """
    attributes = max_attributes(w.layer, w.shape)
    pads, kernel = attributes.get("pads", []), attributes["kernel_shape"]
    if all(pad < taps for pad, taps in zip(pads, [*kernel, *kernel], strict=False)):
        return w.node("MaxPool", x, **attributes)
    rank = len(kernel)
    padded = tuple(size + pads[at] + pads[rank + at] for at, size in enumerate(w.shape[1:]))
    ends = w.integers([0, 0, *pads[:rank], 0, 0, *pads[rank:]])
    x = w.node("Pad", [x, ends, w.number(float("-inf"))], (w.shape[0], *padded))
    return w.node("MaxPool", x, **{**attributes, "pads": None})


def write_min_pool(w: LayerWriting) -> str:
    """The largest of the values with the other sign, with the other sign."""
    return w.node("Neg", _largest(w, w.node("Neg", w.x, w.shape)))


def write_lp_pool(w: LayerWriting) -> str:
    """LpPool for a whole p; for others the root of the sum of powers. Zeros after the input add nothing."""
    windows = w.layer.windows(w.shape)
    ends = begin_end(_pads_to_end(windows, w.shape))
    attributes = {**window_attributes(windows), "pads": ends if any(ends) else None}
    p = float(w.layer.norm_type)
    if p.is_integer():
        return w.node("LpPool", w.x, p=int(p), **attributes)
    powers = w.scalar("Pow", w.node("Abs", w.x, w.shape), p, w.shape)
    mean = w.node("AveragePool", powers, count_include_pad=1, **attributes)
    taps = prod(window.kernel_size for window in windows)
    return w.scalar("Pow", w.scalar("Mul", mean, float(taps)), 1 / p)


def write_avg_pool(w: LayerWriting) -> str:
    """AveragePool; where zeros count and the last window overhangs, of the input with the zeros around it."""
    layer, windows = w.layer, w.layer.windows(w.shape)
    includes = layer.count_include_pad
    includes = not isinstance(layer.padding, str) if includes is None else includes
    padded = any(any(window.pads(size)) for window, size in zip(windows, w.shape[1:], strict=True))
    overhangs = any(window.left_over(size) < 0 for window, size in zip(windows, w.shape[1:], strict=True))
    if layer.divisor_override is not None:
        return _summed(w, windows)
    x, shape, attributes = w.x, w.shape, window_attributes(windows)
    pads = _pads_to_end(windows, shape)
    if padded and includes and overhangs:
        own = [window.pads(size) for window, size in zip(windows, shape[1:], strict=True)]
        x = bordered(w, x, [(0, 0), *own], "constant", shape)
        pads = [(0, whole[1] - pair[1]) for whole, pair in zip(pads, own, strict=True)]
        return w.node("AveragePool", x, pads=begin_end(pads), **attributes)
    if isinstance(layer.padding, str) and layer.padding in SAME_WORDS and not includes:
        return w.node("AveragePool", x, auto_pad=SAME_WORDS[layer.padding], **attributes)
    if overhangs and not padded and all(map(_rounds_up_alike, windows, shape[1:])):
        return w.node("AveragePool", x, ceil_mode=1, **attributes)
    counted = 1 if padded and includes else None
    ends = begin_end(pads) if any(map(any, pads)) else None
    return w.node("AveragePool", x, pads=ends, count_include_pad=counted, **attributes)


def _summed(w: LayerWriting, windows: Sequence[Window]) -> str:
    """The sum of each window, as its mean with all zeros counted, by a number of the layer's own."""
    pads = _pads_to_end(windows, w.shape)
    ends = begin_end(pads) if any(map(any, pads)) else None
    mean = w.node("AveragePool", w.x, pads=ends, count_include_pad=1, **window_attributes(windows))
    taps = prod(window.kernel_size for window in windows)
    return w.scalar("Mul", mean, taps / w.layer.divisor_override)


def _of_map(operator: str) -> Callable[[LayerWriting], str]:
    """The function that writes a pool over the whole map."""

    def write(w: LayerWriting) -> str:
        pooled = w.node(operator, w.x, (w.shape[0], *(1,) * (len(w.shape) - 1)))
        return pooled if w.layer.keepdim else w.node("Flatten", pooled, axis=1)

    return write


write_global_avg_pool = _of_map("GlobalAveragePool")
write_global_max_pool = _of_map("GlobalMaxPool")


def write_max_unpool(w: LayerWriting) -> str:
    """MaxUnpool with the indices of the pool, taken of its node."""
    source, shape = w.inputs[1], w.input_shapes[1]
    pool = w.layer.max_pool
    windows = pool.windows(shape)
    if w.layer.output_size is not None and w.output_shape != shape:
        raise w.refusal("an `output_size` other than the pool's input has other indices there", "leave it out")
    attributes = max_attributes(pool, shape)
    indices = w.indices_of(source, attributes, w.input_shapes[0])
    pads = _pads_to_end(windows, shape)
    implied = tuple(
        (count - 1) * window.stride + window.kernel_size - sum(pair)
        for window, count, pair in zip(windows, w.shape[1:], pads, strict=True)
    )
    kept = {name: value for name, value in attributes.items() if name in ("kernel_shape", "strides")}
    ends = begin_end(pads) if any(map(any, pads)) else None
    given = [] if implied == w.output_shape[1:] else [w.whole_shape(source, w.output_shape)]
    return w.node("MaxUnpool", [w.x, indices, *given], pads=ends, **kept)
