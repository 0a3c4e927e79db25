"""Options that order axes otherwise than the spec do what they do in a spec of that order."""

from __future__ import annotations

from typing import Any

import numpy as np

import cnncalc
from cnncalc.layers import LAYERS
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.shapes import CHANNELS_FIRST, CHANNELS_LAST
from tests.layers.cases import LOOKED_UP, SEQUENTIAL
from tests.layers.drawing import batch
from tests.layers.execution import arrays
from tests.rows import every_row

CASES: list[tuple[str, dict[str, Any]]] = [
    ("softmax", {"dim": 1}),
    ("log_softmax", {"dim": -2}),
    ("glu", {"dim": 0}),
    ("prelu", {"shared_axes": [0, 1]}),
    ("flatten", {}),
    ("flatten", {"start_dim": 1}),
    ("unflatten", {"dim": 0, "sizes": [2, 2]}),
    ("reshape", {"shape": [6, 2, 16]}),
    ("squeeze", {}),
    ("permute", {"dims": [1, 0, 2]}),
    ("layer_norm", {"dims": [1, 2]}),
    ("layer_norm", {"normalized_shape": [6, 8]}),
    ("rms_norm", {"normalized_shape": [6, 8]}),
    ("rms_norm", {"dims": [0, 2]}),
    ("l2_norm", {"dims": -1, "scale": True}),
    ("linear", {"out_features": 3, "dim": -1}),
    ("slice", {"dim": 1, "end": 3}),
    *((name, {"dim": [0], "keepdim": False}) for name in LAYERS if name.startswith("reduce_")),
    ("concat", {"dim": 2}),
    ("matmul", {}),
    ("slice", {"dim": [0, -1], "start": [1, None], "step": [1, -3]}),
    ("unsqueeze", {"dim": 3}),
    ("unsqueeze", {"dim": 0}),
    ("expand", {"sizes": [4, 6, -1]}),
    ("tile", {"repeats": [1, 2, 3]}),
    ("roll", {"shifts": [1, 3], "dim": [0, -1]}),
    ("flip", {"dim": 2}),
    ("stack", {}),
    ("stack", {"dim": 1}),
    ("lstm", {"hidden_size": 3, "dim": 0}),
    ("gru", {"hidden_size": 3}),
    ("rnn", {"hidden_size": 3, "dim": -1}),
    ("embedding", {"num_embeddings": 2, "embedding_dim": 3, "dim": 2}),
    ("scaled_dot_product_attention", {"attention_axes": 1, "is_causal": True, "dim": 0}),
    ("multihead_attention", {"num_heads": 2, "attention_axes": [0], "is_causal": True}),
]
"""Layers that take (4, 6, 8), as height, width and channels; or of a sequence (6, 8), as length and channels."""

INPUTS = {"matmul": [(8, 4, 6), (5, 4, 8)]}
"""Inputs of those that take several, channels first."""


def test_every_type_that_counts_axes_is_tried() -> None:
    """But a split, whose parts are slices."""
    counting = {name for name, kind in LAYERS.items() if issubclass(kind, CountsAxes) and not kind.is_scope}
    assert {name for name, _ in CASES} == counting


@every_row(("name", "options"), CASES)
def test_a_layer_that_counts_for_itself_is_one_in_such_a_spec(name: str, options: dict[str, Any]) -> None:
    own = LAYERS[name](data_format="channels_last", **options)
    assert own.layout == CHANNELS_LAST
    own = own.with_layout(CHANNELS_FIRST)
    other = LAYERS[name](**options).with_layout(CHANNELS_LAST)
    shapes = INPUTS.get(name, [(8, 6) if name in (*SEQUENTIAL, *LOOKED_UP) else (8, 4, 6)])
    inputs = [np.zeros((1, *shape)) if name in LOOKED_UP else batch(1, shape) for shape in shapes]
    output = other.output_shape(shapes)
    assert own.output_shape(shapes) == output
    weights = arrays(other, shapes)
    np.testing.assert_array_equal(own.forward(inputs, weights), other.forward(inputs, weights))


def test_an_activation_inside_counts_as_the_spec_does() -> None:
    text = (
        "input: 4x6x8\nlayers: [{linear: {out_features: 3, dim: -1, data_format: channels_last, activation: SOFTMAX}}]"
    )
    linear = cnncalc.load(text.replace("SOFTMAX", "{softmax: {dim: 1}}") + "\n").nodes[0].layer
    assert (linear.layout, linear.inner["activation"].layout) == (CHANNELS_LAST, CHANNELS_FIRST)


def test_a_spec_mixes_both_orders() -> None:
    """Keras's order within a spec of PyTorch's: flattened height by height, and put back."""
    text = (
        "input: 3x4x5\nlayers: [{flatten: {data_format: channels_last}}, "
        "{reshape: {shape: [4, 5, 3], data_format: channels_last}}]\n"
    )
    network = cnncalc.load(text)
    assert [node.output_shape for node in network.nodes] == [(60,), (3, 4, 5)]
    x = batch(2, (3, 4, 5))
    np.testing.assert_array_equal(network.forward(x), x)
