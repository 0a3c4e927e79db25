"""The way back from an output size, against the network built at many sizes."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.geometry.window import Window
from cnncalc.layers import LAYERS
from cnncalc.solve.domain import Domain
from cnncalc.solve.solver import solve
from cnncalc.spec.relaxed import RelaxedTypes
from tests.marking import slow_after
from tests.solve.chains import CHAINS, WINDOWS, at, chain

if TYPE_CHECKING:
    from cnncalc import Network


def outputs(network: Network, sizes: range) -> dict[int, int]:
    """The output size of each input size at which the network can be built."""
    built = {size: at(network, size) for size in sizes}
    return {size: network.nodes[-1].output_shape[1] for size, network in built.items() if network}


@pytest.mark.slow
@given(CHAINS, st.integers(20, 40), st.integers(1, 30))
def test_solutions_are_all_that_enumeration_finds(links: list[str], size: int, wanted: int) -> None:
    network = chain(links, size)
    found = outputs(network, range(1, 150))
    name = network.nodes[-1].name
    assert solve(network, name).smallest == {"input": (1, min(found))}
    try:
        [axis] = solve(network, name, [wanted]).axes
    except CnncalcError:
        assert wanted not in found.values(), links
        return
    inside = [(max(first, 1), min(last, 149)) for first, last in axis.inputs or ()]
    sizes = (other for first, last in inside for other in range(first, last + 1))
    solved = {other for other in sizes if other % axis.modulus in axis.residues}
    assert solved == {other for other, output in found.items() if output == wanted}, links


@given(st.lists(WINDOWS, min_size=1, max_size=4), st.integers(20, 40))
def test_no_pixel_is_dropped_where_enumeration_finds_none(links: list[str], size: int) -> None:
    network = chain(links, size)
    congruences = solve(network, network.nodes[-1].name).congruences
    for other in range(1, 130) if congruences else ():
        built = at(network, other)
        for congruence in congruences:
            if built is None:
                assert not congruence.holds(other), (links, other, congruence)
                continue
            windows = [(node.layer.windows(node.input_shapes[0]), node.input_shapes[0][1]) for node in built.nodes]
            kept = all(
                window.dropped(before) == 0 if congruence.kind == "no_pixel_dropped" else window.left_over(before) <= 0
                for found, before in windows
                for window in found or ()
                if isinstance(window, Window)
            )
            assert congruence.holds(other) == kept, (links, other, congruence)


def test_pixels_that_no_window_reaches_are_counted_by_placing_them() -> None:
    for size in range(1, 20):
        for kernel, stride, before, after in ((3, 2, 0, 0), (3, 2, 1, 1), (2, 5, 0, 1), (5, 3, 2, 0), (1, 2, 0, 0)):
            window = Window(kernel, stride, padding=(before, after))
            positions = window.positions(size)
            if positions:
                last = (positions - 1) * stride + kernel - 1 - before
                assert window.dropped(size) == len(range(last + 1, size))
                assert window.left_over(size) == len(range(last + 1, size + after))


ANCHORS = [
    ("alexnet", "conv1", 55, ((227, 230),), 67, (32, (3,))),
    ("alexnet", None, 6, ((227, 258),), 67, (32, (3,))),
    ("lenet", None, 5, ((28, 31),), 12, (4, (0,))),
    ("resnet50", None, 7, ((193, 224),), 1, (32, (1, 2, 3, 4))),
    ("vgg16", None, 7, ((224, 255),), 32, (32, (0,))),
    ("unet", None, 388, ((572, 587),), 188, (16, (12,))),
]


@pytest.mark.parametrize(("name", "layer", "output", "inputs", "smallest", "congruence"), slow_after(3, ANCHORS))
def test_anchors(
    name: str,
    layer: str | None,
    output: int,
    inputs: tuple[tuple[int, int], ...],
    smallest: int,
    congruence: tuple[int, tuple[int, ...]],
) -> None:
    found = solve(cnncalc.load(name), layer, [output])
    assert [axis.inputs for axis in found.axes] == [inputs] * 2
    assert found.smallest is not None
    assert [shape[1:] for shape in found.smallest.values()] == [(smallest, smallest)]
    assert (found.congruences[0].modulus, found.congruences[0].residues) == congruence


def test_paths_must_agree() -> None:
    """A path that halves and doubles meets its input only where the size is even."""
    text = (
        "name: halves\ninput: 1x8\nlayers:\n  - residual:\n      layers:\n"
        "        - max_pool: {kernel_size: 2}\n        - upsample: {scale_factor: 2}\n"
    )
    found = solve(cnncalc.load(text), None, [8])
    assert found.axes[0].inputs == ((8, 8),)
    assert found.smallest == {"input": (1, 2)}
    assert (found.congruences[0].modulus, found.congruences[0].residues) == (2, (0,))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "layers", "smallest", "sizes"),
    [
        ("4x9x5", "{type: unflatten, name: u, dim: 1, sizes: [3, 3]}", (4, 9, 1), ((9, 9), (7, 7))),
        ("4x5x9", "{type: unflatten, name: u, dim: 2, sizes: [3, 3]}", (4, 1, 9), ((7, 7), (9, 9))),
        (
            "1x6x40",
            "{type: unflatten, name: u, dim: 1, sizes: [2, 3]}\n  - max_pool: {kernel_size: [1, 3, 20]}",
            (1, 6, 20),
            ((6, 6), (30, 30)),
        ),
    ],
)
def test_one_axis_fixed_does_not_raise_the_least_of_the_other(
    shape: str, layers: str, smallest: tuple[int, ...], sizes: tuple[tuple[int, int], ...]
) -> None:
    network = cnncalc.load(f"name: fixed\ninput: {shape}\nlayers:\n  - {{type: relu, name: r}}\n  - {layers}\n")
    assert solve(network).smallest == {"input": smallest}
    axes = solve(network, "r", [first for first, _ in sizes]).axes
    assert [axis.inputs for axis in axes] == [(size,) for size in sizes]


@pytest.mark.slow
def test_the_smallest_input_is_a_domain_of_its_own() -> None:
    assert Domain(cnncalc.load("yolo_v3")).smallest == {"input": (3, 25, 25)}


SEVERAL = [
    "{name: a, from: left, kernel_size: 3, stride: 2, padding: 1} | {name: b, from: right, kernel_size: 3, padding: 1}",
    "{name: a, from: left, kernel_size: 4, stride: 2} | {name: b, from: right, kernel_size: 4, stride: 2}",
    "{name: a, from: left, kernel_size: 2, stride: 3} | {name: b, from: right, kernel_size: 3, stride: 2}",
]
"""The options of two convolutions, each of an input of its own, that meet."""


def of_two(several: str, left: int, right: int) -> Network:
    first, second = several.split(" | ")
    return cnncalc.load(
        f"name: two\ninputs: {{left: 1x{left}, right: 1x{right}}}\nlayers:\n"
        f"  - max_pool: {first}\n  - max_pool: {second}\n"
        "  - concat: {name: c, from: [a, b]}\n  - max_pool: {name: p, kernel_size: 2}\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("several", SEVERAL)
def test_inputs_that_meet_go_together(several: str) -> None:
    """Against all pairs of sizes at which the network can be built."""
    pairs: dict[tuple[int, int], Network] = {}
    for left, right in product(range(1, 40), repeat=2):
        with suppress(CnncalcError):
            pairs[left, right] = of_two(several, left, right)
    network = next(pairs[pair] for pair in pairs if max(pair) > 9)
    least, most = min(pairs), (28, 28)
    for layer in ("a", "b", "c", "p"):
        number = network.tensor(layer)
        sizes = {pair: built.tensors[number].shape[1] for pair, built in pairs.items()}
        for output in sorted({size for pair, size in sizes.items() if max(pair) < max(most) - 9}):
            [axis] = solve(network, layer, [output]).axes
            name = axis.symbol.split(".")[0]
            place = ("left", "right").index(name)
            expected = {pair for pair, size in sizes.items() if size == output}
            assert set(range(*_past(axis.inputs))) == {pair[place] for pair in expected}, (layer, output)
            other = ("right.L", "left.L")[place]
            for following in axis.following:
                for size in range(*_past((following.inputs,))):
                    met = {pair[1 - place] for pair in expected if pair[place] == size}
                    assert met == set(range(*_past(following.others[other])))
    assert solve(network).smallest == {"left": (1, least[0]), "right": (1, least[1])}
    _hold_progressions(network, pairs)


def _past(intervals: Any) -> tuple[int, int]:
    [(first, last)] = intervals
    return first, last + 1


def _hold_progressions(network: Network, pairs: dict[tuple[int, int], Network]) -> None:
    """A size of one input is one of them if some size of the other goes with it so that nothing is left over."""
    for found in solve(network).congruences:
        place = ("left.L", "right.L").index(found.symbol)
        divides_exactly = set()
        for pair, built in pairs.items():
            slid = ((node.layer.windows(node.input_shapes[0]) or (), node.input_shapes[0][1:]) for node in built.nodes)
            moves = [(window, size) for windows, sizes in slid for window, size in zip(windows, sizes, strict=False)]
            left = [
                window.dropped(size) if found.kind == "no_pixel_dropped" else window.left_over(size)
                for window, size in moves
                if isinstance(window, Window)
            ]
            if max(left) <= 0:
                divides_exactly.add(pair[place])
        assert [size for size in range(1, 20) if found.holds(size)] == sorted(
            size for size in divides_exactly if size < 20
        )


def test_sizes_that_no_axis_may_have_are_not_searched() -> None:
    with pytest.raises(CnncalcError, match="it would take H = 3200000003, and an axis has at most 2147483647 pixels"):
        solve(cnncalc.load("alexnet"), "pool5", [99_999_999])


WHEN = "  - max_pool: {kernel_size: 2, when: '=in_shape[1] > 40'}\n  - relu: {name: last}\n"
CROPPED = "  - crop: {name: cut, from: input, size: 6}\n"
TEXTS = [
    ("1x5", "  - avg_pool1d: {kernel_size: 2}\n  - pixel_unshuffle: {downscale_factor: 2}\n"),
    ("1x24", f"  - avg_pool1d: {{name: a, kernel_size: 4}}\n{CROPPED}  - concat: {{from: [a, cut]}}\n"),
    ("1x24", f"  - avg_pool1d: {{name: a, kernel_size: 4}}\n{CROPPED}  - add: {{from: [a, cut]}}\n"),
    (
        "1x15",
        f"  - max_pool: {{name: a, kernel_size: 1, stride: 15, padding: same}}\n{CROPPED}  - add: {{from: [a, cut]}}\n",
    ),
    ("1x8", "  - pixel_unshuffle: {downscale_factor: 2}\n  - adaptive_avg_pool1d: {output_size: 3}\n"),
    ("1x30", f"  - avg_pool1d: {{kernel_size: 3, stride: 1}}\n{WHEN}"),
    ("1x50", f"  - avg_pool1d: {{kernel_size: 3, stride: 1}}\n{WHEN}"),
    ("1x3", "  - slice: {dim: 1, start: -1, end: 3}\n"),
    (
        "1x2",
        "  - max_pool: {name: a, kernel_size: 1, stride: 2}\n"
        "  - max_pool: {name: b, from: input, kernel_size: 1, stride: 3}\n  - concat: {from: [a, b]}\n",
    ),
]
"""Sizes that are fixed, follow an expression, or must be multiples."""


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "layers"), TEXTS)
def test_what_is_said_of_sizes_that_layers_restrict(shape: str, layers: str) -> None:
    text = f"name: restricted\ninput: {shape}\nlayers:\n{layers}"
    network = cnncalc.load(text)
    built: dict[int, Network] = {}
    for size in range(1, 130):
        with suppress(CnncalcError):
            built[size] = cnncalc.load(text, input=f"1x{size}")
    outputs = {size: other.nodes[-1].output_shape[1] for size, other in built.items()}
    for wanted in sorted({*outputs.values(), 77})[:: 19 if network.follows_sizes else 1]:
        expected = {size for size, output in outputs.items() if output == wanted}
        try:
            [axis] = solve(network, network.nodes[-1].name, [wanted]).axes
        except CnncalcError:
            assert not expected
            continue
        inside = [range(first, min(last, 129) + 1) for first, last in axis.inputs or ()]
        solved = {size for sizes in inside for size in sizes if size % axis.modulus in axis.residues}
        assert solved <= expected
        assert solved == expected or network.follows_sizes
    assert solve(network).smallest == {"input": (1, min(built))}
    for progression in solve(network).congruences:
        assert all(size in built for size in range(1, 130) if progression.holds(size))


@pytest.mark.parametrize(
    "text",
    [
        "input: 1x99999\nlayers: [" + "max_pool: {kernel_size: 2}, " * 16 + "]",
        "input: 1x7x7\nlayers: [relu, flatten, {linear: {out_features: 1, in_features: 2147483647}}]",
    ],
)
def test_large_numbers_take_no_time(text: str) -> None:
    network = cnncalc.load(
        text.replace("max_pool: {kernel_size: 2}", "{max_pool: {kernel_size: 2}}"), layers=RelaxedTypes(LAYERS)
    )
    assert solve(network).congruences[0].least >= 1


def test_of_many_sizes_those_that_will_do_are_a_congruence() -> None:
    """Too many to be built one by one: 2 x 40,000 of them, of which the odd ones have no pairs of pixels."""
    text = (
        "name: many\ninput: 1x100000\nlayers:\n  - pixel_unshuffle: {downscale_factor: 2}\n"
        "  - max_pool: {kernel_size: 1, stride: 40000}\n"
    )
    [axis] = solve(cnncalc.load(text), None, [2]).axes
    assert (axis.inputs, axis.modulus, axis.residues) == (((80002, 160001),), 2, (0,))
    assert cnncalc.load(text, input="1x160000").nodes[-1].output_shape == (2, 2)
    assert cnncalc.load(text, input="1x80000").nodes[-1].output_shape == (2, 1)
