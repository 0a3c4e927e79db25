"""A case of every layer type: what it must be given, an entry of a spec, and a small network with it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import cnncalc
from cnncalc.layers import LAYERS
from cnncalc.layers.description import describe

if TYPE_CHECKING:
    from cnncalc import Network

WINDOWED: Final[dict[str, dict[str, Any]]] = {
    "conv": {"out_channels": 4, "kernel_size": 3},
    "conv_transpose": {"out_channels": 4, "kernel_size": 3},
    "depthwise_conv": {"kernel_size": 3},
    "separable_conv": {"out_channels": 4, "kernel_size": 3},
    "deform_conv": {"out_channels": 4, "kernel_size": 3},
    "locally_connected": {"out_channels": 4, "kernel_size": 3},
    "max_pool": {"kernel_size": 2},
    "min_pool": {"kernel_size": 2},
    "avg_pool": {"kernel_size": 2},
    "lp_pool": {"norm_type": 2, "kernel_size": 2},
    "fractional_max_pool": {"kernel_size": 2, "output_size": 3},
    "fractional_avg_pool": {"boundaries": [[0, 2, 3, 5], [0, 1, 3, 5]]},
    "adaptive_avg_pool": {"output_size": 2},
    "adaptive_max_pool": {"output_size": 2},
    "global_avg_pool": {},
    "global_max_pool": {},
    "max_unpool": {"indices": "pool1"},
    "upsample": {"scale_factor": 2},
    "grid_sample": {},
    "affine_grid": {"size": 4},
    "roi_align": {"output_size": 2},
    "roi_pool": {"output_size": 2},
    "pixel_shuffle": {"upscale_factor": 2},
    "pixel_unshuffle": {"downscale_factor": 2},
    "space_to_depth": {"block_size": 2},
    "depth_to_space": {"block_size": 2},
    "channel_shuffle": {"groups": 2},
    "crop": {"padding": 1},
    "stack": {},
    "split": {"sections": 2},
    "unfold": {"kernel_size": 2},
    "fold": {"output_size": [3, 3], "kernel_size": 2},
}
"""The types that move windows or pixels, each with the options that it must have."""

KINDS: Final = frozenset({home.partition(".")[0]: name for name, home in reversed([*LAYERS.homes.items()])}.values())
"""One type of each family: what holds for every type is asked of these in the quick suite."""

POINTWISE: Final = tuple(name for name in LAYERS if name not in WINDOWED)
"""The other types."""

WITHOUT_INPUTS: Final = ("parameter", "constant")
"""Of those the types that take nothing."""

REQUIRED: Final[dict[str, dict[str, Any]]] = {
    "threshold": {"threshold": 0, "value": 0},
    "power": {"exponent": 2},
    "clamp": {"min": 0.1},
    "group_norm": {"num_groups": 1},
    "local_response_norm": {"size": 3},
    "squeeze_excite": {"squeeze_channels": 2},
    "linear": {"out_features": 2, "dim": 0},
    "lstm": {"hidden_size": 2},
    "gru": {"hidden_size": 2},
    "rnn": {"hidden_size": 2},
    "conv_lstm": {"out_channels": 2, "kernel_size": 2},
    "unflatten": {"dim": 0, "sizes": [2, 2]},
    "reshape": {"shape": [-1]},
    "unsqueeze": {"dim": 0},
    "permute": {"dims": [0, 1, 2]},
    "expand": {"sizes": [-1]},
    "tile": {"repeats": [1, 2, 1]},
    "roll": {"shifts": 1, "dim": 1},
    "flip": {"dim": 1},
    "pad": {"padding": 1},
    "multihead_attention": {"num_heads": 2},
    "embedding": {"num_embeddings": 4, "embedding_dim": 2},
    "parameter": {"shape": [4, 6, 8]},
    "constant": {"value": [1, 2, 3]},
    "opaque": {"shape": [4, 6, 8]},
}
"""The options that those must have, of the types that must have any."""

INPUTS: Final[dict[str, list[tuple[int, ...]]]] = {
    "matmul": [(4, 6, 8), (4, 8, 5)],
}
"""Inputs, channels first, of those types that do not take several of one shape."""

OPAQUE: Final = ("opaque",)
"""The types that cannot be executed."""

LOOKED_UP: Final = ("embedding",)
"""The types that take whole numbers, which no layer computes."""

ENTRIES: Final = {
    "batch_norm": "- batch_norm",
    "conv": "- conv2d: {out_channels: 4, kernel_size: [3, 2], groups: 2, activation: prelu}",
    "crop": "- crop: {padding: 1}",
    "deform_conv": "- deform_conv2d: {out_channels: 3, kernel_size: 1, offset_groups: 2, from: [previous, input]}",
    "depthwise_conv": "- depthwise_conv: {kernel_size: 3, depth_multiplier: 2}",
    "embedding": "- embedding: {num_embeddings: 2, embedding_dim: 3}",
    "instance_norm": "- instance_norm: {affine: true}",
    "linear": "- linear: {out_features: 5, activation: prelu}",
    "fold": "- fold: {output_size: [3, 4], kernel_size: 2}",
    "parameter": "- parameter: {shape: [2, 3, 4]}",
    "lstm": "- lstm: {hidden_size: 2, num_layers: 2, bidirectional: true, proj_size: 1}",
    "conv_lstm": "- conv_lstm: {out_channels: 2, kernel_size: 2}",
    "gru": "- gru: {hidden_size: 2, num_layers: 2, bidirectional: true}",
    "rnn": "- rnn: {hidden_size: 2, num_layers: 2, bidirectional: true}",
    "multihead_attention": "- multihead_attention: {num_heads: 2, add_bias_kv: true, activation: prelu}",
    "locally_connected": "- locally_connected2d: {out_channels: 2, kernel_size: [3, 2]}",
    "scale": "- scale: {bias: true}",
    "squeeze_excite": "- squeeze_excite: {squeeze_channels: 3}",
}
"""Entries with more parameters than the example of the type, or smaller maps than it takes."""

SEQUENTIAL: Final = ("lstm", "gru", "rnn")
"""The types that take a sequence, whose axes are features and steps, and nothing else."""

RECURRENT: Final = (*SEQUENTIAL, "conv_lstm")
"""Those, and the one that takes a sequence of maps."""

SHAPES: Final = {
    "conv_lstm": "[2, 2, 3, 3]",
    "linear": "[7]",
    "locally_connected": "[2, 4, 3]",
    "embedding": "[7]",
    "fold": "[8, 6]",
    **dict.fromkeys(SEQUENTIAL, "[3, 4]"),
}
"""The inputs of those entries that do not take a map."""


def spec_with(name: str, example: str) -> str:
    """A spec whose second layer is the example; a type that refers to a max pool has one before it."""
    [first, *others] = describe(LAYERS[name]).example_inputs or [(8, 6, 6)]
    if LAYERS[name].references:
        return f"input: {list(others[0])}\nlayers:\n  - max_pool: {{name: pool1, kernel_size: 2}}\n  {example}\n"
    before = "sigmoid" if LAYERS[name].domain else "identity"  # values that any function takes
    named = dict(zip(("input", *LAYERS[name].input_names[1:]), (list(first), *map(list, others)), strict=False))
    return f"inputs: {named}\nlayers:\n  - {before}: {{from: input}}\n  {example}\n"


def network_of(name: str) -> Network:
    """A network whose second layer is of the type, at a small input if the example of the type takes one."""
    if name not in ENTRIES:
        network = cnncalc.load(spec_with(name, describe(LAYERS[name]).example))
        if len(network.inputs) > 1:
            return network
        [(channels, *sizes)] = network.inputs.values()
        for few in (8, channels):
            with suppress(cnncalc.CnncalcError):
                return network.at([min(few, channels), *(min(size, 6) for size in sizes)])
        return network
    return cnncalc.load(f"input: {SHAPES.get(name, '[4, 5, 6]')}\nlayers:\n  - identity\n  {ENTRIES[name]}\n")
