"""thop: https://github.com/Lyken17/pytorch-OpCounter, thop/vision/basic_hooks.py and calc_func.py."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.conventions import recurrent
from cnncalc.conventions.operations import MODULE
from cnncalc.conventions.rules import (
    MACS,
    MODULES,
    NOT_COUNTED,
    UNCOUNTED_PARTS,
    Convention,
    ParameterRule,
    Quantity,
    Rule,
    normalised,
    per_value,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.conventions.operations import Operation
    from cnncalc.conventions.programs import Program


def normalised_axes(operation: Operation) -> list[int]:
    """The axes that a softmax or a layer norm works along, channels first."""
    from cnncalc.geometry.access import SAME
    from cnncalc.geometry.reading import AxisByAxis

    (reading,) = operation.layer.reads(list(operation.inputs), operation.output)
    assert isinstance(reading, AxisByAxis)
    return [axis for axis, access in enumerate(reading.accesses) if access is not SAME]


def softmax_operations(operation: Operation) -> int:
    """The exponentials, additions and divisions of each row: 3 n - 1 of n values."""
    rows = operation.leaving // operation.inputs[0][normalised_axes(operation)[0]]
    return 3 * operation.leaving - rows


SOFTMAX: Final = Rule("3 n - 1 for each row of n values", softmax_operations)

_UPSAMPLINGS: Final = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 259}


def upsampled(operation: Operation, per_mode: dict[str, int]) -> int:
    """The operations of an output value in each mode, by PyTorch's names: `linear` is that of one axis."""
    mode = operation.option("mode")
    if mode == "linear":
        mode = ("linear", "bilinear", "trilinear")[operation.rank - 1]
    return per_mode.get(mode, 0) * operation.leaving


def _by_output(operation: Operation) -> int:
    """As for a convolution that gave this output: too many by the product of the strides."""
    channels: int = operation.inputs[0][0] // operation.option("groups")
    return operation.leaving * channels * prod(operation.weights["weight"][2:])


_RULES: Final = {
    "conv": MACS,
    "conv_transpose": Rule("output values x input channels x kernel", _by_output),
    "linear": MACS,
    **recurrent.CELLS,
    "batch_norm": normalised(4, 2),
    "layer_norm": normalised(4, 2),
    "instance_norm": normalised(4, 2),
    "prelu": per_value(1),
    **UNCOUNTED_PARTS,
    "softmax": SOFTMAX,
    "avg_pool": per_value(1),
    "adaptive_avg_pool": Rule("1 per input and output value", lambda o: o.arriving + o.leaving),
    "upsample": Rule("nearest 1, bilinear 11 per output value", lambda o: upsampled(o, _UPSAMPLINGS)),
}


_HOOKED: Final = {
    *_RULES,
    *("relu", "relu6", "leaky_relu", "max_pool", "adaptive_max_pool", "dropout", "pad", "pixel_shuffle"),
}
"""The modules that thop knows, if only to say that they cost nothing: of others it does not count parameters either."""


def _parameters(operations: Sequence[Operation], program: Program) -> int:
    del program
    return sum(o.parameters for o in operations if o.kind in _HOOKED and o.call == MODULE and not o.is_subclass)


THOP: Final = Convention(
    tool="thop",
    version="0.1.1.post2209072238",
    quantities=(
        Quantity(
            "macs",
            "macs",
            "MACs without biases, and operations of norms, average pools and softmax are added",
            _RULES,
        ),
    ),
    parameters=ParameterRule("those of the modules that it has a rule for", _parameters),
    sees=MODULES,
    exact_types=True,
    other=NOT_COUNTED,
)
