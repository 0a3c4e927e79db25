"""Tensors as pictures, pixel by pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cnncalc.interchange import pictures
from cnncalc.shapes import CHANNELS_FIRST, CHANNELS_LAST
from tests.rows import every_row

G = pictures.GAP


def test_an_image_from_0_to_1_is_not_scaled() -> None:
    drawing = pictures.image(np.array([[[0.0, 0.5, 1.001]]]), CHANNELS_FIRST)
    assert (drawing.pixels.tolist(), drawing.note) == ([[0, 128, 255]], None)


def test_other_values_are_scaled_and_the_note_says_how() -> None:
    drawing = pictures.image(np.array([[[-1.0, 0.0, 3.0, np.nan]]]), CHANNELS_FIRST)
    assert drawing.pixels.tolist() == [[0, 64, 255, 0]]
    assert drawing.note == "its values are scaled: black is -1, white 3"


def test_opacity_is_not_scaled() -> None:
    rgba: Any = np.array([0.0, 1.0, 2.0, 1.0]).reshape(4, 1, 1)
    assert pictures.image(rgba, CHANNELS_FIRST).pixels.tolist() == [[[0, 128, 255, 255]]]
    assert pictures.image(np.moveaxis(rgba, 0, -1), CHANNELS_LAST).pixels.tolist() == [[[0, 128, 255, 255]]]


def test_maps_share_one_scale_and_have_a_pixel_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ROOM", 1)
    maps: Any = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 15], float).reshape(5, 1, 2)
    expected = [[0, 17, G, 34, 51, G, 68, 85], [G] * 8, [102, 119, G, 136, 255, G, G, G]]
    for array, layout in ((maps, CHANNELS_FIRST), (np.moveaxis(maps, 0, -1), CHANNELS_LAST)):
        drawing = pictures.maps(array, layout)
        assert drawing.pixels.tolist() == expected
        assert drawing.note == "5 maps of 1 x 2, 3 in a row; black is 0, white 15"


ROWS = [(1, 1), (2, 2), (3, 3), (6, 3), (7, 4), (32, 8), (64, 8), (96, 12), (512, 32), (2048, 64)]


@every_row(("count", "columns"), ROWS)
def test_few_places_are_left_empty(count: int, columns: int) -> None:
    note = pictures.maps(np.zeros((count, 2, 2)), CHANNELS_FIRST).note
    assert note is not None
    assert (f", {columns} in a row" in note) == (count > 1)


def test_small_maps_are_enlarged_without_blurring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ROOM", 12)
    drawing = pictures.maps(np.array([[[0.0, 1.0]], [[1.0, 0.0]]]), CHANNELS_FIRST)
    assert drawing.pixels.tolist() == [[0, 0, 255, 255, G, 255, 255, 0, 0]] * 2
    assert drawing.note == "2 maps of 1 x 2, 2 in a row, 2 x 2 pixels a value; black is 0, white 1"


def test_a_sequence_is_one_map_with_a_row_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ROOM", 1)
    sequence: Any = np.array([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]])
    assert pictures.maps(sequence, CHANNELS_FIRST).pixels.tolist() == [[0, 128, 255], [255, 128, 0]]
    assert pictures.maps(sequence.T, CHANNELS_LAST).pixels.tolist() == [[0, 128, 255], [255, 128, 0]]


@pytest.mark.parametrize("value", [0.0, 5.0, np.inf, np.nan, 1e308])
def test_equal_values_are_black(value: float) -> None:
    drawing = pictures.maps(np.full((2, 1, 1), value), CHANNELS_FIRST)
    assert set(np.unique(drawing.pixels)) <= {0, 255 if value == np.inf else 0, G}


def test_extreme_values_are_scaled_too() -> None:
    drawing = pictures.maps(np.array([[[-1.7e308, 0.0, 1.7e308]]]), CHANNELS_FIRST)
    assert drawing.pixels[0, ::32].tolist() == [0, 128, 255]


def test_a_grid_for_a_terminal_is_as_wide_as_it() -> None:
    maps: Any = np.arange(7 * 40 * 40, dtype=float).reshape(7, 40, 40)
    for width in (10, 40, 80, 200):
        found = pictures.grid("c", maps, CHANNELS_FIRST, width)
        assert {len(row) for row in found.rows} == {len(found.rows[0])}
        assert len(found.rows[0]) <= width
        assert (found.channels, found.lowest, found.highest) == (7, 0.0, 7 * 1600 - 1.0)


def test_a_map_without_room_is_made_smaller_by_means() -> None:
    found = pictures.grid("c", np.array([[[0.0, 2.0, 4.0, 6.0], [8.0, 10.0, 12.0, 14.0]]]), CHANNELS_FIRST, 2)
    # means of 2 x 2 values are 5 and 9, of 0 to 14
    assert found.rows == ((round(5 / 14 * 255), round(9 / 14 * 255)),)


def test_of_very_many_maps_the_first_are_shown() -> None:
    found = pictures.grid("c", np.zeros((2000, 9, 9)), CHANNELS_FIRST, 80)
    assert found.shown < found.channels == 2000
    assert len(found.rows) <= pictures.TALLEST
