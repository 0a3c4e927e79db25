"""A network drawn: the part that is asked for, in the style that is asked for or that suits it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing import choice
from cnncalc.drawing.options import Options
from cnncalc.drawing.results import Drawing
from cnncalc.drawing.selection import part_of
from cnncalc.drawing.styles import AUTO, GENERAL, OF_NETWORKS, STYLES, scene, subject
from cnncalc.errors import CnncalcError, enumerated
from cnncalc.summary.analysis import analyse

if TYPE_CHECKING:
    from cnncalc.graph.graph import Graph
    from cnncalc.summary.results import Report

_DEFAULT = Options()

_STYLES_OF: Final = {
    **dict.fromkeys(("depth", "labels"), ("volumes", "levels", "blocks")),
    "unfold": ("volumes", "levels", "blocks", "fan"),
    "direction": ("volumes", "levels", "blocks", "fan"),
    **dict.fromkeys(("layer", "unit", "axis"), ("fan", "growth")),
    "picture": ("growth",),
}
"""The styles that some of the wishes are for; the others are for all."""


def draw(network: Graph, style: str = AUTO, scope: str | None = None, options: Options = _DEFAULT) -> Drawing:
    """The figure of a network or of one of its scopes.

    Raises `CnncalcError` for an unknown scope or style, for a wish that is for other styles, and for what does not fit
    the width.

    >>> import cnncalc
    >>> draw(cnncalc.load("resnet18"), scope="layer2.0").style
    'blocks'
    """
    if style in tuple(STYLES):
        _check(style, options)
    if style in tuple(OF_NETWORKS):
        return Drawing(scene(style, subject(style, network, scope, options), options), style)
    report = analyse(network)
    if scope is not None:
        report = part_of(report, network.layers_of(scope))
    return _suiting(report, options) if style == AUTO else _drawn(style, report, options)


def _check(style: str, options: Options) -> None:
    """Raise `CnncalcError` for a wish that a style cannot have: it would change nothing."""
    for name, styles in _STYLES_OF.items():
        if style not in styles and getattr(options, name) != getattr(_DEFAULT, name):
            fact = (
                f"`{name}` is for the style{'s' * bool(styles[1:])} {enumerated(list(styles), 'and')}, not for {style}"
            )
            raise CnncalcError(fact, hint=f"ask for {'one' if styles[1:] else 'it'}: --style {styles[0]}")


def _suiting(report: Report, options: Options) -> Drawing:
    """The figure in the style that suits it or, where that has no room for it, in the one that draws everything."""
    chosen = choice.style_for(report)
    _check(chosen, options)
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
