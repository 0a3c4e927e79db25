"""What is said of axes and inputs that depend on each other, against all small inputs, each of which is built."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import islice, product
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.geometry.window import Window
from cnncalc.reports import solution_json
from cnncalc.shapes import AXIS_NAMES
from cnncalc.solve import building, dependent_axes, solver
from cnncalc.solve.closed_forms import variable_symbol
from cnncalc.solve.solver import solve
from tests.solve.small_networks import Drawn, at, axes_of, drawn, own_sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnncalc import Network
    from cnncalc.graph.graph import Graph
    from cnncalc.shapes import Shape
    from cnncalc.solve.results import AxisSolution, Solution
    from tests.solve.small_networks import Sizes

LARGEST: int = 400
"""Offered sizes up to this are built."""


@pytest.fixture(autouse=True)
def few_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges that are tried size by size are short, so that tests are fast; answers are right all the same."""
    monkeypatch.setattr(building, "QUESTION_BUDGET", 4000)
    monkeypatch.setattr(solver, "TRIAL_BUDGET", 1000)
    monkeypatch.setattr(dependent_axes, "TRIAL_BUDGET", 2000)


def shape_of(network: Graph, name: str) -> Shape:
    """The shape of a tensor; none where the network does not have it."""
    return next((tensor.shape for tensor in network.tensors if tensor.name == name), ())


@pytest.mark.slow
@given(st.integers(0, 2**32))
def test_what_is_said_of_small_networks(seed: int) -> None:
    rng = Random(seed)
    found = drawn(rng)
    with suppress(CnncalcError):  # a vector's size is not solved for
        hold_statements(found, solve(found.network))
    names = [tensor.name for tensor in found.network.tensors if len(tensor.shape) > 1]
    for name in {*names[-2:], *names[:1]}:
        own = shape_of(found.network, name)[1:]
        outputs = [shape_of(built, name)[1:] for built in found.built.values()]
        outputs = [sizes for sizes in outputs if len(sizes) == len(own)]
        for wanted in {own, rng.choice(outputs), rng.choice(outputs), tuple(rng.randrange(1, 9) for _ in own)}:
            answer = _answer(found.network, name, wanted)
            if not isinstance(answer, CnncalcError):
                hold_offer(found, name, wanted, answer)
            else:
                hold_denial(found, name, answer.message)
                assert wanted != own, (found.text, name, wanted, answer.message)


def _answer(network: Network, name: str, wanted: Sizes) -> Solution | CnncalcError:
    try:
        return solve(network, name, wanted)
    except CnncalcError as error:
        return error


def hold_denial(found: Drawn, name: str, message: str) -> None:
    """No small input gives what none is said to give; of what was not found nothing is said."""
    sizes = [(axis, int(size)) for axis, size in re.findall(r" a (\w+) of (\d+)", message)]
    never = re.match(r"the (\w+) of .* whatever the input, and never (\d+)", message)
    if never is not None:
        sizes = [(never[1], int(never[2]))]
    elif message.startswith("no input was found"):
        return
    assert sizes, message
    first, last = map(int, (re.findall(r"no input from (\d+) to (\d+)", message) or [(1, found.most)])[0])
    rank = len(shape_of(found.network, name)) - 1
    axes = [(AXIS_NAMES[rank].index(axis) + 1, size) for axis, size in sizes]
    for at_sizes, built in found.built.items():
        shape = shape_of(built, name)
        if len(shape) == rank + 1 and first <= min(at_sizes) and max(at_sizes) <= last:
            assert any(shape[axis] != size for axis, size in axes), (found.text, message, at_sizes)


def hold_offer(found: Drawn, name: str, wanted: Sizes, solution: Solution) -> None:
    """Each size that is offered, with those that follow, gives the size of its axis; and sizes of all axes together."""
    together: list[dict[int, int]] = [{}]
    for axis, answer in enumerate(solution.axes, 1):
        if not answer.symbol or (answer.closed_form is not None and answer.closed_form.constant is not None):
            continue
        choices = list(islice(_choices(found, answer), 400))
        for chosen in choices[:40]:
            built = at(found.network, _filled(found, chosen))
            assert built is not None, (found.text, name, wanted, chosen)
            assert shape_of(built, name)[axis] == wanted[axis - 1], (found.text, name, wanted, chosen)
        agreeing = (
            before | chosen
            for before, chosen in product(together, choices)
            if all(chosen.get(place, size) == size for place, size in before.items())
        )
        together = list(islice(agreeing, 40))
    assert together, (found.text, name, wanted, solution.axes)
    for chosen in together:
        built = at(found.network, _filled(found, chosen))
        assert built is not None, (found.text, name, wanted, chosen)
        assert shape_of(built, name)[1:] == wanted, (found.text, name, wanted, chosen)


def _choices(found: Drawn, answer: AxisSolution) -> Iterator[dict[int, int]]:
    """The sizes that an answer offers, by the place of their axis among all."""
    places = _places(found.network)
    for first, last in answer.inputs or ():
        for size in range(first, min(last, LARGEST) + 1):
            if size % answer.modulus in answer.residues:
                others = next(
                    (each.others for each in answer.following if each.inputs[0] <= size <= each.inputs[1]), {}
                )
                columns = [
                    [(places[symbol], other) for a, b in spans for other in range(a, min(b, LARGEST) + 1)]
                    for symbol, spans in others.items()
                ]
                yield from ({places[answer.symbol]: size} | dict(row) for row in islice(product(*columns), 12))


def _places(network: Graph) -> dict[str, int]:
    return {variable_symbol(network, axis): place for place, axis in enumerate(axes_of(network))}


def _filled(found: Drawn, chosen: dict[int, int]) -> Sizes:
    """The sizes that are chosen, and the network's own."""
    return tuple(chosen.get(place, size) for place, size in enumerate(own_sizes(found.network)))


def hold_statements(found: Drawn, solution: Solution) -> None:
    """The smallest input, the sizes at which no pixel is dropped, and what fits a linear layer."""
    if solution.smallest is not None:
        smallest = tuple(solution.smallest[name][axis] for name, axis in axes_of(found.network))
        assert at(found.network, smallest) is not None
        equal = [sizes for sizes in found.built if _are_equal(found, solution, sizes) and sizes != smallest]
        assert not any(all(a <= b for a, b in zip(sizes, smallest, strict=True)) for sizes in equal), found.text
    hold_progressions(found, solution)
    for fit in solution.fits:
        features = {sizes: _features(built, fit.layer) for sizes, built in found.built.items()}
        assert fit.shapes != () or not fit.complete or fit.in_features not in features.values(), (found.text, fit)
        for shape in fit.shapes or () if len(found.network.inputs) == 1 else ():
            sizes = tuple(spans[0][0] for spans in shape.inputs)
            if len(sizes) == len(axes_of(found.network)):
                built = at(found.network, sizes)
                assert built is not None, (found.text, shape)
                assert _features(built, fit.layer) == fit.in_features, (found.text, shape)


def hold_progressions(found: Drawn, solution: Solution) -> None:
    """Where no layer is said to drop a pixel none does, and the network can be built."""
    places = _places(found.network)
    for kind in ("no_pixel_dropped", "nothing_left_over"):
        said = [each for each in solution.congruences if each.kind == kind]
        if not all(each.modulus for each in said):
            continue
        for sizes in product(range(1, found.most + 1), repeat=len(places)):
            if all(each.holds(sizes[places[each.symbol]]) for each in said) and _are_equal(found, solution, sizes):
                assert sizes in found.built, (found.text, kind, sizes)
                assert _is_clean(found.built[sizes], kind), (found.text, kind, sizes)


def _are_equal(found: Drawn, solution: Solution, sizes: Sizes) -> bool:
    places = _places(found.network)
    return all(
        len({form.at(sizes[places[symbol]]) for symbol, form in forms.items()}) == 1 for forms in solution.equal_sizes
    )


def _is_clean(built: Graph, kind: str) -> bool:
    """Whether no window leaves anything behind it."""
    moves = (
        (window, size)
        for node in built.nodes
        for window, size in zip(node.layer.windows(node.input_shapes[0]) or (), node.input_shapes[0][1:], strict=False)
    )
    return all(
        (window.dropped(size) if kind == "no_pixel_dropped" else window.left_over(size)) <= 0
        for window, size in moves
        if isinstance(window, Window)
    )


def _features(built: Graph, layer: str) -> int | None:
    shapes = (node.input_shapes[0] for node in built.nodes if node.name == layer)
    return next((shape[0] for shape in shapes if len(shape) == 1), None)


RESHAPED = """\
input: 6x4x3
layers:
  - concat: {name: l0, from: [input, input, input]}
  - reshape: {shape: [6, -1, 36]}
"""
TWO = "inputs: {a: 3x8x8, b: 3x8x8}\nlayers:\n  - add: {name: s, from: [a, b]}\n"
TURNED = "input: 1x8x8\nlayers:\n  - permute: {name: p, dims: [0, 2, 1]}\n  - add: {name: s, from: [p, input]}\n"
ROW = "input: 1x4x4\nlayers:\n  - flatten: {name: r, start_dim: 1}\n"
NONE_FOUND = "depend on each other, and not all were tried together; --input tries some\n"


@pytest.mark.parametrize(
    ("spec", "layer", "output", "told"),
    [
        (RESHAPED, "l0", "4x3", "  height = H\n  4 at H = 4\n  width = W\n  3 at W = 3\n"),
        (RESHAPED, "l0", "2x6", "  height = H\n  2 at H = 2, with W = 6\n  width = W\n  6 at W = 6, with H = 2\n"),
        (RESHAPED, "l0", "5", "error: no input gives `l0` a height of 5 and a width of 5\n"),
        (TWO, "s", "5", "from 1, where a.H = b.H and a.W = b.W\n"),
        (TURNED, "s", "5", "  5 at W = 5, with H = 5\n"),
        (TURNED, "s", "5", "at every H and W from 1, where H = W\n"),
        (TURNED, "s", "5x6", "error: no input gives `s` a height of 5 and a width of 6\n"),
        (ROW, "r", "6", "  6 at H = 1, with W = 6\n  6 at H = 2, with W = 3\n"),
        (ROW, "r", "10007", "error: no input was found that gives `r` a length of 10007\n"),
        (ROW, "r", "10007", f"hint: the sizes of H and W {NONE_FOUND}"),
    ],
)
def test_what_is_told(spec: str, layer: str, output: str, told: str, run: Callable[..., tuple[int, str, str]]) -> None:
    status, out, err = run("solve", "-", layer, "--output", output, stdin=spec)
    assert told in (err if status else out)


def test_equal_sizes_are_told_where_there_are_some() -> None:
    assert solution_json.as_object(solve(cnncalc.load(TWO)))["equal_sizes"] == [["a.H", "b.H"], ["a.W", "b.W"]]
    assert "equal_sizes" not in solution_json.as_object(solve(cnncalc.load(ROW)))
