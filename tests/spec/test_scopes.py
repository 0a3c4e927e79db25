"""Names and scopes, `from` and `outputs`, several inputs."""

from __future__ import annotations

import pytest

import cnncalc
from tests.rows import every_row
from tests.spec.reading import layers, load, names, outputs, refused, wiring

TWO = "inputs: {a: 3x8x8, b: 3x8x8}\nlayers:\n"


def test_from_takes_a_name_a_list_previous_and_the_input() -> None:
    network = layers(
        """
        - relu: {name: a}
        - tanh: {name: b, from: input}
        - add: {name: c, from: [previous, a]}
        - add: {name: d, from: [a, b, c, input]}
        - concat: {name: e, from: [previous, previous]}
        - relu: {name: f, from: "='a'"}
        - add: {name: g, from: "=['a', 'b']"}
        - add: {name: h, from: [previous, "={0}"]}
    """.replace('"={0}"', '"{names}"').replace("{names}", "{'a'}")
    )
    assert wiring(network) == {
        "a": ["input"],
        "b": ["input"],
        "c": ["b", "a"],
        "d": ["a", "b", "c", "input"],
        "e": ["d", "d"],
        "f": ["a"],
        "g": ["a", "b"],
        "h": ["g", "a"],
    }


def test_names_are_looked_for_from_the_inside_out() -> None:
    network = layers("""
        - relu: {name: a}
        - relu: {name: b}
        - name: g
          layers:
            - tanh: {name: a}
            - add: {name: s, from: [a, b]}
            - name: h
              layers:
                - add: {name: s, from: [a, b]}
                - add: {name: t, from: [s, g.a]}
        - add: {name: s, from: [a, g]}
        - add: {name: u, from: [g.h.s, g.h]}
    """)
    assert wiring(network)["g.s"] == ["g.a", "b"]
    assert wiring(network)["g.h.s"] == ["g.a", "b"]
    assert wiring(network)["g.h.t"] == ["g.h.s", "g.a"]
    assert wiring(network)["s"] == ["a", "g.h.t"]
    assert wiring(network)["u"] == ["g.h.s", "g.h.t"]


def test_an_unnamed_group_is_no_scope() -> None:
    network = layers("[{layers: [relu: {name: a}]}, relu, {type: tanh, from: a}]")
    assert wiring(network)["tanh_1"] == ["a"]


def test_previous_at_the_start_of_groups_and_branches() -> None:
    network = layers("""
        - relu: {name: a}
        - layers:
            - add: {name: b, from: [previous, input]}
        - parallel:
            branches:
              - - add: {name: c, from: [previous, a]}
              - - add: {name: d, from: [previous, a]}
    """)
    assert wiring(network)["b"] == ["a", "input"]
    assert wiring(network)["c"] == ["b", "a"]
    assert wiring(network)["d"] == ["b", "a"]


def test_an_auto_name_can_be_named() -> None:
    assert wiring(layers("[relu, tanh, {type: sigmoid, from: relu_1}]"))["sigmoid_1"] == ["relu_1"]


@every_row(
    ("text", "message", "hint"),
    [
        ("[{type: relu, from: b}, {type: relu, name: b}]", "there is no earlier output `b`", None),
        ("[{type: relu, name: b, from: b}]", "there is no earlier output `b`", None),
        ("[{type: relu, name: conv1}, {type: relu, from: conv2}]", "there is no earlier", "did you mean `conv1`?"),
        ("[{name: g, layers: [{type: relu, from: g}]}]", "`g` has no output yet: this entry is a part of it", None),
        ("[{type: relu, from: []}]", "an empty list of names", "leave it out"),
        ("[{type: relu, from: }]", "a name must stand here, not null", None),
        ("[{type: relu, from: [[a]]}]", "a name must stand here, not ['a']", None),
        ("[{type: relu, from: {a}}]", "a name must stand here, not {a: null}", "quote a name"),
        ("[{type: relu, from: =5}]", "`=5` must be a name, not 5", None),
        ("[{type: relu, name: a}, {type: tanh, name: a}]", "the name `a` is taken by an earlier layer", "unique"),
        ("[{type: relu, name: a}, {name: a, layers: []}]", "the name `a` is taken", None),
        ("[relu, {type: tanh, name: relu_1}]", "the name `relu_1` is taken by an earlier layer", None),
        ("[{type: tanh, name: relu_1}, relu]", "the name `relu_1` is taken by an earlier layer", None),
        ("[{type: relu, name: g.a}, {name: g, layers: [{type: relu, name: a}]}]", "the name `g.a` is taken", None),
        ("[{repeat: 2, name: g, layers: [relu]}]", "the name `g` is taken", 'put {index} into it: "g_{index}"'),
        ("[{repeat: 2, layers: [{type: relu, name: a}]}]", "the name `a` is taken", 'put {index} into it: "a_{index}"'),
        ("[add]", "`add_1` takes at least 2 inputs, 1 arrives: input", "`from: [previous, NAME]` takes several"),
        ("[{type: relu, from: [input, input]}]", "`relu_1` takes 1 input, 2 arrive: input, input", "from: NAME"),
    ],
)
def test_names_that_cannot_be(text: str, message: str, hint: str | None) -> None:
    error = refused(f"layers: {text}")
    assert error.message.startswith(message)
    assert hint is None or hint in str(error.hint)


def test_the_same_name_in_other_scopes() -> None:
    network = layers("[{type: relu, name: a}, {name: g, layers: [{type: relu, name: a}]}]")
    assert names(network) == ["a", "g.a"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", ["c"]),
        ("outputs: b\n", ["b"]),
        ("outputs: [a, g]\n", ["a", "g.b"]),
        ("outputs: [g.b, input]\n", ["g.b", "input"]),
        ("outputs: \"=['a', 'c']\"\n", ["a", "c"]),
        ("outputs: ['{which}']\n", ["a"]),
        ("outputs: [previous]\n", ["c"]),
    ],
)
def test_outputs(written: str, expected: list[str]) -> None:
    text = """
        layers:
          - relu: {name: a}
          - relu: {name: b}
          - {name: g, layers: [{type: relu, name: b}]}
          - relu: {name: c}
    """
    network = load("parameters: {which: a}\n" + written + "layers:" + text.split("layers:", 1)[1])
    assert outputs(network) == expected


def test_an_unknown_output() -> None:
    error = refused("outputs: [prop]\nlayers: [{type: relu, name: prob}]")
    assert error.message == "there is no earlier output `prop`"
    assert error.hint == "did you mean `prob`?"


def test_several_inputs() -> None:
    network = load(TWO + "  - relu: {from: b}\n  - add: {from: [previous, a]}\n  - add: {from: [a, b, previous]}")
    assert wiring(network) == {"relu_1": ["b"], "add_1": ["relu_1", "a"], "add_2": ["a", "b", "add_1"]}


def test_all_inputs_arrive_at_the_first_layer() -> None:
    assert wiring(load(TWO + "  - add")) == {"add_1": ["a", "b"]}
    error = refused(TWO + "  - relu")
    assert error.message == "`relu_1` takes 1 input, 2 arrive: a, b"
    assert error.hint == "choose with `from: NAME`"


def test_inputs_are_replaced_by_name() -> None:
    network = load(TWO + "  - relu: {from: b}", input={"b": "3x16x16"})
    assert network.inputs == {"a": (3, 8, 8), "b": (3, 16, 16)}
    assert refused(TWO + "  - add", input={"c": "3x8x8"}).message.endswith("has no input `c`")
    assert refused(TWO + "  - add", input="3x8x8").message.endswith("has several inputs")
    assert refused(TWO + "  - add", input={"a": "3x"}).message.startswith("the shape of `a` must be")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("inputs: {previous: 3x8x8}", "`previous` means something else in `from`"),
        ("inputs: {a b: 3x8x8}", "`a b` cannot be the name of an input"),
        ("inputs: {a.b: 3x8x8}", "`a.b` cannot be the name of an input"),
        ("inputs: {}", "`inputs` must map each input's name to its shape"),
        ("inputs: [3x8x8]", "`inputs` must map each input's name to its shape"),
        ("inputs: {a: 3x}", "input `a` must be a shape such as 3x224x224, not '3x'"),
        ("input: 3\ninputs: {a: 3}", "`inputs` stands beside `input`"),
    ],
)
def test_what_are_no_inputs(written: str, message: str) -> None:
    assert refused(written + "\nlayers: [relu]").message == message


def test_a_layer_cannot_be_called_like_an_input() -> None:
    assert refused(TWO + "  - add: {name: a}").message == "`a` means something else in `from`"


@pytest.mark.parametrize("name", ["image", "input"])
def test_the_only_input_is_called_input_whatever_its_name(name: str) -> None:
    network = cnncalc.load(f"inputs: {{image: 3x4}}\nlayers:\n  - relu\n  - concat: {{from: [previous, {name}]}}\n")
    assert network.nodes[1].inputs == (1, 0)


@pytest.mark.parametrize("name", ["x", "input"])
def test_the_only_input_of_a_block_is_called_input_too(name: str) -> None:
    block = f"{{inputs: [x], layers: [relu, concat: {{from: [previous, {name}]}}]}}"
    network = cnncalc.load(f"input: 3x4\nblocks:\n  b: {block}\nlayers: [b]\n")
    assert network.nodes[1].inputs == (1, 0)


def test_dots_in_a_name_make_scopes() -> None:
    network = layers("""
        - relu: {name: stage1.a.act}
        - tanh: {name: stage1.b}
        - add: {name: sum, from: [previous, stage1.a.act]}
    """)
    assert network.layers_of("stage1") == [0, 1]
    assert network.layers_of("stage1.a") == [0]
    assert network.tensor("stage1") == 2
