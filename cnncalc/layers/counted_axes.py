"""Layers whose options count axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

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
        self.layout = self._own_layout(self.layout)

    def _own_layout(self, layout: Layout) -> Layout:
        """How its options count axes, in a spec that counts them so."""
        return layout if self.data_format is None else LAYOUTS[self.data_format]

    def with_layout(self, layout: Layout) -> Self:
        """The layer for a spec that counts axes so; the activations among its options count as the spec does."""
        inner = {name: activation.with_layout(layout) for name, activation in self.inner.items()}
        own = self._own_layout(layout)
        return self if own == self.layout and inner == self.inner else self.replaced(layout=own, **inner)
