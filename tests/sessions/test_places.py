"""Where tensors lie and what waits for what, by arithmetic: of bundled and of drawn networks, and of large images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.sessions import program
from cnncalc.sessions.accesses import Accesses
from cnncalc.sessions.binding import Binding, prepared_weight
from cnncalc.sessions.budget import limit_weights
from cnncalc.sessions.operations import Convolve
from cnncalc.sessions.places import Home, Part, Places, placed
from tests.marking import slow_but
from tests.networks import NAMES
from tests.sessions.drawing import networks
from tests.sessions.test_budget import lowered

if TYPE_CHECKING:
    from cnncalc.sessions.places import Part as PartOfHome

SEVEN = ("alexnet_torchvision", "vgg16", "resnet50", "googlenet", "densenet121", "squeezenet1_0", "mobilenet_v2")
FLOAT32 = 4
BORDERS = 2**24
"""Bytes of borders, which are many around small maps and of those that are read by whole tiles."""


def places_of(spec: Any) -> Places:
    """Where a session puts the tensors of a network."""
    operations = lowered(spec)
    limit_weights(operations)
    return placed(operations)


TOO_LARGE = "regnet_y_128gf"
"""Norms are folded into copies of its weights, of 2.6 GB."""


@pytest.mark.parametrize("name", slow_but({"squeezenet1_0", "unet"}, [name for name in NAMES if name != TOO_LARGE]))
def test_tensors_take_no_more_than_is_alive(name: str) -> None:
    peak = cnncalc.load(name).report().totals.peak_activation_bytes
    allowed = 1.1 * peak + (0 if name in SEVEN else BORDERS)
    assert FLOAT32 * places_of(name).size <= allowed


@given(networks())
def test_homes_that_live_together_lie_apart(spec: dict[str, Any]) -> None:
    homes = places_of(spec).homes
    for number, one in enumerate(homes):
        for other in homes[:number]:
            if one.first <= other.last and other.first <= one.last:
                assert one.start + one.values <= other.start or other.start + other.values <= one.start


def scratch(high: int, wide: int, entry: dict[str, Any]) -> list[int]:
    """The bytes of scratch memory of each kernel: of a layer, a norm and a sum, on a map of so many pixels."""
    layers = [{"relu": {"name": "r"}}, entry, {"batch_norm": {"name": "n"}}, {"add": {"from": ["n", "n"]}}]
    found = lowered({"input": [16, high, wide], "layers": layers})
    limit_weights(found)
    places = placed(found)
    weights = {
        number: prepared_weight(operation, found.shapes)
        for number, operation in enumerate(found.operations)
        if isinstance(operation, Convolve)
    }
    return [FLOAT32 * kernel.scratch_size for kernel in Binding(places, weights, 1, "float32").kernels()]


ENTRIES: dict[str, dict[str, Any]] = {
    "pixels": {"conv2d": {"out_channels": 16, "kernel_size": 1}},
    "columns": {"conv2d": {"out_channels": 16, "kernel_size": 5, "padding": 2}},
    "tiles": {"conv2d": {"out_channels": 16, "kernel_size": 3, "padding": 1}},
    "groups": {"conv2d": {"out_channels": 16, "kernel_size": 3, "padding": 1, "groups": 4}},
    "depthwise": {"depthwise_conv2d": {"kernel_size": 3, "padding": 1}},
    "spread": {"conv_transpose2d": {"out_channels": 16, "kernel_size": 2, "stride": 2}},
    "crop": {"crop": {"padding": 1}},
    "max pool": {"max_pool2d": {"kernel_size": 3, "stride": 1, "padding": 1}},
    "average pool": {"avg_pool2d": {"kernel_size": 3, "stride": 1, "padding": 1}},
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_scratch_memory_does_not_grow_with_the_image(entry: str) -> None:
    """Of eight times as many lines, or of lines so long, it is as much, or at most 1.5 MB."""
    few, high, wide = (max(scratch(*sizes, ENTRIES[entry])) for sizes in ((512, 64), (4096, 64), (64, 4096)))
    assert max(high, wide) <= max(few, 3 * 2**19)


SMALL = st.integers(0, 3)


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[list[PartOfHome], list[PartOfHome]]]:
    """What some operations read and write: channels of homes, some of which have memory of others."""
    homes = []
    for number in range(draw(st.integers(1, 4))):
        home = Home(number, (4, 1, 16))
        home.start = draw(SMALL) * 32
        homes.append(home)

    def parts() -> st.SearchStrategy[list[PartOfHome]]:
        part = st.builds(Part, st.sampled_from(homes), SMALL, st.integers(1, 2))
        return st.lists(part, max_size=2)

    return draw(st.lists(st.tuples(parts(), parts()), max_size=5))


@given(steps())
def test_conflicts_are_those_of_a_naive_model(drawn: list[tuple[list[PartOfHome], list[PartOfHome]]]) -> None:
    """An operation waits if it reads a channel that was written, or writes one that was read or written.

    A home that is written for the first time waits for all that used its memory.
    """
    accesses = Accesses()
    read: set[tuple[int, int]] = set()
    written: set[tuple[int, int]] = set()
    used: dict[int, set[int]] = {}
    for reads, writes in drawn:
        took, gave = (
            {(p.home.number, p.first + c) for p in parts for c in range(p.channels)} for parts in (reads, writes)
        )
        expected = bool(took & written or gave & (read | written))
        for part in writes:
            if part.home.number not in used:
                memory = set(range(part.home.start, part.home.start + part.home.values))
                expected |= any(memory & other for other in used.values())
        assert accesses.conflict(reads, writes) == expected
        accesses.add(reads, writes)
        read |= took
        written |= gave
        for part in (*reads, *writes):
            used[part.home.number] = set(range(part.home.start, part.home.start + part.home.values))


def test_small_operations_are_one_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits in LeNet; in a chain of small and large ones those that share the work do, and others for them."""
    monkeypatch.setattr(program, "LEAST_SHARED", 1_000_000)
    lenet: Any = cnncalc.load("lenet")
    with lenet.session(threads=3) as session:
        assert session.plan().waits == 0
        assert session.plan(batch=64).waits > 0
        image = np.ones((64, 1, 28, 28), np.float32)
        np.testing.assert_allclose(session.run(image), lenet.forward(image), rtol=0, atol=1e-6)
    small, large = {"out_channels": 4, "kernel_size": 1}, {"out_channels": 64, "kernel_size": 5, "padding": 2}
    layers = [{"conv2d": options} for options in (small, small, large, large, small, small, small, large)]
    network: Any = cnncalc.load({"input": [4, 16, 16], "layers": layers})
    with network.session(threads=2) as session:
        waits = [operation.waits for operation in session.plan().operations]
        x = np.random.default_rng(0).standard_normal((4, 16, 16)).astype(np.float32)
        for _ in range(20):
            np.testing.assert_allclose(session.run(x), network.forward(x), rtol=0, atol=1e-4)
    assert waits == [False, False, True, True, True, False, False, True]
