"""Which style suits a network: what its structure says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnncalc.summary.results import Report


def style_for(report: Report) -> str:
    """The name of the style that suits a network.

    >>> import cnncalc
    >>> style_for(cnncalc.load("resnet18").report())
    'blocks'
    """
    del report
    return "blocks"
