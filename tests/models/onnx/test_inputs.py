"""Operators with other inputs than they need, and constants of one value: an error in words, or the value."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
import pytest
from onnx import helper

import cnncalc
from tests.marking import slow_after
from tests.models.onnx.graphs import differences, drawn, model, node, saved

if TYPE_CHECKING:
    from pathlib import Path

OPERATORS: Final = sorted({schema.name for schema in onnx.defs.get_all_schemas()})

CONSTANTS: Final[dict[str, Any]] = {
    "number": np.int64(3),
    "whole": np.array([3], "int64"),
    "negative": np.array([-4.0], "float32"),
    "empty": np.zeros(0, "float32"),
    "matrix": np.ones((2, 2), "float32"),
    "word": np.array([True]),
}

FEW: Final = ("x", "matrix")
INPUTS: Final = (
    *((), ("whole",), ("x", "negative"), ("x", "matrix", "matrix")),
    *((name,) for name in ("x", "number", "negative", "empty", "matrix", "word", "")),
    *((first, second) for first in FEW for second in ("x", "whole", "number", "empty", "matrix", "")),
    *(("whole", "whole"), ("negative", "negative"), ("x", "whole", "whole"), ("x", "x", "x"), ("x", "x", "x", "x")),
    *(("x", "matrix", "whole", "whole"), ("matrix", "matrix", "matrix"), ("x", "matrix", "empty", "empty", "empty")),
)


@pytest.mark.parametrize("inputs", slow_after(2, [(inputs,) for inputs in INPUTS]))
def test_too_few_too_many_or_of_another_kind(inputs: tuple[str, ...], tmp_path: Path) -> None:
    """Whatever a node takes, its operator is read, or refused with an error: nothing else is raised."""
    for operator in OPERATORS:
        nodes = [helper.make_node(operator, inputs, ["k"]), node("y = Add(x, k)")]
        path = saved(model(nodes, CONSTANTS, {"x": [1, 2, 4, 4]}, ["y"]), tmp_path)
        with contextlib.suppress(cnncalc.CnncalcError):
            cnncalc.load(path)


def test_without_inputs_it_is_said_so(tmp_path: Path) -> None:
    made = model([helper.make_node("Max", [], ["k"]), node("y = Add(x, k)")], {}, {"x": [1, 2, 4]}, ["y"])
    with pytest.raises(cnncalc.CnncalcError, match=r"nodes have no layer here: Max \"k\" \(it has no inputs\)"):
        cnncalc.load(saved(made, tmp_path))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("y = Conv(x, random)", "its input 1 is random numbers"),
        ("y = Mul(x, product)", "it multiplies by random numbers"),
        ("y = Add(x, random)", "it computes with random numbers"),
    ],
)
def test_random_numbers_are_no_constants(text: str, reason: str, tmp_path: Path) -> None:
    nodes = [node("random = RandomUniform()", shape=[1, 2, 1]), node("product = Identity(random)"), node(text)]
    nodes[0] = helper.make_node("RandomUniform", [], ["random"], shape=[1, 2, 1])
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load(saved(model(nodes, {}, {"x": [1, 2, 4]}, ["y"]), tmp_path))
    assert caught.value.message.endswith(f'"y" ({reason})')


@pytest.mark.parametrize("operator", ["Max", "Min", "Sum", "Mean"])
@pytest.mark.parametrize("count", [1, 3])
def test_constants_computed_of_any_number(operator: str, count: int, tmp_path: Path) -> None:
    """The value is ONNX Runtime's, also where it is that of one constant."""
    tensors = {f"c{at}": drawn(2, seed=at) for at in range(count)}
    made = model(
        [node(f"k = {operator}({', '.join(tensors)})"), node("y = Mul(x, k)")], tensors, {"x": [1, 2, 2]}, ["y"]
    )
    assert differences(made, tmp_path, x=drawn(1, 2, 2)) == {"y": 0.0}


def test_the_root_of_a_negative_constant_is_no_number(tmp_path: Path) -> None:
    nodes = [node("k = Sqrt(c)"), node("y = Mul(x, k)")]
    with pytest.raises(cnncalc.CnncalcError, match="`value` must be a number, or nested numbers, not nan"):
        cnncalc.load(saved(model(nodes, {"c": [np.float32(-4)]}, {"x": [1, 2, 2]}, ["y"]), tmp_path))


@pytest.mark.parametrize("constant", [None, np.array([2], "uint8")])
def test_whole_numbers_are_not_divided_as_others(constant: Any, tmp_path: Path) -> None:
    """As the inputs of the file say, or the constant that they are divided by."""
    tensors = {} if constant is None else {"d": constant}
    inputs = {name: [1, 2, 4] for name in ("x", "d") if name not in tensors}
    made = model([node("y = Div(x, d)")], tensors, inputs, ["y"])
    for info in made.graph.input if constant is None else ():
        info.type.tensor_type.elem_type = onnx.TensorProto.UINT8
    with pytest.raises(cnncalc.CnncalcError, match=r"\(it divides whole numbers, and leaves out the rest\)"):
        cnncalc.load(saved(made, tmp_path))
