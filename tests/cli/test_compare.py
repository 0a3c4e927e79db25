"""`cnncalc compare`: networks side by side, and two versions of one layer by layer."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

OLD = """name: Net
input: 3x32x32
layers:
  - conv2d: {name: conv1, out_channels: 16, kernel_size: 3}
  - relu: {name: relu1}
  - max_pool2d: {name: pool, kernel_size: 2}
  - conv2d: {name: conv2, out_channels: 32, kernel_size: 3}
  - flatten: {name: flat}
  - linear: {name: fc, out_features: 10}
"""
NEW = """name: Net
input: 3x32x32
layers:
  - conv2d: {name: conv1, out_channels: 16, kernel_size: 5, padding: 1}
  - batch_norm: {name: bn1}
  - relu: {name: relu1}
  - conv2d: {name: conv2, out_channels: 32, kernel_size: 3, stride: 2, activation: relu}
  - flatten: {name: flat}
  - linear: {name: fc, out_features: 10}
"""


@pytest.fixture
def versions(run: Callable[..., Any]) -> Callable[..., Outcome]:
    """Compare two versions of a file."""

    def command(*arguments: str) -> Outcome:
        Path("old.yaml").write_text(OLD)
        Path("new.yaml").write_text(NEW)
        outcome: Outcome = run("compare", "old.yaml", "new.yaml", *arguments)
        return outcome

    return command


@pytest.mark.parametrize("width", [120, 80, 40])
def test_versions(width: int, versions: Any, golden: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    outcome = versions()
    assert (outcome.status, outcome.err) == (0, "")
    golden(f"compare_versions_{width}.txt", outcome.out)


def test_a_review_gets_markdown(versions: Any, golden: Callable[[str, str], None]) -> None:
    golden("compare_versions.md", versions("--format", "markdown").out)


def test_latex_has_its_own_arrow(versions: Any) -> None:
    text = versions("--format", "latex").out
    assert r"3/1/0 $\to$ 5/1/1" in text
    assert "→" not in text


@pytest.mark.parametrize("width", [80, 40])
def test_several(width: int, run: Any, golden: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    golden(f"compare_resnets_{width}.txt", run("compare", "resnet", "--variant", "resnet18,resnet34,resnet50").out)


def test_several_have_all_columns_where_there_is_room(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gaps of one column go before a column does, and bytes are told from numbers of weights."""
    monkeypatch.setenv("COLUMNS", "100")
    heading, _, first, *rest = run("compare", "resnet18", "resnet50", "mobilenet_v2").out.splitlines()
    assert "receptive field" in heading
    assert first.split()[-5:] == ["G", "46.8", "MB", "6.42", "MB"]
    assert not any("no room" in line for line in rest)


def test_json(versions: Any) -> None:
    found = json.loads(versions("--json").out)
    keys = "schema_version name batch_size dtype networks differences changed added removed renamed notes"
    assert list(found) == keys.split()
    old, new = found["networks"]
    assert (old["label"], old["name"], old["variant"], old["settings"]) == ("old.yaml", "Net", None, {})
    assert (old["input_shape"], old["depth"], old["last_map"]) == ([3, 32, 32], 3, "conv2")
    assert old["receptive_field"]["size"] == [8, 8]
    parameters = 16 * 3 * 25 + 16 + 32 + 32 * 16 * 9 + 32 + 10 * 32 * 14 * 14 + 10
    assert new["totals"]["parameters"] == parameters
    before = 16 * 3 * 9 + 16 + 32 * 16 * 9 + 32 + 10 * 32 * 13 * 13 + 10
    [difference] = found["differences"]
    assert (difference["label"], difference["to"]) == ("new.yaml", "old.yaml")
    assert difference["absolute"]["parameters"] == parameters - before
    assert difference["ratios"]["parameters"] == pytest.approx(parameters / before)
    assert difference["ratios"]["buffers"] is None
    changed = {change["name"]: change["figures"] for change in found["changed"]}
    assert list(changed) == ["conv1", "conv2", "flat", "fc"]
    assert changed["conv1"]["kernel_size"] == [[3, 3], [5, 5]]
    assert changed["conv1"]["parameters"] == [448, 1216]
    assert changed["conv2"]["activation"] == [None, "relu"]
    assert "stride" not in changed["conv1"]
    assert [layer["name"] for layer in found["added"]] == ["bn1"]
    assert [layer["name"] for layer in found["removed"]] == ["pool"]


def test_layers_are_left_out_of_the_json_of_others(run: Callable[..., Any]) -> None:
    assert "changed" not in json.loads(run("compare", "lenet", "alexnet", "--json").out)
    assert "changed" in json.loads(run("compare", "lenet", "alexnet", "--layers", "--json").out)
    assert "changed" not in json.loads(run("compare", "lenet", "lenet", "--no-layers", "--json").out)


def test_csv(run: Callable[..., Any]) -> None:
    text = run("compare", "mobilenet", "--set", "alpha=1.0,0.5", "--format", "csv").out
    first, second = csv.DictReader(text.splitlines())
    assert (first["label"], first["macs"], first["macs_ratio"]) == ("mobilenet alpha=1.0", "568740352", "1.0")
    assert float(second["macs_ratio"]) == pytest.approx(149497088 / 568740352)


def test_inputs_are_written_as_the_option_takes_them(run: Callable[..., Any]) -> None:
    Path("two.yaml").write_text("inputs: {left: 3x8x8, right: 3x8x8}\nlayers: [{add: {from: [left, right]}}]\n")
    shapes = ("--input", "left=3x4x4", "--input", "right=3x4x4", "--format", "csv")
    for command in (("compare", "two.yaml", "two.yaml"), ("sweep", "two.yaml")):
        rows = csv.DictReader(run(*command, *shapes).out.splitlines())
        assert {row["input"] for row in rows} == {"left=3x4x4 right=3x4x4"}


def test_nothing_differs(run: Callable[..., Any]) -> None:
    assert run("compare", "lenet", "lenet").out.endswith("\n\nall layers are the same\n")


def test_layers_that_have_another_name_are_told_in_a_line(run: Callable[..., Any]) -> None:
    layers = "".join(f"  - conv2d: {{name: c{i}, out_channels: 3, kernel_size: 1}}\n" for i in range(5))
    Path("one.yaml").write_text(f"input: 3x8x8\nlayers:\n{layers}")
    Path("other.yaml").write_text(f"input: 3x8x8\nlayers:\n{layers.replace('name: c', 'name: k')}")
    said = "all layers are the same, and 5 have another name: c0 → k0, c1 → k1, c2 → k2, and 2 more"
    assert run("compare", "one.yaml", "other.yaml").out.endswith(f"\n\n{said}\n")
    assert f"\n{said}\n" in run("compare", "one.yaml", "other.yaml", "--format", "markdown").out
    found = json.loads(run("compare", "one.yaml", "other.yaml", "--json").out)
    assert (found["changed"], found["added"], found["removed"]) == ([], [], [])
    assert found["renamed"] == [{"name": f"k{i}", "before": f"c{i}"} for i in range(5)]


def test_of_changes_those_in_name_alone_are_a_note(run: Callable[..., Any]) -> None:
    convolution = "conv2d: {out_channels: 4, kernel_size: 3}"
    Path("one.yaml").write_text(f"input: 3x8x8\nlayers: [tanh, relu, {{{convolution}}}]\n")
    Path("other.yaml").write_text(f"input: 3x8x8\nlayers: [relu, tanh, relu, {{{convolution.replace('4', '5')}}}]\n")
    outcome = run("compare", "one.yaml", "other.yaml", "--layers")
    assert [line.split()[:2] for line in outcome.out.splitlines()[-4:-2]] == [["+", "relu_1"], ["~", "conv2d_1"]]
    assert outcome.out.endswith("\ndiffer in name alone: relu_1 → relu_2\n")
    text = run("compare", "one.yaml", "other.yaml", "--layers", "--format", "markdown").out
    assert text.endswith("\ndiffer in name alone: relu_1 → relu_2\n")


def test_many_layers_are_counted(run: Callable[..., Any]) -> None:
    assert "\n148 layers differ: --layers lists them\n" in run("compare", "resnet18", "resnet50").out
    text = run("compare", "resnet18", "resnet50", "--layers").out
    assert sum(line[:2] in {"~ ", "+ ", "- "} for line in text.splitlines()) == 148 + 1, "and the legend"


def test_ascii(versions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(sys.stdout), "encoding", "ascii", raising=False)
    assert "3/1/0 -> 5/1/1" in versions().out


MISTAKES = [
    ((), "`compare` needs SPEC\n"),
    (("lenet",), "one network has nothing to be compared with\n"),
    (("lenet", "nosuch"), "there is no file `nosuch`, and no bundled architecture of that name\n"),
    (("lenet", "alexnet", "vgg16", "--layers"), "layers are compared of two networks, and there are 3\n"),
    (("lenet", "--input", "1x28x28,1x4x4"), "lenet.yaml:10:5: `c3` cannot take 6 x 2 x 2"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES)
def test_mistakes(arguments: tuple[str, ...], message: str, run: Callable[..., Any]) -> None:
    outcome = run("compare", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {message}")


@pytest.mark.parametrize("command", ["compare", "check"])
def test_standard_input_is_one_spec_only(command: str, run: Callable[..., Any]) -> None:
    outcome = run(command, "-", "-", stdin="input: 1x8x8\nlayers: [relu]\n")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("error: standard input can be one SPEC only: `-` is given more than once\n")
