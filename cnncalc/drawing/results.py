"""A figure that is drawn, and its notations."""
# No postponed annotations here: named tuples compile each one that is a string.

import os
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.drawing.scene import Scene
from cnncalc.errors import CnncalcError, enumerated

if TYPE_CHECKING:
    from collections.abc import Callable


class Drawing(NamedTuple):
    """A figure of a network: its scene, the style that it is drawn in, and what is to be noted of it.

    >>> import cnncalc
    >>> drawing = cnncalc.load("resnet18").draw()
    >>> drawing.style, drawing.to_svg()[:4]
    ('blocks', '<svg')
    """

    scene: Scene
    style: str
    notes: tuple[str, ...] = ()

    def to_svg(self) -> str:
        """The figure as SVG."""
        from cnncalc.drawing.svg import svg

        return svg(self.scene)

    def to_tikz(self) -> str:
        """The figure as a picture of TikZ, for LaTeX; raises `CnncalcError` where it has an image of pixels."""
        from cnncalc.drawing.tikz import tikz

        return tikz(self.scene)

    def to_html(self) -> str:
        """The figure on a page of its own."""
        from cnncalc.drawing.html import html

        return html(self.scene)

    def to_png(self) -> bytes:
        """The figure as PNG; raises `CnncalcError` where resvg-py is not installed."""
        from cnncalc.drawing.png import png

        return png(self.scene)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the figure to a file, whole or not at all; its ending, .svg, .tex, .html or .png, says how.

        Raises `CnncalcError` for another ending, and where the file cannot be written.
        """
        from cnncalc import arguments
        from cnncalc.interchange.output_files import instead_of, opened, write_errors

        writers: dict[str, Callable[[], str | bytes]] = {
            ".svg": self.to_svg,
            ".tex": self.to_tikz,
            ".html": self.to_html,
            ".png": self.to_png,
        }
        name = arguments.path(path)
        ending = os.path.splitext(name)[1].lower()
        if ending not in writers:
            hint = f"it writes {enumerated(list(writers), 'and')}{instead_of(ending)}"
            raise CnncalcError(f"a figure cannot be written as {ending or name}", hint=hint)
        found = writers[ending]()
        with opened(name) as file, write_errors(name):
            file.write(found if isinstance(found, bytes) else found.encode())

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.to_svg()
