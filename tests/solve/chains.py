"""Chains of layers along one axis, drawn at random, that closed forms and solutions are held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import reject
from hypothesis import strategies as st

import cnncalc
from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from cnncalc import Network

WINDOWS = st.builds(
    lambda kernel, stride, padding, dilation, kind, ceil: (
        f"{kind}: {{kernel_size: {kernel}, stride: {stride}, padding: {padding if kind == 'conv' else 'same'}"
        + (f", out_channels: 1, dilation: {dilation}" if kind == "conv" else "")
        + "}"
        if not ceil
        else f"max_pool: {{kernel_size: {kernel}, stride: {stride}, padding: {min(kernel // 2, 1)}, ceil_mode: true}}"
    ),
    st.integers(1, 5),
    st.integers(1, 4),
    st.sampled_from(["0", "1", "2", "[[0, 1]]", "same", "same_lower"]),
    st.integers(1, 3),
    st.sampled_from(["conv", "max_pool"]),
    st.booleans(),
)
OTHERS = st.sampled_from(
    [
        "identity",
        "relu",
        "pad: {padding: [[1, 2]]}",
        "crop: {padding: 1}",
        "slice: {dim: 1, start: 1}",
        "slice: {dim: 1, start: 1, end: -1, step: 2}",
        "slice: {dim: 1, end: 9}",
        "upsample: {scale_factor: 2}",
        "upsample: {scale_factor: 1.5}",
        "upsample: {scale_factor: 1.1}",
        "upsample: {size: 9}",
        "conv_transpose: {out_channels: 1, kernel_size: 3, stride: 2, padding: 1}",
        "conv_transpose: {out_channels: 1, kernel_size: 2, stride: 3, padding: same}",
        "conv_transpose: {out_channels: 1, kernel_size: 3, stride: 2, padding: same, output_padding: 0}",
        "adaptive_avg_pool: {output_size: 5}",
        "residual: {layers: [conv: {out_channels: 1, kernel_size: 3, padding: 1}]}",
        "residual: {layers: [global_avg_pool, sigmoid], shortcut: false}",
        "pixel_unshuffle: {downscale_factor: 2}",
        "max_pool: {kernel_size: 2, stride: 5}",
        "permute: {dims: [0, 1]}",
    ]
)
CHAINS = st.lists(st.one_of(WINDOWS, OTHERS), min_size=1, max_size=5)


def chain(links: list[str], size: int) -> Network:
    """The chain of layers at an input size; one that cannot be built is not drawn."""
    try:
        return cnncalc.load(f"name: chain\ninput: 1x{size}\nlayers:\n" + "".join(f"  - {link}\n" for link in links))
    except CnncalcError:
        reject()


def at(network: Network, size: int) -> Network | None:
    """The same network at another size; None where it cannot be built."""
    try:
        return network.at([1, size])
    except CnncalcError:
        return None
