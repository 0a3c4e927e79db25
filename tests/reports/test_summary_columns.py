"""The columns of a summary: what they are called, shares, order and units."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.reports import number_text
from cnncalc.reports.bars import bar, percentage
from cnncalc.reports.style import Style
from cnncalc.reports.summary_columns import COLUMNS, Wording, named, sortable, type_text
from cnncalc.reports.summary_json import as_object
from cnncalc.reports.summary_tables import records
from cnncalc.reports.summary_view import shown
from cnncalc.reports.view import View
from tests.rows import every_row

REPORT = cnncalc.load("lenet").report()


@every_row(
    ("word", "heading"),
    [
        *[(word, "params") for word in ("params", "parameters", "Parameters", " params ")],
        *[(word, "MACs") for word in ("macs", "MACs", "mac")],
        *[(word, "output") for word in ("output", "output_shape", "output-shape", "shape")],
        *[(word, "field/s/p") for word in ("field", "receptive_field", "receptive-field", "field/s/p")],
        *[(word, "k/s/p") for word in ("k/s/p", "window", "kernel/stride/padding")],
        *[("memory", "live"), ("live_bytes", "live"), ("output_bytes", "bytes"), ("inputs", "from"), ("name", "layer")],
    ],
)
def test_words(word: str, heading: str) -> None:
    assert named(word, "--columns").heading == heading


def test_every_count_of_the_json_is_a_column() -> None:
    layer = as_object(REPORT)["layers"][0]
    without = {"input_shapes", "activation", "weights", "buffer_shapes", "padding", "dilation"}
    for key in set(layer) - without:
        named(key, "--columns")


@pytest.mark.parametrize("word", ["outptu", "", "k", "everything there is"])
def test_unknown_words(word: str) -> None:
    with pytest.raises(CnncalcError, match="there is no column"):
        named(word, "--columns")


def test_what_rows_are_sorted_by() -> None:
    assert {heading for heading in COLUMNS if COLUMNS[heading].order is None} == {
        *("k/s/p", "kernel", "stride", "padding", "dilation", "groups", "from"),
    }
    with pytest.raises(CnncalcError, match=r"rows have no order by `from`"):
        sortable("from")


ORDERS = [
    (View(sort="macs", top=3), ["c3", "c1", "c5"]),
    (View(top=2), ["c3", "c1"]),
    (View(sort="params", top=2), ["c5", "f6"]),
    (View(sort="name"), ["c1", "c3", "c5", "f6", "flatten_1", "output", "s2", "s4", "softmax_1"]),
    (View(sort="type", top=3), ["s2", "s4", "c1"]),
    (View(sort="output", top=3), ["c1", "c3", "s2"]),
    (View(sort="field", top=3), ["flatten_1", "c5", "f6"]),
    (View(sort="live", top=2), ["s2", "c1"]),
    (View(sort="share", top=1), ["c3"]),
    (View(top=99), ["c3", "c1", "c5", "f6", "output", "s2", "s4", "flatten_1", "softmax_1"]),
]
"""By the figures of the README's table; equal ones stay in the order of execution."""


@every_row(("view", "names"), ORDERS)
def test_order(view: View, names: list[str]) -> None:
    assert [row.name for row in shown(REPORT, view).rows] == names


SHARES = [
    (View(sort="macs", top=2), ["57.6%", "28.2%"]),
    (View(sort="params", top=2), ["78.0%", "16.5%"]),
    (View(sort="flops", top=1), ["56.7%"]),
    (View(sort="field", top=1), [""]),
]
"""240,000 and 117,600 of 416,520; 48,120 and 10,164 of 61,706; 483,200 of 852,420."""


@pytest.mark.parametrize(("view", "shares"), SHARES)
def test_shares(view: View, shares: list[str]) -> None:
    seen = shown(REPORT, view)
    assert [COLUMNS["share"].text(row, Wording(bar=0), seen.facts).strip() for row in seen.rows] == shares


def test_without_macs_shares_are_of_the_parameters() -> None:
    report = cnncalc.load("input: 4x8\nlayers:\n  - batch_norm\n  - scale\n").report()
    seen = shown(report, View(columns=("layer", "share")))
    assert [COLUMNS["share"].text(row, Wording(bar=3), seen.facts) for row in seen.rows] == ["66.7% ███", "33.3% █▌"]


def test_a_row_whose_parts_follow_has_no_bar() -> None:
    seen = shown(cnncalc.load("resnet18").report(), View(depth=2))
    texts = {row.label: COLUMNS["share"].text(row, Wording(bar=4), seen.facts) for row in seen.rows}
    assert (texts["layer2"], texts["layer1.0 to 1"], texts["maxpool"]) == ("22.7%", "25.5% ████", "")


def test_types_are_brief_where_there_is_little_room() -> None:
    rows = {row.name: row for row in shown(cnncalc.load("convnext_tiny").report(), View(depth=3)).rows}
    assert type_text(rows["features.0"], Wording()) == "conv2d + layer_norm"
    assert type_text(rows["features.0"], Wording(joint="+", brief=True)) == "conv2d+ln"
    assert type_text(rows["features.5.0 to 8"], Wording()) == "8 layers each"


UNITS = [
    ("none", 60965224, "60,965,224"),
    ("k", 60965224, "60,965.22 k"),
    ("M", 60965224, "60.97 M"),
    ("G", 60965224, "0.06 G"),
    ("G", 4_999_999, "<0.01 G"),
    ("G", 5_000_000, "0.01 G"),
    ("M", 0, "0"),
    ("T", 10**15 + 5 * 10**9, "1,000.01 T"),
    ("auto", 60965224, "61.0 M"),
]


@every_row(("units", "count", "text"), UNITS)
def test_units(units: str, count: int, text: str) -> None:
    assert number_text.in_units(count, units) == text


BARS = [
    (0, 8, 4, "utf-8", ""),
    (8, 8, 4, "utf-8", "████"),
    (4, 8, 4, "utf-8", "██"),
    (1, 32, 4, "utf-8", "▏"),
    (1, 10**9, 4, "utf-8", "▏"),
    (3, 8, 1, "utf-8", "▍"),
    (10**40, 10**40, 3, "utf-8", "███"),
    (3, 8, 4, "ascii", "##"),
    (1, 10**9, 4, "ascii", "#"),
    (8, 8, 4, "cp437", "####"),
    (8, 8, 4, "no-such-encoding", "####"),
    (1, 0, 4, "utf-8", ""),
]


@every_row(("value", "largest", "room", "encoding", "text"), BARS)
def test_bars(value: int, largest: int, room: int, encoding: str, text: str) -> None:
    assert bar(value, largest, room, encoding) == text


@pytest.mark.parametrize(
    ("value", "total", "digits", "text"),
    [
        (1, 8, 1, "12.5%"),
        (1, 8, 0, "13%"),
        (1, 201, 0, "<1%"),
        (1, 200, 0, "1%"),
        (7, 7, 1, "100.0%"),
        (1, 2001, 1, "<0.1%"),
    ],
)
def test_percentages(value: int, total: int, digits: int, text: str) -> None:
    """Halves are rounded up."""
    assert percentage(value, total, digits) == text


@pytest.mark.parametrize("depth", [None, 1, 2, 3])
def test_records_add_up(depth: int | None) -> None:
    report = cnncalc.load("resnet18").report()
    found = list(records(report, Style(wishes=View(depth=depth))))
    assert sum(record["macs"] for record in found) == 1814073344  # type: ignore[misc]
    assert sum(record["parameters"] for record in found) == 11689512  # type: ignore[misc]
    assert len(found) == {None: 69, 1: 9, 2: 13, 3: 32}[depth]


def test_records_have_the_columns_that_are_wished_for() -> None:
    style = Style(wishes=View(columns=("name", "kernel", "share"), sort="macs", top=1))
    assert list(records(REPORT, style)) == [
        {"name": "c3", "kernel_height": 5, "kernel_width": 5, "share": 240000 / 416520}
    ]
