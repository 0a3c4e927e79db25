"""What single sections become, and what a file is told that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from tests.models.darknet.configurations import conv, net, section

if TYPE_CHECKING:
    from pathlib import Path


def report_of(folder: Path, text: str) -> Any:
    """The report of a file with this text."""
    path = folder / "net.cfg"
    path.write_text(text, encoding="utf-8")
    return cnncalc.load(path).report()


POOLS = [
    # Darknet's (size + padding - kernel) // stride + 1, whose padding is the kernel less 1 unless it is said.
    (13, {"size": 2, "stride": 2}, 7),
    (12, {"size": 2, "stride": 2}, 6),
    (13, {"size": 2, "stride": 1}, 13),
    (13, {"size": 3, "stride": 2}, 7),
    (13, {"size": 3, "stride": 2, "padding": 0}, 6),
    (13, {"stride": 2}, 7),
    (13, {"size": 5, "stride": 1}, 13),
]


@pytest.mark.parametrize(("size", "options", "expected"), POOLS)
@pytest.mark.parametrize("kind", ["maxpool", "local_avgpool"])
def test_pools_pad_as_darknet_does(kind: str, size: int, options: Any, expected: int, tmp_path: Path) -> None:
    report = report_of(tmp_path, net(size) + section(kind, **options))
    assert report.layers[-1].output_shape == (3, expected, expected)


SECTIONS = [
    (section("route", layers="-1,-2"), (24, 16, 16)),
    (section("route", layers=-1, groups=4, group_id=3), (4, 16, 16)),
    (section("shortcut", **{"from": -1}, activation="leaky"), (16, 16, 16)),
    (section("shortcut", **{"from": 0}, activation="linear"), (16, 16, 16)),
    (section("upsample", stride=2), (16, 32, 32)),
    (section("reorg", stride=2), (64, 8, 8)),
    (section("convolutional", filters=6, size=3, stride_x=2, stride_y=1, pad=1, groups=2), (6, 16, 8)),
    (section("convolutional", filters=6, size=3, dilation=2, pad=1, activation="mish"), (6, 16, 16)),
    (section("deconvolutional", filters=5, size=4, stride=2, padding=1), (5, 32, 32)),
    (section("local", filters=4, size=3, stride=1, pad=1, activation="relu"), (4, 16, 16)),
    (section("local", filters=4, size=3, stride=1, activation="relu"), (4, 14, 14)),
    (section("connected", output=7, batch_normalize=1), (7,)),
    (section("avgpool"), (16, 1, 1)),
    (section("crop", crop_height=12, crop_width=10), (16, 12, 10)),
    (section("normalization", alpha=0.001), (16, 16, 16)),
    (section("sam", **{"from": -1}), (16, 16, 16)),
    (section("avgpool") + section("scale_channels", **{"from": -2}), (16, 16, 16)),
    (section("softmax"), (4096,)),
    (section("dropout", probability=0.5), (16, 16, 16)),
    (section("batchnorm") + section("activation", activation="swish"), (16, 16, 16)),
]


@pytest.mark.parametrize(("text", "expected"), SECTIONS)
def test_a_section_gives_the_shape_that_darknet_prints(text: str, expected: Any, tmp_path: Path) -> None:
    assert report_of(tmp_path, net(16) + conv(8) + conv(16) + text).layers[-1].output_shape == expected


REFUSED = [
    ("[net]\nheight=8\n[avgpool]\n", "PATH:1: [net] needs `channels`, `height` and `width`, each above 0, or `inputs`"),
    (net(8), "PATH:1: [net] has no layers behind it"),
    (net(8) + "[maxpool\n", "PATH:7: `]` is missing: [maxpool"),
    (
        net(8) + "[maxpool]\nsize\n",
        "PATH:8: neither a section nor an option: size\nhint: options are lines such as size=3",
    ),
    (net(8) + "[maxpool]\nsize=two\n", "PATH:8: [maxpool] `size` must be a whole number, not two"),
    (
        net(8) + "[maxpool]\nsize=99999999999999999999999\n",
        "PATH:8: [maxpool] `size` is too large: 99999999999999999999999",
    ),
    (
        net(8) + "[route]\nlayers=-1\n",
        "PATH:8: [route] `layers` is -1, and there are 0 layers before\n"
        "hint: layers are numbered from 0, and [net] is none; -1 is the one before",
    ),
    (
        net(8) + conv(4) + section("yolo", mask="0,1,2", classes=2, num=3),
        "PATH:14: [yolo] takes 21 channels for its classes and anchors, and 4 arrive\n"
        "hint: the convolution before it needs filters=21",
    ),
    (
        net(8) + conv(4) + "[rnn]\noutput=3\n[rnn]\n[convolutionl]\n",
        "PATH: 3 of 4 sections have no translation: [rnn] at lines 14, 16 has no counterpart here; [convolutionl] at"
        " line 17 has no counterpart here\nhint: did you mean `convolutional`?",
    ),
    (
        net(8) + section("convolutional", size=3, activation="stair"),
        "PATH: 1 of 1 sections has no translation: [convolutional] at line 7 the activation stair has no counterpart"
        " here",
    ),
    (
        net(8) + section("convolutional", filters=4, size=11, activation="linear"),
        "PATH:7: [convolutional] its window spans 11 pixels, the height has 8",
    ),
    (
        net(8) + conv(4) + section("convolutional", size=3, stride=2, pad=1) + section("route", layers="0,1"),
        "PATH:19: [route] joins maps of 4 x 4 and 8 x 8 pixels",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_cannot_be_read_is_told_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(cnncalc.CnncalcError) as raised:
        report_of(tmp_path, text)
    assert str(raised.value).removeprefix("error: ") == message.replace("PATH", str(tmp_path / "net.cfg"))


def test_an_option_that_is_none_is_told_and_passed_over(tmp_path: Path) -> None:
    text = net(8) + conv(4).replace("batch_normalize", "batch_normalise") + "# a comment\n; another\n"
    notes = report_of(tmp_path, text).notes
    assert "`batch_normalise` is no option of [convolutional] at line 8, and passed over" in notes


def test_detection_layers_and_the_last_layer_are_outputs(tmp_path: Path) -> None:
    head = section("convolutional", filters=21, size=1, activation="linear") + section("yolo", classes=2, num=3)
    path = tmp_path / "net.cfg"
    path.write_text(net(8) + head + section("route", layers=-2) + head, encoding="utf-8")
    assert cnncalc.load(path).report().outputs == ("yolo_1", "yolo_4")


def test_a_network_runs_as_it_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "net.cfg"
    text = net(16) + conv(8) + section("maxpool", size=2, stride=1) + conv(16) + section("shortcut", **{"from": 0})
    path.write_text(text, encoding="utf-8")
    assert cnncalc.load(path).run().report.ok
