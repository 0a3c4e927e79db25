"""Networks as PyTorch code: how it reads, what it stores, and where PyTorch is at hand what it computes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import cnncalc
from cnncalc.exporting.pytorch.program import pytorch_code
from cnncalc.exporting.pytorch.table import REASONS
from cnncalc.layers import LAYERS
from tests.exporting.pytorch import stand_in
from tests.layers.cases import network_of
from tests.marking import slow_after, slow_but
from tests.networks import FIRST, NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.graph.graph import Graph

FEW = ("resnet18", "mobilenet_v3_small", "siamese")


def stored(graph: Graph) -> dict[str, tuple[int, ...]]:
    """The arrays of a network by the names that PyTorch gives them, without axes of size 1."""
    found: dict[str, tuple[int, ...]] = {}
    for node in graph.nodes:
        shapes = {**node.weight_shapes, **node.buffer_shapes} if node.storage == node.name else {}
        for name, shape in shapes.items():
            bare = name == node.layer.bare_array and "bias" not in shapes
            found[node.name if bare else f"{node.name}.{name}"] = tuple(size for size in shape if size > 1)
    return found


def network_class(code: str, names: dict[str, Any]) -> Any:
    """The class of the network, once the code has run."""
    exec(compile(code, "model.py", "exec"), names)
    classes = [node.name for node in ast.parse(code).body if isinstance(node, ast.ClassDef)]
    return names[classes[-1]]


@pytest.mark.parametrize("spec", ["lenet", "resnet18", "googlenet"])
def test_code_reads_as_a_person_would_write_it(spec: str, golden: Callable[[str, str], None]) -> None:
    golden(f"export_{spec}_py.txt", pytorch_code(cnncalc.load(spec)))


@pytest.mark.parametrize("spec", slow_but(FEW, NAMES, FIRST.values()))
def test_a_program_stores_what_the_network_does(spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names and shapes of all arrays, by a stand-in for PyTorch's modules; no line is too long."""
    graph = cnncalc.load(spec)
    code = pytorch_code(graph)
    for name, module in stand_in.modules().items():
        monkeypatch.setitem(__import__("sys").modules, name, module)
    model = network_class(code, {"__name__": "exported"})()
    found = {name: tuple(size for size in shape if size > 1) for name, shape in model.state().items()}
    assert found == stored(graph)
    assert max(map(len, code.splitlines())) <= 88


@pytest.mark.parametrize("name", slow_after(3, [(name,) for name in LAYERS]))
def test_every_type_is_written_or_refused_with_a_reason(name: str) -> None:
    network = network_of(name)
    if name in REASONS:
        with pytest.raises(cnncalc.CnncalcError) as caught:
            pytorch_code(network)
        assert f"({name}): {REASONS[name]}" in str(caught.value)
    else:
        compile(pytorch_code(network), name, "exec")


def test_all_layers_without_a_counterpart_are_told_at_once() -> None:
    layers = [
        {"locally_connected": {"name": name, "out_channels": 2, "kernel_size": 1}} for name in ("a", "b", "c", "d")
    ]
    with pytest.raises(cnncalc.CnncalcError) as caught:
        pytorch_code(cnncalc.load(layers, input="1x4x4"))
    assert str(caught.value) == (
        "error: 4 layers cannot be written in PyTorch: `a` (locally_connected), `b` (locally_connected), "
        "`c` (locally_connected) and 1 more: PyTorch has no locally connected layer\n"
        "hint: `-o FILE.onnx` writes an ONNX file, which may have it"
    )


def test_shared_and_frozen_layers() -> None:
    """A layer that uses another's arrays is the same module, called again; what is not trained is said so."""
    layers = [
        {"conv2d": {"name": "a", "out_channels": 3, "kernel_size": 1, "trainable": False}},
        {"share": "a", "name": "b"},
    ]
    code = pytorch_code(cnncalc.load(layers, input="3x8x8"))
    assert code.count("nn.Conv2d(3, 3, kernel_size=1)") == 1
    assert "        x = self.a(x)\n        return self.a(x)\n" in code
    assert "        self.a.requires_grad_(False)\n" in code


def test_numbered_modules_that_are_not_called_in_turn_are_a_list_or_a_dict() -> None:
    """A head of a few levels is a list; numbers that leave some out are keys."""
    code = pytorch_code(cnncalc.load("yolov8n"))
    assert '        self.model["12"] = ' in code
    assert '        return self.model["22"](' in code
    assert "self.m = nn.ModuleList(" in code
    assert "        out = self.cv2[0](x)\n" in code
    assert '        self.model["22"].dfl.requires_grad_(False)\n' in code
    assert "add_module" not in code


def test_a_sequence_in_several_places_is_a_class() -> None:
    """As a person would name it; a pair of blocks is none, and groups that follow the channels are no parameter."""
    code = pytorch_code(cnncalc.load("mobilenet_v2"))
    assert "class ConvNormReLU6(nn.Sequential):" in code
    assert code.count("nn.ReLU6()") == 1
    assert "            InvertedResidual(24),\n" in code
    assert "nn.Sequential(BasicBlock(64), BasicBlock(64))" in pytorch_code(cnncalc.load("resnet18"))


@pytest.mark.parametrize("name", ["forward", "type", "_modules", "T_destination"])
def test_names_that_any_module_has(name: str) -> None:
    """`add_module` refuses them, as it would hide the attribute, and `get_submodule` finds that."""
    layers = [{"conv2d": {"name": name, "out_channels": 3, "kernel_size": 1}}, {"relu": {"name": "relu"}}]
    code = pytorch_code(cnncalc.load(layers, input="3x8x8"))
    assert f'        self._modules["{name}"] = nn.Conv2d(3, 3, kernel_size=1)\n' in code
    assert f'F.relu(self._modules["{name}"](x))' in code


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"mean": 0.5, "variance": 0.25}, "        x = (x - 0.5) / 0.5"),
        ({"mean": [1, 2, 3], "variance": 0}, "        self.n = Standardize((1.0, 2.0, 3.0), 1e-7)"),
        ({}, "        self.n = Normalize(3)"),
    ],
)
def test_statistics_that_are_given_are_no_buffers(options: dict[str, Any], line: str) -> None:
    layers = [{"normalize": {"name": "n", **options}}, {"conv2d": {"out_channels": 3, "kernel_size": 1}}]
    assert line in pytorch_code(cnncalc.load(layers, input="3x8x8")).splitlines()


def test_a_chain_whose_names_are_no_attributes_is_a_sequence_with_names() -> None:
    inner = [{"conv2d": {"name": name, "out_channels": 3, "kernel_size": 1}} for name in ("at-1", "2nd")]
    code = pytorch_code(cnncalc.load([{"name": "body", "layers": inner}, "relu"], input="3x8x8"))
    assert '("at-1", nn.Conv2d(3, 3, kernel_size=1)),' in code
    assert "add_module" not in code


def test_a_name_that_python_takes_for_another_is_no_attribute() -> None:
    """Of identifiers Python takes `ﬁ` for `fi`, which the file of weights does not have."""
    code = pytorch_code(cnncalc.load([{"conv2d": {"name": "ﬁ", "out_channels": 3, "kernel_size": 1}}], input="3x8x8"))
    assert 'self.add_module("ﬁ", nn.Conv2d(3, 3, kernel_size=1))' in code


def test_several_inputs_and_outputs() -> None:
    spec = {
        "inputs": {"left": "3x8x8", "right": "3x8x8"},
        "outputs": ["sum", "both"],
        "layers": [
            {"add": {"name": "sum", "from": ["left", "right"]}},
            {"concat": {"name": "both", "from": ["left", "sum"]}},
        ],
    }
    code = pytorch_code(cnncalc.load(spec))
    assert "    def forward(self, left, right):\n" in code
    assert code.split("def main")[0].rstrip().splitlines()[-1].startswith("        return ")


@pytest.mark.parametrize("name", slow_after(0, [(name,) for name in LAYERS if name not in REASONS]))
def test_pytorch_computes_what_we_do(name: str) -> None:
    """Every type with drawn weights, where PyTorch is at hand."""
    torch = pytest.importorskip("torch")
    graph = network_of(name)
    if graph.nodes[0].layer.index_bound:
        pytest.skip("whole numbers")
    from cnncalc.execution.weights import WeightDraw

    draw = WeightDraw(graph, 0, "float32")
    model = network_class(pytorch_code(graph), {"__name__": "exported"})().eval()
    known = model.state_dict()
    for node in graph.nodes:
        for array, values in draw.arrays(node).items():
            key = f"{node.name}.{array}" if f"{node.name}.{array}" in known else node.name
            known[key].copy_(torch.from_numpy(values).reshape(known[key].shape))
    rng = np.random.default_rng(0)
    arrays = {name: rng.normal(size=(2, *shape)).astype("float32") for name, shape in graph.inputs.items()}
    ours: Any = graph.forward(arrays if len(arrays) > 1 else next(iter(arrays.values())))
    with torch.no_grad():
        theirs = model(*map(torch.from_numpy, arrays.values()))
    np.testing.assert_allclose(theirs.numpy(), ours, rtol=1e-4, atol=1e-4 * np.abs(ours).max())
