"""The plan of a session, and what its runs were measured to take, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.conversion import Convertible

if TYPE_CHECKING:
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class PlannedOperation(NamedTuple):
    """An operation: the layers that it is of, its kernel, the shape of its output, and where that lies.

    `macs` are those of its layers for one sample, and `weight_bytes` are of what its kernel reads of weights. `offset`
    is the first byte of the piece of memory in which the output lies, and `bytes` is what that takes with its border;
    from `first_channel` on its channels are those of the output. All three are None of an output without a place.
    Where `waits`, all threads wait before the operation. `seconds` is the least that it was measured to take while all
    threads waited before and after it; None where it was not measured.
    """

    layers: tuple[str, ...]
    kernel: str
    output_shape: Shape
    macs: int
    weight_bytes: int
    offset: int | None
    bytes: int | None
    first_channel: int | None
    waits: bool
    seconds: float | None


class OutputDifference(NamedTuple):
    """An output of the network, and its largest difference to that of a pass layer by layer.

    The difference is a share of the largest value that the pass gave; None where it gave no such output.
    """

    name: str
    difference: float | None


class Measurement(NamedTuple):
    """What it took to prepare a session, and the least of some runs; what its outputs differ in.

    `faults` says what is wrong: of the pass layer by layer, and outputs that differ by more than `tolerance`.
    """

    preparing_seconds: float
    seconds: float
    runs: int
    tolerance: float
    differences: tuple[OutputDifference, ...]
    faults: tuple[str, ...]


class _Plan(NamedTuple):
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
    exact: bool
    threads: int
    blas_threads: int
    layers: int
    macs: int
    weight_bytes: int
    tensor_bytes: int
    scratch_bytes: int
    operations: tuple[PlannedOperation, ...]
    idle: tuple[str, ...]
    notes: tuple[str, ...]
    measured: Measurement | None


class Plan(Convertible, _Plan):
    """How a session runs a network: its operations in their order, and the memory that it takes, in bytes.

    `weights` names the file that the weights were read from; it is None where they were drawn. An `exact` one has no
    kernels that round more than a sum of products does. `threads` share each operation, with one of BLAS each, or one
    runs them all and `blas_threads` share its products. `layers` and `macs` are those of the network; `idle` are the
    layers for which nothing is run: their output is their input as it lies, or no input reaches them.

    `weight_bytes` are of weights as kernels read them, `tensor_bytes` of the memory in which tensors lie, and
    `scratch_bytes` of all threads together. `measured` is None where nothing was run.
    """

    __slots__ = ()
    subject = "plan"

    @property
    def waits(self) -> int:
        """How often all threads wait for each other."""
        return sum(operation.waits for operation in self.operations)

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong, as far as it was measured."""
        return () if self.measured is None else self.measured.faults

    @property
    def ok(self) -> bool:
        """Whether no fault was found."""
        return not self.faults


class Planned(NamedTuple):
    """The plan of a session that was run, and the outputs of its runs by name, as `Execution` has them."""

    plan: Plan
    outputs: dict[str, Array]
