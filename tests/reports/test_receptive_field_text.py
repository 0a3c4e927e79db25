"""A layer's receptive field in words and as JSON, of results that no network has made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.receptive_field.figures import ReceptiveField
from cnncalc.receptive_field.results import FieldFigures, FieldReport, LayerFieldReport, Mismatch, Proof, UnitFigures
from cnncalc.reports import receptive_field_json, receptive_field_text, receptive_fields_text

if TYPE_CHECKING:
    from cnncalc.shapes import Shape

FIELD = ReceptiveField((5, 3), ((2, 1), (2, 1)), (1, 0), aligned=True, is_global=False)
LAYER = FieldFigures("a", "conv2d", (4, 8, 8), {"input": FIELD}, {}, {"input": ((1, 2), (1, 2))}, None, {})
SEEN = UnitFigures((0, 1), {"input": ((0, 3), (2, 4))}, {"input": (4, 3)})


def report(**others: Any) -> LayerFieldReport:
    plain = LayerFieldReport("net", None, {}, {"input": (3, 16, 16)}, "channels_first", LAYER, None, None, ())
    return plain._replace(**others)


def test_a_layer_by_itself() -> None:
    assert receptive_field_text.render(report()).splitlines() == [
        "net  input 3 x 16 x 16",
        "a, conv2d, 4 x 8 x 8",
        "  height: a unit sees 5 pixels, the next begins 2 further; unit 0 begins at -1",
        "  width: a unit sees 3 pixels, the next begins 2 further; unit 0 begins at 0",
    ]
    assert "unit" not in json.loads(receptive_field_json.render(report()))


def test_a_unit_and_its_proof() -> None:
    proven = report(seen=SEEN, proof=Proof(32, ()))
    assert receptive_field_text.render(proven).splitlines()[-5:] == [
        "unit 0,1 can be changed by these pixels:",
        "  height: 0 to 3, 4 pixels",
        "  width: 2 to 4, 3 pixels",
        "",
        "✓ proven by execution: of 32 positions perturbed exactly these change the unit",
    ]
    found = json.loads(receptive_field_json.render(proven))
    assert (found["unit"], found["interval"], found["pixels"]) == ([0, 1], [[0, 3], [2, 4]], [4, 3])
    assert found["verified"] == {"ok": True, "perturbed": 32, "mismatches": []}


@pytest.mark.parametrize(("count", "more"), [(1, None), (8, None), (11, "  and 3 more")])
def test_of_many_wrong_pixels_some_are_named(count: int, more: str | None) -> None:
    wrong = tuple(Mismatch("input", 1, pixel, claimed=pixel % 2 == 0) for pixel in range(count))
    lines = receptive_field_text.render(report(seen=SEEN, proof=Proof(32, wrong))).splitlines()
    start = lines.index(f"✗ not as claimed: {count} of 32 positions perturbed") + 1
    assert lines[start] == "  width, pixel 0: claimed, and does not change the unit"
    assert "  width, pixel 1: not claimed, and changes the unit" in lines or count == 1
    assert lines[start + min(count, 8) :] == ([more] if more else [])


LEFT_AND_RIGHT: dict[str, Shape] = {"left": (3, 16, 16), "right": (3, 16, 16)}
OF_BOTH = LAYER._replace(
    receptive_field=dict.fromkeys(LEFT_AND_RIGHT, FIELD), patterns=dict.fromkeys(LEFT_AND_RIGHT, ((1, 2), (1, 2)))
)


def test_an_input_that_no_path_leads_to_is_still_an_input() -> None:
    """What is by input stays by input, though the unit sees one of them only."""
    seen = SEEN._replace(interval={"left": ((0, 3), (2, 4))}, pixels={"left": (4, 3)})
    two = report(inputs=LEFT_AND_RIGHT, layer=OF_BOTH, seen=seen)
    found = json.loads(receptive_field_json.render(two))
    assert found["interval"] == {"left": [[0, 3], [2, 4]]}
    assert "unit 0,1 can be changed by these pixels of left:" in receptive_field_text.render(two)


def test_the_table_has_a_row_for_each_input_of_a_layer() -> None:
    whole = FieldReport("net", "small", {}, LEFT_AND_RIGHT, "channels_first", (OF_BOTH,), ())
    assert receptive_fields_text.render(whole).splitlines() == [
        "net (small)  inputs left 3 x 16 x 16, right 3 x 16 x 16",
        "layer  output  of     size  stride  padding",
        "───────────────────────────────────────────",
        "a       4x8x8  left   5x3   2       1x0",
        "a       4x8x8  right  5x3   2       1x0",
    ]
