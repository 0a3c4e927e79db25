"""Small networks in which what units see is easily told wrong, and random ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

CONV = "- conv: {out_channels: 3, kernel_size: %s}\n"

TRAPS_1D = {
    "valid drops the end": "- conv: {out_channels: 2, kernel_size: 3, stride: 2}\n" * 2,
    "dilation leaves holes": "- conv: {out_channels: 2, kernel_size: 3, dilation: 3, padding: 2}\n",
    "stride larger than kernel": "- conv: {out_channels: 2, kernel_size: 2, stride: 3}\n" + CONV % 2,
    "ceil mode": "- max_pool: {kernel_size: 3, stride: 2, ceil_mode: true}\n"
    "- avg_pool: {kernel_size: 2, ceil_mode: true}\n",
    "same": "- conv: {out_channels: 2, kernel_size: 4, stride: 3, padding: same}\n",
    "same_lower": "- conv: {out_channels: 2, kernel_size: 4, stride: 3, padding: same_lower}\n",
    "padding only": "- conv: {out_channels: 2, kernel_size: 2, padding: [[5, 4]]}\n",
    "asymmetric": "- conv: {out_channels: 2, kernel_size: 3, padding: [[0, 3]]}\n- max_pool: {kernel_size: 2}\n",
    "transposed": "- conv_transpose: {out_channels: 2, kernel_size: 3, stride: 2, padding: 1, output_padding: 1}\n",
    "transposed with gaps": "- conv_transpose: {out_channels: 2, kernel_size: 2, stride: 3, dilation: 2}\n",
    "nearest": "- upsample: {scale_factor: 2}\n" + CONV % 3,
    "nearest down": "- upsample: {size: 5}\n",
    "linear": "- upsample: {size: 17, mode: linear}\n",
    "linear with corners": "- upsample: {size: 23, mode: linear, align_corners: true}\n",
    "adaptive": "- adaptive_avg_pool: {output_size: 5}\n" + CONV % 2,
    "global": CONV % 3 + "- global_avg_pool\n",
    "reflect": "- pad: {padding: [[3, 2]], mode: reflect}\n" + CONV % 2,
    "replicate": "- pad: {padding: [[3, 2]], mode: replicate}\n" + CONV % 2,
    "circular": "- pad: {padding: [[3, 2]], mode: circular}\n" + CONV % 2,
    "constant": "- pad: {padding: [[3, 2]], value: 7}\n" + CONV % 2,
    "slice": "- slice: {dim: 1, start: 1, end: -1, step: 3}\n",
    "crop": CONV % 3 + "- crop: {size: 5}\n",
    "concat along space": "- concat: {dim: 1, from: [input, input]}\n" + CONV % 3,
    "unpool": "- max_pool: {name: p, kernel_size: 2, ceil_mode: true}\n- max_unpool: {indices: p}\n",
    "softmax along space": CONV % 2 + "- softmax: {dim: 1}\n",
    "glu along space": "- slice: {dim: 1, end: 10}\n- glu: {dim: 1}\n",
    "linear along space": CONV % 3 + "- linear: {dim: 1, out_features: 3}\n",
    "instance norm": CONV % 3 + "- instance_norm\n- slice: {dim: 1, start: 2, end: 4}\n",
    "gate": CONV % 3 + "- squeeze_excite: {squeeze_channels: 2, activation: sigmoid}\n",
    "groups stay apart": "- parallel: {branches: [[], [conv: {out_channels: 2, kernel_size: 5, padding: 2}]]}\n"
    "- conv: {out_channels: 2, kernel_size: 1, groups: 2}\n- slice: {dim: 0, end: 1}\n",
    "channels stay apart": "- parallel: {branches: [[], [max_pool: {kernel_size: 3, stride: 1, padding: 1}]]}\n"
    "- channel_shuffle: {groups: 2}\n- slice: {dim: 0, start: 1, step: 2}\n",
    "subpixel": "- conv: {out_channels: 4, kernel_size: 3}\n- pixel_shuffle: {upscale_factor: 2}\n",
    "unshuffle": "- slice: {dim: 1, end: 8}\n- pixel_unshuffle: {downscale_factor: 2}\n"
    "- slice: {dim: 0, start: 1, end: 2}\n",
    "space to depth": "- slice: {dim: 1, end: 8}\n- space_to_depth: {block_size: 2}\n"
    "- slice: {dim: 0, start: 1, end: 2}\n",
    "several paths": "- residual: {layers: [{conv: {out_channels: 2, kernel_size: 3, dilation: 3, padding: 3}}]}\n",
    "separable": "- separable_conv: {out_channels: 3, kernel_size: 3, stride: 2}\n- depthwise_conv: {kernel_size: 2}\n",
    "reshaped": "- reshape: {shape: [11, 2]}\n- conv: {out_channels: 2, kernel_size: 1}\n",
    "backwards": CONV % 3 + "- slice: {dim: 1, start: -2, step: -2}\n" + CONV % 2,
    "flipped": CONV % 3 + "- flip: {dim: 1}\n- conv: {out_channels: 2, kernel_size: 2, stride: 2, padding: 1}\n",
    "rolled": "- roll: {shifts: 4, dim: 1}\n" + CONV % 3,
    "rolled channels": "- roll: {shifts: 1, dim: 0}\n- slice: {dim: 0, end: 1}\n",
    "tiled": "- tile: {repeats: [1, 2]}\n" + CONV % 3,
    "expanded": "- global_avg_pool\n- expand: {sizes: [2, 3]}\n",
    "stacked": CONV % 2 + "- slice: {name: a, dim: 1, end: -1}\n- slice: {name: b, dim: 1, start: 1, from: conv_1}\n"
    "- stack: {dim: 1, from: [a, b]}\n- conv: {out_channels: 2, kernel_size: [1, 2]}\n",
    "stacked as channels": "- max_pool: {kernel_size: 2, stride: 1}\n- stack: {from: [max_pool_1, max_pool_1]}\n",
    "channels extended": "- pad: {channel_padding: [0, 1]}\n- unsqueeze: {dim: 0}\n",
    "columns": "- unfold: {kernel_size: 3, dilation: 2, stride: 2, padding: [[1, 2]]}\n" + CONV % 2,
    "some columns": "- unfold: {kernel_size: 3, padding: 1}\n- slice: {dim: 0, start: 1, step: 3}\n",
    "columns put together": "- unfold: {kernel_size: 3, stride: 2}\n- linear: {dim: 0, out_features: 3}\n"
    "- fold: {output_size: [11], kernel_size: 3, stride: 2}\n",
    "columns put together backwards": "- unfold: {kernel_size: 2, dilation: 2, padding: 1}\n- flip: {dim: 1}\n"
    "- fold: {output_size: [11], kernel_size: 2, dilation: 2, padding: 1}\n",
}  # fmt: skip

LAST = {
    "flattened": "- flatten\n- unflatten: {dim: 0, sizes: [12, 2]}\n",
    "permuted": "- permute: {dims: [2, 0, 1]}\n- conv: {out_channels: 2, kernel_size: 2}\n",
    "cut along the width": "- slice: {dim: 1, start: 1}\n- softmax: {dim: 0}\n",
    "depthwise": "- depthwise_conv: {kernel_size: [1, 2], depth_multiplier: 2}\n- slice: {dim: -1, start: 1, end: 3}\n",
}
"""With channels last."""

TRAPS_2D = {
    "dead by one axis": "- conv: {out_channels: 2, kernel_size: 1, padding: [[1, 0], [0, 1]]}\n"
    "- parallel: {merge: add, branches: [[{conv: {out_channels: 2, kernel_size: [3, 1], padding: [[1, 1], [0, 0]]}}], "
    "[{conv: {out_channels: 2, kernel_size: [1, 3], padding: [[0, 0], [1, 1]]}}]]}\n",
    "flattened in part": "- flatten: {start_dim: 1}\n- conv: {out_channels: 2, kernel_size: 2}\n",
    "cut anew": "- reshape: {shape: [2, 3, 8]}\n- conv: {out_channels: 2, kernel_size: [1, 2]}\n",
    "transposed axes": "- conv: {out_channels: 3, kernel_size: [2, 1]}\n- permute: {dims: [0, 2, 1]}\n",
    "channels to space": "- conv: {out_channels: 3, kernel_size: [2, 1]}\n- permute: {dims: [2, 0, 1]}\n",
    "bicubic": "- upsample: {size: [7, 5], mode: bicubic}\n",
    "subpixels": "- conv: {out_channels: 4, kernel_size: 2}\n- pixel_shuffle: {upscale_factor: 2}\n",
    "layer norm over rows": "- layer_norm: {dims: [1]}\n- slice: {dim: 1, end: 1}\n",
    "stacked channels": "- stack: {dim: 1, from: [input, input]}\n",
    "depth to space": "- conv: {out_channels: 4, kernel_size: 2}\n- depth_to_space: {block_size: 2}\n",
    "darknet's reorg": "- conv: {out_channels: 4, kernel_size: 3, padding: 1}\n"
    "- space_to_depth: {block_size: 2, mode: darknet}\n- slice: {dim: 0, start: 5, end: 7}\n",
    "columns of a map": "- unfold: {kernel_size: [2, 3], stride: [1, 2], padding: [[1, 0], [0, 1]]}\n",
    "patches": "- unfold: {kernel_size: 2, stride: 2}\n- linear: {dim: 0, out_features: 8}\n"
    "- fold: {output_size: [4, 6], kernel_size: 2, stride: 2}\n- roll: {shifts: [1, -1], dim: [1, 2]}\n",
}


kernel = st.integers(1, 3)
small = st.integers(0, 2)


@st.composite
def layers_1d(draw: st.DrawFn, depth: int = 3) -> list[dict[str, Any]]:
    """Layers that keep two channels, whose values show every change."""
    found: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, depth))):
        windowed = {"kernel_size": draw(kernel), "stride": draw(kernel), "dilation": draw(kernel)}
        pads = [[draw(small), draw(small)]]
        kind = draw(st.sampled_from(["conv", "conv_transpose", "avg_pool", "pad", "upsample", "slice", "residual"]))
        if kind in ("conv", "conv_transpose"):
            found.append({kind: {"out_channels": 2, **windowed, "padding": pads if kind == "conv" else 0}})
        elif kind == "avg_pool":
            found.append({kind: {"kernel_size": 2, "stride": draw(kernel), "ceil_mode": draw(st.booleans())}})
        elif kind == "pad":
            found.append({kind: {"padding": pads, "mode": draw(st.sampled_from(["constant", "replicate"]))}})
        elif kind == "upsample":
            found.append(
                {kind: {"size": draw(st.integers(3, 9)), "mode": draw(st.sampled_from(["nearest", "linear"]))}}
            )
        elif kind == "slice":
            found.append({kind: {"dim": 1, "start": draw(small), "step": draw(kernel)}})
        else:
            spread = draw(kernel)
            same = {"out_channels": 2, "kernel_size": draw(kernel), "dilation": spread, "padding": "same"}
            found.append({"residual": {"layers": [{"conv": same}]}})
    return found
