"""Bundled architectures against the figures that their papers print, to the last printed digit.

`expect` in each file holds exact counts; these are the same counts as others wrote them down. A paper rounds or cuts.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from math import prod

import pytest

from cnncalc import load
from tests.marking import slow_but

PARAMETERS = {
    # MobileNet, arXiv:1704.04861, tables 4 to 6
    "mobilenet_v1_1.0_224": "4.2",
    "mobilenet_v1_0.75_224": "2.6",
    "mobilenet_v1_0.5_224": "1.3",
    "mobilenet_v1_0.25_224": "0.5",
    "mobilenet_v1_shallow": "2.9",
    "mobilenet_v1_full_convolutions": "29.3",
    # CRNN, arXiv:1507.05717, section 3.3
    "crnn": "8.3",
    # ResNet, arXiv:1512.03385, table 6
    "resnet20": "0.27",
    "resnet32": "0.46",
    "resnet44": "0.66",
    "resnet56": "0.85",
    "resnet110": "1.7",
    "resnet1202": "19.4",
    # Wide ResNets, arXiv:1605.07146, table 4
    "wrn_40_1": "0.6",
    "wrn_40_2": "2.2",
    "wrn_40_4": "8.9",
    "wrn_40_8": "35.7",
    "wrn_28_10": "36.5",
    "wrn_28_12": "52.5",
    "wrn_22_8": "17.2",
    "wrn_22_10": "26.8",
    "wrn_16_8": "11.0",
    "wrn_16_10": "17.1",
    # DenseNet, arXiv:1608.06993, table 2
    "densenet_40_12": "1.0",
    "densenet_100_12": "7.0",
    "densenet_100_24": "27.2",
    "densenet_bc_100_12": "0.8",
    "densenet_bc_250_24": "15.3",
    "densenet_bc_190_40": "25.6",
    # GhostNet, arXiv:1911.11907, table 7
    "ghostnet_100": "5.2",
    "ghostnet_050": "2.6",
    "ghostnet_130": "7.3",
    # ConvMixer, arXiv:2201.09792, table 1
    "convmixer_1536_20": "51.6",
    "convmixer_768_32": "21.1",
    "convmixer_1024_20": "24.4",
    # RepVGG, arXiv:2101.03697, table 4
    "repvgg_a0": "8.30",
    "repvgg_a1": "12.78",
    "repvgg_a2": "25.49",
    "repvgg_b0": "14.33",
    "repvgg_b1": "51.82",
    "repvgg_b1g2": "41.36",
    "repvgg_b1g4": "36.12",
    "repvgg_b2": "80.31",
    "repvgg_b2g4": "55.77",
    "repvgg_b3": "110.96",
    "repvgg_b3g4": "75.62",
    # Raw audio, arXiv:1610.00087, table 1
    "m3": "0.2",
    "m5": "0.5",
    "m11": "1.8",
    "m18": "3.7",
}
"""Millions of parameters."""

MILLION_MACS = {
    # MobileNet, tables 5 to 7
    "mobilenet_v1_1.0_224": "569",
    "mobilenet_v1_0.75_224": "325",
    "mobilenet_v1_0.5_224": "149",
    "mobilenet_v1_0.25_224": "41",
    "mobilenet_v1_1.0_192": "418",
    "mobilenet_v1_1.0_160": "290",
    "mobilenet_v1_1.0_128": "186",
    "mobilenet_v1_shallow": "307",
    # GhostNet, table 7
    "ghostnet_100": "141",
    "ghostnet_050": "42",
}

BILLION_MACS = {
    # RepVGG, table 4
    "repvgg_a0": "1.4",
    "repvgg_a1": "2.4",
    "repvgg_a2": "5.1",
    "repvgg_b0": "3.1",
    "repvgg_b1": "11.8",
    "repvgg_b1g2": "8.8",
    "repvgg_b1g4": "7.3",
    "repvgg_b2": "18.4",
    "repvgg_b2g4": "11.3",
    "repvgg_b3": "26.2",
    "repvgg_b3g4": "16.1",
}

BILLION_OPERATIONS = {
    # As Darknet prints them, two for each multiply-accumulate
    "darknet19": "5.58",
    "tiny_yolo_v2_voc": "6.97",
    "tiny_yolo_v2_coco": "5.41",
    "yolo_v3": "65.86",
    "yolo_v3_320": "38.97",
    "yolo_v3_608": "140.69",
}

SHUFFLENET = {1: "143", 2: "140", 3: "137", 4: "133", 8: "137"}
"""Millions of multiply-accumulates by the number of groups, arXiv:1707.01083, table 1: without the last layer."""


def readings(count: int, unit: int, printed: str) -> set[str]:
    """What a count may be printed as, with as many decimals: rounded or cut."""
    digits = Decimal(1).scaleb(-len(printed.partition(".")[2]))
    return {str((Decimal(count) / unit).quantize(digits, rounding=way)) for way in (ROUND_HALF_UP, ROUND_DOWN)}


def test_a_paper_rounds_or_cuts() -> None:
    assert readings(290_675_200, 10**6, "290") == {"290", "291"}
    assert readings(149_497_088, 10**6, "149") == {"149"}


@pytest.mark.parametrize("name", slow_but([name for name in PARAMETERS if float(PARAMETERS[name]) < 10], PARAMETERS))
def test_parameters_are_those_of_the_paper(name: str) -> None:
    printed = PARAMETERS[name]
    assert printed in readings(load(name).report().totals.parameters, 10**6, printed)


@pytest.mark.parametrize(("name", "printed"), MILLION_MACS.items())
def test_millions_of_macs_are_those_of_the_paper(name: str, printed: str) -> None:
    assert printed in readings(load(name).report().totals.macs, 10**6, printed)


@pytest.mark.parametrize(("name", "printed"), BILLION_MACS.items())
def test_billions_of_macs_are_those_of_the_paper(name: str, printed: str) -> None:
    assert printed in readings(load(name).report().totals.macs, 10**9, printed)


@pytest.mark.parametrize(("name", "printed"), BILLION_OPERATIONS.items())
def test_operations_are_those_that_darknet_prints(name: str, printed: str) -> None:
    assert printed in readings(2 * load(name).report().totals.macs, 10**9, printed)


@pytest.mark.parametrize(("groups", "printed"), SHUFFLENET.items())
def test_shufflenet_without_its_last_layer_has_the_complexity_of_the_paper(groups: int, printed: str) -> None:
    report = load(f"shufflenet_v1_g{groups}").report()
    assert report.layers[-1].name == "fc"
    assert printed in readings(report.totals.macs - report.layers[-1].macs, 10**6, printed)


def test_the_recurrent_part_of_crnn_counts_as_pytorch_multiplies() -> None:
    """As products of matrices in PyTorch 2.14.1: those of the gates, and those of convolutions and linear layers."""
    layers = load("crnn").report().layers
    assert sum(layer.macs for layer in layers if layer.type == "lstm") == 68157440
    assert sum(layer.macs for layer in layers if layer.type != "lstm") == 636986368


def test_files_of_weights_are_as_large_as_published() -> None:
    """Darknet's hold parameters and buffers; the size of NIN's model is given in MB, that of SegNet too."""
    yolo, tiny = load("yolo_v3").report().totals, load("tiny_yolo_v2_voc").report().totals
    assert yolo.parameters + yolo.buffers == 62_001_757
    assert tiny.parameters + tiny.buffers == 15_867_885
    assert load("nin_imagenet").report().totals.parameters * 4 / 2**20 == pytest.approx(29, abs=0.1)
    assert load("segnet").report().totals.parameters * 4 // 10**6 == 117


def test_a_bias_beside_each_batch_norm_makes_it_the_published_bninception() -> None:
    assert load("inception_v2", set={"bias": True}).report().totals.parameters == 11_295_240


def test_srcnn_and_fsrcnn_without_biases_and_slopes_have_the_weights_of_the_papers() -> None:
    papers = {
        "srcnn_9-1-5": 8_032,
        "srcnn_9-3-5": 24_416,
        "srcnn_9-5-5": 57_184,
        "fsrcnn_x3": 12_464,
        "fsrcnn_s_x3": 3_937,
    }
    for name, printed in papers.items():
        shapes = [shape for layer in load(name).report().layers for shape in layer.weights.values()]
        assert sum(prod(shape) for shape in shapes if len(shape) > 1) == printed, name
