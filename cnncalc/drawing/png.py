"""A scene as PNG, which the package resvg-py draws; it is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.scene import PAPER, Scene, Text
from cnncalc.drawing.svg import svg
from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from cnncalc.drawing.scene import Shape

SCALE: Final = 4
"""Pixels of a point: 288 an inch, which print and dense displays show sharp."""

_DPI: Final = 72 * SCALE

MOST_PIXELS: Final = 2**26
"""The most pixels of a picture: more take over a gigabyte while they are drawn."""


def png(scene: Scene) -> bytes:
    """The bytes of a PNG file, on white where the scene has no background.

    Raises `CnncalcError` where the package, or any font for the text, is not installed, and for more pixels than
    `MOST_PIXELS`.
    """
    try:
        import resvg_py
    except ImportError:
        raise CnncalcError(
            "a .png is drawn by resvg-py, which is not installed", hint="pip install 'cnncalc[png]'"
        ) from None
    width, height = (max(round(length * SCALE), 1) for length in (scene.width, scene.height))
    if width * height > MOST_PIXELS:
        fact = f"a .png of {width:,} x {height:,} pixels is more than {MOST_PIXELS:,} pixels"
        raise CnncalcError(fact, hint="a .svg has no pixels; --scope or --depth make the figure smaller")
    if any(isinstance(shape, Text) for shape in scene.all_shapes()) and not _has_fonts():
        fact = "no font is installed that text in a .png could be drawn with"
        raise CnncalcError(fact, hint="install one, such as Liberation Sans (fonts-liberation); a .svg needs none")
    return bytes(resvg_py.svg_to_bytes(svg_string=svg(scene), dpi=_DPI, background=PAPER))


def _has_fonts() -> bool:
    """Whether a letter leaves a trace: where there is no font the program draws none, and says nothing."""
    import resvg_py

    def drawn(*shapes: Shape) -> bytes:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg(Scene(16, 16, "", "", shapes)), dpi=_DPI))

    return drawn(Text(2, 14, "M", 14, "#000000")) != drawn()
