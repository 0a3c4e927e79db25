"""The models of the `onnx` wheel with inputs and outputs beside them: the values recorded there, or a refusal.

Those of ``pytorch-converted`` and ``pytorch-operator`` are exports of an old PyTorch at opset 6, in which a parameter
may be an input; those of ``light`` are the large networks with the same number in all of a weight.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

import cnncalc
from cnncalc.execution.executor import run
from tests.marking import slow_but
from tests.models.onnx.test_node_cases import in_file_order

if TYPE_CHECKING:
    from cnncalc.kernels import Array

DATA: Final = Path(onnx.__file__).parent / "backend" / "test" / "data"
FOLDERS: Final = ("simple", "pytorch-converted", "pytorch-operator")
RECORDED: Final = [f"{folder}/{path.name}" for folder in FOLDERS for path in sorted((DATA / folder).glob("test_*"))]
LIGHT: Final = sorted(path.stem for path in (DATA / "light").glob("*.onnx"))
QUICK: Final = (
    "pytorch-converted/test_Conv2d_padding",
    "pytorch-operator/test_operator_add_size1_broadcast",
    "pytorch-operator/test_operator_addmm",
    "simple/test_single_relu_model",
)

PARAMETERS: Final = frozenset(
    [f"simple/test_expand_shape_model{number}" for number in (1, 2, 3, 4)]
    + [
        f"pytorch-operator/test_operator_{name}"
        for name in ("add_broadcast", "add_size1_right_broadcast", "addmm", "mm", "pow")
    ]
)
"""Models whose inputs but for the first are parameters: they stand in the file, as in one that is exported today."""

TAKES: Final = "and an input here has a batch axis and channels"
TEXT: Final = "the input `x` is text, and layers here compute with numbers"
BY_SAMPLE: Final = "its constant is another for each sample"
REFUSED: Final[dict[str, str]] = {
    # A shape that repeats samples, or has an axis before them.
    "simple/test_expand_shape_model3": 'Expand "test" (it repeats the batch)',
    "simple/test_expand_shape_model4": 'Expand "test" (it has 4 axes, and 3 arrive)',
    # The operator `Gradient`, of training.
    "simple/test_gradient_of_add": f"the input `a` is a single number, {TAKES}",
    "simple/test_gradient_of_add_and_mul": f"the input `a` is a single number, {TAKES}",
    # Lists of tensors.
    "simple/test_sequence_model1": 'SequenceEmpty "Seq_empty"',
    **{f"simple/test_sequence_model{number}": 'SequenceConstruct "seq_1"' for number in (2, 3, 4, 5)},
    **{f"simple/test_sequence_model{number}": 'SplitToSequence "seq_1"' for number in (6, 7)},
    "simple/test_sequence_model8": f"the input `X` has the shape [n], {TAKES}",
    # A row of values without a batch.
    "simple/test_shrink": f"the input `x` has the shape [5], {TAKES}",
    "simple/test_sign_model": f"the input `x` has the shape [7], {TAKES}",
    **{
        f"pytorch-operator/test_operator_{name}": f"the input `0` has the shape [{size}], {TAKES}"
        for name, size in (("basic", 1), ("chunk", 3), ("symbolic_override_nested", 1), ("view", 1))
    },
    # Text.
    **{name: TEXT for name in RECORDED if name.startswith("simple/test_strnorm_model_")},
    # Values that differ from sample to sample, or are of one of them.
    "pytorch-converted/test_PoissonNLLLLoss_no_reduce": f'Mul "3" ({BY_SAMPLE})',
    "pytorch-operator/test_operator_non_float_params": f'Add "2" ({BY_SAMPLE})',
    "pytorch-operator/test_operator_params": f'Add "2" ({BY_SAMPLE})',
    "pytorch-operator/test_operator_index": 'Squeeze "2" (it leaves out the batch axis)',
    # More axes than a tensor has here.
    "pytorch-operator/test_operator_permute2": ("the input `0` has 6 axes, and 5 are the most, the batch among them"),
    # An exponent of its own for each value.
    "pytorch-operator/test_operator_pow": 'Pow "2" (its input 1 has 24 values, and one is wanted)',
}
"""The models that no network here is, and what is said of each; the others have the recorded values."""


def recorded(folder: Path, kind: str) -> list[Array]:
    """The arrays beside a model."""
    paths = sorted(folder.glob(f"test_data_set_0/{kind}_*.pb"), key=lambda path: int(path.stem.rpartition("_")[2]))
    return [numpy_helper.to_array(onnx.load_tensor(path)) for path in paths]


def with_parameters(model: Any, arrays: list[Array]) -> Any:
    """The model with all inputs but the first stored in it."""
    for info, array in zip(list(model.graph.input)[1:], arrays[1:], strict=True):
        model.graph.initializer.append(numpy_helper.from_array(array, info.name))
        model.graph.input.remove(info)
    return model


def outcome(name: str, folder: Path) -> str:
    """`equal`, or what is said of the model; fails where values or shapes are others."""
    model = onnx.load(DATA / name / "model.onnx")
    if name in PARAMETERS:
        model = with_parameters(model, recorded(DATA / name, "input"))
    path = folder / "net.onnx"
    onnx.save(model, path)
    try:
        network = cnncalc.load(str(path))
    except cnncalc.CnncalcError as error:
        fact = error.message.removeprefix(f"{path}: ")
        return fact.partition("here: ")[2] or fact
    inputs = recorded(DATA / name, "input")[: 1 if name in PARAMETERS else None]
    hold(network, inputs, recorded(DATA / name, "output"))
    return "equal"


def hold(network: cnncalc.Network, inputs: list[Array], wanted: list[Array]) -> None:
    """Run a network of a file with its own weights, and hold the outputs against those that are recorded."""
    spec: Any = network.blueprint.spec
    data = {name: array.astype("float64") for name, array in zip(network.inputs, inputs, strict=True)}
    _, outputs = run(network, data, dtype="float64", weights=spec.own_store)
    for output, array in zip(outputs.values(), wanted, strict=True):
        found = in_file_order(network, output)
        assert found.shape == array.shape
        np.testing.assert_allclose(found, array, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", slow_but(QUICK, RECORDED))
def test_a_recorded_model(name: str, tmp_path: Path) -> None:
    assert outcome(name, tmp_path) == REFUSED.get(name, "equal")


def test_the_models_are_there() -> None:
    """The tables name models that there are, and most are equal."""
    assert {*REFUSED, *PARAMETERS} <= set(RECORDED)
    assert (len(RECORDED), len(LIGHT)) == (140, 9)


@pytest.mark.slow
@pytest.mark.parametrize("name", LIGHT)
def test_a_light_model(name: str) -> None:
    """The input that ONNX's own tests give these: the numbers from 0 on, over how many they are."""
    network = cnncalc.load(str(DATA / "light" / f"{name}.onnx"))
    [shape] = network.inputs.values()
    data = (np.arange(np.prod(shape)) / np.prod(shape)).reshape(1, *shape)
    hold(network, [data], [numpy_helper.to_array(onnx.load_tensor(DATA / "light" / f"{name}_output_0.pb"))])
