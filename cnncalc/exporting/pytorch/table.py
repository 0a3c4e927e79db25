"""Which layer type is what in PyTorch: a function for each, in the module of its family."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from cnncalc.exporting.pytorch.activations import FUNCTIONS, PLAIN, along_axis, plain, torch_function, with_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.exporting.pytorch.written import Written
    from cnncalc.exporting.source.leaves import Leaf

    Translation = Callable[[Leaf], Written]

_HOMES: Final = {
    "conv": "convolutional.conv",
    "depthwise_conv": "convolutional.conv",
    "conv_transpose": "convolutional.conv_transpose",
    "separable_conv": "convolutional.separable_conv",
    "linear": "convolutional.linear",
    "lstm": "convolutional.recurrent",
    "gru": "convolutional.recurrent",
    "rnn": "convolutional.recurrent",
    "max_pool": "pooling.max_pool",
    "min_pool": "pooling.min_pool",
    "avg_pool": "pooling.avg_pool",
    "lp_pool": "pooling.lp_pool",
    "adaptive_avg_pool": "pooling.adaptive",
    "adaptive_max_pool": "pooling.adaptive",
    "global_avg_pool": "pooling.global_pool",
    "global_max_pool": "pooling.global_pool",
    **{
        f"reduce_{kind}": "pooling.reduction"
        for kind in ("mean", "sum", "max", "min", "prod", "var", "std", "l1", "l2", "logsumexp")
    },
    "max_unpool": "pooling.max_unpool",
    "batch_norm": "normalization.batch_norm",
    "instance_norm": "normalization.instance_norm",
    "group_norm": "normalization.group_norm",
    "layer_norm": "normalization.layer_norm",
    "rms_norm": "normalization.rms_norm",
    "l2_norm": "normalization.l2_norm",
    "global_response_norm": "normalization.global_response_norm",
    "local_response_norm": "normalization.local_response_norm",
    "normalize": "normalization.normalize",
    "threshold": "activations.threshold",
    "hardsigmoid": "activations.hardsigmoid",
    "clamp": "activations.clamp",
    "power": "activations.power",
    "prelu": "activations.prelu",
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "maximum", "minimum"), "merging.arithmetic"),
    "average": "merging.average",
    "concat": "merging.concat",
    "stack": "merging.stack",
    "matmul": "merging.matmul",
    "parameter": "merging.parameter",
    "constant": "merging.constant",
    "scale": "merging.scale",
    "squeeze_excite": "merging.squeeze_excite",
    "flatten": "reshaping.flatten",
    **dict.fromkeys(("unflatten", "reshape", "squeeze", "unsqueeze"), "reshaping.reshape"),
    "permute": "reshaping.permute",
    "slice": "reshaping.slice_",
    "pad": "reshaping.pad",
    "crop": "reshaping.crop",
    "upsample": "reshaping.upsample",
    "pixel_shuffle": "reshaping.pixel_shuffle",
    "pixel_unshuffle": "reshaping.pixel_shuffle",
    "depth_to_space": "reshaping.moved_blocks",
    "space_to_depth": "reshaping.moved_blocks",
    "channel_shuffle": "reshaping.channel_shuffle",
    "expand": "reshaping.expand",
    "tile": "reshaping.tile",
    "flip": "reshaping.flip",
    "roll": "reshaping.roll",
    "embedding": "reshaping.embedding",
    **dict.fromkeys(("dropout", "spatial_dropout", "alpha_dropout", "feature_alpha_dropout"), "reshaping.dropout"),
    "gaussian_dropout": "reshaping.noise",
    "gaussian_noise": "reshaping.noise",
    "drop_path": "reshaping.drop_path",
    "identity": "reshaping.identity",
}

_OPTIONS: Final[dict[str, Translation]] = {
    **dict.fromkeys(PLAIN, plain),
    **dict.fromkeys(FUNCTIONS, torch_function),
    "leaky_relu": with_options("nn.LeakyReLU", "F.leaky_relu", negative_slope=0.01),
    "elu": with_options("nn.ELU", "F.elu", alpha=1.0),
    "celu": with_options("nn.CELU", "F.celu", alpha=1.0),
    "gelu": with_options("nn.GELU", "F.gelu", approximate="none"),
    "hardtanh": with_options("nn.Hardtanh", "F.hardtanh", min_val=-1.0, max_val=1.0),
    "softplus": with_options("nn.Softplus", "F.softplus", beta=1.0, threshold=20.0),
    "softmax": along_axis("nn.Softmax", "F.softmax"),
    "log_softmax": along_axis("nn.LogSoftmax", "F.log_softmax"),
    "glu": along_axis("nn.GLU", "F.glu"),
}

REASONS: Final = {
    "deform_conv": "deformable convolutions are torchvision's, and not PyTorch's",
    "locally_connected": "PyTorch has no locally connected layer",
    "fractional_max_pool": "PyTorch draws its boundaries at random",
    "fractional_avg_pool": "PyTorch has no fractional average pool",
    "conv_lstm": "PyTorch has no convolutional LSTM",
    "opaque": "what it computes is not known",
    "grid_sample": "it is not written as code yet",
    "affine_grid": "it is not written as code yet",
    "roi_align": "region pools are torchvision's, and not PyTorch's",
    "roi_pool": "region pools are torchvision's, and not PyTorch's",
    "unfold": "it is not written as code yet",
    "fold": "it is not written as code yet",
    "scaled_dot_product_attention": "it is not written as code yet",
    "multihead_attention": "it is not written as code yet",
}
"""Why other types are not written."""


def written_layer(leaf: Leaf) -> Written:
    """What a layer is in PyTorch; raises `UnwritableError`."""
    kind = leaf.layer.type_name
    known = _OPTIONS.get(kind)
    if known is None:
        home = _HOMES.get(kind)
        if home is None:
            reason = REASONS.get(kind, "a type of your own has no counterpart in PyTorch")
            raise leaf.refusal(reason, "`-o FILE.onnx` writes an ONNX file, which may have it")
        module, _, name = home.partition(".")
        known = getattr(import_module(f"cnncalc.exporting.pytorch.{module}"), name)
    found: Written = known(leaf)
    return found
