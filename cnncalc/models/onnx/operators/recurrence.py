"""Recurrent layers, which ONNX has with steps first, directions as an axis, and gates in another order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from cnncalc.models.onnx.constants import Computed, Constant
from cnncalc.models.onnx.flows import BATCH, Flow
from cnncalc.models.onnx.operators.slicing import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.kernels import Array
    from cnncalc.models.onnx.reading import Reading
    from cnncalc.models.onnx.target import Restore, Restores, Rows
    from cnncalc.models.onnx.writing import LayerWriting


LSTM_GATES: Final = (0, 3, 1, 2)
"""Which of PyTorch's gates i, f, g, o stand where: ONNX has them as i, o, f, c."""

GRU_GATES: Final = (1, 0, 2)
"""Which of PyTorch's gates r, z, n stand where: ONNX has them as z, r, h."""


def write_lstm(w: LayerWriting) -> str:
    """LSTM, one node a layer."""
    if w.layer.proj_size:
        raise w.refusal("`proj_size` has no operator there", "a `linear` behind it projects the outputs, not the state")
    return recurrent(w, "LSTM", LSTM_GATES)


def write_gru(w: LayerWriting) -> str:
    """GRU, one node a layer."""
    after = w.layer.recurrent_bias if w.layer.reset_after is None else w.layer.reset_after
    return recurrent(w, "GRU", GRU_GATES, linear_before_reset=int(after))


def write_rnn(w: LayerWriting) -> str:
    """RNN, one node a layer."""
    function = {"tanh": "Tanh", "relu": "Relu"}[w.layer.nonlinearity]
    return recurrent(w, "RNN", (0,), activations=[function] * len(w.layer.direction_suffixes))


def recurrent(w: LayerWriting, operator: str, order: Sequence[int], **attributes: Any) -> str:
    """Nodes of an operator, each of a layer, between the layouts of here and there."""
    layer = w.layer
    axis = layer.features_axis(w.shape)
    length, features = w.shape[1 - axis], layer.hidden_size
    directions = layer.direction_suffixes
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
    layer, count = w.layer, len(w.layer.direction_suffixes)
    perm = [2, 1, 3, 0] if axis == 0 else [2, 0, 1, 3]
    parts = (count, layer.hidden_size)
    dims = (w.batch, *parts, length) if axis == 0 else (w.batch, length, *parts)
    return w.reshaped(w.node("Transpose", sequence, dims=dims, perm=perm), w.output_shape)


def _arrays(w: LayerWriting, number: int, order: Sequence[int]) -> list[str]:
    """W, R and B of a layer: of all directions, with the gates in their order there."""
    ends = [f"_l{number}{direction}" for direction in w.layer.direction_suffixes]
    gates, features = len(order), w.layer.hidden_size
    found = []
    for ours, theirs in (("weight_ih", "W"), ("weight_hh", "R")):
        shape = w.weight_shape(ours + ends[0])
        assert shape is not None
        dims = (len(ends), *shape)
        restore = _restored(w, [ours], ends, order)
        found.append(w.weight(f"{theirs}_l{number}", dims, _stacked([ours], ends, order), restore=restore))
    if w.layer.bias:
        dims = (len(ends), 2 * gates * features)
        names = ["bias_ih", "bias_hh"]
        restore = _restored(w, names, ends, order)
        found.append(w.weight(f"B_l{number}", dims, _stacked(names, ends, order), restore=restore))
    return found


def _restored(w: LayerWriting, names: Sequence[str], ends: Sequence[str], order: Sequence[int]) -> Restores:
    """What makes the arrays again of what `_stacked` makes of them, by their names."""
    places = tuple(order.index(gate) for gate in range(len(order)))
    found: dict[str | Rows, Restore] = {}
    for at, end in enumerate(ends):
        for number, name in enumerate(names):
            shape = w.weight_shape(name + end)
            if shape is not None:
                found[name + end] = partial(_reordered, at=at, start=number * shape[0], gates=places, shape=shape)
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


_PLACES: Final = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
"""Where ONNX has each of our gates: its order is i o f c, and ours i f g o; z r h, and r z n."""

_FUNCTIONS: Final = {"LSTM": ["sigmoid", "tanh", "tanh"], "GRU": ["sigmoid", "tanh"], "RNN": ["tanh"]}


def read_recurrent(node: Reading) -> list[Flow | None]:
    """`LSTM`, `GRU` and `RNN` from a state of zeros, over whole sequences."""
    x = node.any_flow()
    if len(x.shape) != 2 or x.axes.index(BATCH) != (0 if node.integer("layout") else 1):
        raise node.refuse("its sequences are not one for each sample of the batch")
    steps, features = (axis for axis in x.axes if axis != BATCH)
    direction = node.word("direction", "forward")
    directions = 2 if direction == "bidirectional" else 1
    options = _read_options(node, directions)
    hidden = options["hidden_size"]
    arrays = _read_arrays(node, directions, hidden, x.shape[features])
    if "bias_ih_l0" not in arrays:
        options["bias"] = False
    if features:
        options["dim"] = features
    _check_start(node, x.shape[steps])
    if direction == "reverse":
        x = node.layer("flip", {"dim": steps}, [x], tensor="")
    return _read_outputs(node, x, (steps, features), options, arrays, is_reversed=direction == "reverse")


def _read_options(node: Reading, directions: int) -> dict[str, Any]:
    """The options of the layer; raises where the node is another one inside."""
    hidden = node.integer("hidden_size")
    if hidden < 1:
        raise node.refuse("it has no `hidden_size`")
    options: dict[str, Any] = {"hidden_size": hidden}
    if directions == 2:
        options["bidirectional"] = True
    for attribute in ("clip", "input_forget", "activation_alpha", "activation_beta"):
        if node.has(attribute) and node.node.attributes[attribute] not in (0, []):
            raise node.refuse(f"it has `{attribute}`")
    node.has("activations")
    names = [str(name).lower() for name in node.node.attributes.get("activations") or _FUNCTIONS[node.op] * directions]
    if node.op == "RNN" and names == ["relu"] * directions:
        options["nonlinearity"] = "relu"
    elif names != _FUNCTIONS[node.op] * directions:
        raise node.refuse(f"its functions are {', '.join(names)}")
    if node.op == "GRU" and not node.integer("linear_before_reset"):
        options["reset_after"] = False
    return options


def _read_arrays(node: Reading, directions: int, hidden: int, features: int) -> dict[str, Constant]:
    """Our arrays: of each direction the gates in our order."""
    gates = _PLACES[node.op]
    rows = len(gates) * hidden
    weights = {"weight_ih": (node.constant(1), features), "weight_hh": (node.constant(2), hidden)}
    arrays: dict[str, Constant] = {}
    for at in range(directions):
        suffix = "_l0" + "_reverse" * at
        for name, (constant, columns) in weights.items():
            if constant.shape != (directions, rows, columns):
                raise node.refuse(f"its weight has the shape {list(constant.shape)}")
            arrays[name + suffix] = _reordered(constant, at, 0, gates, (rows, columns))
        bias = node.optional_constant(3)
        if bias is not None:
            if bias.shape != (directions, 2 * rows):
                raise node.refuse(f"its bias has the shape {list(bias.shape)}")
            for half, name in enumerate(("bias_ih", "bias_hh")):
                arrays[name + suffix] = _reordered(bias, at, half * rows, gates, (rows,))
    return arrays


def _reordered(constant: Constant, at: int, start: int, gates: Sequence[int], shape: tuple[int, ...]) -> Constant:
    """The rows of one direction from a row on, gate by gate in our order; they are moved when they are needed."""

    def moved() -> Array:
        import numpy as np

        rows = constant.array()[at, start : start + shape[0]]
        return np.concatenate([np.split(rows, len(gates))[gate] for gate in gates])

    return Computed(moved, shape, constant.dtype, (constant.key, at, start, tuple(gates)))


def _check_start(node: Reading, steps: int) -> None:
    """Raise unless all sequences are whole, and states begin with zeros."""
    lengths = node.input(4)
    if lengths is not None and set(node.constant(4).numbers()) != {steps}:
        raise node.refuse("its sequences have lengths of their own")
    for at, what in ((5, "state"), (6, "cell"), (7, "peephole")):
        given = node.input(at)
        if given is not None and node.constant(at).uniform != 0 and any(node.constant(at).numbers()):
            raise node.refuse(f"its first {what} is not zero" if at < 7 else "it has peepholes")


def _read_outputs(
    node: Reading,
    x: Flow,
    axes: tuple[int, int],
    options: dict[str, Any],
    arrays: dict[str, Constant],
    *,
    is_reversed: bool,
) -> list[Flow | None]:
    """All states, which have an axis of the directions, and the last one of each direction."""
    names = [*node.node.outputs, "", "", ""][:3]
    reads_all, reads_last, reads_cell = (bool(name) and _is_read(node, name) for name in names)
    if reads_cell:
        raise node.refuse("its last cell is read")
    type_ = node.op.lower()
    if not reads_all:
        last = node.layer(type_, {**options, "output": "last"}, [x], arrays, axes=(BATCH, 0), tensor="")
        return [None, _with_directions(node, last, options, None, names[1])]
    states = node.layer(type_, options, [x], arrays, axes=x.axes, tensor="")
    if is_reversed:
        states = node.layer("flip", {"dim": axes[0]}, [states], tensor="")
    found = _with_directions(node, states, options, axes, names[0])
    if not reads_last:
        return [found]
    if "bidirectional" in options:
        half = options["hidden_size"]
        ends = [_step(node, states, axes, is_first=False, part=(None, half))]
        ends.append(_step(node, states, axes, is_first=True, part=(half, None)))
        vector = node.layer("concat", {}, ends, axes=(BATCH, 0), tensor="")
    else:
        vector = _step(node, states, axes, is_first=is_reversed)
    return [found, _with_directions(node, vector, options, None, names[1])]


def _step(
    node: Reading,
    states: Flow,
    axes: tuple[int, int],
    *,
    is_first: bool,
    part: tuple[int | None, int | None] = (None, None),
) -> Flow:
    """The states at the first or the last step as a vector, or a part of the features of these."""
    bounds = (None, 1) if is_first else (-1, None)
    cuts = [(axes[0], *bounds, 1), *([(axes[1], *part, 1)] if part != (None, None) else [])]
    return node.layer("flatten", {}, [cut(node, states, cuts, tensor="")], axes=(BATCH, 0), tensor="")


def _is_read(node: Reading, name: str) -> bool:
    return bool(node.readers(name)) or name in node.network.outputs


def _with_directions(
    node: Reading, x: Flow, options: dict[str, Any], axes: tuple[int, int] | None, tensor: str
) -> Flow:
    """States with an axis of the directions before the features, in the node's order of axes."""
    features = 0 if axes is None else axes[1]
    count = 2 if "bidirectional" in options else 1
    shape = {"dim": features, "sizes": [count, options["hidden_size"]]}
    type_, given = ("unflatten", shape) if count == 2 else ("unsqueeze", {"dim": features})
    # The new axis stands where the features stood, and these behind it.
    order: tuple[int, ...]
    if axes is None:
        order = (BATCH, 0, 1) if node.integer("layout") else (0, BATCH, 1)
    else:
        steps = axes[0] + (axes[0] > features)
        behind = (features, features + 1)
        order = (BATCH, steps, *behind) if node.integer("layout") else (steps, behind[0], BATCH, behind[1])
    return node.layer(type_, given, [x], axes=order, tensor=tensor)
