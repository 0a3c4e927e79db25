"""The bundled architectures against published counts, and each of them executed."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.execution.executor import run
from cnncalc.spec import bundled
from cnncalc.spec.smallest import smallest_input
from cnncalc.spec.sources import find
from cnncalc.spec.variant import ChosenVariant
from tests.marking import slow_but
from tests.networks import NAMES, NETWORKS, VARIANTS
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc import Network

REFERENCE = Path(__file__).parent / "reference"
QUICK = {*NETWORKS} - {"yolov8n", "efficientdet_d0"} | {"resnet18", "vgg11", "densenet121", "keras_ResNet50"}
"""Networks of every kind that take no time, some of which a table of counts records."""


def rows(file: str) -> list[dict[str, str]]:
    """The rows of a table of published counts."""
    lines = [line for line in (REFERENCE / file).read_text().splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def cases(file: str, prefix: str = "") -> list[Any]:
    """The rows, those slow that are not of the sample."""
    return [
        pytest.param(row, marks=[] if prefix + row["model"] in QUICK else [pytest.mark.slow], id=row["model"])
        for row in rows(file)
    ]


@pytest.mark.parametrize("row", cases("torchvision.tsv"))
def test_torchvision(row: dict[str, str]) -> None:
    """Parameters, buffers and MACs at the listed input; the paper's own AlexNet keeps the short name."""
    name = "alexnet_torchvision" if row["model"] == "alexnet" else row["model"]
    report = cnncalc.load(name).report()
    assert report.totals.parameters == int(row["parameters"])
    assert report.totals.buffers == int(row["buffers"])
    if row["macs"] != "-":
        assert "x".join(map(str, report.inputs["input"])) == row["input"]
        assert report.totals.macs == int(row["macs"])


@pytest.mark.parametrize("row", cases("keras_applications.tsv", "keras_"))
def test_keras(row: dict[str, str]) -> None:
    """Trainable parameters, and with the buffers all that Keras counts."""
    report = cnncalc.load(f"keras_{row['model']}").report()
    assert "x".join(map(str, report.inputs["input"])) == row["input"]
    assert report.totals.parameters == int(row["trainable"])
    assert report.totals.parameters + report.totals.buffers == int(row["parameters"])


def recorded() -> set[str]:
    """The networks whose counts the tables record, too."""
    keras = {f"keras_{row['model']}" for row in rows("keras_applications.tsv")}
    return keras | {row["model"] for row in rows("torchvision.tsv")} & set(NAMES)


@pytest.mark.parametrize("chosen", slow_but(QUICK - recorded(), NAMES))
def test_what_a_spec_expects(chosen: str) -> None:
    name, variant = VARIANTS[NAMES.index(chosen)]
    spec, _ = find(name)
    choice = ChosenVariant(spec, variant)
    totals = cnncalc.load(chosen).report().totals._asdict()
    assert {"parameters", "macs"} <= choice.expect.keys()  # what lists the architectures takes them from there
    assert {key: totals[key] for key in choice.expect} == choice.expect
    assert choice.reference
    assert choice.description


def test_the_names_of_variants_are_told_without_parsing() -> None:
    told = {name: bundled.variants(name) for name in bundled.names()}
    assert told == {name: list(find(name)[0].variants) for name in bundled.names()}
    assert len(set(NAMES)) == len(NAMES)


def reduced(network: Network) -> Network:
    """The network at half of its input, or at the smallest that it takes where that is larger."""
    one = {name: (shape[0], *(1 for _ in shape[1:])) for name, shape in network.inputs.items()}
    least = smallest_input(network.blueprint, one)
    if least is None:
        return network
    return network.at({name: network.layout.external(shape) for name, shape in least.items()})


SMALL = {
    "autoencoder", "base_cnn_a", "dcgan_discriminator", "effnet", "espcn_x2", "fsrcnn_s_x3", "gaussian_separable",
    "keras_MobileNetV3Small", "lenet", "lraspp_mobilenet_v3_large", "m3", "mobilenet_v1_0.25_224", "nin_cifar10",
    "resnet20", "shufflenet_v1_g1", "squeezenet1_1", "srcnn_9-1-5", "tcn", "text_cnn",
}  # fmt: skip
"""Small ones of every kind of network, of which drawing the parameters takes no time."""


def distinct() -> list[str]:
    """The variants that differ in more than the size of their input: at the smallest they would be the same network."""
    specs = {name: find(name)[0] for name in bundled.names()}
    found: dict[object, str] = {}
    for (name, variant), full_name in zip(VARIANTS, NAMES, strict=True):
        choice = ChosenVariant(specs[name], variant)
        channels = [(len(shape), shape[0]) for shape in choice.inputs.values()]
        found.setdefault((name, repr(choice.values), repr(channels)), full_name)
    return list(found.values())


@pytest.mark.parametrize("name", slow_but(SMALL, distinct(), NETWORKS))
def test_every_shape_is_what_comes_out(name: str) -> None:
    """At the smallest input that is taken, which exercises every rounding."""
    report, _ = run(reduced(cnncalc.load(name)))
    assert [(layer.name, layer.faults) for layer in report.layers if not layer.ok] == []


@every_row("name", bundled.names())
def test_files_are_pleasant_to_read(name: str) -> None:
    path, _ = bundled.find(name) or ("", None)
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 120 or line != line.rstrip()] == []
    assert not re.search(r"\t", "\n".join(lines))
