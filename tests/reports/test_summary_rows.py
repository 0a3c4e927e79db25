"""The rows of a summary: what they say that they read, and what of the window and the outputs."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.reports.summary_columns import COLUMNS, Facts, Wording
from cnncalc.reports.summary_rows import selected
from cnncalc.reports.summary_view import shown
from cnncalc.reports.view import View
from tests.rows import every_row

MAP = "input: 4x8x8\nlayers:\n"
CONV = "conv: {name: %s, out_channels: 4, kernel_size: 1}"
TWO = "inputs: {left: 4x8x8, right: 4x8x8}\nlayers:\n"


def sources(text: str, view: View) -> list[tuple[str, str]]:
    """The label of each row that is not open, and what it reads if that is not the row above."""
    rows = selected(cnncalc.load(text).report(), view).rows
    return [(row.label, "" if row.is_below else ", ".join(row.sources)) for row in rows if not row.is_open]


BLOCK = "  - residual: {name: %s, layers: [" + CONV % "a" + ", dropout, " + CONV % "b" + "]}\n"
A = f"  - {CONV % 'a'}\n"
B = f"  - {CONV % 'b'}\n"
D = "  - dropout: {name: d}\n"
R = "  - relu: {name: r}\n"
FLAT, CLOSED, OPEN = View(), View(depth=1), View(depth=9)
READ = {
    "one after another": (MAP + A + B, FLAT, [("a", ""), ("b", "")]),
    "two inputs": (
        TWO + "  - relu: {name: a, from: right}\n  - add: {name: s, from: [a, left]}\n",
        FLAT,
        [("a", "right"), ("s", "a, left")],
    ),
    "an input twice": (MAP + "  - add: {name: s, from: [input, input]}\n", FLAT, [("s", "")]),
    "a skip": (
        MAP + A + B + "  - add: {name: s, from: [b, a]}\n  - relu: {name: r, from: b}\n",
        FLAT,
        [("a", ""), ("b", ""), ("s", "b, a"), ("r", "b")],
    ),
    "full names where there is no tree": (
        MAP + BLOCK % "x",
        FLAT,
        [("x.a", ""), ("x.dropout_1", ""), ("x.b", ""), ("x", "x.b, input")],
    ),
    "names within the scope in a tree": (
        MAP + D + BLOCK % "x" + R,
        OPEN,
        [("d", ""), ("a", ""), ("dropout_1", ""), ("b", ""), ("x", "b, d"), ("r", "")],
    ),
    "a closed scope reads what its layers read from outside": (
        MAP + D + f"  - {{name: x, layers: [{CONV % 'a'}, dropout, add: {{from: [previous, input]}}]}}\n",
        CLOSED,
        [("d", ""), ("x", "d, input")],
    ),
    "a chain is named as its row": (
        MAP + A + R + B + "  - add: {name: s, from: [b, r]}\n",
        CLOSED,
        [("a", ""), ("b", ""), ("s", "b, a")],
    ),
    "what is inside a closed scope bears its own name": (
        MAP + f"  - {{name: x, layers: [{CONV % 'a'}, dropout]}}\n  - relu: {{name: r, from: x.a}}\n",
        CLOSED,
        [("x", ""), ("r", "x.a")],
    ),
    "the second of equal ones": (
        MAP + BLOCK % "b1" + BLOCK % "b2" + BLOCK % "b3" + "  - add: {name: s, from: [b3, b2]}\n",
        CLOSED,
        [("b1 to 3", ""), ("s", "b3, b2")],
    ),
    "the first of equal ones inside, the last of them outside": (
        MAP + BLOCK % "b1" + BLOCK % "b2" + BLOCK % "b3" + "  - add: {name: s, from: [b3, input]}\n",
        OPEN,
        [("a", ""), ("dropout_1", ""), ("b", ""), ("b1", "b, input"), ("s", "b3, input")],
    ),
}


@every_row("case", READ)
def test_what_is_read(case: str) -> None:
    text, view, expected = READ[case]
    assert sources(text, view) == expected


SCOPE = "  - {name: s, layers: [relu, dropout]}\n  - dropout\n"


def test_sorted_rows_tell_all_that_they_read() -> None:
    seen = shown(cnncalc.load(MAP + A + B + R).report(), View(sort="name", columns=("layer", "from")))
    found = [(row.name, COLUMNS["from"].text(row, Wording(), seen.facts)) for row in seen.rows]
    assert found == [("a", "input"), ("b", "a"), ("r", "b")]


LABELS = [
    ("  - relu: {name: a}\n  - relu: {name: b}\n", FLAT, ["a", "b"]),
    ("  - relu: {name: a}\n  - relu: {name: b}\noutputs: [b]\n", FLAT, ["a", "b"]),
    ("  - relu: {name: a}\n  - relu: {name: b}\noutputs: [a]\n", FLAT, ["a (output)", "b"]),
    ("  - relu: {name: a}\n  - relu: {name: b}\noutputs: [a, b]\n", FLAT, ["a (output)", "b (output)"]),
    (SCOPE + "outputs: [s.relu_1, s, dropout_1]\n", CLOSED, ["s (2 outputs)", "dropout_1 (output)"]),
    (SCOPE + "outputs: [s]\n", OPEN, ["s", "  relu_1", "  dropout_1 (output)", "dropout_1"]),
    ("  - {repeat: 3, name: 'b{index}', layers: [max_pool: {kernel_size: 1}, dropout]}\n", CLOSED, ["b0 to 2 (x 3)"]),
]


@pytest.mark.parametrize(("layers", "view", "labels"), LABELS)
def test_labels(layers: str, view: View, labels: list[str]) -> None:
    seen = shown(cnncalc.load(MAP + layers).report(), view)
    assert [COLUMNS["layer"].text(row, Wording(), seen.facts) for row in seen.rows] == labels


WINDOWS = [
    ("channels_first", "4x8x8", "conv: {out_channels: 8, kernel_size: 3, groups: 4}", "3/1/0 dw"),
    ("channels_last", "8x8x4", "conv: {out_channels: 8, kernel_size: 3, groups: 4}", "3/1/0 dw"),
    ("channels_first", "8x8x4", "conv: {out_channels: 8, kernel_size: 3, groups: 4}", "3/1/0 g4"),
    ("channels_first", "4x8x8", "depthwise_conv: {kernel_size: 3, dilation: 2}", "3/1/0 d2 dw"),
    ("channels_first", "1x8x8", "conv: {out_channels: 8, kernel_size: 3, groups: 1}", "3/1/0"),
    ("channels_first", "4x8x8", "conv: {out_channels: 4, kernel_size: 3, padding: [[0, 1], 2]}", "3/1/0+1x2"),
    ("channels_first", "4x8x8", "max_pool: {kernel_size: 2}", "2/2/0"),
    ("channels_first", "4x8x8", "relu", ""),
]  # fmt: skip


@every_row(("data_format", "shape", "layer", "window"), WINDOWS)
def test_windows(data_format: str, shape: str, layer: str, window: str) -> None:
    report = cnncalc.load(f"data_format: {data_format}\ninput: {shape}\nlayers:\n  - {layer}\n").report()
    [row] = selected(report, View()).rows
    assert COLUMNS["k/s/p"].text(row, Wording(), Facts("macs", 1, 1, marks_outputs=False)) == window
