"""The recurrence of maps, of which ONNX has none: written step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.kernels.windows import AxisWindow
    from cnncalc.models.onnx.writing import LayerWriting

MOST_STEPS: Final = 256
"""The most steps that are written."""


def write_conv_lstm(w: LayerWriting) -> str:
    """Written step by step, as ONNX has no recurrence of maps; the products with the input are one convolution."""
    steps = w.shape[1]
    if steps > MOST_STEPS:
        raise w.refusal(f"it has {steps} steps, which are written one by one, and {MOST_STEPS} are the most")
    windows = w.layer.geometry(w.shape)[1:]
    filters = w.layer.out_channels
    sizes = w.output_shape[1 if w.layer.output == "last" else 2 :]
    products = _conv(w, w.x, "weight_ih", windows)
    whole = (w.batch, 4 * filters, 1, *sizes)
    frames = [products]
    if steps > 1:
        frames = w.several("Split", [products, w.integers([1] * steps)], [whole] * steps, axis=2)
    states: list[str] = []
    cell = ""
    for frame in frames:
        gates = w.reshaped(frame, (4 * filters, *sizes))
        if states:
            back = _state_conv(w, states[-1], sizes)
            gates = w.node("Add", [gates, back], (4 * filters, *sizes))
        state, cell = _step(w, gates, cell, (filters, *sizes))
        states.append(state)
    if w.layer.output == "last":
        return states[-1]
    pictures = [w.reshaped(state, (filters, 1, *sizes)) for state in states]
    return w.node("Concat", pictures, axis=2) if len(pictures) > 1 else pictures[0]


def _conv(w: LayerWriting, x: str, name: str, windows: Sequence[AxisWindow]) -> str:
    """The convolution of every frame: one with a single tap along time."""
    shape = w.weight_shape(name)
    assert shape is not None
    rows, arriving, *kernel = shape
    return w.node(
        "Conv",
        [x, w.weight(name, (rows, arriving, 1, *kernel), variant="/frames"), *w.optional_weight("bias_ih")],
        (rows, w.shape[1], *w.output_shape[1 if w.layer.output == "last" else 2 :]),
        kernel_shape=[1, *kernel],
        strides=[1, *(window.stride for window in windows)],
        dilations=[1, *(window.dilation for window in windows)],
        pads=[pad for end in (0, 1) for pad in (0, *(window.padding[end] for window in windows))],
    )


def _state_conv(w: LayerWriting, state: str, sizes: Sequence[int]) -> str:
    """The convolution of a state, which keeps its size; of the padding the odd pixel goes after."""
    shape = w.weight_shape("weight_hh")
    assert shape is not None
    rows, _, *kernel = shape
    before, after = [(taps - 1) // 2 for taps in kernel], [taps // 2 for taps in kernel]
    return w.node("Conv", [state, w.weight("weight_hh")], (rows, *sizes), kernel_shape=kernel, pads=[*before, *after])


def _step(w: LayerWriting, gates: str, cell: str, shape: tuple[int, ...]) -> tuple[str, str]:
    """The state and the cell behind a step, for the gates i, f, g and o."""
    dims = (w.batch, *shape)
    opened = w.several("Split", [gates, w.integers([shape[0]] * 4)], [dims] * 4, axis=1)
    take, keep, give = (w.node("Sigmoid", opened[gate], shape) for gate in (0, 1, 3))
    new = w.node("Mul", [take, w.node("Tanh", opened[2], shape)], shape)
    if cell:
        new = w.node("Add", [w.node("Mul", [keep, cell], shape), new], shape)
    return w.node("Mul", [give, w.node("Tanh", new, shape)], shape), new
