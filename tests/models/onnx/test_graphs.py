"""What graphs may be: laid out in another way, with free sizes, with functions, branches and random masks."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

import cnncalc
from cnncalc.errors import CnncalcError
from tests.models.onnx.graphs import differences, drawn, model, node, saved

if TYPE_CHECKING:
    from pathlib import Path


def described(path: str, **options: Any) -> list[tuple[str, str, tuple[int, ...]]]:
    """Name, type and output of each layer."""
    return [
        (layer.name, layer.type, tuple(layer.output_shape)) for layer in cnncalc.load(path, **options).report().layers
    ]


def channels_last() -> Any:
    """A network whose input and output have their channels last, with constants along the last axis."""
    tensors = {
        "mean": drawn(3),
        "w": drawn(4, 3, 3, 3),
        "slope": drawn(1, 1, 4),
        "matrix": drawn(4, 2),
        "bias": drawn(2),
    }
    nodes = [
        node("a = Sub(x, mean)"),
        node("b = Transpose(a)", perm=[0, 3, 1, 2]),
        node("c = Conv(b, w)", pads=[1, 1, 1, 1]),
        node("d = Transpose(c)", perm=[0, 2, 3, 1]),
        node("e = PRelu(d, slope)"),
        node("f = MatMul(e, matrix)"),
        node("y = Add(f, bias)"),
    ]
    return model(nodes, tensors, {"x": [1, 6, 7, 3]}, ["y"])


def test_a_graph_with_channels_last_is_a_network_with_channels_first(tmp_path: Path) -> None:
    made = channels_last()
    network = cnncalc.load(saved(made, tmp_path))
    assert [(layer.type, tuple(layer.output_shape)) for layer in network.report().layers] == [
        ("subtract", (3, 6, 7)),
        ("conv2d", (4, 6, 7)),
        ("prelu", (4, 6, 7)),
        ("linear", (2, 6, 7)),
    ]
    assert "`x` has its channels last in the file, and first here" in network.report().notes
    x = drawn(1, 6, 7, 3)
    (theirs,) = onnxruntime.InferenceSession(made.SerializeToString()).run(None, {"x": x})
    ours: Any = network.forward(x.transpose(0, 3, 1, 2))
    np.testing.assert_allclose(ours, theirs.transpose(0, 3, 1, 2), atol=1e-5)


def test_a_flatten_of_channels_last_moves_them_first(tmp_path: Path) -> None:
    nodes = [
        node("a = Transpose(x)", perm=[0, 2, 3, 1]),
        node("b = Reshape(a, sizes)"),
        node("y = MatMul(b, matrix)"),
    ]
    tensors = {"sizes": np.array([-1, 24]), "matrix": drawn(24, 3)}
    made = model(nodes, tensors, {"x": [1, 2, 3, 4]}, ["y"])
    assert [kind for _, kind, _ in described(saved(made, tmp_path))] == ["permute", "flatten", "linear"]
    assert differences(made, tmp_path, x=drawn(1, 2, 3, 4))["y"] < 1e-5


def followed() -> Any:
    """A network that pools by the size of its map, as PyTorch's exporter computes it."""
    nodes = [
        node("a = Conv(x, w)"),
        node("s = Shape(a)"),
        node("h = Gather(s, two)", axis=0),
        node("hh = Unsqueeze(h, nought)"),
        node("sizes = Concat(ones, hh, minus)", axis=0),
        node("y = Reshape(a, sizes)"),
    ]
    tensors = {
        "w": drawn(4, 3, 1, 1),
        "two": np.array(2),
        "nought": np.array([0]),
        "ones": np.array([1, 4]),
        "minus": np.array([-1]),
    }
    return model(nodes, tensors, {"x": [1, 3, "height", "width"]}, ["y"])


def test_what_follows_free_sizes_is_read_again_at_others(tmp_path: Path) -> None:
    path = saved(followed(), tmp_path)
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(path).report()
    assert caught.value.message == f"{path}: `x` has free sizes: 3 x height x width"
    assert caught.value.hint == "say which, such as --input 3x224x224"
    for height, width in ((5, 6), (7, 3)):
        network = cnncalc.load(path, input=(3, height, width))
        assert tuple(network.report().layers[-1].output_shape) == (4, height, width)
    again = cnncalc.load(path, input=(3, 5, 6)).at((3, 9, 4))
    assert tuple(again.report().layers[-1].output_shape) == (4, 9, 4)


@pytest.mark.parametrize("batch", [1, 8, "N"])
def test_figures_are_for_one_sample(batch: Any, tmp_path: Path) -> None:
    sizes = np.array([batch if isinstance(batch, int) else -1, 108])
    nodes = [node("a = Conv(x, w)"), node("b = Reshape(a, sizes)"), node("y = Gemm(b, m)", transB=1)]
    tensors = {"w": drawn(4, 3, 2, 2), "sizes": sizes, "m": drawn(5, 108)}
    made = model(nodes, tensors, {"x": [batch, 3, 4, 10]}, ["y"])
    layers = cnncalc.load(saved(made, tmp_path)).report().layers
    assert [layer.macs for layer in layers] == [4 * 12 * 27, 0, 540]


def test_a_batch_that_is_mixed_in_is_refused(tmp_path: Path) -> None:
    made = model([node("y = Reshape(x, sizes)")], {"sizes": np.array([8, -1])}, {"x": ["N", 4, 6]}, ["y"])
    with pytest.raises(CnncalcError, match="it mixes the batch with other axes"):
        cnncalc.load(saved(made, tmp_path)).report()


def test_weights_that_are_stored_once_count_once(tmp_path: Path) -> None:
    nodes = [node("a = Conv(x, w)"), node("v = Identity(w)"), node("y = Conv(a, v)")]
    made = model(nodes, {"w": drawn(3, 3, 2, 2)}, {"x": [1, 3, 6, 6]}, ["y"])
    report = cnncalc.load(saved(made, tmp_path)).report()
    assert (report.totals.parameters, report.totals.macs) == (36, 36 * 25 + 36 * 16)
    assert "1 layer uses weights that the file has for another layer, which count once" in report.notes
    assert differences(made, tmp_path, x=drawn(1, 3, 6, 6))["y"] < 1e-5


def test_an_array_that_several_layers_have_is_told(tmp_path: Path) -> None:
    nodes = [node("a = Conv(x, v, b)"), node("y = Conv(a, w, b)")]
    tensors = {"v": drawn(3, 3, 1, 1), "w": drawn(3, 3, 2, 2), "b": drawn(3)}
    report = cnncalc.load(saved(model(nodes, tensors, {"x": [1, 3, 6, 6]}, ["y"]), tmp_path)).report()
    assert report.totals.parameters == 9 + 36 + 2 * 3
    assert "1 array is stored once in the file for several layers, for each of which they count here" in report.notes


def test_functions_of_the_model_are_their_nodes(tmp_path: Path) -> None:
    body = [
        helper.make_node("Conv", ["x", "w"], ["a"]),
        helper.make_node("LeakyRelu", ["a"], ["y"]),
    ]
    slope = onnx.AttributeProto(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT)
    body[1].attribute.append(slope)
    opsets = [helper.make_opsetid("", 17)]
    function = helper.make_function("own", "Block", ["x", "w"], ["y"], body, opsets, ["slope"])
    nodes = [
        helper.make_node("Block", ["x", "v"], ["h"], "first", domain="own", slope=0.25),
        helper.make_node("Block", ["h", "w"], ["y"], "second", domain="own", slope=0.5),
    ]
    made = model(nodes, {"v": drawn(4, 3, 2, 2), "w": drawn(2, 4, 2, 2)}, {"x": [1, 3, 6, 6]}, ["y"])
    made.functions.append(function)
    made.opset_import.append(helper.make_opsetid("own", 1))
    layers = cnncalc.load(saved(made, tmp_path)).report().layers
    assert [layer.type for layer in layers] == ["conv2d", "leaky_relu"] * 2
    assert differences(made, tmp_path, x=drawn(1, 3, 6, 6))["y"] < 1e-5


@pytest.mark.parametrize("condition", [True, False])
def test_a_branch_whose_condition_is_known_is_taken(tmp_path: Path, *, condition: bool) -> None:
    def branch(operator: str, output: str) -> Any:
        info = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
        return helper.make_graph([helper.make_node(operator, ["a"], [output])], operator, [], [info])

    nodes = [
        node("a = Neg(x)"),
        helper.make_node("If", ["c"], ["b"], then_branch=branch("Relu", "p"), else_branch=branch("Tanh", "q")),
        node("y = Abs(b)"),
    ]
    made = model(nodes, {"c": np.array(condition)}, {"x": [1, 3, 4]}, ["y"])
    types = [kind for _, kind, _ in described(saved(made, tmp_path))]
    assert types == ["neg", "relu" if condition else "tanh", "abs"]
    assert differences(made, tmp_path, x=drawn(1, 3, 4))["y"] < 1e-5


def test_random_masks_of_training_are_dropout(tmp_path: Path) -> None:
    nodes = [
        node("r = RandomUniformLike(like)"),
        node("l = Less(r, kept)"),
        node("c = Cast(l)", to=1),
        node("m = Div(c, kept)"),
        node("y = Mul(x, m)"),
    ]
    tensors = {"like": np.zeros((1, 1, 1, 1), "float32"), "kept": np.float32(0.8)}
    network = cnncalc.load(saved(model(nodes, tensors, {"x": [1, 3, 4, 4]}, ["y"]), tmp_path))
    assert network.report().layers[0].type == "drop_path"
    x = drawn(1, 3, 4, 4)
    np.testing.assert_array_equal(network.forward(x), x)


@pytest.mark.parametrize("batch", [1, 2])
def test_a_gather_of_all_is_nothing(batch: int, tmp_path: Path) -> None:
    nodes = [
        node("a = Reshape(x, row)"),
        node("b = Gather(a, order)"),
        node("y = Relu(b)"),
    ]
    tensors = {"row": np.array([6 * batch]), "order": np.arange(6 * batch).reshape(batch, 6, 1, 1)}
    made = model(nodes, tensors, {"x": [batch, 6, 1, 1]}, ["y"])
    assert [kind for _, kind, _ in described(saved(made, tmp_path))] == ["relu"]
    assert differences(made, tmp_path, x=drawn(batch, 6, 1, 1))["y"] == 0


def test_a_tensor_from_nowhere_is_damage(tmp_path: Path) -> None:
    path = saved(model([node("y = Add(x, gone)", name="sum")], {}, {"x": [1, 3, 4]}, ["y"]), tmp_path)
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(path).report()
    assert caught.value.message == f'{path}: Add "sum": it reads `gone`, which nothing before it gives'
    assert caught.value.hint == "the nodes of a graph stand in the order in which they run"


def test_a_model_on_standard_input_is_read() -> None:
    made = model([node("y = Relu(x)", name="r")], {}, {"x": [1, 3, 4]}, ["y"])
    command = [sys.executable, "-m", "cnncalc", "summary", "-", "--format", "csv"]
    done = subprocess.run(command, input=made.SerializeToString(), capture_output=True, check=True)
    assert b"\nr,relu," in done.stdout


NAMES = [
    ("/layer1/layer1.0/conv2/Conv", "layer1.0.conv2"),
    ("model/block1/conv/Relu__12", "model.block1.conv"),
    ("conv1/Relu:0", "conv1"),
    ("Relu_12", "y"),
    ("node_Relu_3", "y"),
    ("", "y"),
    ("relu6", "relu6"),
    ("gpu_0/conv1 (3x3)", "gpu_0.conv1_3x3"),
]


@pytest.mark.parametrize(("written", "name"), NAMES)
def test_names_are_the_exporters(written: str, name: str, tmp_path: Path) -> None:
    made = model([node("y = Relu(x)", name=written)], {}, {"x": [1, 3, 4]}, ["y"])
    assert described(saved(made, tmp_path))[0][0] == name


def test_a_name_that_is_another_ones_scope_becomes_a_word(tmp_path: Path) -> None:
    nodes = [node("a = Relu(x)", name="a"), node("b = Relu(a)", name="a/b"), node("y = Relu(b)", name="a")]
    assert [name for name, _, _ in described(saved(model(nodes, {}, {"x": [1, 3, 4]}, ["y"]), tmp_path))] == [
        *("a", "a_b", "a_1"),
    ]


def test_a_scope_around_all_names_is_left_out(tmp_path: Path) -> None:
    nodes = [node("a = Relu(x)", name="call/model/stem/Relu"), node("y = Tanh(a)", name="call/model/head/Tanh")]
    found = described(saved(model(nodes, {}, {"x": [1, 3, 4]}, ["y"]), tmp_path))
    assert [name for name, _, _ in found] == ["stem", "head"]


@pytest.mark.parametrize(
    ("nodes", "line"),
    [
        ([node("y = HardSigmoid(x)", alpha=1 / 6)], '- hardsigmoid: {name: "y"}'),
        ([node("y = HardSigmoid(x)")], '- hardsigmoid: {name: "y", alpha: 0.2}'),
        ([node("y = LeakyRelu(x)", alpha=0.01)], '- leaky_relu: {name: "y"}'),
        ([node("y = Elu(x)", alpha=0.3)], '- elu: {name: "y", alpha: 0.3}'),
    ],
)
def test_options_in_single_precision_are_the_defaults_that_were_written(
    nodes: list[Any], line: str, tmp_path: Path
) -> None:
    path = saved(model(nodes, {}, {"x": (1, 3, 4, 4)}, ["y"]), tmp_path)
    assert f"  {line}\n" in cnncalc.load(path).to_yaml()


def test_a_graph_that_does_nothing_gives_what_it_takes(tmp_path: Path) -> None:
    path = saved(model([node("y = Identity(x)")], {}, {"x": [1, 3, 4, 5]}, ["y"]), tmp_path)
    network, x = cnncalc.load(path), drawn(1, 3, 4, 5)
    np.testing.assert_array_equal(network.forward(x), x)
    assert network.check_import().ok
    assert described(path) == [("identity_1", "identity", (3, 4, 5))]


def test_a_border_of_nothing_may_be_of_any_kind(tmp_path: Path) -> None:
    """As PyTorch writes a convolution without padding whose `padding_mode` is `reflect`."""
    tensors = {"pads": np.zeros(8, "int64"), "w": drawn(4, 3, 3, 3)}
    made = model(
        [node("a = Pad(x, pads)", mode="reflect"), node("y = Conv(a, w)")], tensors, {"x": [1, 3, 6, 5]}, ["y"]
    )
    assert described(saved(made, tmp_path)) == [("y", "conv2d", (4, 4, 3))]


def test_remainders_of_sizes_are_computed(tmp_path: Path) -> None:
    """As PyTorch finds the axis of an Unflatten."""
    tensors = {"one": np.array([5]), "rank": np.array([4]), "sizes": np.array([2, 3, -1])}
    nodes = [
        *(node("at = Mod(one, rank)"), node("shape = Shape(x)"), node("zero = Sub(at, at)")),
        *(
            node("first = Slice(shape, zero, at)"),
            node("all = Concat(first, sizes)", axis=0),
            node("y = Reshape(x, all)"),
        ),
    ]
    made = model(nodes, tensors, {"x": [1, 6, 4, 5]}, ["y"])
    [(_, kind, shape)] = described(saved(made, tmp_path))
    assert (kind, shape) == ("reshape", (2, 3, 20))
