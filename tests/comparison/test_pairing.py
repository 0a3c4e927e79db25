"""Which layers are the same: models that PyTorch's two exporters and Keras wrote, against each other and ours."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

import cnncalc
from cnncalc.comparison.alignment import MOST_CELLS, aligned, rising
from cnncalc.comparison.pairing import Pairing
from tests.models.keras import reference
from tests.models.onnx.packing import ARCHIVE
from tests.rows import every_row

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "input: 3x16x16\nlayers:\n"
CONV = "  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}\n"
LARGE = "  - conv2d: {out_channels: 4, kernel_size: 5, padding: 2}\n"
NAMED = "  - conv2d: {name: NAME, out_channels: 4, kernel_size: 3, padding: 1}\n"
A, B, C = (NAMED.replace("NAME", name) for name in "abc")
RELU = "  - relu\n"
NORM = "  - batch_norm\n"
SUM = "  - add: {from: [a, b]}\n"

PAIRS: list[tuple[str, str, str]] = [
    # Of counted names the place counts, whatever the numbers are.
    (CONV + RELU, CONV + RELU, "conv2d_1 = conv2d_1, relu_1 = relu_1"),
    (CONV + RELU, RELU + CONV + RELU, "conv2d_1 = conv2d_1, relu_1 = relu_2"),
    (CONV + CONV + CONV, CONV + LARGE + CONV + CONV, "conv2d_1 = conv2d_1, conv2d_2 = conv2d_3, conv2d_3 = conv2d_4"),
    (CONV + RELU + CONV, CONV + NORM + RELU + CONV, "conv2d_1 = conv2d_1, relu_1 = relu_1, conv2d_2 = conv2d_2"),
    # What stands in the same place with another type is a change of one layer.
    (CONV + RELU + CONV, CONV + "  - tanh\n" + CONV, "conv2d_1 = conv2d_1, relu_1 = tanh_1, conv2d_2 = conv2d_2"),
    # A name that was given is one layer, wherever it stands, and no other.
    (A + B, B + A, "b = b, a = a"),
    (A + B + RELU, A + C + RELU, "a = a, relu_1 = relu_1"),
    (A + B + RELU, A + CONV + RELU, "a = a, b = conv2d_1, relu_1 = relu_1"),
    # Where hardly a name is common, places count alone.
    (A + RELU, B + RELU, "a = b, relu_1 = relu_1"),
    (A + B + RELU, NORM + B + C + RELU, "b = b, relu_1 = relu_1"),
]


@every_row(("before", "after", "pairs"), PAIRS)
def test_pairs(before: str, after: str, pairs: str) -> None:
    found = Pairing(*(cnncalc.load(HEAD + layers).report() for layers in (before, after)))
    assert ", ".join(f"{found.before[name]} = {name}" for name in found.new if name in found.before) == pairs


ALIKE: list[tuple[str, str]] = [
    # Inputs of a sum have no order, and those of a concatenation may be joined in steps.
    (HEAD + A + B + SUM, HEAD + A + B + SUM.replace("a, b", "b, a")),
    (
        HEAD + A + B + C + "  - concat: {from: [a, b, c]}\n  - relu\n",
        HEAD + A + B + C + "  - concat: {name: d, from: [a, b]}\n  - concat: {name: e, from: [d, c]}\n  - relu\n",
    ),
    # Inputs of networks have names of their own.
    (
        "inputs: {x: 4, y: 4}\nlayers: [{subtract: {from: [x, y]}}]\n",
        "inputs: {p: 4, q: 4}\nlayers: [{subtract: {from: [p, q]}}]\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), ALIKE)
def test_what_reads_the_same_is_not_changed(before: str, after: str) -> None:
    for one, other in ((before, after), (after, before)):
        changes = cnncalc.compare(one, other, by_layer=True).changes
        assert changes is not None
        assert [change for change in changes if change.kind == "changed"] == []


def test_the_order_of_a_difference_counts() -> None:
    one, other = (HEAD + A + B + f"  - subtract: {{from: [{names}]}}\n" for names in ("a, b", "b, a"))
    changes = cnncalc.compare(one, other).changes
    assert changes is not None
    assert [(change.name, change.figures) for change in changes] == [("subtract_1", ("inputs",))]


def test_stretches_that_are_too_long_are_paired_near_by() -> None:
    one = [*range(1000)]
    other = [-1, *range(0, 1000, 2), -2]
    assert len(one) * len(other) > MOST_CELLS
    assert aligned(one, other, int.__eq__) == [(number, 1 + number // 2) for number in range(0, 1000, 2)]


def test_rising_pairs_of_none() -> None:
    assert rising([]) == []


TORCH = (
    "resnet18.ts.train",
    "resnet18.ts.eval",
    "resnet18.dynamo.eval",
    "densenet121.ts.train",
    "mobilenet_v2.ts.train",
)
"""Exports of torchvision's models, by TorchScript and by dynamo; batch norms are kept in `train`, folded in `eval`."""
SAME: list[tuple[str, str, int]] = [
    ("resnet18.ts.train", "resnet18", 17),
    ("densenet121.ts.train", "densenet121", 58),
    ("mobilenet_v2.ts.train", "mobilenet_v2", 0),
    ("resnet18.ts.eval", "resnet18.dynamo.eval", 0),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of PyTorch and of Keras."""
    found = tmp_path_factory.mktemp("models")
    with tarfile.open(ARCHIVE) as archive:
        for name in TORCH:
            archive.extract(f"{name}.onnx", found, filter="data")
    for name in ("Xception", "DenseNet121"):
        (found / f"{name}.json").write_bytes(reference.configuration(name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("one", "other", "renamed"), SAME)
def test_the_same_network_of_two_exporters(one: str, other: str, renamed: int, folder: Path) -> None:
    sources = [str(folder / f"{name}.onnx") if name in TORCH else name for name in (one, other)]
    found = cnncalc.compare(*sources)  # equal totals are reason enough to look at layers
    assert found.changes == ()
    assert found.renamed is not None
    assert len(found.renamed) == renamed


@pytest.mark.slow
def test_batch_norms_that_were_folded_are_all_that_is_added(folder: Path) -> None:
    found = cnncalc.compare(str(folder / "resnet18.dynamo.eval.onnx"), "resnet18", by_layer=True)
    assert found.changes is not None
    added = [change.after for change in found.changes if change.kind == "added"]
    assert [layer.type for layer in added if layer] == ["batch_norm"] * 20
    changed = [change for change in found.changes if change.kind == "changed"]
    assert {change.figures for change in changed} == {("weights", "parameters", "flops")}
    assert len(changed) == 20, "convolutions have a bias in place of their norms"
    assert len(found.changes) == 40


@pytest.mark.slow
def test_networks_of_other_names(folder: Path) -> None:
    """Keras's names are nothing like torchvision's; its flatten is part of its pool."""
    found = cnncalc.compare(str(folder / "Xception.json"), "xception")
    assert found.changes is not None
    assert [(change.kind, change.after and change.after.type) for change in found.changes] == [
        ("changed", "global_avg_pool2d"),
        ("added", "flatten"),
    ]
    found = cnncalc.compare(str(folder / "DenseNet121.json"), "densenet121", by_layer=True)
    assert found.changes is not None
    assert len(found.changes) < 10, "two pads, and the softmax"
