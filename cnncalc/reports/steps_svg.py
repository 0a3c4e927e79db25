"""The calculation of output values of a layer as SVG: one figure, or one that goes from unit to unit by itself."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from cnncalc.drawing.svg import element, number, svg
from cnncalc.reports import step_lines
from cnncalc.steps.figure import scenes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.drawing.scene import Scene
    from cnncalc.reports.style import Style
    from cnncalc.steps.results import Steps

SECONDS: Final = 1.5
"""How long each unit is shown."""

_MOTION: Final = """<style>
@media (prefers-reduced-motion: no-preference) {{
.frame {{ visibility: hidden; animation: frame {period:g}s step-end infinite; }}
}}
@keyframes frame {{ 0% {{ visibility: visible; }} {share:.4f}% {{ visibility: hidden; }} }}
</style>"""


def render(found: Steps, style: Style) -> str:
    """The figure of a unit; of several the last where nothing moves, which needs no script."""
    pages = scenes(found, step_lines.colours(style))
    return svg(pages[0]) if len(pages) == 1 else _moving(pages, scenes(found, step_lines.colours(style), bare=True))


def _moving(pages: Sequence[Scene], bare: Sequence[Scene]) -> str:
    """Pages of one size, each shown for a while by an animation of its visibility.

    Who prefers less motion, or has a program that knows none, sees the last.
    """
    period = SECONDS * len(pages)
    lines = svg(pages[-1]._replace(shapes=())).splitlines()
    common, frames = parted(pages, bare)
    lines[-1:] = [_MOTION.format(period=period, share=100 / len(pages)), *common]
    for at, frame in enumerate(frames):
        hidden = "" if at == len(frames) - 1 else ' visibility="hidden"'
        lines.append(f'<g class="frame"{hidden} style="animation-delay: {number(at * SECONDS - period)}s">')
        lines += [*frame, "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def parted(pages: Sequence[Scene], bare: Sequence[Scene]) -> tuple[list[str], list[list[str]]]:
    """The elements of the bare pages that all of them have, and those that each page has beside or above them."""
    drawn, below = ([_elements(page) for page in each] for each in (pages, bare))
    shared = set(below[0]).intersection(*below[1:])
    common = [text for text in below[0] if text in shared]
    return joined(common), [joined([text for text in texts if text not in shared]) for texts in drawn]


def _elements(page: Scene) -> list[str]:
    return [element(shape) for shape in page.shapes]


_ALIKE: Final = re.compile(
    r'(<text x="[^"]*" y="[^"]*"|<rect x="[^"]*" y="[^"]*" width="[^"]*" height="[^"]*")([^>]*?)(/?>.*)'
)
"""A text or a rectangle: where it is, how it is drawn, and what it says."""


def joined(elements: Sequence[str]) -> list[str]:
    """Elements in a row that are drawn alike as a group that says so once: a page is a third as large.

    >>> joined(['<text x="1" y="2" fill="red">a</text>', '<text x="3" y="2" fill="red">b</text>'])
    ['<g fill="red"><text x="1" y="2">a</text><text x="3" y="2">b</text></g>']
    """
    found: list[str] = []
    parts = [(_ALIKE.fullmatch(text), text) for text in elements]
    for how, row in groupby(parts, key=lambda part: part[0] and part[0][2]):
        members = list(row)
        if how is None or len(members) < 2:
            found += [text for _, text in members]
        else:
            found.append(f"<g{how}>{''.join(match[1] + match[3] for match, _ in members if match)}</g>")
    return found
