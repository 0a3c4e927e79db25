"""What does not fit in memory, or takes hours, is refused before any work."""

from __future__ import annotations

from math import prod

import pytest

import cnncalc
from cnncalc.execution import resources
from cnncalc.execution.executor import run
from cnncalc.execution.weights import WeightDraw


def test_a_network_that_does_not_fit_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    network = cnncalc.load("alexnet")
    needed = (60965224 + 2 * prod((96, 55, 55))) * 4
    monkeypatch.setattr(resources, "available", lambda: needed - 1)
    with pytest.raises(cnncalc.CnncalcError, match="does not fit in memory: its weights take"):
        run(network)
    monkeypatch.setattr(resources, "available", lambda: needed)
    resources.check_memory(network, 1, "float32")


def test_what_a_layer_works_with_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attention lays out query, key and value, projects them, and lays out what comes of them."""
    network = cnncalc.load("input: 8x100\nlayers:\n- multihead_attention: {num_heads: 2}\n")
    needed = (network.parameters + 2 * 800 + 4 * 800 + 4 * 800) * 4
    monkeypatch.setattr(resources, "available", lambda: needed - 1)
    with pytest.raises(cnncalc.CnncalcError, match="does not fit in memory"):
        run(network)
    monkeypatch.setattr(resources, "available", lambda: needed)
    resources.check_memory(network, 1, "float32")


def test_the_machine_tells_its_memory() -> None:
    room = resources.available()
    assert room is None or 2**20 < room < 2**60


TOO_LARGE = [
    ("2147483647", "relu", "tensors up to 17.2 GB"),
    ("1x2147483647x2147483647x2147483647", "relu", "tensors up to more than 1,000,000,000 GB"),
    ("1x9", "conv: {out_channels: 2147483647, kernel_size: 2147483647, padding: same}", "its weights take more than"),
    ("1x9x9x9", "upsample: {size: 2147483647}", "more than 1,000,000,000 GB"),
]


@pytest.mark.parametrize(("sizes", "layer", "message"), TOO_LARGE)
@pytest.mark.parametrize("room", [10**9, None])
def test_sizes_that_no_array_can_have_are_refused(
    sizes: str, layer: str, message: str, room: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the machine does not tell its memory, what NumPy can address is the limit."""
    network = cnncalc.load(f"input: {sizes}\nlayers:\n  - {layer}\n")
    monkeypatch.setattr(resources, "available", lambda: room)
    if room is None and "17.2" in message:
        resources.check_memory(network, 1, "float32")
        return
    with pytest.raises(cnncalc.CnncalcError, match="does not fit in memory") as caught:
        run(network)
    assert message in str(caught.value)


def test_memory_that_ends_while_weights_are_drawn_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(WeightDraw, "arrays", fail)
    with pytest.raises(cnncalc.CnncalcError, match="`c1` does not fit in memory"):
        run(cnncalc.load("lenet"))


def test_an_axis_wise_last_step_is_counted_beside_its_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    network = cnncalc.load("input: 1000\nlayers:\n  - scale: {factor: 2, activation: softmax}\n")
    for room, fits in ((12_000, True), (11_999, False)):
        monkeypatch.setattr(resources, "available", lambda room=room: room)
        if fits:
            resources.check_memory(network, 1, "float32")
        else:
            with pytest.raises(cnncalc.CnncalcError, match="does not fit"):
                resources.check_memory(network, 1, "float32")


def test_work_that_takes_hours_is_refused_before_it_starts() -> None:
    """A pool of 2,000 x 2,000 at each of 4,001 x 4,001 places compares 4,000,000 values, less one, at each."""
    pool = "max_pool: {kernel_size: 2000, stride: 1, padding: 1000}"
    network = cnncalc.load(f"name: net\ninput: 1x4000x4000\nlayers: [{pool}, {pool}]\n")
    places = [(4000 + 2000 - 2000 + 1) ** 2, (4001 + 2000 - 2000 + 1) ** 2]
    operations = sum(places) * (2000 * 2000 - 1)
    with pytest.raises(cnncalc.CnncalcError) as caught:
        run(network)
    assert caught.value.message == (
        f"net takes {operations:,} operations, and at most 100,000,000,000,000 are executed: more take hours"
    )
