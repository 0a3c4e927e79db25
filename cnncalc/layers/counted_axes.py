"""Layers whose options count axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.layers.base import Layer
from cnncalc.layers.options import Choice, option
from cnncalc.shapes import LAYOUTS

if TYPE_CHECKING:
    from cnncalc.shapes import Layout


class CountsAxes(Layer):
    """What the layers share whose options count or order axes: they may do so otherwise than the spec."""

    data_format: str | None = option(
        Choice(*LAYOUTS), default=None, meaning="how its own options order axes: as the spec does"
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.set_layout(self.layout)

    def set_layout(self, layout: Layout) -> None:
        """Tell the layer how the spec counts axes, which it does itself where it has a `data_format`."""
        super().set_layout(layout)
        if self.data_format is not None:
            self.layout = LAYOUTS[self.data_format]
