"""Networks that can be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.api.writable import Writable

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from cnncalc.drawing.results import Drawing
    from cnncalc.pages.page import Page


class Drawable(Writable):
    """A network of which there are pictures."""

    def draw(
        self,
        style: str = "auto",
        *,
        scope: str | None = None,
        width: float | str | None = None,
        theme: str = "blue",
        labels: Sequence[str] = (),
        direction: str | None = None,
        depth: int | None = None,
        unfold: bool = False,
        layer: str | None = None,
        unit: int | Sequence[int] | str | None = None,
        axis: str | None = None,
        picture: str | os.PathLike[str] | None = None,
        paper: bool = False,
    ) -> Drawing:
        """A figure of the network, or of the layers of a scope.

        The `style` is `volumes`, `levels` or `blocks`, or `auto` for what suits the structure. `width` is that of the
        page, a length such as "5.5in" or a number of points; text keeps its size. The `theme` is blue, amber, grey or
        dark; with `paper` the page is filled, rather than what is behind it seen. `labels` are some of name, shape,
        window, params and field. The `direction` is right or down. Scopes whose names have more than `depth` parts are
        one box; equal ones are drawn once unless it is to `unfold`.

        The style `fan` shows what a unit of a `layer` reads of every layer before it along an `axis`, height, width,
        depth or length: of the last layer with a map and along its last axis, unless they are named. The `unit` is its
        place, or its number along the axis.

        The style `growth` nests the fields of all layers up to there, around the unit, on a `picture`, which is the
        path of a PNG or JPEG file and takes Pillow, or on a drawn one.

        Raises `CnncalcError` for an unknown word, scope, layer or unit, and where the figure does not fit the width.

        >>> import cnncalc
        >>> drawing = cnncalc.load("resnet18").draw(scope="layer1")
        >>> drawing.style, drawing.to_svg()[:4]
        ('blocks', '<svg')
        """
        from cnncalc import arguments
        from cnncalc.drawing.figure import draw
        from cnncalc.drawing.options import options

        wishes = options(
            width=width,
            theme=theme,
            labels=labels,
            direction=direction,
            depth=depth,
            unfold=unfold,
            layer=layer,
            unit=unit,
            axis=axis,
            picture=picture,
            paper=paper,
        )
        return draw(self, style, arguments.layer_name(scope), wishes)

    def page(self, picture: str | os.PathLike[str] | None = None, *, theme: str = "blue") -> Page:
        """The network as a page for a browser: figure, layers, what units see, formulas and memory, in one file.

        `picture` is the path of a photograph that the units look at, which needs Pillow; `theme` are the colours of
        the figure: blue, amber or grey. Raises `CnncalcError`.

        >>> import cnncalc
        >>> cnncalc.load("lenet").page().title
        'LeNet-5'
        """
        from cnncalc.pages.page import page_of

        return page_of([(self.name, self)], picture, theme)
