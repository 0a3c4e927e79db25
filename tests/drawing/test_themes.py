"""Colours: what has to be told apart without them, in print and by the colour-blind."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cnncalc.drawing.themes import THEMES


def lightness(colour: str) -> float:
    """L* of CIE 1976, from 0 to 100, of a colour of sRGB (IEC 61966-2-1)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * luminance ** (1 / 3) - 16 if luminance > (6 / 29) ** 3 else luminance * (29 / 3) ** 3


@pytest.mark.parametrize("name", THEMES)
def test_the_bars_of_norms_and_activations_differ_in_lightness(name: str) -> None:
    """A bar that is alone has no place that tells of what: 10 of 100 are seen in print, 5 are not."""
    theme = THEMES[name]
    norm, activation, box = map(lightness, (theme.bars["norm"], theme.bars["activation"], theme.fill("convolution")))
    assert abs(norm - activation) > 12
    assert min(abs(norm - box), abs(activation - box)) > 12


@pytest.mark.parametrize("name", THEMES)
def test_arrows_that_point_alike_differ_in_lightness(name: str) -> None:
    """Those of pools and of ways up point elsewhere; the others lie on one level."""
    arrows = THEMES[name].arrows
    along = sorted(lightness(arrows[kind]) for kind in ("convolution", "pointwise", "copy", "other"))
    assert min(after - before for before, after in pairwise(along)) > 6
