"""Drawn, given and initialised weights."""

from __future__ import annotations

import numpy as np
import pytest

import cnncalc
from cnncalc.execution.executor import run
from tests.marking import slow_but


def test_the_seed_decides() -> None:
    network = cnncalc.load("lenet")
    first, again, other = (network.forward(seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(np.asarray(first), np.asarray(other))


def test_a_layer_has_the_same_weights_whatever_stands_before_it() -> None:
    layer = "  - linear: {name: fc, out_features: 3}\n"
    image = np.ones(5)
    alone = cnncalc.load(f"input: 5\nlayers:\n{layer}").forward(image)
    behind = cnncalc.load(f"input: 5\nlayers:\n  - identity\n{layer}").forward(image)
    np.testing.assert_array_equal(alone, behind)


DEEP = {
    "plain": "conv: {out_channels: 8, kernel_size: 3, padding: 1, activation: relu}",
    "residual": "residual: {layers: [conv: {out_channels: 8, kernel_size: 1}, relu]}",
    "normed": "residual: {layers: [conv: {out_channels: 8, kernel_size: 1}, batch_norm]}",
}


@pytest.mark.parametrize("kind", slow_but({"plain"}, DEEP))
def test_values_stay_finite_through_deep_networks(kind: str) -> None:
    report, _ = run(cnncalc.load(f"input: 8x16\nlayers:\n  - repeat: 1000\n    layers: [{DEEP[kind]}]\n"))
    assert report.ok
    deviation = report.layers[-1].std
    assert deviation is not None
    assert 1e-6 < deviation < 1e6


INITIALISERS = {
    "zeros": (0.0, 0.0),
    "ones": (1.0, 0.0),
    "{constant: 0.1}": (0.1, 0.0),
    "normal": (0.0, 1.0),
    "uniform": (0.5, 12**-0.5),
    "kaiming_normal": (0.0, (2 / 400) ** 0.5),
    "kaiming_uniform": (0.0, (2 / 400) ** 0.5),
    "xavier_normal": (0.0, (2 / 700) ** 0.5),
    "xavier_uniform": (0.0, (2 / 700) ** 0.5),
}
"""Mean and deviation, by the definitions of torch.nn.init."""


@pytest.mark.parametrize("written", INITIALISERS)
def test_initialisers(written: str) -> None:
    text = f"input: 400\nlayers:\n  - linear: {{out_features: 300, bias: false, weight: {written}}}\n"
    weight = np.asarray(cnncalc.load(text).forward(np.eye(400)))
    mean, deviation = INITIALISERS[written]
    assert weight.mean() == pytest.approx(mean, abs=0.01)
    assert weight.std() == pytest.approx(deviation, rel=0.02, abs=1e-6)
