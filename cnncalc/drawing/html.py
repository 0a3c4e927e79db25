"""A scene as a page of HTML that has nothing but the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.scene import PAPER
from cnncalc.drawing.svg import svg, text

if TYPE_CHECKING:
    from cnncalc.drawing.scene import Scene

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 1rem; background: {paper}; }}
svg {{ display: block; margin: auto; max-width: 100%; height: auto; }}
</style>
</head>
<body>
{figure}</body>
</html>
"""


def html(scene: Scene) -> str:
    """The text of an .html file, which needs no other file."""
    paper = scene.background or PAPER
    return _PAGE.format(title=text(scene.title), paper=paper, figure=svg(scene))
