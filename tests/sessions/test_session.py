"""What a session returns is what the forward pass returns, layer by layer and without a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.execution.tensors import in_spec_order, random_inputs
from tests.exporting.layer_drawing import LAYERS
from tests.layers.cases import KINDS
from tests.marking import slow_but
from tests.networks import NAMES, NETWORKS
from tests.sessions.drawing import networks
from tests.test_architectures import reduced

if TYPE_CHECKING:
    from cnncalc import Network

TOLERANCE = 2e-5
"""Of the largest value of an output, in float32."""


def inputs_of(network: Network, batch: int, seed: int = 3) -> dict[str, Any]:
    """Random inputs by name, as the spec orders axes."""
    arrays = random_inputs(network, seed, batch, "float32")
    return {name: in_spec_order(array, network.layout, batched=True) for name, array in arrays.items()}


def agrees(network: Network, batches: tuple[int, ...] = (2, 1, 2), **options: Any) -> None:
    """For each batch in turn, twice: what is left of a run before may not matter."""
    with network.session(**options) as session:
        for place, batch in enumerate((*batches, batches[-1])):
            arrays = inputs_of(network, batch, seed=place)
            before = {name: array.copy() for name, array in arrays.items()}
            found, wanted = session.run(arrays), network.forward(arrays)
            assert all((arrays[name] == before[name]).all() for name in arrays)
            found, wanted = (x if isinstance(x, dict) else {"output": x} for x in (found, wanted))
            assert found.keys() == wanted.keys()
            for name, array in wanted.items():
                assert (found[name].shape, found[name].dtype) == (array.shape, array.dtype)
                # One value alone may be the small difference of two that are not.
                most = TOLERANCE * max(float(np.abs(array).max()), 1e-30 if array.size > 1 else 1e-2)
                np.testing.assert_allclose(found[name], array, rtol=0, atol=most, err_msg=name)


@pytest.mark.parametrize("name", slow_but(NETWORKS[::7], NAMES, NETWORKS))
def test_bundled_networks(name: str) -> None:
    agrees(reduced(cnncalc.load(name)), batches=(1, 2))


@pytest.mark.parametrize("type_", ["adaptive_avg_pool", "adaptive_max_pool"])
def test_a_pool_to_the_same_size_is_nothing(type_: str) -> None:
    network: Any = cnncalc.load({"input": [3, 6, 6], "layers": ["relu", {type_: {"output_size": 6}}, "flatten"]})
    agrees(network)
    with network.session(threads=1) as session:
        assert [operation.layers for operation in session.plan().operations] == [("relu_1",), ("flatten_1",)]


@settings(max_examples=25)
@given(networks(), st.integers(1, 3), st.booleans())
def test_drawn_networks(spec: dict[str, Any], threads: int, exact: bool) -> None:
    agrees(cnncalc.load(spec), threads=threads, exact=exact)


@pytest.mark.slow
@settings(max_examples=150)
@given(networks(), st.integers(1, 3), st.booleans())
def test_many_drawn_networks(spec: dict[str, Any], threads: int, exact: bool) -> None:
    agrees(cnncalc.load(spec), threads=threads, exact=exact)


BOUNDED = ("relu", "relu6", "{hardtanh: {min_val: -0.5, max_val: 1}}", "{clamp: {min: 0.1}}", "{clamp: {max: 0}}")


@pytest.mark.parametrize("entry", BOUNDED)
def test_bounds_are_part_of_the_operation_before(entry: str) -> None:
    network = cnncalc.load(f"input: 3x8x8\nlayers: [{{conv2d: {{out_channels: 4, kernel_size: 3}}}}, {entry}]\n")
    assert len(network.plan().plan.operations) == 1
    agrees(network)


@pytest.mark.parametrize("type_", slow_but(KINDS & LAYERS.keys(), LAYERS))
@settings(max_examples=2)
@given(st.data())
def test_every_layer(type_: str, data: st.DataObject) -> None:
    agrees(around(type_, data))


@pytest.mark.slow
@pytest.mark.parametrize("type_", LAYERS)
@settings(max_examples=8)
@given(st.data())
def test_every_layer_in_many_forms(type_: str, data: st.DataObject) -> None:
    agrees(around(type_, data), batches=(2, 3))


def around(type_: str, data: st.DataObject) -> Network:
    """A layer by itself, or between two others that a session has kernels for."""
    drawn = data.draw(st.composite(LAYERS[type_])())
    inputs = {f"x{number}": list(shape) for number, shape in enumerate(drawn.shapes)}
    before: list[dict[str, Any]] = [
        {"relu": {"name": f"r{number}", "from": name}} for number, name in enumerate(inputs)
    ]
    names = list(inputs)
    if data.draw(st.booleans()) and type_ != "embedding":
        names = [f"r{number}" for number in range(len(inputs))]
    entry = {type_: {**drawn.options, "name": "layer", "from": names}}
    after = data.draw(st.sampled_from(["relu", "batch_norm", "identity"]))
    try:
        return cnncalc.load({"inputs": inputs, "layers": [*before, entry, {after: {"from": "layer"}}]})
    except cnncalc.CnncalcError:
        assume(False)
        raise
