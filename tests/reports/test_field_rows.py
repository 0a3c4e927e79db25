"""The rows of a table of receptive fields."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.reports.field_rows import field_rows, more
from cnncalc.reports.view import View

RESNET50 = cnncalc.load("resnet50").receptive_fields()
DEPTHS = [
    (View(depth=1), 9, "175 layers in 9 rows: --depth 2 shows more, --full shows every layer"),
    (View(), 25, "175 layers in 25 rows: --depth 3 shows more, --full shows every layer"),
    (View(depth=2), 25, "175 layers in 25 rows: --depth 3 shows more, --full shows every layer"),
    (View(depth=3), 93, "175 layers in 93 rows: --full shows every layer"),
    (View(depth=9), 93, "175 layers in 93 rows: --full shows every layer"),
    (View(full=True), 175, ""),
]
"""4 stages with 16 blocks of four rows, and one more in the first of each stage, between 5 rows at the ends."""


@pytest.mark.parametrize(("view", "rows", "note"), DEPTHS)
def test_depths(view: View, rows: int, note: str) -> None:
    assert len(field_rows(RESNET50, view)) == rows
    assert "".join(more(RESNET50, view)) == note


def test_a_row_has_the_field_of_the_last_layer_in_it() -> None:
    layers = {layer.name: layer for layer in RESNET50.layers}
    rows = {row.name: row.layer for row in field_rows(RESNET50, View(depth=3))}
    ends = {"conv1": "relu_1", "layer1.0.conv1": "layer1.0.relu_1", "layer1": "layer1.2.relu_3", "fc": "fc"}
    for name, last in ends.items():
        assert rows[name] == layers[last]


def test_a_small_network_has_every_layer() -> None:
    report = cnncalc.load("alexnet").receptive_fields()
    assert [row.name for row in field_rows(report, View())] == [layer.name for layer in report.layers]
    assert list(more(report, View())) == []


def test_a_depth_with_no_more_rows_is_passed_over() -> None:
    """A scope with one scope alone in it is one row at depth 1 and at depth 2; at depth 3 its two layers have rows."""
    inside = "{conv: {out_channels: 1, kernel_size: 1}}, {max_pool: {kernel_size: 2}}"
    scope = f"{{name: a, layers: [{{name: b, layers: [{inside}]}}]}}"
    network = cnncalc.load(f"input: 1x8x8\nlayers: [{scope}, flatten]\n")
    assert list(more(network.receptive_fields(), View(depth=1))) == [
        "3 layers in 2 rows: --depth 3 shows more, --full shows every layer"
    ]
