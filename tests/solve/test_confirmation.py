"""What is said of other input sizes where options follow the size, against the network built at each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.formulas.explanation import explain
from cnncalc.geometry.window import Window
from cnncalc.layers import LAYERS
from cnncalc.layers.passthrough import Identity
from cnncalc.solve import building
from cnncalc.solve.closed_forms import closed_forms
from cnncalc.solve.solver import solve
from tests.marking import slow_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape
    from cnncalc.solve.intervals import Intervals
    from cnncalc.solve.results import AxisSolution

SIZES = (*range(1, 102), 199, 200, 256, 257, 500, 512, 999, 1000, 1001, 2001, 2002)

FITTED = """
  - flatten
  - linear: {name: fc, out_features: 2, in_features: N}
"""

FOLLOWING = [
    # the channels, and a linear layer that no other size fits
    ("1x8", "  - conv: {name: c, out_channels: \"=size('input')[0]\", kernel_size: 1}" + FITTED.replace("N", "64")),
    ("1x64", "  - conv: {name: c, out_channels: \"=size('input')[0]\", kernel_size: 1}\n  - global_avg_pool\n"),
    # the window
    ("1x9", "  - conv: {name: c, out_channels: 1, kernel_size: '=in_shape[1]'}" + FITTED.replace("N", "1")),
    ("1x9", "  - max_pool: {name: p, kernel_size: '=in_shape[1]'}\n  - upsample: {scale_factor: 3}\n"),
    ("1x12", "  - max_pool: {name: p, kernel_size: '=1 + in_shape[1] // 8'}\n"),
    ("1x12", "  - max_pool: {name: p, kernel_size: 3, stride: '=3 if in_shape[1] == 12 else 2'}\n"),
    ("1x8", "  - conv: {name: c, out_channels: 1, kernel_size: 3, padding: '=in_shape[1] % 2'}\n"),
    # the layers
    ("1x5", "  - {repeat: \"=size('input')[0]\", layers: [relu]}\n  - max_pool: {name: p, kernel_size: 2}\n"),
    ("1x20", "  - {repeat: '=20 - in_shape[1]', layers: [max_pool: {kernel_size: 2}]}\n  - relu: {name: r}\n"),
    ("1x8", "  - max_pool: {name: p, kernel_size: 2, when: '=in_shape[1] > 1000'}\n  - relu: {name: r}\n"),
    ("1x2000", "  - max_pool: {name: p, kernel_size: 2, when: '=in_shape[1] < 100'}\n  - relu: {name: r}\n"),
    ("1x8", "  - relu: {name: a}\n  - max_pool: {name: p, kernel_size: 2, when: '=in_shape[1] == 77'}\n"),
    ("1x8", "  - {type: \"=('relu' if in_shape[1] == 8 else 'max_pool')\", name: t}\n"),
    # what can be built
    (
        "1x8",
        "  - max_pool: {name: p, kernel_size: 2}\n  - relu: {when: '=in_shape[1] // (8 - in_shape[1] // 2) < 9'}\n",
    ),
    ("1x8", "  - conv: {name: c, out_channels: '=8 if in_shape[1] == 8 else 0', kernel_size: 1}\n"),
    ("1x8", "  - max_pool: {name: p, kernel_size: '=2 + in_shape[1] % 3'}\n  - reshape: {name: r, shape: [1, 2]}\n"),
    # a form that is right
    ("1x16", "  - max_pool: {name: p, kernel_size: 2}\n  - upsample: {name: u, size: \"=size('input')\"}\n"),
]


@pytest.fixture(autouse=True)
def few_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges that are tried size by size end between 100 and 200, behind most of `SIZES`, so that tests are fast."""
    monkeypatch.setattr(building, "QUESTION_BUDGET", 400)


def built(text: str, layers: dict[str, type] | None = None) -> dict[int, Graph]:
    """The network at each size at which it can be built, whatever its linear layers take."""
    blueprint = cnncalc.load(text, layers=layers or LAYERS).blueprint.relaxed
    attempts = {size: blueprint.attempt({"input": (1, size)}, 5000) for size in SIZES}
    return {size: attempt.network for size, attempt in attempts.items() if attempt.network is not None}


def hold_forms(network: Graph, others: dict[int, Graph]) -> None:
    """Every form that is claimed gives the size of that tensor at every input at which it is there."""
    forms = dict(zip([tensor.name for tensor in network.tensors], closed_forms(network).forms, strict=True))
    for size, other in others.items():
        shapes = {tensor.name: tensor.shape for tensor in other.tensors}
        for name, axes in forms.items():
            for axis, form in enumerate(axes):
                if form is not None:
                    claimed = form.steps[0].plus if form.variable is None else form.at(size)
                    assert name not in shapes or shapes[name][axis] == claimed, (size, name, form)


def sizes_in(inputs: Intervals, modulus: int, residues: Sequence[int]) -> set[int]:
    return {size for size in SIZES if any(a <= size <= b for a, b in inputs) and size % modulus in residues}


def hold_solutions(network: Graph, name: str, others: dict[int, Graph]) -> None:
    """What `solve` gives does give the size; that none does is said of the sizes that were tried, or is so."""
    found = {
        size: {tensor.name: tensor.shape for tensor in other.tensors}.get(name, (0, 0))[1]
        for size, other in others.items()
    }
    for wanted in sorted({*list(found.values())[:40:14], max(found.values()), 3} - {0}):
        right = {size for size, output in found.items() if output == wanted}
        axis = solved(network, name, wanted)
        if isinstance(axis, CnncalcError):
            tried = axis.message.partition(" from ")[2].partition(" gives")[0]
            first, last = map(int, tried.split(" to ")) if tried else (1, max(SIZES))
            assert not [size for size in right if first <= size <= last], (wanted, axis.message)
            continue
        claimed = sizes_in(axis.inputs or (), axis.modulus, axis.residues)
        assert claimed <= right, (wanted, axis)
        if axis.enumerated:
            assert claimed == {size for size in right if axis.enumerated[0] <= size <= axis.enumerated[1]}


def solved(network: Graph, name: str, wanted: int) -> AxisSolution | CnncalcError:
    try:
        return solve(network, name, [wanted]).axes[0]
    except CnncalcError as error:
        return error


def hold_progressions(network: Graph, others: dict[int, Graph]) -> None:
    """Where it is said that nothing is dropped, or left over, nothing is, and elsewhere something is."""
    for progression in solve(network).congruences if progressable(network) else ():
        for size, other in others.items():
            if size >= progression.least and progression.modulus:
                left = [
                    window.dropped(node.input_shapes[0][1])
                    if progression.kind == "no_pixel_dropped"
                    else window.left_over(size_of(node))
                    for node in other.nodes
                    for window in node.layer.windows(node.input_shapes[0]) or ()
                    if isinstance(window, Window)
                ]
                assert progression.holds(size) == (max(left, default=0) <= 0), (size, progression)


def size_of(node: object) -> int:
    size: int = node.input_shapes[0][1]  # type: ignore[attr-defined]
    return size


def progressable(network: Graph) -> bool:
    return any(len(node.output_shape) > 1 for node in network.nodes)


@pytest.mark.parametrize(("shape", "layers"), slow_after(2, FOLLOWING))
def test_what_is_claimed_where_options_follow_the_size(shape: str, layers: str) -> None:
    text = f"name: follows\ninput: {shape}\nlayers:\n{layers}"
    network = cnncalc.load(text)
    others = built(text)
    hold_forms(network, others)
    hold_solutions(network, next(n.name for n in reversed(network.nodes) if len(n.output_shape) > 1), others)
    hold_progressions(network, others)
    assert solve(network).smallest == {"input": (1, min(others))}


def test_a_form_that_is_seen_to_hold_is_claimed() -> None:
    """The upsampling follows the input by an expression, and its size is the input's at every size."""
    text = f"name: follows\ninput: {FOLLOWING[-1][0]}\nlayers:\n{FOLLOWING[-1][1]}"
    network = cnncalc.load(text)
    assert network.follows_sizes
    [pool] = explain(network, "p").layers
    assert [line.symbols for line in pool.formulas if line.quantity == "closed form"] == ["floor(L / 2)"]


def test_a_form_that_no_other_size_confirms_is_not_claimed() -> None:
    """The network takes one size alone, so that nothing tells what its options would be at others."""
    text = (
        "name: one\ninput: 1x8\nlayers:\n  - max_pool: {name: p, kernel_size: '=4 if in_shape[1] == 8 else 0'}\n"
        "  - relu: {name: r}\n"
    )
    assert closed_forms(cnncalc.load(text)).forms == [(None, None)] * 3
    plain = text.replace("'=4 if in_shape[1] == 8 else 0'", "4")
    assert closed_forms(cnncalc.load(plain)).forms[1][1] is not None


OPTIONS = st.sampled_from(
    [
        "conv: {out_channels: '=1 + in_shape[1] % 4', kernel_size: 3, padding: 1}",
        "conv: {out_channels: 2, kernel_size: '=min(in_shape[1], 3)'}",
        "conv: {out_channels: 2, kernel_size: 3, stride: '=2 if in_shape[1] > 20 else 1', padding: 1}",
        "max_pool: {kernel_size: 2, when: '=in_shape[1] >= 24'}",
        "max_pool: {kernel_size: 2, when: '=in_shape[1] % 2 == 0'}",
        "{repeat: '=in_shape[1] // 16', layers: [max_pool: {kernel_size: 2}]}",
        "upsample: {size: '=in_shape[1] + 3'}",
        "upsample: {size: \"=size('input')\"}",
        "crop: {size: '=max(in_shape[1] - 2, 1)'}",
        "max_pool: {kernel_size: 3, stride: 2}",
        "conv: {out_channels: 3, kernel_size: 2}",
        "relu",
    ]
)


@pytest.mark.slow
@given(st.lists(OPTIONS, min_size=1, max_size=4), st.integers(4, 60))
def test_forms_of_any_layers_that_follow_the_size(links: list[str], size: int) -> None:
    lines = "".join(f"  - {link}\n" for link in links)
    text = f"name: follows\ninput: 1x{size}\nlayers:\n  - identity\n{lines}"
    others = built(text.replace(f"1x{size}", "1x30")) if fits(text.replace(f"1x{size}", "1x30")) else {}
    assume(size in others)
    hold_forms(cnncalc.load(text), others)


def fits(text: str) -> bool:
    try:
        cnncalc.load(text)
    except CnncalcError:
        return False
    return True


class Capped(Identity):
    """A layer of somebody else, which gives at most 40 positions, by a computation that no formula remembers."""

    type_name = "capped"

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        return (inputs[0][0], *(min(int(size), 40) for size in inputs[0][1:]))


@pytest.mark.slow
@pytest.mark.parametrize("size", [8, 40, 100])
def test_forms_of_other_layer_types(size: int) -> None:
    text = f"name: own\ninput: 1x{size}\nlayers: [capped, {{max_pool: {{kernel_size: 2}}}}]\n"
    layers = {**LAYERS, "capped": Capped}
    network = cnncalc.load(text, layers=layers)
    others = built(text, layers)
    hold_forms(network, others)
    hold_solutions(network, "max_pool_1", others)


@pytest.mark.parametrize("norm", ["batch_norm: {num_features: 64}", "layer_norm: {normalized_shape: 64}"])
def test_what_a_norm_must_get_does_not_restrict_the_inputs(norm: str) -> None:
    text = f"input: 4x8x8\nlayers: [{{max_pool: {{name: p, kernel_size: 2}}}}, flatten, {{{norm}}}]\n"
    found = solve(cnncalc.load(text), "p", [3])
    assert [axis.inputs for axis in found.axes] == [((6, 7),)] * 2


@pytest.mark.parametrize(("size", "features"), [(8, 64), (9, 20)])
def test_python_solves_as_the_command_line(size: int, features: int) -> None:
    """`in_features` restricts neither the smallest input, nor the sizes, nor what confirms a form."""
    text = (
        f"name: fits\ninput: 4x{size}x{size}\nlayers:\n  - max_pool: {{name: p, kernel_size: SIZE}}\n"
        f"  - flatten\n  - linear: {{name: fc, out_features: 2, in_features: {features}}}\n"
    ).replace("SIZE", "2" if size == 8 else "4")
    if size == 9:
        text = text.replace("20", "16")
    found = solve(cnncalc.load(text), None, [3])
    kernel = 2 if size == 8 else 4
    assert [axis.inputs for axis in found.axes] == [((3 * kernel, 4 * kernel - 1),)] * 2
    assert found.smallest == {"input": (4, kernel, kernel)}
    [fit] = found.fits
    assert (fit.layer, fit.in_features, fit.complete) == ("fc", features if size == 8 else 16, True)
