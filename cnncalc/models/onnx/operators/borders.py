"""Borders that are added to maps, or cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.models.onnx.flows import BATCH
from cnncalc.models.onnx.operators.convolution import PAD_MODES, begin_end, bordered
from cnncalc.models.onnx.operators.pooling import LOWEST, padded_pool
from cnncalc.models.onnx.operators.slicing import cut, sliced
from cnncalc.models.onnx.operators.windows import pairs

if TYPE_CHECKING:
    from cnncalc.models.onnx.flows import Flow
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.writing import LayerWriting


_MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def read_pad(node: Reading) -> Flow:
    """`Pad`; what is negative is cut off."""
    x = node.any_flow()
    written = node.integers("paddings") or node.integers_of("pads", 1) or []
    rank = len(x.axes)
    file_axes = node.whole_numbers(3)
    file_axes = list(range(rank)) if file_axes is None else [axis % rank for axis in file_axes]
    if len(written) != 2 * len(file_axes) or len(set(file_axes)) != len(file_axes):
        raise node.refuse(f"it has {len(written)} pads for {len(file_axes)} axes")
    ends = list(zip(written[: len(file_axes)], written[len(file_axes) :], strict=True))
    by_axis = {x.axes[at]: pair for at, pair in zip(file_axes, ends, strict=True) if pair != (0, 0)}
    if BATCH in by_axis:
        raise node.refuse("it pads the batch")
    cuts = [
        (axis, -min(before, 0) or None, min(after, 0) or None, 1)
        for axis, (before, after) in by_axis.items()
        if min(before, after) < 0
    ]
    grows = {axis: (max(before, 0), max(after, 0)) for axis, (before, after) in by_axis.items()}
    grows = {axis: pair for axis, pair in grows.items() if pair != (0, 0)}
    word = node.word("mode", "constant")  # which matters for nothing where nothing is padded
    if not grows:
        return cut(node, x, cuts)
    mode = _MODES.get(word)
    if mode is None or (cuts and mode != "constant"):
        raise node.refuse(f"its mode `{word}` is not for this")
    options = _pad_options(x, grows)
    if mode != "constant":
        options["mode"] = mode
    elif value := node.real("value") if node.has("value") else node.number(2, 0.0):
        if value <= LOWEST and not cuts and 0 not in grows:
            return padded_pool(node, x, [grows.get(axis, (0, 0)) for axis in range(1, len(x.shape))])
        options["value"] = value
    return node.layer("pad", options, [cut(node, x, cuts, tensor="")])


def _pad_options(x: Flow, grows: dict[int, tuple[int, int]]) -> dict[str, Any]:
    """The options of a padding by our axes."""
    options: dict[str, Any] = {}
    spatial = [grows.get(axis, (0, 0)) for axis in range(1, len(x.shape))]
    if any(map(any, spatial)):
        options["padding"] = pairs([*(before for before, _ in spatial), *(after for _, after in spatial)])
    if 0 in grows:
        before, after = grows[0]
        options["channel_padding"] = before if before == after else [before, after]
    return options


def write_pad(w: LayerWriting) -> str:
    """Pad."""
    pads, mode = w.layer.pads(w.shape), w.layer.mode
    if mode != "constant":
        return bordered(w, w.x, pads, PAD_MODES[mode], w.shape)
    inputs = [w.x, w.integers(begin_end([(0, 0), *pads]))]
    return w.node("Pad", [*inputs, w.number(w.layer.value)] if w.layer.value else inputs, mode="constant")


def write_crop(w: LayerWriting) -> str:
    """Slice of the spatial axes."""
    pads = enumerate(zip(w.layer.cuts(w.shape), w.shape[1:], strict=True), 1)
    parts = [(axis, before, size - after, 1) for axis, ((before, after), size) in pads]
    return sliced(w, w.x, parts, w.output_shape)
