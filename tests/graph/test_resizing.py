"""Graphs at other sizes, against those that are built from their specs there."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.graph.resizing import resized
from cnncalc.spec import bundled
from cnncalc.summary.analysis import analyse
from tests.marking import slow_but


@pytest.mark.parametrize("name", slow_but(["lenet", "resnet", "segnet", "googlenet", "unet"], bundled.names()))
def test_it_is_what_the_spec_gives(name: str) -> None:
    network = cnncalc.load(name)
    for add in (0, 1, 32):
        inputs = {key: (shape[0], *(size + add for size in shape[1:])) for key, shape in network.inputs.items()}
        built = network.blueprint.attempt(inputs, 10**6).network
        found = resized(network, inputs, {})
        if found is None:
            are_vectors = all(len(shape) == 1 for shape in inputs.values())
            assert network.follows_sizes or built is None or are_vectors or any(node.shares for node in network.nodes)
            continue
        assert built is not None
        assert analyse(found) == analyse(built)
        assert (found.outputs, found.scopes, found.inputs) == (built.outputs, built.scopes, built.inputs)


@pytest.mark.parametrize("inputs", [{"input": (3, 28, 28)}, {"input": (1, 28)}, {"other": (1, 28, 28)}, {}])
def test_other_channels_or_axes_may_have_other_layers(inputs: dict[str, tuple[int, ...]]) -> None:
    assert resized(cnncalc.load("lenet"), inputs, {}) is None
