"""The styles of figures: a module each, with ``scene(subject, options) -> Scene``, imported when it is asked for.

The subject is the report of the network, unless `SUBJECTS` says how another is made of the network.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import enumerated

if TYPE_CHECKING:
    from cnncalc.drawing.options import Options
    from cnncalc.drawing.scene import Scene

STYLES: Final = {
    "volumes": "cnncalc.drawing.volumes.figure",
    "levels": "cnncalc.drawing.levels.figure",
    "blocks": "cnncalc.drawing.blocks",
}
"""The module of each style."""

AUTO: Final = "auto"
"""The word for the style that suits the network's structure."""


def scene(style: str, subject: Any, options: Options) -> Scene:
    """The figure of a subject in a style; raises `CnncalcError` for an unknown one."""
    from cnncalc import arguments

    if style not in STYLES:
        raise arguments.wrong("style", enumerated([AUTO, *STYLES], "or"), style)
    found: Scene = import_module(STYLES[style]).scene(subject, options)
    return found
