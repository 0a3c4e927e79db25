"""Networks made into a page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from cnncalc.arguments import wrong
from cnncalc.comparison.compare import compared, networks_of
from cnncalc.drawing.boxes import boxes
from cnncalc.drawing.figure import draw
from cnncalc.drawing.options import Options
from cnncalc.drawing.themes import THEMES
from cnncalc.errors import CnncalcError, enumerated
from cnncalc.formulas.explanation import explain
from cnncalc.memory.arena import arena
from cnncalc.pages.results import Contents, PageNetwork
from cnncalc.pages.unit_sets import unit_sets
from cnncalc.summary.analysis import analyse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.comparison.compare import Source
    from cnncalc.drawing.results import Drawing
    from cnncalc.graph.graph import Graph
    from cnncalc.layers.base import Layer
    from cnncalc.summary.results import Report
    from cnncalc.sweeping.grid import Grid

MOST_EXPLAINED: Final = 2000
"""The layers of a network with more have no formulas on the page."""

LONGEST_SIDE: Final = 512
"""A larger photograph is made smaller, to so many pixels: a page is to be small."""

MOST_NETWORKS: Final = 12
"""The most networks on a page."""

PAGE_THEMES: Final = [name for name in THEMES if name != "dark"]
"""The colours that figures may have."""

WIDTH: Final = 475.0
"""The points for a figure, if it can be drawn in them: what the page has beside what a unit sees."""


class Page(Contents):
    """A page about networks, for a browser.

    >>> import cnncalc
    >>> cnncalc.load("lenet").page().to_html()[:15]
    '<!DOCTYPE html>'
    """

    __slots__ = ()

    def to_html(self) -> str:
        """The page as a file of HTML that needs no other."""
        from cnncalc.pages.notation import html

        return html(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file, whole or not at all; raises `CnncalcError` where it cannot be written."""
        from cnncalc.interchange.output_files import opened, write_errors

        found = self.to_html().encode()
        name = os.fspath(path)
        with opened(name) as file, write_errors(name):
            file.write(found)

    def _repr_html_(self) -> str:
        """What a notebook shows: the page in a frame of its own."""
        from html import escape

        style = "width: 100%; height: 48rem; border: 0"
        return f'<iframe title="{escape(self.title)}" style="{style}" srcdoc="{escape(self.to_html())}"></iframe>'


def page(
    *sources: Source,
    grid: Mapping[str, Any] | Grid | None = None,
    picture: str | os.PathLike[str] | None = None,
    theme: str = "blue",
    layers: Mapping[str, type[Layer]] | None = None,
) -> Page:
    """A page about one network, or about several side by side, for a browser.

    Sources are as in `load`, or networks, and with a `grid`, as in `sweep`, each is taken at each of its points.
    `picture` is the path of a photograph that units look at, which needs Pillow; `theme` are the figures' colours, as
    in `draw`, but for `dark`: a browser that prefers dark pages has dark figures. Raises `CnncalcError`.

    >>> import cnncalc
    >>> [network.label for network in cnncalc.page("resnet18", "resnet50").networks]
    ['resnet18', 'resnet50']
    """
    return page_of(networks_of(sources, grid, layers), picture, theme)


def page_of(
    networks: Sequence[tuple[str, Graph]], picture: str | os.PathLike[str] | None = None, theme: str = "blue"
) -> Page:
    """A page about networks, each with its label; raises `CnncalcError`."""
    if theme not in PAGE_THEMES:
        raise wrong("theme", enumerated(PAGE_THEMES, "or"), theme)
    if not networks or len(networks) > MOST_NETWORKS:
        hint = "`compare` and `sweep` take more" if networks else None
        raise CnncalcError(f"a page is of 1 to {MOST_NETWORKS} networks, not of {len(networks)}", hint=hint)
    shown = None
    if picture is not None:
        from cnncalc.interchange.photographs import read

        shown = read(picture, LONGEST_SIDE)
    labels = _distinct(_without_folders([label for label, _ in networks]))
    labelled = list(zip(labels, (network for _, network in networks), strict=True))
    return Page(
        tuple(_network(label, network, theme) for label, network in labelled),
        compared(labelled) if len(labelled) > 1 else None,
        shown,
    )


def _without_folders(labels: Sequence[str]) -> list[str]:
    """Labels without the folders of files, which are no reader's of a page, but where files differ by these alone.

    >>> _without_folders(["../nets/a.yaml:small width=2", "resnet18", "conv2d(16/2, 3) | relu"])
    ['a.yaml:small width=2', 'resnet18', 'conv2d(16/2, 3) | relu']
    >>> _without_folders(["old/a.yaml", "new/a.yaml"])
    ['old/a.yaml', 'new/a.yaml']
    """
    short = []
    for label in labels:
        file, *others = label.split(" ")
        short.append(label if "(" in label or "|" in label else " ".join([file.rpartition("/")[2] or file, *others]))
    return [new if short.count(new) == labels.count(old) else old for old, new in zip(labels, short, strict=True)]


def _distinct(labels: Sequence[str]) -> list[str]:
    """Labels of which those that come again have a number.

    >>> _distinct(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    found: list[str] = []
    for label in labels:
        count = 2
        name = label
        while name in found:
            name = f"{label} ({count})"
            count += 1
        found.append(name)
    return found


def _network(label: str, network: Graph, theme: str) -> PageNetwork:
    """What the page has of one network."""
    report = analyse(network)
    notes: list[str] = []
    formulas: Sequence[Any] = ()
    if len(report.layers) <= MOST_EXPLAINED:
        formulas = explain(network).layers
    else:
        notes.append(f"formulas are on pages of at most {MOST_EXPLAINED:,} layers; `cnncalc explain` has them")
    figure, fault = _figure(network, theme)
    if figure:
        notes += figure.notes
    if fault:
        notes.append(f"there is no figure: {fault}")
    return PageNetwork(
        label, report, unit_sets(network), arena(network), formulas, _boxes(report), figure, tuple(notes)
    )


def _figure(network: Graph, theme: str) -> tuple[Drawing | None, str | None]:
    """The figure, as wide as the page has room for or as it needs; and why there is none."""
    try:
        return draw(network, options=Options(width=WIDTH, theme=theme)), None
    except CnncalcError:
        pass
    try:
        return draw(network, options=Options(theme=theme)), None
    except CnncalcError as error:
        return None, error.message


def _boxes(report: Report) -> tuple[str, ...]:
    """For each layer the name of the box that it is drawn in."""
    names = {name: box.name for box in boxes(report) for name in box.layers}
    return tuple(names[layer.name] for layer in report.layers)
