"""A width that is too small: what is said to be needed does, whatever the style."""

from __future__ import annotations

import re

import pytest

import cnncalc

NARROW = [
    ("alexnet", "volumes", {}),
    ("vgg16", "volumes", {"unfold": True, "labels": ("name",)}),
    ("unet", "levels", {}),
    ("resnet18", "blocks", {"direction": "right"}),
    ("googlenet", "blocks", {"unfold": True}),
    ("lenet", "fan", {}),
    ("mobilenet", "fan", {"layer": "block6.conv_dw", "axis": "height"}),
    ("lenet", "growth", {}),
    ("alexnet", "growth", {"axis": "width"}),
    ("mobilenet", "growth", {}),
]
"""A network, a style in which it does not fit an inch, and other wishes."""


@pytest.mark.parametrize(("name", "style", "wishes"), NARROW)
def test_the_width_that_is_needed_fits(name: str, style: str, wishes: dict[str, object]) -> None:
    network = cnncalc.load(name)
    with pytest.raises(cnncalc.CnncalcError, match=r"and the page has 1\.00 in") as raised:
        network.draw(style, width="1in", **wishes)  # type: ignore[arg-type]
    [needed] = re.findall(r" needs (\d+\.\d\d) in, ", raised.value.message)
    assert network.draw(style, width=f"{needed}in", **wishes).scene.width == pytest.approx(float(needed) * 72)  # type: ignore[arg-type]
