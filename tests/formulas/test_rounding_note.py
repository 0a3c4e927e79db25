"""What is said of the rounding of windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnncalc
from cnncalc.formulas.explanation import explain
from cnncalc.formulas.rounding_note import rounding_note
from cnncalc.geometry.window import TransposedWindow, Window
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc.geometry.window import AnyWindow


@every_row(
    ("options", "size", "note"),
    [
        ("{kernel_size: 11, stride: 4}", 224, "the floor drops 1 pixel"),
        ("{kernel_size: 11, stride: 4, padding: 2}", 224, "the floor drops 1 pixel, of padding"),
        ("{kernel_size: 3, stride: 2, padding: 1}", 56, "the floor drops 1 pixel, of padding"),
        ("{kernel_size: 2, stride: 4, padding: 1}", 7, "the floor drops 3 pixels, 1 of them padding"),
        ("{kernel_size: 3, stride: 2}", 55, "the floor drops nothing"),
        ("{kernel_size: 3, stride: 1}", 55, ""),
        ("{kernel_size: 3, stride: 2, padding: same}", 56, ""),
        ("{kernel_size: 1, stride: 4, padding: same}", 56, "3 pixels after the last window are left out"),
    ],
)
def test_what_the_floor_drops(options: str, size: int, note: str) -> None:
    text = f"input: 1x{size}x{size}\nlayers:\n  - conv2d: {{out_channels: 1, name: c, {options[1:]}\n"
    [layer] = explain(cnncalc.load(text), "c").layers
    [found] = [line.note for line in layer.formulas if line.left == "H_out" and line.quantity == "output"]
    assert found == note


def test_ceil_mode_overhangs() -> None:
    text = "input: 1x6x7\nlayers:\n  - max_pool2d: {name: p, kernel_size: 3, stride: 2, ceil_mode: true}\n"
    [layer] = explain(cnncalc.load(text), "p").layers
    notes = {line.axes: line.note for line in layer.formulas if line.quantity == "output" and line.axes}
    assert notes == {("height",): "the last window overhangs the end by 1 pixel", ("width",): "the ceil adds nothing"}


@pytest.mark.parametrize(
    ("window", "size", "note"),
    [
        (Window(kernel_size=3, stride=1), 9, ""),
        (TransposedWindow(kernel_size=3, stride=2), 9, ""),
        (Window(kernel_size=1, stride=2, ceil_mode=True), 33, ""),
        (Window(kernel_size=3, stride=2, padding="same"), 28, ""),
    ],
)
def test_what_rounding_does(window: AnyWindow, size: int, note: str) -> None:
    assert rounding_note(window, size) == note
