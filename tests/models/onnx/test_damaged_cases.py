"""The cases of operators that ONNX is tested with, of which a part says what nobody would write."""

from __future__ import annotations

import signal
from random import Random
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
import pytest
from onnx import AttributeProto, numpy_helper

import cnncalc
from tests.models.onnx.test_node_cases import OPERATORS, bound, cases

if TYPE_CHECKING:
    from pathlib import Path

SIZES: Final = (0, 1, 2, 3, 5, 7, -1, -2, -9, 2**31, -(2**31), 2**62, 2**63 - 1, -(2**63))
NUMBERS: Final = (0.0, 1.0, -1.0, 0.5, 1e38, 1e-45, float("nan"), float("inf"), float("-inf"))
WORDS: Final = ("", "SAME_UPPER", "VALID", "linear", "reflect", "nearest", "DCR", "bij,bjk->bik", "...i->i", "\u00e9")
SHAPES: Final = ((), (0,), (1,), (2,), (1, 1), (4, 2), (1, 3, 1, 1), (2, 3, 0), (2, 1, 3, 3), (1,) * 9)

SECONDS: Final = 20
"""What a file takes at most, on a machine that does other things too."""


def other_values(rng: Random, array: Any) -> Any:
    """Numbers that stand where others stood: some are others, or the shape or the type is."""
    match rng.randrange(4):
        case 0:
            shape = rng.choice(SHAPES)
            return np.resize(array if array.size else np.zeros(1, array.dtype), shape)
        case 1:
            row = rng.choices(NUMBERS, k=array.size)
            return np.array(row, "float32").reshape(array.shape)
        case 2:
            with np.errstate(all="ignore"):
                return array.astype(rng.choice(("bool", "uint8", "int64", "float16", "float64")))
        case _:
            row = [rng.choice(SIZES) if rng.random() < 0.5 else int(each) for each in np.zeros(array.size)]
            return np.array(row, "int64").reshape(array.shape)


def change_attribute(rng: Random, attribute: Any) -> None:
    """Another value of the attribute's type, or sometimes of another."""
    kind: Any = rng.choice((1, 2, 3, 6, 7, 8)) if rng.random() < 0.1 else attribute.type
    length = len(attribute.ints or attribute.floats) or 1
    length = rng.choice((length, length, length + 1, length - 1, 0))
    made = onnx.AttributeProto(name=attribute.name, type=kind)
    if kind == AttributeProto.INT:
        made.i = rng.choice(SIZES)
    elif kind == AttributeProto.FLOAT:
        made.f = rng.choice(NUMBERS)
    elif kind == AttributeProto.STRING:
        made.s = rng.choice(WORDS).encode()
    elif kind == AttributeProto.INTS:
        made.ints.extend(rng.choices(SIZES, k=length))
    elif kind == AttributeProto.FLOATS:
        made.floats.extend(rng.choices(NUMBERS, k=length))
    elif kind == AttributeProto.STRINGS:
        made.strings.extend(word.encode() for word in rng.choices(WORDS, k=length))
    attribute.CopyFrom(made)


def change_input(rng: Random, model: Any) -> None:
    """Leave an input of the node out, take another in its place, or say another shape of one."""
    node, inputs = model.graph.node[0], model.graph.input
    names = [*node.input, *(each.name for each in inputs)]
    match rng.randrange(4):
        case 0 if node.input:
            node.input[rng.randrange(len(node.input))] = rng.choice(["", *names])
        case 1 if node.input:
            del node.input[rng.randrange(len(node.input)) :]
        case 2 if inputs:
            shape = rng.choice(inputs).type.tensor_type.shape
            if shape.dim:
                rng.choice(shape.dim).dim_value = rng.choice((1, 2, 5, 64))
        case _:
            node.input.append(rng.choice(names or [""]))


def damaged(rng: Random, model: Any) -> Any:
    """A copy of a model in which one to three things are others."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    node, tensors = made.graph.node[0], made.graph.initializer
    made.graph.output[0].type.tensor_type.ClearField("shape")
    for _ in range(rng.randint(1, 3)):
        match rng.randrange(5):
            case 0 if node.attribute:
                change_attribute(rng, rng.choice(node.attribute))
            case 1 if node.attribute:
                del node.attribute[rng.randrange(len(node.attribute))]
            case 2 | 3 if tensors:
                tensor = rng.choice(tensors)
                if tensor.data_type != onnx.TensorProto.STRING:
                    array = other_values(rng, numpy_helper.to_array(tensor))
                    tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
            case 4:
                made.opset_import[0].version = rng.choice((1, 6, 7, 9, 10, 11, 13, 18, 22))
            case _:
                change_input(rng, made)
    if rng.random() < 0.2:  # all of it is known before the network runs
        del made.graph.initializer[:]
        for info in list(made.graph.input):
            sizes = [each.dim_value for each in info.type.tensor_type.shape.dim]
            made.graph.initializer.append(numpy_helper.from_array(np.ones(sizes, "float32"), info.name))
            made.graph.input.remove(info)
    return made


def read(path: Path) -> None:
    """Read, sum up and, where it is small, run a model: an error of ours is no failure, and any other is."""
    try:
        network = cnncalc.load(str(path), opaque=path.stem == "opaque")
        totals = network.report().totals
        if not totals.opaque and totals.macs < 1e6 and totals.output_bytes < 1e7:
            network.run()
    except cnncalc.CnncalcError:
        pass


def hold(operator: str, seed: int, folder: Path) -> None:
    """Damage every case of an operator, and read it."""
    rng = Random(f"{operator} {seed}")
    for case in cases(operator):
        model, arrays = bound(case, operator)
        if any(array.dtype.kind not in "fiu" for array in arrays):
            continue
        path = folder / rng.choice(("net.onnx", "opaque.onnx"))
        path.write_bytes(damaged(rng, model).SerializeToString())
        signal.alarm(SECONDS)
        try:
            read(path)
        finally:
            signal.alarm(0)


@pytest.mark.slow
@pytest.mark.parametrize("operator", OPERATORS)
def test_a_damaged_case_is_an_error_or_a_network(operator: str, tmp_path: Path) -> None:
    for seed in range(3):
        hold(operator, seed, tmp_path)
