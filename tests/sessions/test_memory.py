"""Memory that is given back before large outputs are copied, and taken again by the next run."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import cnncalc
from cnncalc.sessions.memory import LARGE, Memory

VALUES = LARGE // 4
"""Of float32: as many as a large piece has."""


@pytest.mark.parametrize("size", [1, 1000, VALUES])
def test_zeros_that_begin_a_line(size: int) -> None:
    memory = Memory(size, np.dtype(np.float32))
    assert memory.values.shape == (size,)
    assert memory.values.flags.writeable
    assert memory.values.__array_interface__["data"][0] % 64 == 0
    assert not memory.values.any()


def test_what_is_kept_stays() -> None:
    """Also where it begins and ends in the middle of a page, and where spans lie in one another."""
    memory = Memory(VALUES, np.dtype(np.float32))
    memory.values[:] = 1
    kept = [(5000, 9001), (100, 4000), (200, 300), (VALUES - 3, VALUES)]
    memory.give_back(kept)
    for first, end in kept:
        assert (memory.values[first:end] == 1).all()
    if sys.platform == "linux":
        assert not memory.values[VALUES // 2 : VALUES - 2**16].any()


def test_runs_with_large_outputs() -> None:
    """Borders are of zeros again, and constants are there, in the second run."""
    convs = [{"conv2d": {"name": name, "out_channels": 8, "kernel_size": 3, "padding": 1}} for name in "abc"]
    bias = {"parameter": {"name": "p", "shape": [8, 1, 1]}}
    layers = [*convs, bias, {"add": {"name": "y", "from": ["c", "p"]}}]
    network = cnncalc.load({"input": [8, 768, 768], "layers": layers, "outputs": ["y", "b"]})
    x = np.random.default_rng(0).standard_normal((8, 768, 768)).astype(np.float32)
    wanted = network.forward(x)
    with network.session(threads=2) as session:
        for _ in range(3):
            found = session.run(x)
            assert isinstance(found, dict)
            assert isinstance(wanted, dict)
            for name, values in wanted.items():
                np.testing.assert_allclose(found[name], values, rtol=0, atol=2e-5 * float(np.abs(values).max()))


MEASURED = """
import resource, sys
import numpy as np
import cnncalc
import cnncalc.sessions.session

convs = [{"conv2d": {"out_channels": 16, "kernel_size": 3, "padding": 1}} for _ in range(2)]
network = cnncalc.load({"input": [16, 1024, 1024], "layers": convs})
x = np.ones((16, 1024, 1024), np.float32)
with cnncalc.load("lenet").session() as session:
    session.run(np.ones((1, 28, 28)))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with network.session() as session:
    session.run(x)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) * 1024, network.report().totals.peak_activation_bytes)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is not given back here")
def test_large_outputs_take_no_memory_beside_tensors() -> None:
    """An output of 64 MiB, half of the peak, is copied."""
    outcome = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True)
    taken, peak = map(int, outcome.stdout.split())
    assert taken < 1.1 * peak + 2**25
