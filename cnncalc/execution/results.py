"""What an execution came to, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.conversion import Convertible

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class TensorValues(NamedTuple):
    """What is in a tensor. Axes are as the spec orders them, behind those of a batch of several samples.

    `values` are nested lists of all values, None where there are too many to read. The smallest, the largest and the
    mean are None where not all values are finite. `top` are the largest probabilities of a softmax of one sample over
    a vector, each with its index.
    """

    shape: Shape
    minimum: float | None
    mean: float | None
    maximum: float | None
    values: list[Any] | None
    top: tuple[tuple[int, float], ...] | None


class LayerRun(NamedTuple):
    """One executed layer. Shapes are without the batch and as the spec orders them; `faults` says what is wrong.

    `actual_shape` is None where the layer could not be executed; mean and deviation where they are not finite.
    `output` has the values where they were asked for. `difference` is the largest to the values of another engine, as a
    share of the largest of those; None where they were not compared.
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
    output: TensorValues | None = None
    difference: float | None = None

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
    weights: str | None
    seconds: float
    parameters: int
    frozen: int
    layers: tuple[LayerRun, ...]
    notes: tuple[str, ...]
    input_values: dict[str, TensorValues]
    engine: str = "NumPy"
    tolerance: float | None = None


class RunReport(Convertible, _RunReport):
    """An executed network. `mismatches` counts the layers with a fault; `notes` is what else is to be known.

    `weights` names the file that the weights were read from; it is None where they were drawn.
    `parameters` and `frozen` are the numbers in the arrays of the layers that were executed, each array once.

    `input_values` has the values of the inputs where they were asked for. `engine` is what executed it, with its
    version where that is not NumPy; `tolerance` is the largest difference between both that is no fault, None where
    they were not compared.
    """

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


class Grid(NamedTuple):
    """The maps of a tensor side by side, for a terminal: rows of greys from 0 to 255, None where there is a gap.

    Only the first channels are shown where all have no room.
    """

    name: str
    rows: tuple[tuple[int | None, ...], ...]
    shown: int
    channels: int
    lowest: float
    highest: float


class Execution(NamedTuple):
    """The report of a run, and the outputs by name.

    The outputs have their axes as the spec orders them, and a batch axis before those if the inputs had one. One that
    could not be computed is not there.
    """

    report: RunReport
    outputs: dict[str, Array]
