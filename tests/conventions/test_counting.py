"""Counts held against what the tools themselves print, to the digit."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc import CnncalcError, load
from cnncalc.conventions import registry
from cnncalc.conventions.operations import FUNCTION, OPERATOR, operations_of
from cnncalc.conventions.programs import Program
from cnncalc.conventions.registry import CONVENTIONS
from tests.marking import slow_but
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.conventions.results import ConventionReport

REFERENCE = Path(__file__).parent.parent / "reference"


def table(name: str) -> list[dict[str, str]]:
    """The rows of a file of reference."""
    with (REFERENCE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t"))


def figure(report: ConventionReport, name: str) -> int:
    """The number that a tool prints under that name."""
    if name == "params":
        assert report.parameters is not None
        return report.parameters.theirs
    (found,) = (quantity.theirs for quantity in report.quantities if quantity.name == name)
    return found


def printed(row: dict[str, str]) -> dict[str, int]:
    """The numbers of a row, by tool and name."""
    return {name: int(value) for name, value in row.items() if name not in ("subject", "layer", "input") and value}


def network_of(row: dict[str, str]) -> Network:
    """The bundled network that is torchvision's."""
    name = {"alexnet": "alexnet_torchvision"}.get(row["subject"], row["subject"])
    return load(name, input=row["input"])


NETWORKS = {row["subject"]: row for row in table("conventions_totals.tsv")}
QUICK = (
    "alexnet",
    "googlenet",
    "mobilenet_v3_large",
    "convnext_tiny",
    "mc3_18",
    "shufflenet_v2_x0_5",
    "lraspp_mobilenet_v3_large",
)


@pytest.mark.parametrize("subject", slow_but(QUICK, NETWORKS))
def test_totals_of_networks(subject: str) -> None:
    """MACs, FLOPs and parameters of torchvision's networks, as ten tools print them."""
    row = NETWORKS[subject]
    network, wanted = network_of(row), printed(row)
    reports = {tool: network.count_as(tool) for tool in CONVENTIONS}
    assert {name: figure(reports[name.split()[0]], name.split()[1]) for name in wanted} == wanted


KINDS = {
    "fvcore": {"conv": ["conv2d"], "adaptive_avg_pool2d": ["adaptive_avg_pool2d"]},
    "onnx-tool": {
        "Conv": ["conv2d"],
        "BatchNormalization": ["batch_norm"],
        "LayerNormalization": ["layer_norm"],
        "Relu": ["relu"],
        "Clip": ["relu6"],
        "HardSwish": ["hardswish"],
        "HardSigmoid": ["hardsigmoid"],
        "MaxPool": ["max_pool2d"],
        "GlobalAveragePool": ["adaptive_avg_pool2d"],
    },
}
"""Our kinds by the operators of the tools, where these are those kinds alone."""

OPERATORS = [row for row in table("conventions_operators.tsv") if row["operator"] in KINDS[row["tool"]]]


@pytest.mark.slow
def test_operators_of_networks() -> None:
    """What two of the tools count for each operator, where we have that as a kind of its own."""
    networks = {row["subject"]: network_of(row) for row in OPERATORS}
    for row in OPERATORS:
        (quantity,) = networks[row["subject"]].count_as(row["tool"]).quantities
        kinds = KINDS[row["tool"]][row["operator"]]
        assert sum(kind.theirs for kind in quantity.kinds if kind.kind in kinds) == int(row["value"]), row


SINGLES = {
    "conv2d 8->16 k3 p1 bias": "conv2d(16, 3, padding=1)",
    "conv2d 8->16 k3 p1 no bias": "conv2d(16, 3, padding=1, bias=False)",
    "conv2d 8->16 k3 s2 g4 bias": "conv2d(16, 3, 2, 1, groups=4)",
    "conv2d 8->8 depthwise no bias": "depthwise_conv2d(3, padding=1, bias=False)",
    "conv1d 4->6 k5 bias": "conv1d(6, 5)",
    "conv3d 4->6 k3 bias": "conv3d(6, 3)",
    "conv_transpose2d 8->16 k2 s2 bias": "conv_transpose2d(16, 2, 2)",
    "conv_transpose2d 8->16 k4 s2 p1 no bias": "conv_transpose2d(16, 4, 2, 1, bias=False)",
    "linear 20->30 bias": "linear(30)",
    "linear 20->30 no bias": "linear(30, bias=False)",
    "linear 20->30 bias on 7x20": "linear(30, dim=1)",
    "batch_norm2d 8": "batch_norm()",
    "batch_norm2d 8 affine=False": "batch_norm(affine=False)",
    "layer_norm 8 on 10x8": "layer_norm(normalized_shape=[8])",
    "group_norm 2,8": "group_norm(2)",
    "instance_norm2d 8": "instance_norm()",
    "instance_norm2d 8 affine": "instance_norm(affine=True)",
    "relu module": "relu()",
    "relu6 module": "relu6()",
    "leaky_relu module": "leaky_relu()",
    "prelu module (1)": "prelu(num_parameters=1)",
    "elu module": "elu()",
    "gelu module": "gelu()",
    "silu module": "silu()",
    "hardswish module": "hardswish()",
    "hardsigmoid module": "hardsigmoid()",
    "sigmoid module": "sigmoid()",
    "tanh module": "tanh()",
    "softmax module dim 1": "softmax(dim=0)",
    "dropout module": "dropout(0.5)",
    "F.relu": "relu()",
    "F.softmax dim 1": "softmax()",
    "torch.sigmoid": "sigmoid()",
    "x + x": "add(from=[input, input])",
    "torch.add(x, x)": "add(from=[input, input])",
    "x += x": "add(from=[input, input])",
    "x * x": "multiply(from=[input, input])",
    "torch.mul(x, x)": "multiply(from=[input, input])",
    "torch.cat([x, x], 1)": "concat(from=[input, input])",
    "x.mean((2, 3))": "reduce_mean([1, 2])",
    "max_pool2d 2 module": "max_pool2d(2)",
    "max_pool2d 3 s2 p1 module": "max_pool2d(3, 2, 1)",
    "avg_pool2d 2 module": "avg_pool2d(2)",
    "adaptive_avg_pool2d 1 module": "global_avg_pool2d()",
    "adaptive_avg_pool2d (5,4) module": "adaptive_avg_pool2d((5, 4))",
    "adaptive_avg_pool2d 7 module on 7x7": "adaptive_avg_pool2d(7)",
    "F.adaptive_avg_pool2d 1": "adaptive_avg_pool2d(1)",
    "F.avg_pool2d 2": "avg_pool2d(2)",
    "F.max_pool2d 2": "max_pool2d(2)",
    "upsample nearest x2 module": "upsample(scale_factor=2)",
    "upsample bilinear x2 module": "upsample(scale_factor=2, mode=bilinear)",
    "F.interpolate bilinear x2": "upsample(scale_factor=2, mode=bilinear)",
    "F.interpolate nearest x2": "upsample(scale_factor=2)",
    "F.linear 20->30": "linear(30)",
    "F.conv2d 8->16 k3 p1 bias": "conv2d(16, 3, padding=1)",
    "lstm 12->16 on 10 steps": "lstm(16, dim=-1)",
    "pixel_shuffle 2": "pixel_shuffle(2)",
    "zero_pad2d 1": "pad(1)",
    "multihead_attention 16, 4 heads on 10": "multihead_attention(4, dim=-1)",
}
"""Each layer or call of the reference that a layer of ours is."""

WITHOUT_A_LAYER = ("matmul x @ x^T", "torch.bmm")

LAYER_ROWS = [row for row in table("conventions_singles.tsv") if row["subject"] not in WITHOUT_A_LAYER]


@every_row("row", LAYER_ROWS, ids=[row["subject"] for row in LAYER_ROWS])
def test_single_layers(row: dict[str, str]) -> None:
    """One layer, as a module or called as a function, as ten tools count it."""
    network, wanted = load(SINGLES[row["subject"]], input=row["input"]), printed(row)
    called = row["subject"].startswith(("F.", "torch."))
    functions = [network.nodes[0].name] if called else []
    reports = {tool: network.count_as(tool, functions) for tool in CONVENTIONS}
    assert {name: figure(reports[name.split()[0]], name.split()[1]) for name in wanted} == wanted
    assert all(kind.known for report in reports.values() for q in report.quantities for kind in q.kinds)


LAYERS = table("conventions_layers.tsv")


@every_row("row", LAYERS, ids=[f"{row['layer']} of {row['input']}" for row in LAYERS])
def test_layers(row: dict[str, str]) -> None:
    """One layer by its line, as ten tools count the class of PyTorch's that it is."""
    network, wanted = load(row["layer"], input=row["input"]), printed(row)
    reports = {tool: network.count_as(tool) for tool in CONVENTIONS}
    assert {name: figure(reports[name.split()[0]], name.split()[1]) for name in wanted} == wanted


def test_a_name_that_is_not_there() -> None:
    """Neither a tool nor a layer."""
    network = load("lenet")
    with pytest.raises(CnncalcError) as error:
        network.count_as("torchinf")
    assert str(error.value) == "error: there is no convention `torchinf`\nhint: did you mean `torchinfo`?"
    with pytest.raises(CnncalcError) as error:
        network.count_as("thop", ["avg_pol"])
    expected = "error: LeNet-5 has no layer, scope or type `avg_pol`\nhint: did you mean `avg_pool2d`?"
    assert str(error.value) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None,), "`convention` takes the name of a tool, such as 'fvcore', not None"),
        (("thop", "relu"), "`functions` takes a list of names, not 'relu'"),
        (("thop", [1]), "`functions` takes a list of names, not (1,)"),
    ],
)
def test_wrong_arguments(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(CnncalcError) as error:
        load("lenet").count_as(*arguments)
    assert str(error.value) == f"error: {message}"


def test_what_is_not_known_to_be_counted_is_said() -> None:
    """A type that PyTorch does not have as one call counts as 0, and the report says so."""
    report = load("normalize() | relu()", input="3x4x4").count_as("fvcore")
    normalize, relu = report.quantities[0].kinds
    assert (normalize.known, normalize.theirs, relu.known) == (False, 0, True)
    assert normalize.rule == "not known to be counted, taken as 0"
    assert report.notes == ("what fvcore counts is not known, and taken as 0, for: normalize",)


NAMED = """
input: 3x4x4
layers:
  - {name: head, layers: [{relu: {name: r}}, {max_pool2d: {name: p, kernel_size: 2}}]}
"""


@pytest.mark.parametrize(
    ("names", "relu", "pool"),
    [([], 96, 96), (["relu"], 48, 96), (["head.r"], 48, 96), (["max_pool2d"], 96, 48), (["head"], 48, 48)],
)
def test_functions_are_named_by_layer_scope_or_type(names: list[str], relu: int, pool: int) -> None:
    """ptflops counts a module that calls a patched function twice, and the function alone once."""
    (quantity,) = load(NAMED).count_as("ptflops", names).quantities
    assert [kind.theirs for kind in quantity.kinds] == [relu, pool]


def test_activations_are_calls_of_their_own() -> None:
    """An activation that is its layer's last step can be a function where the layer is a module."""
    network = load("conv2d(2, 1, activation=relu)", input="1x3x3")
    kinds = network.count_as("ptflops", ["relu"]).quantities[0].kinds
    assert [(kind.kind, kind.theirs) for kind in kinds] == [("conv2d", 2 * 9 + 2 * 9), ("relu", 2 * 9)]


MATMUL = """
input: {}
layers:
  - permute: {{name: turned, dims: {}}}
  - matmul: {{name: product, from: [input, turned]}}
"""
PRODUCTS = {row["subject"]: row for row in table("conventions_singles.tsv") if row["subject"] in WITHOUT_A_LAYER[:2]}


@pytest.mark.parametrize(
    ("subject", "dims", "call", "others"),
    [
        ("matmul x @ x^T", [0, 2, 1], OPERATOR, {}),
        ("torch.bmm", [1, 0], FUNCTION, {"calflops flops": 2 * 1200, "calflops macs": 1200}),
    ],
)
def test_products_of_matrices(subject: str, dims: list[int], call: str, others: dict[str, int]) -> None:
    """As the operator, and as a function: torch.matmul, which calflops sees, where it does not see torch.bmm."""
    network = load(MATMUL.format(PRODUCTS[subject]["input"], dims))
    product = list(operations_of(network, Program()))[-1]._replace(call=call)
    found = {}
    for tool in CONVENTIONS:
        convention = registry.find(tool)
        for quantity in convention.quantities:
            found[f"{tool} {quantity.name}"] = convention.rule(quantity, product).of(product)
    assert found == {**printed(PRODUCTS[subject]), **others}


@pytest.mark.parametrize(
    ("layer", "input_", "wanted"),
    [
        ("multihead_attention(2, dim=-1)", "7x12", {"ptflops": 7000, "ptflops-aten": 5544}),
        ("multihead_attention(4, dim=-1, bias=False)", "10x16", {"ptflops": 17760, "ptflops-aten": 13440}),
        ("multihead_attention(1, dim=-1)", "5x8", {"ptflops": 2330, "ptflops-aten": 1840}),
    ],
)
def test_attention_of_other_sizes(layer: str, input_: str, wanted: dict[str, int]) -> None:
    """What ptflops 0.7.5 prints for torch.nn.MultiheadAttention on PyTorch 2.14."""
    network = load(layer, input=input_)
    assert {tool: network.count_as(tool).quantities[0].theirs for tool in wanted} == wanted


@pytest.mark.parametrize(
    ("tool", "count", "parameters"),
    [
        ("torchinfo", 4032, 256),
        ("fvcore", 3888, None),
        ("ptflops", 4032, 256),
        ("ptflops-aten", 4032, 256),
        ("thop", 3888, 112),
        ("torch", 7776, None),
    ],
)
def test_a_parameter_of_a_network(tool: str, count: int, parameters: int | None) -> None:
    """What tools print for a module with a convolution and a parameter that is added: one of no module of its own."""
    text = (
        "input: 3x8x8\nlayers:\n- conv2d: {out_channels: 4, kernel_size: 3}\n"
        "- parameter: {name: p, shape: 4x6x6}\n- add: {from: [previous, p]}\n"
    )
    report = load(text).count_as(tool)
    assert report.quantities[0].theirs == count
    assert (report.parameters and report.parameters.theirs) == parameters


@pytest.mark.parametrize(
    ("tool", "without"), [("fvcore", 10240), ("ptflops", 14640), ("ptflops-aten", 10880), ("torchinfo", 0), ("thop", 0)]
)
def test_attention_whose_weights_are_not_wanted(tool: str, without: int) -> None:
    """What tools print for `need_weights=False`, if it is less than what is counted."""
    report = load("multihead_attention(4, dim=-1)", input="10x16").count_as(tool)
    less = report.quantities[0].theirs - without
    words = (
        "attention is counted as with need_weights=True, PyTorch's default; with False, as in torchvision's ViT "
        f"and nn.TransformerEncoder, {report.tool} counts {less:,} less"
    )
    assert report.notes == ((words,) if less else ())
