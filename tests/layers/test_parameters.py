"""Parameters of every layer kind, counted one by one.

What is counted is the loop's own: the numbers whose change the executed layer shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from cnncalc.layers import LAYERS
from tests.layers.cases import KINDS, OPAQUE, network_of
from tests.layers.execution import arrays
from tests.marking import slow_but

if TYPE_CHECKING:
    from cnncalc.graph.node import Node
    from cnncalc.kernels import Array


def outputs(node: Node, weights: dict[str, Array]) -> list[Array]:
    """What the layer makes of positive and of negative inputs, as either may hide a weight behind a rectifier."""
    rng = np.random.default_rng(0)
    inputs: list[Array] = [rng.uniform(0.5, 1.5, (2, *shape)) for shape in node.input_shapes]
    bound = node.layer.index_bound
    if bound is not None:
        inputs = [np.arange(x.size).reshape(x.shape) % bound for x in inputs]
    own = {key: value for key, value in weights.items() if not key.startswith("activation.")}
    inner = {key.removeprefix("activation."): value for key, value in weights.items() if key not in own}
    found = []
    for sign in (1, -1) if bound is None else (1,):
        with np.errstate(invalid="ignore"):  # of functions that take positive values alone
            output = node.layer.forward([sign * x for x in inputs], own)
        last = node.layer.last_step
        found.append(output if last is None else last.forward([output], inner))
    return found


@pytest.mark.parametrize("name", slow_but(KINDS - {*OPAQUE}, sorted(set(LAYERS) - set(OPAQUE))))
def test_every_number_that_is_counted_counts(name: str) -> None:
    network = network_of(name)
    node = network.nodes[1]
    weights = arrays(node.layer, node.input_shapes, dtype="float64")
    last = node.layer.last_step
    if last is not None:
        inner = arrays(last, [node.output_shape], dtype="float64")
        weights |= {f"activation.{key}": value for key, value in inner.items()}
    before = outputs(node, weights)
    counted = 0
    for key in node.weight_shapes:
        for place in np.ndindex(*weights[key].shape):
            changed = {**weights, key: weights[key].copy()}
            changed[key][place] += 0.25
            counted += any(not np.array_equal(a, b) for a, b in zip(before, outputs(node, changed), strict=True))
    assert network.report().layers[1].parameters == counted
