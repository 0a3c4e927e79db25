"""What an execution came to, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.conversion import Convertible

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class LayerRun(NamedTuple):
    """One executed layer. Shapes are without the batch and as the spec orders them; `faults` says what is wrong.

    `actual_shape` is None where the layer could not be executed; mean and deviation where they are not finite.
    """

    name: str
    type: str
    expected_shape: Shape
    actual_shape: Shape | None
    seconds: float
    mean: float | None
    std: float | None
    finite: bool
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether shapes and weights are as computed, and no value is made that is not finite."""
        return not self.faults


class _RunReport(NamedTuple):
    """The fields of the class below."""

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    seed: int
    batch_size: int
    dtype: str
    seconds: float
    parameters: int
    layers: tuple[LayerRun, ...]
    notes: tuple[str, ...]


class RunReport(Convertible, _RunReport):
    """An executed network. `mismatches` counts the layers with a fault; `notes` is what else is to be known."""

    __slots__ = ()
    subject = "run"

    @property
    def mismatches(self) -> int:
        """The number of layers with a fault."""
        return sum(not layer.ok for layer in self.layers)

    @property
    def ok(self) -> bool:
        """Whether no layer has a fault."""
        return not self.mismatches


class Execution(NamedTuple):
    """The report of a run, and the outputs by name.

    The outputs have their axes as the spec orders them, and a batch axis before those if the inputs had one. One that
    could not be computed is not there.
    """

    report: RunReport
    outputs: dict[str, Array]
