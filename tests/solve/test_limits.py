"""What `solve`, `explain` and the hint of the smallest input cost, counted in entries visited and not in time."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.formulas import explanation
from cnncalc.formulas.explanation import LayerExplanation
from cnncalc.reports import registry
from cnncalc.reports.style import Style
from cnncalc.solve import building, domain, solver
from cnncalc.solve.building import Builder
from cnncalc.solve.closed_forms import closed_forms
from cnncalc.solve.limits import FITTING_SHAPES, MOST_KEPT_LAYERS, PROBING_BUDGET, QUESTION_BUDGET, TRIAL_BUDGET
from cnncalc.solve.linear_fit import _factors
from cnncalc.solve.solver import solve
from cnncalc.spec.blueprint import Blueprint
from cnncalc.spec.smallest import SEARCH_BUDGET
from tests.marking import slow_but

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.graph.graph import Attempt

QUESTIONS = 7
"""The forms, the smallest input, the axes, the congruences and the fits, each of which may cost as much as one."""


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The entries visited by each attempt to build."""
    found: list[int] = []
    attempt = Blueprint.attempt

    def counted(self: Blueprint, inputs: Any, most: int) -> Attempt:
        outcome = attempt(self, inputs, most)
        found.append(outcome.cost)
        return outcome

    monkeypatch.setattr(Blueprint, "attempt", counted)
    return found


def of_inputs(count: int, *, meeting: bool) -> str:
    """So many inputs, each behind a pool; all of them added, or each by itself."""
    names = [f"i{number}" for number in range(count)]
    inputs = ", ".join(f"{name}: 1x8x8" for name in names)
    pools = "".join(f"  - max_pool: {{name: {name}p, from: {name}, kernel_size: 2}}\n" for name in names)
    add = f"  - add: {{name: sum, from: [{', '.join(f'{name}p' for name in names)}]}}\n" if meeting else ""
    return f"name: many\ninputs: {{{inputs}}}\nlayers:\n{pools}{add}"


@pytest.mark.parametrize("meeting", [True, False])
@pytest.mark.parametrize("count", slow_but({2, 12}, [2, 12, 40]))
def test_many_inputs(count: int, meeting: bool, costs: list[int]) -> None:
    found = solve(cnncalc.load(of_inputs(count, meeting=meeting)), None, [5])
    assert sum(costs) <= QUESTIONS * QUESTION_BUDGET
    assert found.axes[0].inputs == ((10, 11),)
    assert found.smallest == {f"i{number}": (1, 2, 2) for number in range(count)}
    assert len(found.congruences) == 4 * count
    assert {(p.modulus, p.residues) for p in found.congruences} == {(2, (0,))}
    if meeting:
        [following] = found.axes[0].following
        assert list(following.others.values()) == [((10, 11),)] * (count - 1)


REPEATED = """\
name: repeated
input: 1x8
layers:
  - {repeat: "=size('input')[0]", layers: [relu]}
  - max_pool: {name: p, kernel_size: 2}
"""


def test_a_network_that_grows_with_its_input(costs: list[int], run: Callable[..., Any]) -> None:
    out = run("solve", "-", "--output", "7", stdin=REPEATED).out
    assert "  7 at L = 14 to 15\n" in out
    assert sum(costs) <= QUESTIONS * QUESTION_BUDGET
    costs.clear()
    err = run("solve", "-", "--output", "50000", stdin=REPEATED).err
    first, _, rest = err.partition(" gives `p` a length of 50000\nhint: the nearest: ")
    last = int(first.removeprefix("error: no input from 2 to "))
    assert rest == f"{last // 2} at {last - last % 2}{f' to {last}' if last % 2 else ''}\n"
    assert sum(costs) <= QUESTIONS * QUESTION_BUDGET


CROPPED = """\
name: cropped
input: 1x20x20
layers:
  - conv2d: {name: a, out_channels: 1, kernel_size: 3}
  - max_pool2d: {kernel_size: 2}
  - {type: conv_transpose2d, name: up, out_channels: 1, kernel_size: 2, stride: 2}
  - {type: crop, from: a, size: "=size('up')"}
  - {repeat: LAYERS, layers: [relu]}
"""
"""The crop has a size of `2 floor((size - 2) / 2)`, and no closed form."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layers", "wanted", "inputs", "tried"),
    [
        (0, 8, (10, 11), (4, 1003)),
        (0, 1000, (1002, 1003), (502, 1501)),
        (0, 90_000, (90_002, 90_003), (89_502, 90_501)),
        (95, 18, (20, 21), (4, 34)),
        (95, 300, (302, 303), (287, 317)),
    ],
)
def test_a_range_is_tried_where_the_answer_is_likely(
    layers: int, wanted: int, inputs: tuple[int, int], tried: tuple[int, int], costs: list[int]
) -> None:
    """It is shorter, the more layers there are."""
    network = cnncalc.load(CROPPED.replace("LAYERS", str(layers)))
    for axis in solve(network, "crop_1", [wanted]).axes:
        assert (axis.inputs, axis.closed_form) == ((inputs,), None)
        assert axis.enumerated == pytest.approx(tried, rel=0.01, abs=3)
    assert sum(costs) <= 2 * TRIAL_BUDGET + QUESTION_BUDGET + 2 * PROBING_BUDGET


def test_what_has_to_follow_is_asked_anew_where_trying_has_spent_all() -> None:
    text = """
        inputs: {a: 3x8x8, b: 3x8x8}
        layers:
          - {type: add, name: sum, from: [a, b]}
          - {type: concat, name: both, from: [a, b], dim: 1}
          - {repeat: 20, layers: [relu]}
    """
    height, _ = solve(cnncalc.load(text), "both", [20, 8]).axes
    assert (height.inputs, height.closed_form) == (((10, 10),), None)
    assert [following.others for following in height.following] == [{"b.H": ((10, 10),)}]


@pytest.mark.slow
def test_a_range_is_found_where_outputs_do_not_grow_evenly() -> None:
    text = 'name: f\ninput: 1x8\nlayers:\n  - upsample: {name: u, size: "=in_shape[1] * in_shape[1]"}\n'
    for size in (8, 9, 1000, 20_000, 40_001):
        [axis] = solve(cnncalc.load(text), "u", [size * size]).axes
        assert axis.inputs == ((size, size),)


def test_what_no_question_may_cost_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "QUESTION_BUDGET", 3)
    monkeypatch.setattr(building, "FEWEST_BUILDS", 0)
    monkeypatch.setattr(solver, "TRIAL_BUDGET", 3)
    monkeypatch.setattr(solver, "FEWEST_BUILDS", 0)
    monkeypatch.setattr(building, "PROBING_BUDGET", 3)
    monkeypatch.setattr(building, "PROBES", 0)
    network = cnncalc.load(REPEATED)
    found = solve(network)
    assert found.smallest is None
    assert {progression.modulus for progression in found.congruences} == {0}
    assert found.axes[0].closed_form is None
    with pytest.raises(CnncalcError) as caught:
        solve(network, "p", [3])
    assert caught.value.message == "the inputs that give `p` a length of 3 are not known"
    assert caught.value.hint == "building it at other sizes takes more than 3 entries"


def test_few_networks_are_kept() -> None:
    builder = Builder(cnncalc.load("input: 1x8\nlayers: [{repeat: 500, layers: [relu]}]\n"))
    variable = builder.variables[0]
    for size in range(1, 60):
        network = builder.at({variable: size})
        assert network is not None
        assert builder.at({variable: size}) is network
        builder.begin_question()
        assert sum(501 for kept in builder._networks.values() if kept is not None) <= MOST_KEPT_LAYERS


def test_the_hint_pays_for_what_is_left_out(costs: list[int]) -> None:
    text = "input: 1x3\nlayers:\n- {repeat: COUNT, layers: [relu: {when: =index < 0}]}\n- max_pool: {kernel_size: 5}\n"
    for count, hint in ((100, "with this network the smallest input is 1 x 5"), (SEARCH_BUDGET // 4, None)):
        costs.clear()
        with pytest.raises(CnncalcError) as caught:
            cnncalc.load(text.replace("COUNT", str(count)))
        assert caught.value.hint == hint
        assert sum(costs) <= SEARCH_BUDGET + 2


@pytest.mark.parametrize(("number", "parts"), [(512, 2), (360, 3), (1, 3), (97, 2), (2_095_133_040, 2)])
def test_factors_are_all_there_are(number: int, parts: int) -> None:
    """Against the number of ways that the exponents of the primes can be shared out."""
    found = _factors(number, parts)
    assert len(set(found)) == len(found) == ways(number, parts)
    assert {prod(factors) for factors in found} == {number}
    assert [max(factors) for factors in found] == sorted(max(factors) for factors in found)


def ways(number: int, parts: int) -> int:
    from math import comb

    count, prime = 1, 2
    while number > 1:
        exponent = 0
        while number % prime == 0:
            number, exponent = number // prime, exponent + 1
        count *= comb(exponent + parts - 1, parts - 1)
        prime = prime + 1 if prime * prime <= number else number
    return count


VOLUME = """\
name: volume
input: 1x8x8x8
layers:
  - max_pool: {kernel_size: 2}
  - flatten
  - linear: {name: fc, out_features: 1, in_features: N}
"""


@pytest.mark.slow
def test_more_shapes_than_are_looked_at(costs: list[int], run: Callable[..., Any]) -> None:
    found = json.loads(run("solve", "-", "--json", stdin=VOLUME.replace("N", "2095133040")).out)
    [fit] = found["fits"]
    assert fit["complete"] is False
    assert len(fit["shapes"]) <= FITTING_SHAPES
    assert all(prod(shape["map_shape"]) == 2_095_133_040 for shape in fit["shapes"])
    assert sum(costs) <= QUESTIONS * QUESTION_BUDGET
    out = run("solve", "-", stdin=VOLUME.replace("N", "2095133040")).out
    assert out.endswith("  and maybe others: there are more ways to write it as sizes than are looked at\n")
    [small] = json.loads(run("solve", "-", "--json", stdin=VOLUME.replace("N", "12")).out)["fits"]
    assert (small["complete"], len(small["shapes"])) == (True, ways(12, 3))


def test_deep_strides_have_no_form_that_nobody_can_read() -> None:
    layer = "conv: {out_channels: 1, kernel_size: 3, stride: 2, padding: 1}"
    forms = closed_forms(cnncalc.load(f"input: 1x9\nlayers: [{{repeat: 300, layers: [{layer}]}}]\n")).forms
    assert all(max(form.steps[-1].over for form in axes[1:] if form) <= 2**64 for axes in forms[1:60])
    assert forms[300] == (forms[0][0], None)
    assert solve(cnncalc.load(f"input: 1x9\nlayers: [{{repeat: 300, layers: [{layer}]}}]\n")).smallest == {
        "input": (1, 1)
    }


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown", "latex"])
def test_explanations_that_are_not_kept_are_the_same(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    kept = [run("explain", "lenet", *scope, "--format", form) for scope in ([], ["c3"])]
    monkeypatch.setattr(explanation, "MOST_KEPT_EXPLANATIONS", 0)
    assert [run("explain", "lenet", *scope, "--format", form) for scope in ([], ["c3"])] == kept


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown", "latex"])
def test_one_of_many_explanations_is_in_memory_at_a_time(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    made: list[str] = []

    def counted(**given: Any) -> explanation.LayerExplanation:
        made.append(given["name"])
        return LayerExplanation(**given)

    monkeypatch.setattr(explanation, "MOST_KEPT_EXPLANATIONS", 0)
    monkeypatch.setattr(explanation, "LayerExplanation", counted)
    found = explanation.explain(cnncalc.load("lenet"))
    told = [len(made) for _ in registry.pieces("explanation", form, found, Style())]
    names = [layer.name for layer in cnncalc.load("lenet").nodes]
    assert set(told) >= {*range(1, len(names) + 1)}
    assert made == names


def test_layers_alike_share_their_formulas() -> None:
    conv = "conv: {out_channels: 1, kernel_size: 3, padding: 1}"
    spec = f"name: alike\ninput: 1x8\nlayers:\n  - repeat: 30\n    layers: [{conv}]\n"
    layers = explanation.explain(cnncalc.load(spec)).layers
    assert all(a is b for a, b in zip(layers[0].formulas[:8], layers[29].formulas[:8], strict=True))
    fields = [[line.result for line in layer.formulas if line.left == "size_out"] for layer in layers]
    assert fields == [[3 + 2 * number] for number in range(30)]


def test_sizes_far_away_are_held_too() -> None:
    """Of an interval that is too large to be built at every size, members up to its end are built."""
    members = domain._sample((67, 2**31 - 1), 32, (3,))
    assert members[0] == 67
    assert members[-1] > 2**30
    assert all(member % 32 == 3 for member in members)
    assert domain._sample((5, 9), 4, (3,)) == [7]
