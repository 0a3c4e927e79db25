"""What the check of an imported model came to, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cnncalc.conversion import Convertible

if TYPE_CHECKING:
    from cnncalc.shapes import Shape


class LayerCheck(NamedTuple):
    """A layer, and the `tensor` of the file that it is; None where it is not one tensor there.

    `difference` is the largest of its values to those of the file's tensor, as a share of the largest of these; None
    where there is nothing to compare it with.
    """

    name: str
    type: str
    tensor: str | None
    difference: float | None


class _ImportCheck(NamedTuple):
    """The fields of the class below."""

    name: str
    path: str
    engine: str
    inputs: dict[str, Shape]
    batch_size: int
    seed: int
    tolerance: float
    outputs: tuple[str, ...]
    layers: tuple[LayerCheck, ...]


class ImportCheck(Convertible, _ImportCheck):
    """A model executed by another engine as it is, and by ours as the network that it became.

    Both had the weights of the file and the same random samples. A difference above `tolerance` is a fault.
    """

    __slots__ = ()
    subject = "import_check"

    @property
    def compared(self) -> tuple[LayerCheck, ...]:
        """The layers that the file has a tensor of."""
        return tuple(layer for layer in self.layers if layer.difference is not None)

    @property
    def faults(self) -> tuple[LayerCheck, ...]:
        """The layers that differ by more than the tolerance."""
        return tuple(layer for layer in self.compared if (layer.difference or 0.0) > self.tolerance)

    @property
    def ok(self) -> bool:
        """Whether no layer differs, and every output was compared."""
        known = {layer.name for layer in self.compared}
        return not self.faults and all(name in known for name in self.outputs)
