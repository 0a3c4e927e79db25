"""The proof by execution: it agrees with every bundled architecture, and it fails where a claim is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnncalc
from cnncalc.geometry.access import SAME, Shift
from cnncalc.geometry.index_set import IndexSet
from cnncalc.geometry.reading import AxisByAxis, same_but
from cnncalc.geometry.window import Window
from cnncalc.geometry.window_access import Sliding
from cnncalc.graph.restriction import restricted
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer
from cnncalc.layers.convolution import Convolution
from cnncalc.layers.pooling import MaxPool
from cnncalc.layers.slicing import Slice
from cnncalc.receptive_field import proof
from cnncalc.receptive_field.dependency import pixels_seen
from cnncalc.receptive_field.proof import verify
from cnncalc.receptive_field.results import Mismatch
from cnncalc.spec import bundled
from cnncalc.spec.smallest import smallest_input
from tests.marking import slow_but
from tests.networks import FILES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc import Network
    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.kernels.windows import AxisWindow
    from cnncalc.shapes import Shape


QUICK = {"alexnet", "lenet", "resnet", "mobilenet_v2", "c3d", "squeezenet"}


def small(name: str) -> Network:
    """A bundled network at a little more than its smallest input; of video at that, unless it is one pixel."""
    network = cnncalc.load(name)
    layout = network.layout
    one = {word: (shape[0], *(1 for _ in shape[1:])) for word, shape in network.inputs.items()}
    least = smallest_input(network.blueprint, one)
    if least is None:
        return network
    more = 9 if all(len(shape) < 4 for shape in least.values()) else 3 if least == one else 0
    larger = {word: (shape[0], *(size + more for size in shape[1:])) for word, shape in least.items()}
    for shapes in (larger, least):
        try:
            return network.at({word: layout.external(shape) for word, shape in shapes.items()})
        except cnncalc.CnncalcError:
            continue
    return network


def chosen(network: Network) -> list[tuple[int, tuple[int, ...]]]:
    """The corner of the last map, and a unit in the middle of one half way."""
    maps = [tensor for tensor in network.tensors if len(tensor.shape) > 1 and max(tensor.shape[1:]) > 1]
    half, last = maps[len(maps) // 2], maps[-1]
    return [
        (last.number, (0,) * (len(last.shape) - 1)),
        (half.number, tuple(size // 2 for size in half.shape[1:])),
    ]


@pytest.mark.parametrize("name", slow_but(QUICK, bundled.names(), FILES))
def test_every_bundled_architecture(name: str) -> None:
    """The first variant of each file."""
    network = small(name)
    for tensor, unit in chosen(network):
        proof = verify(network, tensor, unit, pixels_seen(network, tensor, unit))
        needed = restricted(network, [tensor]).inputs  # what a twin sees is one of two
        assert proof.perturbed == sum(sum(shape[1:]) for shape in needed.values())
        assert proof.mismatches == (), (network.tensors[tensor].name, unit)


class OneTapLess(Sliding):
    """A window that says it had one tap less than it has."""

    def read_by(self, units: IndexSet) -> IndexSet:
        found = super().read_by(units)
        return IndexSet.span(found.first, found.last - 1)


class OnePixelMore(Sliding):
    """A window that says it read the pixel behind it too."""

    def read_by(self, units: IndexSet) -> IndexSet:
        return super().read_by(units).dilated_by_taps(2).within(self.size)


def claiming(access: type[Sliding], reading: Reading) -> list[Reading]:
    """What a layer says that it reads, with another access along its axis."""
    assert isinstance(reading, AxisByAxis)
    channels, sliding = reading.accesses
    assert isinstance(sliding, Sliding)
    return [AxisByAxis([channels, access(sliding.window, sliding.size)])]


class Forgetful(Convolution):
    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        return claiming(OneTapLess, *super().reads(inputs, output))


class Boastful(MaxPool):
    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        return claiming(OnePixelMore, *super().reads(inputs, output))


class Displaced(Convolution):
    """A convolution that computes something else than it says: its kernel starts one pixel later."""

    def geometry(self, shape: Shape) -> list[AxisWindow]:
        windows = super().geometry(shape)
        return [one._replace(padding=(one.padding[0] - 1, one.padding[1] + 1)) for one in windows]


WRONG = [
    ("conv", Forgetful, "conv: {out_channels: 2, kernel_size: 3}", [Mismatch("input", 0, 4, False)]),
    ("max_pool", Boastful, "max_pool: {kernel_size: 2}", [Mismatch("input", 0, 6, True)]),
    (
        "conv",
        Displaced,
        "conv: {out_channels: 2, kernel_size: 3, padding: 1}",
        [Mismatch("input", 0, 1, True), Mismatch("input", 0, 4, False)],
    ),
]


@pytest.mark.parametrize(("kind", "layer", "entry", "expected"), WRONG)
def test_a_wrong_claim_is_found(kind: str, layer: type[Convolution], entry: str, expected: list[Mismatch]) -> None:
    layers = {**LAYERS, kind: layer}
    network = cnncalc.load(f"input: 1x12\nlayers:\n- {entry}\n", layers=layers)
    proof = verify(network, 1, (2,), pixels_seen(network, 1, (2,)))
    assert not proof.ok
    assert sorted(proof.mismatches) == sorted(expected)


def test_what_a_slice_says_is_held_too() -> None:
    class Lying(Slice):
        def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
            del output
            return [AxisByAxis([SAME, Shift(2, size)]) for _, size in inputs]

    layers = {**LAYERS, "slice": Lying}
    network = cnncalc.load("input: 1x9\nlayers:\n- slice: {dim: 1, start: 3}\n", layers=layers)
    proof = verify(network, 1, (2,), pixels_seen(network, 1, (2,)))
    assert {(wrong.pixel, wrong.claimed) for wrong in proof.mismatches} == {(4, True), (5, False)}


class TemporalShift(Layer):
    """Half of the channels from the position before, the others from their own: said of neither channels nor axis."""

    type_name = "temporal_shift"

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        del weights
        (x,) = inputs
        half = x.shape[1] // 2
        later = np.zeros_like(x[:, :half])
        later[:, :, 1:] = x[:, :half, :-1]
        return np.concatenate([later, x[:, half:]], 1)


class ToldShift(TemporalShift):
    """The same, its taps told and its channels kept."""

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        del output
        return [same_but(2, {1: Sliding(Window(2, padding=(1, 0)), size)}) for _, size in inputs]


@pytest.mark.parametrize(
    ("layer", "mismatches"),
    [(TemporalShift, [Mismatch("input", 0, 3, False)]), (ToldShift, [])],
    ids=["not told", "told"],
)
def test_a_type_of_ones_own_is_proven_by_all_of_its_channels(layer: type[Layer], mismatches: list[Mismatch]) -> None:
    """What it says of its channels, or forgets to say, is no part of the proof."""
    text = "input: 1x9\nlayers:\n- conv1d: {out_channels: 4, kernel_size: 1}\n- temporal_shift\n"
    network = cnncalc.load(text, layers={**LAYERS, "temporal_shift": layer})
    assert list(verify(network, 2, (4,), pixels_seen(network, 2, (4,))).mismatches) == mismatches


class Shorter(TemporalShift):
    """Gives one position less than it states."""

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        return super().forward(inputs, weights)[:, :, 1:]


def test_a_type_that_gives_another_shape_is_not_proven() -> None:
    layers = {**LAYERS, "temporal_shift": Shorter}
    network = cnncalc.load("input: 4x9\nlayers:\n- temporal_shift: {name: t}\n", layers=layers)
    with pytest.raises(cnncalc.CnncalcError, match="`t` gives 4 x 8 where it states 4 x 9, and so nothing"):
        verify(network, 1, (8,), pixels_seen(network, 1, (8,)))


class Halves(Convolution):
    """A grouped convolution by another name, whose groups are mixed by the layer itself."""

    type_name = "halves"


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_a_subclass_of_a_convolution_is_proven(groups: int) -> None:
    text = (
        "input: 4x9x7\nlayers:\n- depthwise_conv2d: {kernel_size: 1}\n- pad: {padding: [[1, 1], [2, 0]]}\n"
        f"- halves2d: {{out_channels: 8, kernel_size: [2, 3], stride: 2, groups: {groups}}}\n"
        "- group_norm: {num_groups: 4}\n"
    )
    network = cnncalc.load(text, layers={**LAYERS, "halves": Halves})
    for tensor in (3, 4):
        assert verify(network, tensor, (1, 2), pixels_seen(network, tensor, (1, 2))).mismatches == ()


def test_blocks_of_positions_give_what_all_at_once_give(monkeypatch: pytest.MonkeyPatch) -> None:
    network = cnncalc.load("densenet121", input="3x64x48")
    whole = verify(network, 40, (3, 3), pixels_seen(network, 40, (3, 3)))
    monkeypatch.setattr(proof, "MEMORY", 2**21)
    assert verify(network, 40, (3, 3), pixels_seen(network, 40, (3, 3))) == whole
    assert whole.ok


def test_a_feature_of_a_vector_is_proven() -> None:
    network = cnncalc.load("input: 1x5\nlayers: [{slice: {dim: 1, start: 1}}, flatten, {slice: {end: 3}}]\n")
    pixels = pixels_seen(network, 3, (2,))
    assert list(pixels["input"][0].each()) == [3]
    assert verify(network, 3, (2,), pixels).ok
    wrong = verify(network, 3, (2,), {"input": (IndexSet.span(2, 3),)})
    assert wrong.mismatches == (Mismatch("input", 0, 2, True),)


def test_norms_that_overflow_are_proven() -> None:
    """With such an exponent the norm of three ones is infinite, and that of two infinities is no number."""
    network = cnncalc.load("input: 1x8x8\nlayers:\n- lp_pool: {kernel_size: 3, norm_type: 0.001}\n")
    assert verify(network, 1, (0, 0), pixels_seen(network, 1, (0, 0))).ok


def test_a_map_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "available", lambda: 1000)
    network = cnncalc.load("lenet")
    with pytest.raises(cnncalc.CnncalcError, match="the map of `input` does not fit in memory"):
        verify(network, 2, (3, 3), pixels_seen(network, 2, (3, 3)))


def test_maps_that_are_kept_are_counted_before_the_work_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 2 x 10^9 pixels no map is made, and no list of positions."""
    monkeypatch.setattr(proof, "available", lambda: 2**34)
    network = cnncalc.load("input: 1x2000000000\nlayers:\n- conv: {out_channels: 1, kernel_size: 3, stride: 512}\n")
    with pytest.raises(cnncalc.CnncalcError, match="the map of `input` does not fit in memory"):
        verify(network, 1, (3,), pixels_seen(network, 1, (3,)))


DEPTHWISE = "- depthwise_conv: {name: last, kernel_size: 3, padding: 1}\n"


def test_distinct_maps_are_counted_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four branches of 900 values are four maps, and make four others: 7200 bytes, where alike ones would be 5400."""
    monkeypatch.setattr(proof, "SCRATCH", 0)
    branches = ", ".join(f"[max_pool: {{kernel_size: {n}, stride: 1, padding: same}}]" for n in range(1, 5))
    network = cnncalc.load(
        f"input: 1x30x30\nlayers:\n- parallel: {{merge: concat, branches: [{branches}]}}\n{DEPTHWISE}"
    )
    pixels = pixels_seen(network, 6, (3, 3))
    monkeypatch.setattr(proof, "available", lambda: 9000)
    assert verify(network, 6, (3, 3), pixels).ok
    monkeypatch.setattr(proof, "available", lambda: 6000)
    with pytest.raises(cnncalc.CnncalcError, match="the map of `last` does not fit in memory"):
        verify(network, 6, (3, 3), pixels)


def test_a_proof_that_takes_hours_is_refused_before_it_starts() -> None:
    """Each of 5,000,000 positions, and nothing beside them, goes through as many windows of 3 taps, and a mean."""
    size = 5_000_000
    conv = "conv: {out_channels: 1, kernel_size: 3, padding: 1, bias: false}"
    network = cnncalc.load(f"input: 1x{size}\nlayers: [{conv}, global_avg_pool: {{name: mean}}]\n")
    operations = (size + 1) * (2 * 3 * size + size)
    with pytest.raises(cnncalc.CnncalcError) as caught:
        verify(network, 2, None, pixels_seen(network, 2, None))
    assert str(caught.value) == (
        f"error: the proof of `mean` takes {operations:,} operations, and at most 100,000,000,000,000 are executed: "
        "more take hours\nhint: try a smaller input; nothing is executed unless a proof is asked for"
    )
