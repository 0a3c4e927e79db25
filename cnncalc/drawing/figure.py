"""A network drawn: the part that is asked for, in the style that is asked for or that suits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.drawing import choice
from cnncalc.drawing.options import Options
from cnncalc.drawing.results import Drawing
from cnncalc.drawing.selection import part_of
from cnncalc.drawing.styles import AUTO, GENERAL, OF_NETWORKS, scene, subject
from cnncalc.errors import CnncalcError
from cnncalc.summary.analysis import analyse

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.summary.results import Report

_DEFAULT = Options()


def draw(network: Graph, style: str = AUTO, scope: str | None = None, options: Options = _DEFAULT) -> Drawing:
    """The figure of a network or of one of its scopes.

    Raises `CnncalcError` for an unknown scope or style, and for what does not fit the width.

    >>> import cnncalc
    >>> draw(cnncalc.load("resnet18"), scope="layer2.0").style
    'blocks'
    """
    if style in OF_NETWORKS:
        return Drawing(scene(style, subject(style, network, scope, options), options), style)
    report = analyse(network)
    if scope is not None:
        report = part_of(report, network.layers_of(scope))
    return _suiting(report, options) if style == AUTO else _drawn(style, report, options)


def _suiting(report: Report, options: Options) -> Drawing:
    """The figure in the style that suits it or, where that has no room for it, in the one that draws everything."""
    chosen = choice.style_for(report)
    try:
        return _drawn(chosen, report, options)
    except CnncalcError as error:
        if chosen == GENERAL:
            raise
        return _drawn(GENERAL, report, options, f"drawn in {GENERAL}: {error.message}")


def _drawn(style: str, report: Report, options: Options, *notes: str) -> Drawing:
    """The figure in a style, with what is to be noted of it."""
    found = scene(style, report, options)
    return Drawing(found, style, (*notes, *found.notes))
