"""Networks of darknet: against their weight files' sizes, and against the same networks as bundled specs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from tests.models.darknet.configurations import NETWORKS

if TYPE_CHECKING:
    from pathlib import Path

HEADER = 20
"""The bytes before the numbers of a file of weights: three versions, and the images seen as 64 bits."""

WEIGHT_FILES = [
    pytest.param("yolo_v3", 248_007_048, marks=pytest.mark.slow),
    ("yolo_v3_tiny", 35_434_956),
    ("yolo_v4_tiny", 24_251_276),
    ("tiny_yolo_v2", 63_471_556 + 4),
]
"""The sizes of yolov3.weights, yolov3-tiny.weights, yolov4-tiny.weights and, whose header is 4 bytes shorter,
yolov2-tiny-voc.weights, as they are published."""

BUNDLED = [
    ("darknet19", "darknet19"),
    ("tiny_yolo_v2", "tiny_yolo_v2_voc"),
    pytest.param("yolo_v3", "yolo_v3", marks=pytest.mark.slow),
]


def loaded(name: str, folder: Path) -> Any:
    """The network of a file that is written for it."""
    path = folder / f"{name}.cfg"
    path.write_text(NETWORKS[name](), encoding="utf-8")
    return cnncalc.load(path).report()


@pytest.mark.parametrize(("name", "size"), WEIGHT_FILES)
def test_as_many_numbers_as_the_file_of_weights_has(name: str, size: int, tmp_path: Path) -> None:
    totals = loaded(name, tmp_path).totals
    assert 4 * (totals.parameters + totals.buffers) + HEADER == size


@pytest.mark.parametrize(("name", "spec"), BUNDLED)
def test_a_bundled_network_is_the_same(name: str, spec: str, tmp_path: Path) -> None:
    report, bundled = loaded(name, tmp_path), cnncalc.load(spec, input=(3, 256, 256) if name == "darknet19" else None)
    expected = bundled.report()
    for figure in ("parameters", "buffers", "macs"):
        assert getattr(report.totals, figure) == getattr(expected.totals, figure)
    kinds = ("conv2d", "max_pool2d")
    shapes = [layer.output_shape for layer in report.layers if layer.type in kinds]
    assert shapes == [layer.output_shape for layer in expected.layers if layer.type in kinds]
