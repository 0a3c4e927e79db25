"""Layers in one line: what a line means, and the whole text of its errors; `one_line_errors.txt` is their table."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.layers import LAYERS
from cnncalc.layers.passthrough import Identity
from cnncalc.spec.line_values import MAX_DEPTH
from cnncalc.spec.one_line import MAX_LENGTH, parse
from cnncalc.text_nodes import Mapping, Scalar, Sequence, Source, TextNode
from tests.rows import every_row
from tests.spec.reading import error_of, names, shapes, wiring

TABLE = Path(__file__).with_name("one_line_errors.txt").read_text(encoding="utf-8")


def layers(line: str) -> Any:
    """The entries that a line stands for."""
    return parse(Source("<line>", line)).plain()["layers"]


MEANT: list[tuple[str, Any]] = [
    ("relu()", ["relu"]),
    ("relu | tanh", ["relu", "tanh"]),
    ("  relu|tanh  ", ["relu", "tanh"]),
    ("relu\t|\u00a0tanh", ["relu", "tanh"]),
    ("conv2d(8, 3)", [{"conv2d": {"out_channels": 8, "kernel_size": 3}}]),
    ("conv2d ( 8 , 3 , )", [{"conv2d": {"out_channels": 8, "kernel_size": 3}}]),
    ("conv2d(8, kernel_size = 3)", [{"conv2d": {"out_channels": 8, "kernel_size": 3}}]),
    ("conv(8, (3, 5))", [{"conv": {"out_channels": 8, "kernel_size": [3, 5]}}]),
    ("conv(8, [3, 5])", [{"conv": {"out_channels": 8, "kernel_size": [3, 5]}}]),
    ("conv(8, (3,))", [{"conv": {"out_channels": 8, "kernel_size": [3]}}]),
    ("conv(8, ())", [{"conv": {"out_channels": 8, "kernel_size": []}}]),
    ("conv(8, 3, padding=[[0, 1], (2, 3)])", [
        {"conv": {"out_channels": 8, "kernel_size": 3, "padding": [[0, 1], [2, 3]]}},
    ]),
    ("conv(8, 3, weight={constant: 0.1})", [
        {"conv": {"out_channels": 8, "kernel_size": 3, "weight": {"constant": 0.1}}},
    ]),
    ("conv(8, 3, padding='same', name=\"a | (b\")", [
        {"conv": {"out_channels": 8, "kernel_size": 3, "padding": "same", "name": "a | (b"}},
    ]),
    ("conv(8, 3, padding=same)", [{"conv": {"out_channels": 8, "kernel_size": 3, "padding": "same"}}]),
    ("x(a=True, b=true, c=False, d=false, e=None, f=null, g=~)", [
        {"x": {"a": True, "b": True, "c": False, "d": False, "e": None, "f": None, "g": None}},
    ]),
    ("x(a=1e-5, b=0x1F, c=-3, d=.5, e=-.inf, f=1x2, g=no)", [
        {"x": {"a": 1e-5, "b": 31, "c": -3, "d": 0.5, "e": float("-inf"), "f": "1x2", "g": "no"}},
    ]),
    ("x(a='1', b=\"None\", c='')", [{"x": {"a": "1", "b": "None", "c": ""}}]),
    ("x(a=16*16*16, b=4 * 4, c=2**10, d=7//2, e=1./4, f=10-2, g=9%4, h=-3*2, i=1e3*2)", [
        {"x": {"a": 4096, "b": 16, "c": 1024, "d": 3, "e": 0.25, "f": 8, "g": 1, "h": -6, "i": 2000.0}},
    ]),
    ("x(a=[2*3, (4+4)], b={c: 2*3})", [{"x": {"a": [6, [8]], "b": {"c": 6}}}]),
    ("x(a='2*3', b=a*2, c=2x*3, d=2 3)", [{"x": {"a": "2*3", "b": "a*2", "c": "2x*3", "d": "2 3"}}]),
    ("x(a={b: [1, {c: d}]})", [{"x": {"a": {"b": [1, {"c": "d"}]}}}]),
    ("conv(8, 3, activation=leaky_relu(0.1))", [
        {"conv": {"out_channels": 8, "kernel_size": 3, "activation": {"leaky_relu": {"negative_slope": 0.1}}}},
    ]),
    ("conv(8, 3, activation=relu())", [{"conv": {"out_channels": 8, "kernel_size": 3, "activation": "relu"}}]),
    ("add(from=[previous, a])", [{"add": {"from": ["previous", "a"]}}]),
    ("卷積(größe=3)", [{"卷積": {"größe": 3}}]),
    ("Sequential(relu, Sequential([tanh, relu()]), name=x) | tanh", ["relu", "tanh", "relu", "tanh"]),
    ("Sequential(layers=[relu])", ["relu"]),
    ("Sequential() | relu", ["relu"]),
    ("InnerProduct(10)", ["InnerProduct"]),
]  # fmt: skip
"""Lines, and the entries that they stand for; `x` is no type."""


@every_row(("line", "meant"), MEANT)
def test_what_a_line_means(line: str, meant: Any) -> None:
    assert layers(line) == meant


@every_row("name", [name for name, kind in LAYERS.items() if kind.positional])
def test_positions_are_options(name: str) -> None:
    kind = LAYERS[name]
    assert set(kind.positional) <= set(kind.options)
    assert len(set(kind.positional)) == len(kind.positional)
    values = ", ".join(map(str, range(len(kind.positional))))
    assert layers(f"{name}({values})") == [{name: dict(zip(kind.positional, range(10), strict=False))}]


def test_required_options_come_first() -> None:
    for kind in LAYERS.values():
        required = [name for name in kind.options if kind.options[name].required]
        assert set(kind.positional[: len(required)]) == set(required), kind.type_name


def spans(node: TextNode, line: str) -> list[tuple[str, Any]]:
    """The stretch of each scalar, and its value."""
    if isinstance(node, Scalar):
        return [(line[node.column : node.column + node.length], node.value)]
    assert isinstance(node, (Sequence, Mapping))
    parts = node.items if isinstance(node, Sequence) else [part for pair in node.entries() for part in pair]
    return [span for part in parts for span in spans(part, line)]


def test_every_word_knows_its_place() -> None:
    line = "conv2d(8, kernel_size=(3, 5), name='a') | größe( b = {c: True}) "
    [_, *found] = spans(parse(Source("<line>", line)), line)
    assert [stretch for stretch, _ in found] == [
        *("conv2d", "8", "8", "kernel_size", "3", "5", "name", "'a'"),
        *("größe", "b", "c", "True"),
    ]


def test_a_line_is_a_network() -> None:
    network = cnncalc.load("conv2d(8, 3, name=a) | relu | conv2d(8, 1) | add(from=[previous, a])", input="3x8x8")
    assert names(network) == ["a", "relu_1", "conv2d_1", "add_1"]
    assert shapes(network)["add_1"] == (8, 6, 6)
    assert wiring(network)["add_1"] == ["conv2d_1", "a"]
    assert network.name == "conv2d(8, 3, name=a) | relu | conv2d(8, 1) | add(from=[previ…"


def test_expressions_see_what_arrives() -> None:
    network = cnncalc.load("conv2d(=in_channels * 2, 3) | linear('=4 // 2', dim=0)", input="3x8x8")
    assert [node.output_shape for node in network.nodes] == [(6, 6, 6), (2, 6, 6)]


def test_one_line_needs_an_input() -> None:
    error = error_of("relu | tanh")
    assert str(error) == "error: layers in one line have no `input`\nhint: say which, as by --input 3x224x224"


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("Input((8, 9, 3)) | relu", (3, 8, 9)),
        ("keras.Input(shape=(8, 9, 3), batch_size=4) | relu", (3, 8, 9)),
        ("tf.keras.layers.InputLayer(batch_shape=(None, 8, 3)) | relu", (3, 8)),
        ("keras.Sequential([keras.Input((12,)), layers.ReLU()])", (12,)),
        ("Conv2D(3, 1, input_shape=(8, 9, 3))", (3, 8, 9)),
        ("Dense(3, input_dim=12)", (3,)),
        ("Dense(3, batch_input_shape=(None, 12))", (3,)),
    ],
)
def test_a_class_of_keras_gives_the_input(line: str, shape: tuple[int, ...]) -> None:
    network = cnncalc.load(line)
    assert network.nodes[0].output_shape == shape
    assert len(network.nodes) == 1


def test_an_input_of_any_size_needs_one() -> None:
    line = "Input((None, None, 3)) | relu"
    assert error_of(line).message == "layers in one line have no `input`"
    assert cnncalc.load(line, input="3x4x4").nodes[0].output_shape == (3, 4, 4)
    assert cnncalc.load("Input((8, 8, 3)) | relu", input="3x4x4").nodes[0].output_shape == (3, 4, 4)


def test_types_of_ones_own_have_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mine(Identity):
        type_name = "Mine"

    types = {**LAYERS, "Mine": Mine}
    network = cnncalc.load("Mine | Mine() | Conv2d(3, 8, 1)", input="3x4x4", layers=types)
    assert [node.layer.type_name for node in network.nodes] == ["Mine", "Mine", "conv"]
    monkeypatch.setattr(Mine, "positional", ("p",))
    error = error_of("Mine(3)", input="3x4x4", layers=types)
    assert error.message == "`Mine_1` has no option `p`"


def test_brackets_are_counted() -> None:
    deep = "[" * (MAX_DEPTH - 1)
    assert error_of(f"x({deep}").message == "this `[` is not closed"
    assert error_of(f"x({deep}[").message == f"more than {MAX_DEPTH} brackets in each other"
    assert error_of("relu(" * 10_000).message == f"more than {MAX_DEPTH} brackets in each other"


def test_a_line_may_be_long_but_not_longer() -> None:
    line = "relu | " * ((MAX_LENGTH - 4) // 7) + "relu"
    assert len(layers(line)) == (MAX_LENGTH - 4) // 7 + 1
    error = error_of("relu | " * (MAX_LENGTH // 7) + "relu | relu")
    assert error.message == f"a line of {MAX_LENGTH // 7 * 7 + 11:,} characters, and {MAX_LENGTH:,} is the most"


@pytest.mark.slow
@pytest.mark.parametrize("line", ["nn.ReLU() | ", "ReLU | ", "Dropout(1*1) | ", "Dense(3)|"])
def test_a_long_line_takes_little_time(line: str) -> None:
    many = line * (MAX_LENGTH // len(line) - 1) + "relu"
    assert len(layers(many)) == MAX_LENGTH // len(line)


@pytest.mark.parametrize("word", ["1" * 5000, "1*" * 30_000 + "1", "1 " * 30_000, "-" * 30_000, "1e" * 30_000])
def test_numbers_of_absurd_length_are_told_soon(word: str) -> None:
    error_of(f"conv2d({word}, 3)", input="3x8x8")


def test_a_call_may_be_pasted_with_its_line_breaks() -> None:
    network = cnncalc.load("nn.Sequential(\n    nn.Conv2d(3, 8, 3),\n\n    nn.ReLU(),\n)\n", input="3x8x8")
    assert names(network) == ["conv2d_1", "relu_1"]
    assert network.name == "nn.Sequential( nn.Conv2d(3, 8, 3), nn.ReLU(), )"


@pytest.mark.slow
def test_mistyped_lines_are_errors_and_nothing_worse() -> None:
    rng = Random(5)
    lines = [line for _, line, _ in cases()]
    for _ in range(500):
        line, other = rng.choice(lines), rng.choice(lines)
        at, until = sorted((rng.randrange(len(line)), rng.randrange(len(line))))
        line = line[:at] + rng.choice(("", ",", "(", ")", "|", "=", "'", " 0 ", "None", "[1, 2]", other)) + line[until:]
        with suppress(CnncalcError):
            cnncalc.load(f"relu | {line}", input="3x8x8")


def cases() -> list[tuple[str, str, str]]:
    """Title, line and expected error of each case."""
    found = []
    for case in TABLE.split("\n==== ")[1:]:
        title, _, rest = case.partition("\n")
        line, _, expected = rest.partition("\n----\n")
        found.append((title, line, expected.rstrip("\n")))
    return found


CASES = cases()


def test_the_table_is_read_whole() -> None:
    assert len(CASES) == TABLE.count("==== ") == len({title for title, _, _ in CASES})
    assert len(CASES) > 50


@every_row(("line", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_whole_text(line: str, expected: str) -> None:
    """At an input of 3 x 8 x 8, unless the line begins with one."""
    shape = None if line.startswith("Input(") else "3x8x8"
    assert str(error_of(line, input=shape)) == expected
