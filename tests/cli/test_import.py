"""`cnncalc import`: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import json
import sys
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
import yaml

import cnncalc
from tests.models.onnx.graphs import drawn, model, node, saved

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

CONFIGURATION = """\
[net]
width=32
height=32
channels=3
[convolutional]
filters=16
size=3
stride=2
pad=1
activation=relu
[avgpool]
"""


@pytest.fixture
def chain(tmp_path: Path) -> str:
    """An ONNX file of two convolutions under the names of modules, of which the second is in a scope."""
    tensors = {
        "conv1.weight": drawn(4, 3, 3, 3),
        "conv1.bias": drawn(4),
        "body.0.weight": drawn(4, 4, 3, 3),
        "body.0.bias": drawn(4, seed=1),
    }
    nodes = [
        node("a = Conv(x, conv1.weight, conv1.bias)", name="/conv1/Conv", pads=[1, 1, 1, 1]),
        node("b = Relu(a)", name="/Relu"),
        node("y = Conv(b, body.0.weight, body.0.bias)", name="/body/body.0/Conv", pads=[1, 1, 1, 1]),
    ]
    return saved(model(nodes, tensors, {"x": [1, 3, 9, 9]}, ["y"]), tmp_path)


def test_the_spec_goes_to_standard_output_and_the_report_to_standard_error(run: Run) -> None:
    Path("tiny.cfg").write_text(CONFIGURATION, encoding="utf-8")
    outcome = run("import", "tiny.cfg")
    assert outcome.status == 0
    checksum, *lines = outcome.out.splitlines()
    assert checksum == f"# sha256 {sha256(CONFIGURATION.encode()).hexdigest()} of tiny.cfg"
    assert lines == [
        "name: tiny",
        'source: "tiny.cfg, darknet"',
        "input: 3x32x32",
        "layers:",
        "  - conv2d:"
        " {name: convolutional_0, out_channels: 16, kernel_size: 3, stride: 2, padding: 1, activation: relu}",
        "  - global_avg_pool2d: {name: avgpool_1}",
        "expect: {layers: 2, parameters: 448, macs: 110592}",
    ]
    assert outcome.err == ("tiny.cfg: darknet -> 2 layers\n  input 3 x 32 x 32\n  parameters 448   MACs 110,592\n")


def test_the_spec_with_weights_computes_what_the_model_does(run: Run, chain: str) -> None:
    assert run("import", chain, "-o", "spec/net.yaml", "--weights", "net.npz").status == 2  # there is no such folder
    Path("spec").mkdir()
    for weights in ("net.npz", "net.safetensors"):
        assert run("import", chain, "-o", "spec/net.yaml", "--weights", weights).status == 0
        assert yaml.safe_load(Path("spec/net.yaml").read_text(encoding="utf-8"))["weights"] == f"../{weights}"
        x = drawn(1, 3, 9, 9)
        theirs, ours = cnncalc.load(chain).forward(x), cnncalc.load("spec/net.yaml").forward(x)
        assert isinstance(theirs, np.ndarray)
        assert isinstance(ours, np.ndarray)
        assert np.array_equal(theirs, ours)
        assert run("check", "spec/net.yaml").status == 0


def test_a_file_of_weights_is_as_numpy_and_safetensors_have_it(run: Run, chain: str) -> None:
    run("import", chain, "--weights", "net.npz")
    run("import", chain, "--weights", "net.safetensors")
    with np.load("net.npz") as archive:
        assert sorted(archive) == ["body.0.bias", "body.0.weight", "conv1.bias", "conv1.weight"]
        assert np.array_equal(archive["conv1.weight"], drawn(4, 3, 3, 3))
    data = Path("net.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    first, end = header["body.0.bias"]["data_offsets"]
    values = np.frombuffer(data[8 + length :][first:end], "<f4")
    assert header["body.0.bias"]["dtype"] == "F32"
    assert np.array_equal(values, drawn(4, seed=1))


def test_a_tensor_of_the_networks_own_is_stored_under_its_name_alone(run: Run) -> None:
    """So `load_state_dict` of the code that is exported takes it, and cnncalc again."""
    Path("own.yaml").write_text(
        "input: 3x4x4\nlayers:\n  - parameter: {name: gamma, shape: 3x1x1}\n"
        "  - multiply: {name: m, from: [input, gamma]}\n"
        "  - conv2d: {name: c, out_channels: 2, kernel_size: 1}\n",
        encoding="utf-8",
    )
    assert run("export", "own.yaml", "-o", "own.onnx", "--seed", "3").status == 0
    assert run("import", "own.onnx", "-o", "again.yaml", "--weights", "own.npz").status == 0
    with np.load("own.npz") as archive:
        assert sorted(archive) == ["c.bias", "c.weight", "gamma"]
    x = drawn(1, 3, 4, 4)
    theirs, ours = (cnncalc.load(path).forward(x) for path in ("own.onnx", "again.yaml"))
    assert isinstance(theirs, np.ndarray)
    assert isinstance(ours, np.ndarray)
    assert np.array_equal(theirs, ours)
    assert run("export", "own.yaml", "-o", "own.py").status == 0
    assert "self.gamma = nn.Parameter(" in Path("own.py").read_text(encoding="utf-8")


def test_a_model_is_a_file_of_weights(run: Run, chain: str) -> None:
    """Of a spec whose layers bear the same names, wherever a file of weights is taken."""
    run("import", chain, "-o", "net.yaml")
    x = drawn(1, 3, 9, 9)
    given = cnncalc.load("net.yaml", weights=chain).forward(x)
    assert isinstance(given, np.ndarray)
    assert np.array_equal(given, np.asarray(cnncalc.load(chain).forward(x)))
    assert run("run", "net.yaml", "--weights", chain).status == 0


def test_the_check_tells_how_far_each_layer_is_from_the_engine(run: Run, chain: str) -> None:
    outcome = run("import", chain, "--check")
    assert outcome.status == 0
    assert "3 layers are as in ONNX Runtime" in outcome.err
    assert outcome.out.startswith("# ")


def test_the_check_is_as_wide_as_there_is_room(run: Run, chain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "34")
    outcome = run("import", chain, "--check")
    head, *rows = [line for line in outcome.err.splitlines() if line.startswith(("✓  ", "   layer"))]
    assert len(rows) == 3
    assert "tensor in the file" not in head
    assert max(map(len, rows)) <= 34


def test_settings_are_those_of_code(run: Run, chain: str) -> None:
    outcome = run("import", chain, "--set", "a=1")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("error: --set is for MODULE:NAME")


def test_code_that_is_not_there_is_told(run: Run) -> None:
    outcome = run("import", "no_such_module_here:net", "--input", "3x8x8")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("error: there is no module `no_such_module_here` to import\n")


def test_code_in_place_of_a_spec_is_not_executed_and_leads_to_import(run: Run) -> None:
    outcome = run("summary", "os:path")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.splitlines() == [
        "error: there is no file `os:path`, and no bundled architecture of that name",
        "hint: if it is code: `cnncalc import os:path` executes it, and no other command does",
    ]


WORD = "a model is a file, such as model.onnx, or code, MODULE:NAME, such as torchvision.models:resnet18"
MISSING = [
    ("mynet", WORD),
    ("resnet18x", "`resnet18` is a bundled spec, which `cnncalc show resnet18` prints"),
    ("package.models.Net", "if it is code: `cnncalc import package.models:Net --input 3x224x224` executes it"),
    ("tinny.cfg", "did you mean `tiny.cfg`?"),
    ("tiny", "did you mean `tiny.cfg`?"),
    ("network.onnx", "files here: tiny.cfg"),
    ("model.pt", "files here: tiny.cfg"),
]


@pytest.mark.parametrize(("word", "hint"), MISSING)
def test_a_model_that_is_not_there(run: Run, word: str, hint: str) -> None:
    Path("tiny.cfg").write_text(CONFIGURATION, encoding="utf-8")
    Path(".hidden.yaml").write_text("layers: []\n", encoding="utf-8")
    outcome = run("import", word)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"error: there is no file `{word}`\nhint: {hint}\n"


@pytest.mark.parametrize(
    ("graph", "name"),
    [*((word, "model") for word in ("main_graph", "torch-jit-export", "tf2onnx", "")), ("Tiny net", "Tiny_net")],
)
def test_what_comes_by_standard_input_is_called_as_its_graph(run: Run, chain: str, graph: str, name: str) -> None:
    made = onnx.load(chain)
    made.graph.name = graph
    outcome = run("import", "-", stdin=made.SerializeToString())
    assert outcome.status == 0
    assert outcome.err.startswith("standard input: ")
    first, second, *_ = outcome.out.splitlines()
    assert first == f"name: {name}"
    assert second.startswith('source: "standard input, ')
    assert run("summary", "-", stdin=made.SerializeToString()).out.startswith(f"{name}  input 3 x ")


def test_a_check_without_its_engine_is_told_before_anything_is_written(
    run: Run, chain: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    outcome = run("import", chain, "--check", "-o", str(tmp_path / "net.yaml"))
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("error: ONNX Runtime")
    assert not (tmp_path / "net.yaml").exists()


def test_the_weights_that_are_written_are_told(run: Run, chain: str) -> None:
    outcome = run("import", chain, "--weights", "net.npz")
    assert outcome.status == 0
    size = Path("net.npz").stat().st_size
    assert outcome.err.splitlines()[3:] == [f"  wrote net.npz: 4 arrays, {size:,} bytes"]


def test_of_many_inputs_the_first_are_told(run: Run, tmp_path: Path) -> None:
    inputs = {f"x{at}": [1, 3, 4, 4] for at in range(6)}
    path = saved(model([node(f"y = Sum({', '.join(inputs)})")], {}, inputs, ["y"]), tmp_path)
    told = "x0 3 x 4 x 4, x1 3 x 4 x 4, x2 3 x 4 x 4, x3 3 x 4 x 4 and 2 more"
    assert run("import", path).err.splitlines()[1] == f"  6 inputs: {told}"


def test_flat(run: Run, chain: str) -> None:
    nested, flat = run("import", chain).out, run("import", chain, "--flat").out
    assert '  - name: body\n    layers:\n      - conv2d: {name: "0",' in nested
    assert "  - conv2d: {name: body.0," in flat
    assert run("show", chain).out.splitlines()[1:4] == nested.splitlines()[3:6]


def test_a_size_that_the_file_leaves_open_must_be_given(run: Run, tmp_path: Path) -> None:
    nodes = [node("y = Relu(x)", name="/relu/Relu")]
    path = saved(model(nodes, {}, {"x": [1, 3, "height", "width"]}, ["y"]), tmp_path)
    outcome = run("import", path)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == (
        f"error: {path}: `x` has free sizes: 3 x height x width\nhint: say which, such as --input 3x224x224\n"
    )
    assert run("import", path, "--input", "3x8x8").status == 0


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("lenet", "error: `lenet` is a bundled spec, and no model\nhint: `cnncalc show lenet` prints it\n"),
        ("net.yaml", "error: net.yaml is a spec already\nhint: it is read as it is: `cnncalc summary` takes it\n"),
        (
            "relu() | tanh()",
            "error: `relu() | tanh()` is a spec, and `import` takes a model\n"
            "hint: a file of ONNX, Keras or darknet, such as model.onnx\n",
        ),
    ],
)
def test_a_spec_is_no_model(run: Run, word: str, error: str) -> None:
    Path("net.yaml").write_text("input: 3x8x8\nlayers: [relu]\n", encoding="utf-8")
    outcome = run("import", word)
    assert (outcome.status, outcome.out, outcome.err) == (2, "", error)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (
            ["--weights", "net.bin"],
            "error: net.bin: weights are written as .npz or .safetensors\nhint: such as net.npz\n",
        ),
        (
            ["-o", "net.json"],
            "error: -o net.json: `import` cannot write .json files\nhint: it writes .yaml, .yml and .txt\n",
        ),
        (
            ["--input", "4x9x9"],
            "error: the shape of `x` is 4 x 9 x 9, and PATH takes 3 x 9 x 9\nhint: such as --input 3x9x9\n",
        ),
        (
            ["--input", "24x17x3"],
            "error: the shape of `x` is 24 x 17 x 3, and PATH takes 3 x 9 x 9\n"
            "hint: channels come first, in whatever order the model has them: --input 3x24x17\n",
        ),
    ],
)
def test_what_cannot_be_written(run: Run, chain: str, options: list[str], error: str) -> None:
    outcome = run("import", chain, *options)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == error.replace("PATH", chain)
    assert not Path("net.bin").exists()


def test_names_that_do_harm_reach_no_terminal_and_stay_what_they_are(run: Run, tmp_path: Path) -> None:
    evil = "e\x1b[2J\x07\u202ev\n\r\t\u200b\x9b|`*_ <b>[x](y)#\u2028\ufeff: {a: =1}"
    nodes = [node("y = Relu(x)", name=f"/{evil}/Relu"), node("z = Tanh(y)", name=evil), node("w = Relu(z)")]
    made = model(nodes, {}, {evil: [1, 3, 9, 9]}, [evil * 2])
    nodes = made.graph.node
    nodes[0].input[0], nodes[-1].output[0] = evil, evil * 2
    made.graph.name = made.producer_name = made.producer_version = evil
    path = saved(made, tmp_path)
    outcome = run("import", path)
    assert outcome.status == 0
    printed = outcome.out + outcome.err
    assert not {each for each in printed if each != "\n" and unicodedata.category(each)[0] in "CZ" and each != " "}
    Path("net.yaml").write_text(outcome.out, encoding="utf-8")
    ours, theirs = cnncalc.load("net.yaml"), cnncalc.load(path)
    assert [node.name for node in ours.nodes] == [node.name for node in theirs.nodes]
    assert ours.inputs == theirs.inputs


def test_expectations_are_not_written_into_a_model(run: Run) -> None:
    Path("tiny.cfg").write_text(CONFIGURATION, encoding="utf-8")
    outcome = run("check", "tiny.cfg", "--write-expect")
    assert outcome.status == 2
    assert "`cnncalc import tiny.cfg -o FILE` makes a spec of it, with its figures" in outcome.out + outcome.err
    assert Path("tiny.cfg").read_text(encoding="utf-8") == CONFIGURATION
