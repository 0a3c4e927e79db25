"""Models made with Keras, held against what Keras says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnncalc
from tests.models.keras import reference

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ("convolutions", "nested")
CASES = [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in reference.names() if name not in QUICK)]


@pytest.mark.parametrize("name", CASES)
def test_parameters_and_every_shape_are_those_of_keras(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.json"
    path.write_bytes(reference.configuration(name))
    network = cnncalc.load(path, input=reference.DEFAULT_INPUTS.get(name))
    report = network.report()
    found = {layer.name: layer for layer in report.layers}
    recorded = reference.layers(name)
    assert report.totals.parameters == sum(layer.trained for layer in recorded)
    assert report.totals.frozen + report.totals.buffers == sum(layer.other for layer in recorded)
    compared = 0
    for layer in recorded:
        ours = found.get(layer.name) or found.get(last_of(layer.name, list(found)))
        if layer.class_name == "InputLayer" or ours is None:
            continue
        compared += 1
        assert (*ours.output_shape[1:], ours.output_shape[0]) == layer.shape, layer
    assert compared >= 0.9 * sum(layer.class_name != "InputLayer" for layer in recorded)


def last_of(scope: str, names: list[str]) -> str:
    """The last layer of those that one of Keras became."""
    return next((name for name in reversed(names) if name.startswith(f"{scope}.")), "")
