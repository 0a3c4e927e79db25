"""The plan of a session, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.conversion import Convertible

if TYPE_CHECKING:
    from cnncalc.shapes import Shape


class PlannedOperation(NamedTuple):
    """An operation: the layers that it is of, its kernel, the shape of its output, and where that lies.

    `offset` is the first byte of the output's home in the memory of all tensors, and `bytes` what the home takes with
    its border; both are None of an output that has no place there. Where `waits`, all threads wait before it.
    """

    layers: tuple[str, ...]
    kernel: str
    output_shape: Shape
    macs: int
    offset: int | None
    bytes: int | None
    waits: bool


class _Plan(NamedTuple):
    """The fields of the class below."""

    name: str
    variant: str | None
    settings: dict[str, Any]
    inputs: dict[str, Shape]
    data_format: str
    batch_size: int
    dtype: str
    exact: bool
    threads: int
    blas_threads: int
    weight_bytes: int
    tensor_bytes: int
    scratch_bytes: int
    operations: tuple[PlannedOperation, ...]
    notes: tuple[str, ...] = ()


class Plan(Convertible, _Plan):
    """How a session runs a network: its operations in their order, and the memory that it takes, in bytes.

    `weight_bytes` are of weights as kernels take them, `tensor_bytes` of all tensors that have a place, and
    `scratch_bytes` of all threads. `threads` share each operation, with one of BLAS each, or one runs them all and
    `blas_threads` share its products. An `exact` one has no kernels that round more than a sum of products does.
    """
