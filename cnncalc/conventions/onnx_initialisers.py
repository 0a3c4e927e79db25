"""The arrays that PyTorch's exporter by TorchScript stores, and stores once where several are equal."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.conventions.operations import UNRUN
from cnncalc.conventions.rules import ParameterRule
from cnncalc.layers.weights import Initialiser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.conventions.operations import Operation
    from cnncalc.conventions.programs import Program
    from cnncalc.shapes import Shape

ZEROS: Final = "zeros"
ONES: Final = "ones"


def stored(operations: Sequence[Operation], program: Program) -> int:
    """The numbers in the stored arrays of a network whose weights are as its program draws them."""
    run = (operation for operation in operations if operation.call != UNRUN)
    arrays = [array for operation in run for array in _arrays(operation, program)]
    distinct = {(content, shape) for content, shape in arrays if content is not None}
    unique = sum(prod(shape) for content, shape in arrays if content is None)
    return unique + sum(prod(shape) for _, shape in distinct)


def _arrays(operation: Operation, program: Program) -> Iterator[tuple[str | None, Shape]]:
    """What is in the arrays of an operation, and their shapes; None for numbers that are in no other."""
    if operation.kind == "batch_norm" and operation.is_folded:
        return
    weights = dict(operation.weights)
    if operation.kind == "conv" and operation.is_folded:
        weights.setdefault("bias", weights["weight"][:1])
    norm = operation.kind.endswith("_norm")
    zero_biases = norm or operation.is_folded or program.has_zero_bias(operation.name)
    for name, shape in weights.items():
        drawn = ONES if norm and name == "weight" else ZEROS if name == "bias" and zero_biases else None
        yield _constant(operation, name) or drawn, shape
    for name, shape in operation.layer.buffer_shapes(list(operation.inputs)).items() if norm else ():
        yield (ZEROS if name == "running_mean" else ONES), shape


def _constant(operation: Operation, name: str) -> str | None:
    """The number that the spec fills an array with, if it does."""
    given = operation.layer.given_weights().get(name)
    return str(given.value) if isinstance(given, Initialiser) and given.name == "constant" else None


INITIALISERS: Final = ParameterRule("the arrays of a freshly exported model, equal ones once", stored)
