"""One meaning of a scope's name, for every command: its output; `explain` tells of the layers in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc

if TYPE_CHECKING:
    from collections.abc import Callable

SPEC = """\
name: scopes
input: 1x32x32
blocks:
  first:
    layers:
      - conv: {name: a, out_channels: 2, kernel_size: 3}
      - max_pool: {name: b, kernel_size: 2}
      - {layers: [], from: a}
layers:
  - name: last
    layers:
      - conv: {name: a, out_channels: 2, kernel_size: 3}
      - max_pool: {name: b, kernel_size: 2}
      - {name: back, layers: [], from: a}
  - {type: first, name: block}
  - {name: beside, from: block.b, layers: [relu: {name: c, from: input}, {layers: [], from: last.b}]}
  - {name: none, from: last.a, layers: [relu: {when: =false}]}
  - {name: rounds, layers: [{repeat: 2, layers: [max_pool: {name: "p{index}", kernel_size: 2}]}]}
  - residual: {name: sum, layers: [conv: {name: d, out_channels: 2, kernel_size: 3, padding: 1}]}
  - {name: outer, layers: [{name: inner, layers: [relu: {name: e}]}, {layers: [], from: rounds.p0}]}
  - {name: start, from: input, layers: []}
  - relu: {name: end, from: sum}
"""

OUTPUTS = {
    "last": "last.a",
    "last.back": "last.a",
    "block": "block.a",
    "beside": "last.b",
    "none": "last.a",
    "rounds": "rounds.p1",
    "sum": "sum",
    "outer": "rounds.p0",
    "outer.inner": "outer.inner.e",
    "start": "input",
    "sum.d": "sum.d",
    "input": "input",
}
"""Every scope, a layer and the input, and what makes the output of each."""


@pytest.mark.parametrize(("name", "maker"), OUTPUTS.items())
def test_all_commands_mean_the_same_tensor(name: str, maker: str, run: Callable[..., Any]) -> None:
    network = cnncalc.load(SPEC)
    assert network.tensors[network.tensor(name)].name == maker
    solved = json.loads(run("solve", "-", name, "--json", stdin=SPEC).out)
    seen = json.loads(run("receptive-field", "-", name, "--json", stdin=SPEC).out)
    assert solved["layer"] == seen["name" if "layer" not in seen else "layer"] == maker
    taken = SPEC.replace("from: sum}", f"from: {name}}}")
    assert cnncalc.load(taken).nodes[-1].input_shapes[0] == network.tensors[network.tensor(name)].shape
    assert tuple(solved["output_shape"]) == network.tensors[network.tensor(name)].shape


EXPLAINED = {
    "last": ["last.a", "last.b"],
    "block": ["block.a", "block.b"],
    "beside": ["beside.c"],
    "none": ["last.a"],
    "last.back": ["last.a"],
    "rounds": ["rounds.p0", "rounds.p1"],
    "sum": ["sum.d", "sum"],
    "outer": ["outer.inner.e"],
}
"""The layers of each scope; of one without, that whose output it passes on."""


@pytest.mark.parametrize(("name", "layers"), EXPLAINED.items())
def test_a_scope_is_explained_by_its_layers(name: str, layers: list[str], run: Callable[..., Any]) -> None:
    found = json.loads(run("explain", "-", name, "--json", stdin=SPEC).out)
    assert [layer["name"] for layer in found["layers"]] == layers


@pytest.mark.parametrize(
    ("name", "fact"),
    [("input", "`input` is an input, and no layer"), ("start", "`start` passes on the input `input`, and no layer")],
)
def test_an_input_is_not_explained(name: str, fact: str, run: Callable[..., Any]) -> None:
    error = f"error: {fact}\nhint: name a layer, or a scope with layers\n"
    outcome = run("explain", "-", name, stdin=SPEC)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith(f"outputs\n{error}")


def test_an_input_is_solved_for_itself(run: Callable[..., Any]) -> None:
    """As its receptive field is told, of one pixel."""
    out = run("solve", "-", "start", "--output", "17", stdin=SPEC).out
    assert "\ninput  output 1 x 32 x 32\n  height = H, and width alike\n  17 at H and W = 17\n" in out


@pytest.mark.parametrize("command", ["solve", "receptive-field", "explain"])
def test_unknown_names_are_the_same_error(command: str, run: Callable[..., Any]) -> None:
    error = "error: scopes has no layer `rouns`\nhint: did you mean `rounds`?\n"
    outcome = run(command, "-", "rouns", stdin=SPEC)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith(f"outputs\n{error}")
