"""Recurrent layers: the sequence first, then the batch, as the operators want it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.models.onnx.writing import LayerWriting

LSTM_GATES: Final = (0, 3, 1, 2)
"""Which of PyTorch's gates i, f, g, o stand where: ONNX has them as i, o, f, c."""


def write_lstm(w: LayerWriting) -> str:
    """LSTM, one node a layer."""
    if w.layer.proj_size:
        raise w.refusal("`proj_size` has no operator there", "a `linear` behind it projects the outputs, not the state")
    return recurrent(w, "LSTM", LSTM_GATES)


def recurrent(w: LayerWriting, operator: str, order: Sequence[int], **attributes: Any) -> str:
    """Nodes of an operator, each of a layer, between the layouts of here and there."""
    layer = w.layer
    axis = layer._features_axis(w.shape)
    length, features = w.shape[1 - axis], layer.hidden_size
    directions = layer._directions
    count = len(directions)
    x = w.node("Transpose", w.x, dims=(length, w.batch, w.shape[axis]), perm=[2 - axis, 0, 1 + axis])
    for number in range(layer.num_layers):
        arrays = _arrays(w, number, order)
        dims = (length, count, w.batch, features)
        final = (count, w.batch, features)
        sequence, last = w.several(
            operator,
            [x, *arrays],
            [dims, final],
            hidden_size=features,
            direction="bidirectional" if count == 2 else None,
            **attributes,
        )
        if number == layer.num_layers - 1 and layer.output == "last":
            turned = w.node("Transpose", last, dims=(w.batch, count, features), perm=[1, 0, 2])
            return w.reshaped(turned, w.output_shape)
        if number == layer.num_layers - 1:
            return _joined(w, sequence, length, axis)
        turned = w.node("Transpose", sequence, dims=(length, w.batch, count, features), perm=[0, 2, 1, 3])
        x = w.node("Reshape", [turned, w.integers([0, 0, -1])], dims=(length, w.batch, count * features))
    raise AssertionError(layer.num_layers)


def _joined(w: LayerWriting, sequence: str, length: int, axis: int) -> str:
    """The outputs (length, directions, batch, features) with the batch first, and the features of all directions."""
    layer, count = w.layer, len(w.layer._directions)
    perm = [2, 1, 3, 0] if axis == 0 else [2, 0, 1, 3]
    parts = (count, layer.hidden_size)
    dims = (w.batch, *parts, length) if axis == 0 else (w.batch, length, *parts)
    return w.reshaped(w.node("Transpose", sequence, dims=dims, perm=perm), w.output_shape)


def _arrays(w: LayerWriting, number: int, order: Sequence[int]) -> list[str]:
    """W, R and B of a layer: of all directions, with the gates in their order there."""
    ends = [f"_l{number}{direction}" for direction in w.layer._directions]
    gates, features = len(order), w.layer.hidden_size
    found = []
    for ours, theirs in (("weight_ih", "W"), ("weight_hh", "R")):
        shape = w.weight_shape(ours + ends[0])
        assert shape is not None
        dims = (len(ends), *shape)
        found.append(w.weight(f"{theirs}_l{number}", dims, _stacked([ours], ends, order)))
    if w.layer.bias:
        dims = (len(ends), 2 * gates * features)
        found.append(w.weight(f"B_l{number}", dims, _stacked(["bias_ih", "bias_hh"], ends, order)))
    return found


def _stacked(names: Sequence[str], ends: Sequence[str], order: Sequence[int]) -> Callable[[Mapping[str, Array]], Array]:
    """What makes an array of those of all directions, their gates in another order; one that is not there is 0."""

    def make(arrays: Mapping[str, Array]) -> Array:
        import numpy as np

        def ordered(array: Array) -> Array:
            parts = array.reshape(len(order), -1, *array.shape[1:])
            return parts[list(order)].reshape(array.shape)

        like = arrays[names[0] + ends[0]]
        rows = [[ordered(arrays.get(name + end, np.zeros_like(like))) for name in names] for end in ends]
        return np.stack([np.concatenate(row) for row in rows])

    return make
