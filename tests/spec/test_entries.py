"""The entries of `layers`: their spellings, groups, residual and parallel ones."""

from __future__ import annotations

import pytest

import cnncalc
from tests.rows import every_row
from tests.spec.reading import error_of, layers, load, names, refused, shapes, wiring


@pytest.mark.parametrize(
    "spellings",
    [
        ["relu", "relu:", "relu: {}", "relu: null", "{type: relu}", "'relu'", "{'type': 'relu'}"],
        [
            "conv2d: {name: c, out_channels: 4, kernel_size: 3}",
            "{type: conv2d, name: c, out_channels: 4, kernel_size: 3}",
            "{type: conv, kernel_size: [3, 3], name: c, out_channels: 4.0}",
            "conv2d:\n      name: c\n      out_channels: =2 + 2\n      kernel_size: 3",
            "{type: \"='conv2d'\", name: \"='c'\", out_channels: 4, kernel_size: 3, from: previous, when: true}",
            "{from: [input], type: conv2d, name: c, out_channels: 4, kernel_size: 3}",
        ],
        [
            "residual: {layers: [relu]}",
            "{type: residual, layers: [relu]}",
            "residual: {layers: [relu], shortcut: []}",
            "residual: {layers: [relu], shortcut: true}",
            "residual: {layers: [relu], shortcut: '=1 < 2'}",
            "residual:\n      layers:\n        - relu",
            "parallel: {branches: [[relu], []], merge: add}",
            "parallel: {merge: =mode, branches: [[relu], {layers: []}]}",
        ],
        [
            "{layers: [relu, tanh]}",
            "{layers: [relu, {layers: [tanh]}]}",
            "{repeat: 1, layers: [relu, tanh]}",
            "{for: {a: [1]}, layers: [relu, tanh]}",
        ],
        ["{repeat: 3, layers: [relu]}", "{for: {a: [x, y, z]}, layers: [relu]}", "{repeat: 3.0, layers: [relu: ]}"],
    ],
)
def test_spellings_come_to_the_same(spellings: list[str]) -> None:
    reports = [load(f"parameters: {{mode: add}}\nlayers:\n  - {text}").report() for text in spellings]
    assert all(report == reports[0] for report in reports)


def test_auto_names_count_per_type_as_written() -> None:
    network = layers("""
        - conv2d: {out_channels: 4, kernel_size: 1}
        - conv: {out_channels: 4, kernel_size: 1}
        - conv2d: {out_channels: 4, kernel_size: 1}
        - relu
        - {name: stage, layers: [relu, relu]}
        - {layers: [relu]}
        - relu: {name: named}
        - relu
    """)
    expected = ["conv2d_1", "conv_1", "conv2d_2", "relu_1", "stage.relu_1", "stage.relu_2", "relu_2", "named", "relu_3"]
    assert names(network) == expected


def test_a_residual_adds_what_arrives() -> None:
    network = layers("[relu, residual: {layers: [tanh, sigmoid]}, residual: {name: r, layers: [tanh]}]")
    assert names(network) == ["relu_1", "tanh_1", "sigmoid_1", "add_1", "r.tanh_1", "r"]
    assert wiring(network)["add_1"] == ["sigmoid_1", "relu_1"]
    assert wiring(network)["r"] == ["r.tanh_1", "add_1"]


@pytest.mark.parametrize(
    ("shortcut", "last", "taken"),
    [
        ("true", "add_1", ["tanh_1", "input"]),
        ("false", "tanh_1", ["input"]),
        ("=in_channels == 3", "add_1", ["tanh_1", "input"]),
        ("=in_channels != 3", "tanh_1", ["input"]),
        ("[]", "add_1", ["tanh_1", "input"]),
        ("[sigmoid]", "add_1", ["tanh_1", "sigmoid_1"]),
        ("[{type: sigmoid, when: false}]", "add_1", ["tanh_1", "input"]),
    ],
)
def test_shortcuts(shortcut: str, last: str, taken: list[str]) -> None:
    network = layers(f"- residual: {{layers: [tanh], shortcut: {shortcut}}}")
    assert names(network)[-1] == last
    assert wiring(network)[last] == taken


def test_an_empty_residual_doubles() -> None:
    assert wiring(layers("- residual: {layers: []}")) == {"add_1": ["input", "input"]}


@pytest.mark.parametrize(
    ("merge", "name", "shape"),
    [
        ("", "concat_1", (7, 8, 8)),
        (", merge: concat", "concat_1", (7, 8, 8)),
        (", merge: =['concat'][0]", None, None),
        (", merge: \"=['concat'][0]\"", "concat_1", (7, 8, 8)),
    ],
)
def test_concat(merge: str, name: str | None, shape: tuple[int, ...] | None) -> None:
    text = f"- parallel: {{branches: [[conv2d: {{out_channels: 4, kernel_size: 1}}], []]{merge}}}"
    if name is None:
        assert refused("layers:\n" + text).message
        return
    network = layers(text)
    assert names(network)[-1] == name
    assert network.nodes[-1].output_shape == shape


@pytest.mark.parametrize("merge", ["add", "multiply", "maximum", "average"])
def test_merges_value_by_value(merge: str) -> None:
    network = layers(f"- parallel: {{name: m, branches: [[tanh], [relu], []], merge: {merge}}}")
    assert wiring(network)["m"] == ["m.tanh_1", "m.relu_1", "input"]
    assert network.nodes[-1].type == merge
    assert network.nodes[-1].output_shape == (3, 8, 8)


@pytest.mark.parametrize("merge", ["add", "multiply", "maximum", "average"])
def test_a_gate_broadcasts(merge: str) -> None:
    network = layers(f"- parallel: {{branches: [[], [global_avg_pool2d, sigmoid]], merge: {merge}}}")
    assert network.nodes[-1].output_shape == (3, 8, 8)


def test_branches_may_be_groups() -> None:
    network = layers("""
        - parallel:
            branches:
              - {name: left, layers: [relu]}
              - {when: false, layers: [tanh]}
              - {from: input, layers: [sigmoid]}
              - - {when: false, type: tanh}
    """)
    assert names(network) == ["left.relu_1", "sigmoid_1", "concat_1"]
    assert wiring(network)["concat_1"] == ["left.relu_1", "sigmoid_1", "input"]


def test_no_branch_left() -> None:
    error = refused("layers:\n  - parallel: {branches: [{when: false, layers: [relu]}]}")
    assert error.message == "`parallel` has no branch left to merge"


def test_groups_and_branches_may_be_empty() -> None:
    network = layers("[{layers: []}, {name: g, layers: []}, relu, {type: tanh, from: g}]")
    assert wiring(network) == {"relu_1": ["input"], "tanh_1": ["input"]}


@every_row(
    ("text", "message", "hint"),
    [
        ("- conv2d:\n  out_channels: 4", "`out_channels` stands beside `conv2d`, not among its options", "indent it"),
        ("- relu:\n  name: r", "`name` stands beside `relu`, not among its options", "indent it below `relu:`"),
        ("- name: r\n  relu:", "`name` stands beside `relu`, not among its options", "write relu: {name: ...}"),
        ("- residual:\n  layers: [relu]", "`layers` stands beside `residual`, not among its options", "indent it"),
        ("- parallel:\n  branches: [[relu]]", "`branches` stands beside `parallel`", "indent it below `parallel:`"),
        ("- {name: c, out_channels: 4}", "this layer has no type", "type: conv2d"),
        ("- {name: c}", "this layer has no type", "type: conv2d"),
        ("- {repeat: 3, relu: }", "`repeat` needs `layers` to go over", None),
        ("- {relu: , repeat: 3}", "`repeat` needs `layers` to go over", None),
        ("- {for: {a: [1]}}", "`for` needs `layers` to go over", None),
        ("- [relu]", "a layer must be a type or a mapping, and this is a list", None),
        ("- {}", "an empty layer", "relu"),
        ("- null", "a layer must have a type, not null", None),
        ("- 3", "a layer must have a type, not 3", None),
        ("- true: ", "a layer must have a type, not true", None),
        ("- relu: 3", "the options of `relu` must be a mapping, not 3", "write - relu"),
        ("- relu: [a]", "the options of `relu` must be a mapping, not ['a']", None),
        ("- {type: {a: 1}}", "`type` must be the name of a layer type", None),
        ("- {layers: [relu], repeet: 3}", "a group has no option `repeet`", "did you mean `repeat`?"),
        ("- {layers: relu}", "`layers` must be a list of layers, not 'relu'", "write [relu]"),
        ("- {layers: }", "`layers` is empty", "write one layer a line"),
        ("- {repeat: 2, for: {a: [1]}, layers: [relu]}", "`repeat` stands beside `for`", "nest one in the other"),
        ("- residual: {layer: [relu]}", "`residual` has no option `layer`", "did you mean `layers`?"),
        ("- residual: {}", "`residual` needs `layers`", None),
        ("- residual: {layers: [relu], shortcut: }", "`shortcut`, where it is not true or false, must be a list", None),
        ("- residual: {layers: [relu], shortcut: =1}", "`shortcut` must be true or false, not 1", None),
        ("- parallel: {}", "`parallel` needs `branches`", None),
        ("- parallel: {branches: []}", "`branches` must be a list of branches", None),
        ("- parallel: {branches: [relu]}", "a branch must be a list of layers, not 'relu'", None),
        ("- parallel: {branches: [[relu]], merge: sum}", "`merge` must be one of concat, add,", None),
        ("- {type: relu, name: [a]}", "`name` must be a word, not ['a']", None),
        ("- {type: relu, name: {a}}", "`name` must be a word, not {a: null}", "quote a name"),
        ("- {type: relu, name: }", "`name` must be a word, not null", None),
        ("- {type: relu, name: null}", "`name` must be a word, not null", None),
        ("- {type: relu, name: a b}", "`a b` cannot be a name", "letters, digits"),
        ("- {type: relu, name: a..b}", "`a..b` cannot be a name", "letters, digits"),
        ("- {type: relu, name: a.}", "`a.` cannot be a name", "letters, digits"),
        ("- {type: relu, name: previous}", "`previous` means something else in `from`", "choose another name"),
        ("- {type: relu, name: input}", "`input` means something else in `from`", "choose another name"),
        ("- {type: relu, when: 1}", "`when` must be true or false, not 1", None),
        ("- {type: relu, when: }", "`when` must be true or false, not null", None),
        ("- {type: relu, when: no}", "`when` must be true or false, not 'no'", "write `when: false`"),
    ],
)
def test_entries_that_are_none(text: str, message: str, hint: str | None) -> None:
    error = refused("layers:\n" + text)
    assert error.message.startswith(message)
    if hint is not None:
        assert error.hint is not None
        assert hint in error.hint


def test_channels_last_throughout() -> None:
    network = load("""
        data_format: channels_last
        input: 32x24x3
        layers:
          - conv2d: {name: c, out_channels: "=in_shape[-1] * 2", kernel_size: [3, 5]}
          - conv2d: {name: d, out_channels: "=size('c')[0]", kernel_size: 1}
    """)
    assert shapes(network) == {"c": (6, 30, 20), "d": (30, 30, 20)}
    report = network.report()
    assert report.data_format == "channels_last"
    assert report.inputs == {"input": (32, 24, 3)}
    assert [layer.output_shape for layer in report.layers] == [(30, 20, 6), (30, 20, 30)]
    assert report.layers[0].input_shapes == ((32, 24, 3),)


@every_row(
    ("written", "shape"),
    [
        ("3x8x8", (3, 8, 8)),
        ("3 x 8 x 8", (3, 8, 8)),
        ("3X8X8", (3, 8, 8)),
        ("3\N{MULTIPLICATION SIGN}8\N{MULTIPLICATION SIGN}8", (3, 8, 8)),
        ("[3, 8, 8]", (3, 8, 8)),
        ("[3.0, 8, 8]", (3, 8, 8)),
        ("[=1 + 2, 8, 8]", (3, 8, 8)),
        ("784", (784,)),
        ("[784]", (784,)),
        ("16x100", (16, 100)),
        ("1x4x5x6", (1, 4, 5, 6)),
        ("2147483647", (2147483647,)),
    ],
)
def test_inputs(written: str, shape: tuple[int, ...]) -> None:
    assert load(f"input: {written}\nlayers: [relu]").inputs == {"input": shape}


@every_row(
    "written", ["3x8x", "3x-8", "0x8x8", "[3, 0]", "[3, true]", "[3, 8.5]", "[]", "1x1x1x1x1", "a", "2147483648", "~"]
)
def test_what_is_no_input(written: str) -> None:
    assert refused(f"input: {written}\nlayers: [relu]").message.startswith("`input` must ")


def test_a_list_is_the_layers_alone() -> None:
    network = cnncalc.load("- conv2d: {out_channels: 4, kernel_size: 3}\n- relu\n", input="3x8x8")
    assert names(network) == ["conv2d_1", "relu_1"]
    assert error_of("- relu\n").message == "<text> has no `input`"
    assert error_of("[]\n", input="3x8x8").message == "`layers` is empty"
