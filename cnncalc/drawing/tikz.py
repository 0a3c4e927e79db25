r"""A scene as a picture of TikZ, so that a paper sets the text in its own fonts; `\input` it in a figure."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any, Final

from cnncalc.drawing.scene import Circle, Group, Line, Picture, Polygon, Rectangle, Text
from cnncalc.drawing.svg import number
from cnncalc.errors import CnncalcError
from cnncalc.symbolic.latex_characters import SPECIAL
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc.drawing.scene import Point, Scene

_HEAD: Final = r"""% {title}
% {description}
% \usepackage{{tikz}}, and \input this file in a figure. Lengths are big points, as wide as the text is to be.
\providecommand{{\cnncalcfont}}{{\sffamily}}% \newcommand{{\cnncalcfont}}{{\rmfamily}} before it sets another
\providecommand{{\cnncalctext}}[2]{{\setbox0=\hbox{{#2}}%
  \ifdim\wd0>#1\resizebox{{#1}}{{\height}}{{\box0}}\else\box0\fi}}% a text, narrower where a font is wider than its room
\begin{{tikzpicture}}[x=1bp, y=-1bp, inner sep=0, outer sep=0, line cap=butt, line join=miter]"""

SLACK: Final = 0.3
"""By how many points a text may be wider in the paper's font than in the one that it was measured in."""

_ESCAPES: Final = {
    **SPECIAL,
    '"': r"\symbol{34}",
    "\N{MULTIPLICATION SIGN}": r"\texttimes{}",
    "\N{MINUS SIGN}": r"\textminus{}",
    "\N{MIDDLE DOT}": r"\textperiodcentered{}",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\N{HORIZONTAL ELLIPSIS}": r"\textellipsis{}",
    "\N{ALMOST EQUAL TO}": r"$\approx$",
    "\N{ASTERISK OPERATOR}": r"$\ast$",
    "\N{N-ARY SUMMATION}": r"$\Sigma$",
    "\N{SUPERSCRIPT TWO}": r"\texttwosuperior{}",
    "\N{SUPERSCRIPT THREE}": r"\textthreesuperior{}",
    "\N{LESS-THAN OR EQUAL TO}": r"$\le$",
    "\N{DEGREE SIGN}": r"\textdegree{}",
    "\N{EN DASH}": "--",
    "\N{NO-BREAK SPACE}": "~",
}
"""How characters are written that mean something in LaTeX, or that old engines lack."""


def latex_text(text: str) -> str:
    r"""A text as LaTeX sets it.

    >>> latex_text("a_b & 3×3 {x}")
    'a\\_b \\& 3\\texttimes{}3 \\{x\\}'
    """
    return "".join(_ESCAPES.get(character, character) for character in printable(text))


def tikz(scene: Scene) -> str:
    """The text of a .tex file; raises `CnncalcError` for a scene with an image of pixels."""
    return _Writer(scene).text()


class _Writer:
    """The lines of a picture, and the colours that occur in it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.colours: dict[str, str] = {}

    def text(self) -> str:
        """The whole picture, on a page as large as the scene's."""
        title, description = (" ".join(printable(text).split()) for text in (self.scene.title, self.scene.description))
        corner = _point((self.scene.width, self.scene.height))
        page = f"\\useasboundingbox (0,0) rectangle {corner};"
        if self.scene.background is not None:
            page += f"\n\\fill[{self._colour(self.scene.background)}] (0,0) rectangle {corner};"
        body = [line for shape in self.scene.shapes for line in self.lines(shape)]
        named = [f"\\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}" for colour, name in self.colours.items()]
        head = _HEAD.format(title=title, description=description)
        return "\n".join([head, *named, page, *body, "\\end{tikzpicture}%", ""])

    def _colour(self, colour: str) -> str:
        return self.colours.setdefault(colour, f"cnncalc{len(self.colours)}")

    def _options(self, fill: str | None, stroke: str | None, line: float, *others: str) -> str:
        """The options of a path, in brackets."""
        painted = [f"fill={self._colour(fill)}"] if fill else []
        drawn = [f"draw={self._colour(stroke)}", f"line width={number(line)}bp"] if stroke else []
        return f"[{', '.join([*painted, *drawn, *others])}]"

    @singledispatchmethod
    def lines(self, shape: Any) -> list[str]:
        """The lines of a shape."""
        raise TypeError(f"{shape!r} is no shape")

    @lines.register
    def _(self, shape: Rectangle) -> list[str]:
        rounded = (f"rounded corners={number(shape.radius)}bp",) if shape.radius else ()
        options = self._options(shape.fill, shape.stroke, shape.line, *rounded, *_dash(shape.dash))
        corner = (shape.x + shape.width, shape.y + shape.height)
        return [f"\\path{options} {_point((shape.x, shape.y))} rectangle {_point(corner)};"]

    @lines.register
    def _(self, shape: Polygon) -> list[str]:
        corners = " -- ".join(map(_point, shape.points))
        return [f"\\path{self._options(shape.fill, shape.stroke, shape.line)} {corners} -- cycle;"]

    @lines.register
    def _(self, shape: Line) -> list[str]:
        rounded = (f"rounded corners={number(shape.radius)}bp",) if shape.radius else ()
        options = self._options(None, shape.stroke, shape.line, *rounded, *_dash(shape.dash))
        return [f"\\path{options} {' -- '.join(map(_point, shape.points))};"]

    @lines.register
    def _(self, shape: Circle) -> list[str]:
        options = self._options(shape.fill, shape.stroke, shape.line, *_dash(shape.dash))
        return [f"\\path{options} {_point((shape.x, shape.y))} circle [radius={number(shape.radius)}bp];"]

    @lines.register
    def _(self, shape: Text) -> list[str]:
        anchor = {"start": "base west", "middle": "base", "end": "base east"}[shape.anchor]
        turned = ", rotate=90" if shape.turned else ""
        size = f"\\fontsize{{{number(shape.size)}bp}}{{{number(shape.size * 1.2)}bp}}\\selectfont\\cnncalcfont"
        font = size + ("\\bfseries" if shape.bold else "")
        options = f"[anchor={anchor}{turned}, text={self._colour(shape.colour)}, font={{{font}}}]"
        text = f"\\cnncalctext{{{number(shape.width + SLACK)}bp}}{{{latex_text(shape.text)}}}"
        return [f"\\node{options} at {_point((shape.x, shape.y))} {{{text}}};"]

    @lines.register
    def _(self, shape: Picture) -> list[str]:
        del shape
        hint = "a .svg or .png file does; without a picture a test card is drawn"
        raise CnncalcError("a .tex file has no room for the pixels of a picture", hint=hint)

    @lines.register
    def _(self, shape: Group) -> list[str]:
        name = [f"% {' '.join(printable(shape.name).split())}"] if shape.name else []
        return [*name, *(line for part in shape.shapes for line in self.lines(part))]


def _point(point: Point) -> str:
    return f"({number(point[0])},{number(point[1])})"


def _dash(dash: tuple[float, float] | None) -> tuple[str, ...]:
    return (f"dash pattern=on {number(dash[0])}bp off {number(dash[1])}bp",) if dash else ()
