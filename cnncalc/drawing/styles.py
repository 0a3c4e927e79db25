"""The styles of figures: a module each, with ``scene(subject, options) -> Scene``, imported when it is asked for.

The subject is the report of the network, unless the style is one of those that are drawn `OF_NETWORKS` themselves.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import enumerated

if TYPE_CHECKING:
    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Scene
    from cnncalc.graph.graph import Graph

STYLES: Final = {
    "volumes": "cnncalc.drawing.volumes.figure",
    "levels": "cnncalc.drawing.levels.figure",
    "blocks": "cnncalc.drawing.blocks.figure",
    "fan": "cnncalc.drawing.fan",
    "growth": "cnncalc.drawing.growth",
}
"""The module of each style."""

OF_NETWORKS: Final = frozenset({"fan", "growth"})
"""The styles whose subject is not the report: their modules have ``subject(network, scope, options)``."""

GENERAL: Final = "blocks"
"""The style that draws every network."""

AUTO: Final = "auto"
"""The word for the style that suits the network's structure."""


def subject(style: str, network: Graph, scope: str | None, options: Options) -> Any:
    """What a style of those `OF_NETWORKS` draws of a network or of one of its scopes."""
    return import_module(STYLES[style]).subject(network, scope, options)


def scene(style: str, subject: Any, options: Options) -> Scene:
    """The figure of a subject in a style; raises `CnncalcError` for an unknown one."""
    from cnncalc import arguments

    if style not in tuple(STYLES):
        raise arguments.wrong("style", enumerated([AUTO, *STYLES], "or"), style)
    found: Scene = import_module(STYLES[style]).scene(subject, options)
    return found._replace(background=options.colours.paper) if options.paper else found
