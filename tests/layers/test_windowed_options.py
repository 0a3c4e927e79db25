"""What a spec may write for these layers, what it may not, and what the report says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import cnncalc
from cnncalc.errors import CnncalcError, LayerError
from cnncalc.execution.executor import run
from cnncalc.layers import LAYERS, translate
from cnncalc.reports.summary_json import render
from tests.layers.cases import WINDOWED
from tests.layers.execution import made
from tests.rows import every_row

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer

WEIGHTS = {"weight", "bias", "depthwise_weight", "pointwise_weight"}
"""The options that may be any number."""
VALUES: tuple[Any, ...] = ({"nonsense": 7}, [], -7.5)
OPTIONS = [
    pytest.param(LAYERS[name], least, option, value, marks=() if value is VALUES[0] else pytest.mark.slow)
    for name, least in WINDOWED.items()
    for option in LAYERS[name].options
    for value in VALUES
    if not (value == -7.5 and option in WEIGHTS)
]


@pytest.mark.parametrize(("kind", "least", "option", "value"), OPTIONS)
def test_a_wrong_value_is_refused_by_option_and_value(
    kind: type[Layer], least: dict[str, Any], option: str, value: Any
) -> None:
    with pytest.raises(LayerError) as caught:
        made(kind, **{**least, option: value})
    error = caught.value
    assert f"`{option}`" in error.fact
    assert error.option == option
    assert any(text in error.fact for text in ("nonsense", "-7.5", "[]", "an empty list")), error.fact


@every_row(("kind", "least"), [(LAYERS[name], least) for name, least in WINDOWED.items()])
def test_what_must_be_given_is_missed(kind: type[Layer], least: dict[str, Any]) -> None:
    for option in least:
        with pytest.raises(LayerError, match=f"`{option}`"):
            made(kind, **{name: value for name, value in least.items() if name != option})


@every_row(
    ("kind", "options", "shape", "option", "fact"),
    [
        ("conv", {"in_channels": 5}, (3, 8, 8), "in_channels", "`in_channels` is 5, the input has 3"),
        ("conv", {"groups": 2}, (3, 8, 8), "groups", "its 3 channels are not a multiple of `groups` 2"),
        ("conv", {"groups": 3}, (3, 8, 8), "groups", "`out_channels` 4 is not a multiple of `groups` 3"),
        ("conv", {"stride": [1, 2, 3]}, (3, 8, 8), "stride", "`stride` has 3 values, the input has 2 spatial axes"),
        (
            *("conv_transpose", {"output_padding": 1}, (3, 8, 8), "output_padding"),
            "`output_padding` 1 must be smaller than the stride 1 or the dilation 1",
        ),
        (
            *("conv_transpose", {"output_padding": [0, 4], "stride": 3, "dilation": 4}, (3, 8, 8), "output_padding"),
            "`output_padding` 4 must be smaller than the stride 3 or the dilation 4",
        ),
        (
            *("conv_transpose", {"output_padding": 2, "stride": 2, "padding": "same"}, (3, 8, 8), "output_padding"),
            "`output_padding` 2 must be smaller than the stride 2 with `padding: same`",
        ),
        (
            *("conv_transpose", {"output_padding": 1, "dilation": 2, "padding": "same_lower"}, (3, 8)),
            "output_padding",
            "`output_padding` 1 must be smaller than the stride 1 with `padding: same_lower`",
        ),
        (
            *("conv_transpose", {"output_padding": 0, "kernel_size": 2, "padding": "same"}, (3, 1), "padding"),
            "`padding` cuts 2 pixels off an output with a length of 2",
        ),
        (
            *("conv_transpose", {"padding": [[0, 0], [5, 5]]}, (3, 8, 8), "padding"),
            "`padding` cuts 10 pixels off an output with a width of 10",
        ),
        (
            *("conv_transpose", {"output_size": 1, "output_padding": 0}, (3, 8, 8), "output_padding"),
            "`output_size` and `output_padding` are both given",
        ),
        (
            *("conv_transpose", {"output_size": 12}, (3, 8, 8), "output_size"),
            "`output_size` has a height of 12, and a height of 8 gives 10",
        ),
        (
            *("conv_transpose", {"output_size": [18, 16], "stride": 2}, (3, 8, 8), "output_size"),
            "`output_size` has a width of 16, and a width of 8 gives 17 or 18",
        ),
        (
            *("conv_transpose", {"output_size": 28, "stride": 3, "dilation": 9}, (3, 3), "output_size"),
            "`output_size` has a length of 28, and a length of 3 gives 25 to 27",
        ),
        (
            *("conv_transpose", {"output_size": 17, "stride": 2, "padding": "same"}, (3, 8), "output_size"),
            "`output_size` has a length of 17, and a length of 8 gives 15 or 16",
        ),
        (
            *("conv_transpose", {"output_size": [1, 2], "stride": 2}, (3, 8), "output_size"),
            "`output_size` has 2 values, the input has 1 spatial axes",
        ),
        ("depthwise_conv", {"in_channels": 5}, (3, 8, 8), "in_channels", "`in_channels` is 5, the input has 3"),
        ("separable_conv", {"in_channels": 5}, (3, 8, 8), "in_channels", "`in_channels` is 5, the input has 3"),
        ("max_pool", {"padding": 2}, (3, 8, 8), "padding", "`padding` 2 is more than half of its window"),
        ("lp_pool", {"norm_type": 0}, (3, 8, 8), "norm_type", "`norm_type` must be a number above 0, not 0"),
        ("adaptive_avg_pool", {"output_size": [1, 2, 3]}, (3, 8, 8), "output_size", "`output_size` has 3 values"),
        ("upsample", {"size": 3}, (3, 8, 8), "scale_factor", "`size` and `scale_factor` are both given"),
        ("upsample", {"align_corners": True}, (3, 8, 8), "align_corners", "no meaning in `nearest` mode"),
        ("upsample", {"mode": "bilinear"}, (3, 8), "mode", "`mode` bilinear needs 2 spatial axes, the input has 1"),
        ("upsample", {"mode": "bicubic"}, (3, 8, 8, 8), "mode", "`mode` bicubic needs 2 spatial axes"),
        ("upsample", {"scale_factor": 0.1}, (3, 8, 8), "scale_factor", "`scale_factor` 0.1 leaves nothing of a height"),
        (
            *("pixel_shuffle", {"upscale_factor": 3}, (12, 8, 8), "upscale_factor"),
            "its 12 channels are not a multiple of 9",
        ),
        (
            *("pixel_unshuffle", {"downscale_factor": 3}, (12, 9, 8), "downscale_factor"),
            "its width 8 is not a multiple of `downscale_factor` 3",
        ),
        (
            *("space_to_depth", {"block_size": 3}, (12, 8, 9), "block_size"),
            "its height 8 is not a multiple of `block_size` 3",
        ),
        ("channel_shuffle", {"groups": 5}, (12, 8, 8), "groups", "its 12 channels are not a multiple of `groups` 5"),
        ("crop", {"size": 3}, (12, 8, 8), "padding", "`size` and `padding` are both given"),
    ],
)
def test_what_cannot_be_is_refused(
    kind: str, options: dict[str, Any], shape: tuple[int, ...], option: str, fact: str
) -> None:
    with pytest.raises(LayerError) as caught:
        made(LAYERS[kind], **{**WINDOWED[kind], **options}).output_shape([shape])
    assert fact in caught.value.fact
    assert caught.value.option == option


@pytest.mark.parametrize("kind", ["conv", "max_pool", "upsample", "pixel_shuffle", "space_to_depth", "crop"])
def test_a_vector_is_refused(kind: str) -> None:
    with pytest.raises(LayerError, match="needs a map"):
        made(LAYERS[kind], **WINDOWED[kind]).output_shape([(16,)])


@every_row(
    ("theirs", "ours"),
    [
        ("Conv2DTranspose", "conv_transpose2d"),
        ("ConvTranspose3d", "conv_transpose3d"),
        ("Deconvolution", "conv_transpose"),
        ("DepthwiseConv2D", "depthwise_conv2d"),
        ("SeparableConv1D", "separable_conv1d"),
        ("LPPool2d", "lp_pool2d"),
        ("MaxUnpool2d", "max_unpool2d"),
        ("AveragePooling3D", "avg_pool3d"),
        ("AdaptiveAveragePooling2D", "adaptive_avg_pool2d"),
        ("UpSampling2D", "upsample"),
        ("Upsample", "upsample"),
        ("Interpolate", "upsample"),
        ("PixelShuffle", "pixel_shuffle"),
        ("SpaceToDepth", "space_to_depth"),
        ("ChannelShuffle", "channel_shuffle"),
        ("Cropping2D", "crop"),
        ("CenterCrop", "crop"),
        ("ZeroPadding2D", "pad"),
        ("ZeroPad2d", "pad"),
    ],
)
def test_names_of_other_programs(theirs: str, ours: str) -> None:
    assert translate(theirs) == ours


# In a spec

SEGMENTER = """
name: segmenter
input: 3x13x18
layers:
  - conv2d: {name: c1, out_channels: 8, kernel_size: 3, padding: same, stride: 2, activation: relu}
  - max_pool2d: {name: pool1, kernel_size: 3, stride: 2, padding: 1, return_indices: true}
  - separable_conv2d: {name: s1, out_channels: 8, kernel_size: 3, padding: same, dilation: 2}
  - max_unpool2d: {name: u1, indices: pool1}
  - conv_transpose2d: {name: t1, out_channels: 8, kernel_size: 3, stride: 2, padding: same, groups: 4}
  - depthwise_conv2d: {name: d1, kernel_size: 3, depth_multiplier: 2, bias: false}
  - upsample: {name: up, scale_factor: 1.5, mode: bilinear}
  - crop: {name: cut, size: 12}
"""


def test_the_report_shows_windows_and_shapes() -> None:
    network = cnncalc.load(SEGMENTER)
    layers = {layer["name"]: layer for layer in json.loads(render(network.report()))["layers"]}
    window = {key: layers["t1"][key] for key in ("kernel_size", "stride", "padding", "dilation", "groups")}
    assert window == {
        "kernel_size": [3, 3],
        "stride": [2, 2],
        "padding": [[0, 1], [0, 1]],
        "dilation": [1, 1],
        "groups": 4,
    }
    assert layers["d1"]["groups"] == 8
    assert layers["s1"]["padding"] == [[2, 2], [2, 2]]
    assert "groups" not in layers["pool1"]
    assert "kernel_size" not in layers["u1"]
    assert layers["u1"]["inputs"] == ["s1", "c1"]
    assert layers["u1"]["output_shape"] == layers["c1"]["output_shape"] == [8, 7, 9]
    assert layers["t1"]["output_shape"] == [8, 14, 18]
    assert layers["t1"]["weights"] == {"weight": [8, 2, 3, 3], "bias": [8]}
    assert layers["d1"]["weights"] == {"weight": [16, 1, 3, 3]}
    assert layers["cut"]["output_shape"] == [16, 12, 12]


def test_what_was_computed_is_what_comes_out() -> None:
    report, _ = run(cnncalc.load(SEGMENTER), batch=2)
    assert report.ok


@pytest.mark.parametrize(
    ("before", "unpool", "message"),
    [
        ("max_pool2d: {name: p, kernel_size: 2}", "indices: q", "there is no earlier output `q`"),
        ("conv2d: {name: p, out_channels: 3, kernel_size: 2}", "indices: p", "`p` is a conv, and indices are those of"),
        (
            "max_pool2d: {name: p, kernel_size: 2}\n  - conv2d: {out_channels: 5, kernel_size: 1}",
            *("indices: p", "`p` gave 3 x 4 x 4, and 5 x 4 x 4 arrives"),
        ),
        (
            "max_pool2d: {name: p, kernel_size: 2}",
            *("indices: p, output_size: [8, 7]", "`output_size` has a width of 7, and the windows of `p` span 8"),
        ),
    ],
)
def test_an_unpooling_without_its_pool_is_refused(before: str, unpool: str, message: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        cnncalc.load(f"name: x\ninput: 3x8x8\nlayers:\n  - {before}\n  - max_unpool2d: {{{unpool}}}\n")
    assert message in str(caught.value)


def test_an_unpooling_that_was_told_no_pool_says_so() -> None:
    with pytest.raises(LayerError, match="its max pool `pool1` is not known"):
        made(LAYERS["max_unpool"], indices="pool1").output_shape([(3, 4, 4), (3, 8, 8)])
