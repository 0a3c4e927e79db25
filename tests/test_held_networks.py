"""Networks of shared and frozen arrays, of parameters and of recurrences, as every command tells of them.

The counts are those of PyTorch 2.14.1, torchvision 0.29.1, effdet 0.4.1 and ultralytics 8.4.190: sums of `numel`, and
the multiply-accumulates that PyTorch's dispatcher sees. The twins of Koch's network are counted on a module written out
from the paper.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

import cnncalc
from cnncalc.graph.restriction import restricted
from tests.marking import slow_after, slow_but
from tests.test_architectures import rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome


class Counts(NamedTuple):
    """What is counted once, and what is computed."""

    parameters: int
    frozen: int
    buffers: int
    macs: int


HELD = {
    "siamese": Counts(38951745, 0, 0, 1817251840),
    "crnn": Counts(8331301, 0, 2560, 636986368 + 68157440),
    "retinanet_resnet50_fpn": Counts(34068119, 0, 53120, 151540437248),
    "efficientdet_d0": Counts(3877763, 0, 47136, 2492331520),
    "yolov8n": Counts(3157184, 16, 10592, 4371993600),
}
OTHERS = {
    "retinanet_resnet50_fpn_v2": Counts(38198935, 0, 53120, 152238199040),
    # with FrozenBatchNorm2d, whose weights and biases are buffers there, and 3 trainable layers
    "retinanet_resnet50_fpn_finetuned": Counts(33792599, 222400 + 53120, 53120, 151540437248),
    "efficientdet_d1": Counts(6622026, 0, 71456, 6003416880),
    "efficientdet_d2": Counts(8091215, 0, 81776, 10832466688),
    "efficientdet_d3": Counts(12022376, 0, 114304, 24568753664),
    "efficientdet_d4": Counts(20723675, 0, 167312, 54583712096),
    "efficientdet_d5": Counts(33653315, 0, 227392, 134133865152),
    "yolov8s": Counts(11166544, 16, 20032, 14301312000),
    "yolov8m": Counts(25902624, 16, 33120, 39468364800),
    "yolov8l": Counts(43691504, 16, 46464, 82574259200),
    "yolov8x": Counts(68229632, 16, 58080, 128902169600),
    "crnn_paper": Counts(8723749, 0, 2048, 633578496 + 81788928),
}
COUNTS = HELD | OTHERS


def counted(totals: dict[str, int]) -> Counts:
    """The counts among the totals of a network."""
    return Counts(*(totals[name] for name in Counts._fields))


@pytest.mark.parametrize("name", slow_but(HELD, COUNTS))
def test_counts(name: str) -> None:
    """An array that is used twice is counted once, and its bytes too; each use has its MACs."""
    totals = cnncalc.load(name).report().totals
    assert counted(totals._asdict()) == COUNTS[name]
    assert totals.weight_bytes == 4 * sum(COUNTS[name][:3])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "parameters"), [("d0", 3880067), ("d1", 6625898), ("d2", 8097039)])
def test_efficientdet_with_the_biases_of_the_original(name: str, parameters: int) -> None:
    """effdet's tf_efficientdet."""
    totals = cnncalc.load(f"efficientdet_{name}", set={"biases": True}).report().totals
    assert (totals.parameters, totals.macs) == (parameters, COUNTS[f"efficientdet_{name}"].macs)


@pytest.mark.parametrize(
    ("name", "macs"), slow_after(1, [("resnet18", 9212313600), ("resnet34", 17304698880), ("resnet50", 19077316608)])
)
def test_dilation_in_place_of_strides(name: str, macs: int) -> None:
    """As timm 1.0.31 has it with an output stride of 8, where it stops before the classifier."""
    network = cnncalc.load(name, set={"dilated": True})
    features = restricted(network, [network.tensor("layer4")])
    assert (features.macs, features.nodes[-1].output_shape[1:]) == (macs, (28, 28))


@pytest.mark.slow
@pytest.mark.parametrize("row", rows("detector_arrays.tsv"), ids=lambda row: row["network"])
def test_arrays_bear_the_names_of_the_reference_implementation(row: dict[str, str]) -> None:
    """Those that have an owner; those of EfficientDet's backbone bear torchvision's, as does the backbone's file."""
    lines = []
    for layer in cnncalc.load(row["network"]).report().layers:
        if layer.shares is None and not (layer.name.startswith("backbone.") and "efficientdet" in row["network"]):
            for array, shape in {**layer.weights, **layer.buffer_shapes}.items():
                name = layer.name if layer.type == "parameter" else f"{layer.name}.{array}"
                lines.append(f"{name} {'x'.join(str(size) for size in shape if size != 1)}")
    assert len(lines) == int(row["arrays"])
    assert sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16] == row["digest"]


OWNERS = [
    ("siamese", "other.conv1", "twin.conv1"),
    ("siamese", "other.features", "twin.features"),
    (
        "retinanet_resnet50_fpn",
        "head_p7.classification_head.conv.3.0",
        "head.classification_head.conv.3.0",
    ),
    ("efficientdet_d0", "box_net.predict_p5.conv_pw", "box_net.predict.conv_pw"),
    ("efficientdet_d0", "class_net.bn_rep.0.1.bn", None),
]
"""Network, layer, and whose arrays it uses."""


@pytest.mark.parametrize(("name", "layer", "owner"), slow_after(1, OWNERS))
def test_it_is_told_whose_the_arrays_are(name: str, layer: str, owner: str | None, run: Callable[..., Outcome]) -> None:
    summary = json.loads(run("summary", name, "--json").out)
    by_name = {record["name"]: record for record in summary["layers"]}
    told = by_name[layer]
    assert told.get("shares") == owner
    assert (told["parameters"] == 0) == (owner is not None)
    explained = run("explain", name, layer).out
    if owner is None:
        assert "counted there" not in explained
    else:
        assert told["weights"] == by_name[owner]["weights"] != {}
        assert f"the arrays of {owner}, and counted there" in explained


@pytest.mark.slow
def test_comparisons_and_sweeps_have_the_counts(run: Callable[..., Outcome]) -> None:
    compared = json.loads(run("compare", *HELD, "--json").out)
    assert [counted(network["totals"]) for network in compared["networks"]] == list(HELD.values())
    swept = run("sweep", "yolo_v8", "--set", "width=0.25,0.5", "--json").out.splitlines()
    assert [counted(json.loads(row)["totals"]) for row in swept] == [HELD["yolov8n"], OTHERS["yolov8s"]]


@pytest.mark.slow
def test_frozen_is_expected(run: Callable[..., Outcome]) -> None:
    """Of what a file expects, and of what one that stands on it does."""
    assert run("check", "yolov8n", "retinanet_resnet50_fpn_finetuned").status == 0
    text = (
        "input: 3x64x64\nblocks: {yolo: {spec: yolov8n, until: model.9}}\nlayers: [yolo: {name: body}]\nfrozen: body\n"
    )
    frozen = {"parameters": 0, "frozen": 1272656, "buffers": 5024}
    good = cnncalc.check(text + f"expect: {json.dumps(frozen)}\n")
    assert good.ok
    [fault] = cnncalc.check(text + "expect: {frozen: 1}\n").networks[0].faults
    assert fault.message == "frozen is 1,272,656, and 1 is expected"


@pytest.mark.slow
def test_one_head_alone() -> None:
    """The boxes of P7: the sharer counts the arrays when their owner is left out."""
    body, pyramid, head = 25557032 - 2049000, 524544 + 3 * 590080, 4 * 590080 + 82980
    network = cnncalc.load("retinanet")
    alone = restricted(network, [network.tensor("head_p7.regression_head.bbox_reg")])
    assert alone.parameters == body + pyramid + head
    assert not any(node.name.startswith("head.") for node in alone.nodes)
    expected = {"outputs": {"r.head_p7.regression_head.bbox_reg": {"parameters": body + pyramid + head}}}
    text = f"""
        input: 3x128x128
        blocks: {{retinanet: {{spec: retinanet}}}}
        layers: [retinanet: {{name: r}}]
        outputs: [r.head.regression_head.bbox_reg, r.head_p7.regression_head.bbox_reg]
        expect: {json.dumps(expected)}
    """
    assert cnncalc.check(text).ok


@pytest.mark.slow
def test_twins_are_one_storage() -> None:
    """The same image on both sides has no distance, so that the answer is that of the bias, whatever that is."""
    image = np.random.default_rng(0).standard_normal((2, 1, 105, 105)).astype(np.float32)
    network = cnncalc.load("siamese")
    same, other = (
        np.asarray(network.forward({"left": image, "right": right})) for right in (image, image[::-1].copy())
    )
    assert same[0] == same[1] != other[0]
    assert other[0] == other[1]  # the distance is the same either way
