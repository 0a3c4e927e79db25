"""Calls of PyTorch's functions and classes that no other small module makes, in tables of a module each.

A call is an expression of Python: `x` are the samples, `torch` and `F` have the functions, `self` has `PARAMETERS`.
``nn.CLASS(...)``, and ``nn.CLASS(...) of EXPRESSION`` where it does not take `x`, is a child that is called.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

VALUES: Final = (
    *("x.absolute()", "x.neg()", "x.negative()", "x.exp()", "x.erf()", "x.sin()", "x.cos()", "x.sign()", "x.tanh()"),
    *("x.floor()", "x.ceil()", "x.round()", "x.square()", "x.pow(3)", "x ** 2", "torch.reciprocal(x.abs() + 1)"),
    *("(x.abs() + 1).sqrt()", "(x.abs() + 1).rsqrt()", "(x.abs() + 1).log()", "2 / (x.abs() + 1)", "3 - x"),
    *("x.clamp_min(0.1)", "x.clamp_max(0.2)", "x.clip(-0.5, 0.25)", "x.divide(2)", "x.true_divide(4)", "x / 3"),
    *("x.multiply(0.5)", "x.subtract(1)", "torch.sub(x, 2, alpha=3)", "torch.add(x, x.sin(), alpha=-2)"),
    *("torch.maximum(x, x.sin())", "torch.minimum(x, x.cos())", "torch.max(x, -x)", "torch.min(x, x * 2)"),
    *("torch.addcdiv(x, x.sin(), x.abs() + 1, value=0.5)", "torch.addcmul(x, x, x, value=2)", "1 / (x.abs() + 2)"),
    *("F.celu(x, 1.5)", "F.elu(x, 0.5)", "F.gelu(x)", "F.gelu(x, approximate='tanh')", "F.hardsigmoid(x)"),
    *("F.hardswish(x)", "F.hardtanh(x, -0.5, 0.75)", "F.leaky_relu(x, 0.2)", "F.logsigmoid(x)", "F.mish(x)"),
    *("F.relu6(x * 8)", "F.selu(x)", "F.silu(x)", "F.softplus(x, 2, 1)", "F.softsign(x)", "F.threshold(x, 0.1, -1)"),
    *("F.prelu(x, self.slopes)", "F.prelu(x, self.one)", "F.dropout(x * 2, 0.5, training=False)"),
    *(
        "F.dropout1d(x[:, 0], training=False)",
        "torch.feature_dropout(x * 3, 0.5, False)",
        "F.dropout2d(x * 4, training=False)",
        "F.alpha_dropout(x, training=False)",
    ),
)
"""Of each value of 4 x 2 x 4."""

AXES: Final = (
    *("x.transpose(1, 3)", "x.swapaxes(2, 3)", "x.swapdims(-1, 1)", "x.movedim(1, 3)", "torch.moveaxis(x, -1, 1)"),
    *("x.movedim((1, 2), (2, 3))", "x.mT", "x[:, :1].expand(-1, 3, -1, -1)", "x[:, :1].broadcast_to(x.shape)"),
    *("x[:, :1].expand_as(x)", "x.repeat(1, 2, 1, 3)", "x.tile(2, 1)", "x.repeat_interleave(2, dim=2)"),
    *("x.select(1, 2)", "x.select(-1, -2)", "x.narrow(2, 1, 3)", "x.narrow(-1, -3, 2)", "x.tensor_split(3, 1)[0]"),
    *("x.tensor_split((1, 3), dim=3)[1]", "x.split((1, 3), dim=1)[1]", "x.split_with_sizes([2, 4], 2)[1]"),
    *("torch.concat((x, -x), 2)", "torch.concatenate([x, x], dim=-1)", "torch.stack((x, -x), 2)"),
    *("F.channel_shuffle(x, 2)", "torch.channel_shuffle(x, 2)", "F.pixel_shuffle(x, 2)", "F.pixel_unshuffle(x, 2)"),
    *("x.unflatten(1, (2, 2))", "x.flatten(2).mT", "x.roll((1, -2), (2, 3))", "x.flip(1, 2)", "x.unbind(1)[-1]"),
)
"""Which move values of 4 x 6 x 8."""

REDUCED: Final = (
    *("x.amin(1)", "x.amax((2, 3))", "x.min(2).values", "x.max(-1, keepdim=True)[0]", "x.prod(3)", "x.std(1)"),
    *("x.var((2, 3))", "x.var(1, unbiased=False)", "x.var(2, correction=0, keepdim=True)", "x.logsumexp((1, 2))"),
    *(
        "torch.linalg.norm(x, dim=1)",
        "torch.linalg.vector_norm(x, 1, dim=(2, 3))",
        "x.norm(2, 1, True)",
        "x.norm(dim=3)",
    ),
    *("F.normalize(x)", "F.normalize(x, dim=3)", "F.log_softmax(x, 1)", "F.softmax(x, -1)", "F.glu(x, 1)", "F.glu(x)"),
    *("F.group_norm(x, 2)", "F.group_norm(x, 2, self.gains, self.shifts)", "F.instance_norm(x)"),
    *("F.rms_norm(x, (8,))", "F.layer_norm(x, (6, 8))", "F.local_response_norm(x, 3, 0.01, 0.5, 2.0)", "x.sum(-1)"),
)
"""Which put values of 4 x 6 x 8 together."""

WINDOWS: Final = (
    *("F.avg_pool2d(x, 3, 2, 1)", "F.avg_pool2d(x, 2, 2, 1, True, False)", "F.max_pool2d(x, 3, 2, 1, 1, True)"),
    *(
        "F.max_pool2d(x, 2, return_indices=True)[0]",
        "F.adaptive_max_pool2d(x, 3)",
        "F.adaptive_max_pool2d(x, (2, None))",
    ),
    *(
        "F.adaptive_avg_pool1d(x.flatten(2), 7)",
        "F.adaptive_max_pool1d(x.flatten(2), 7)",
        "F.avg_pool1d(x.flatten(2), 4)",
    ),
    *(
        "F.max_pool1d(x.flatten(2), 5, 3)",
        "F.lp_pool1d(x.flatten(2), 2, 3)",
        "F.conv1d(x.flatten(2), self.line, padding=1)",
    ),
    *(
        "F.conv_transpose1d(x.flatten(2), self.other_line, stride=2)",
        "F.conv_transpose2d(x, self.map, self.three, 2, 1, 1)",
    ),
    *("F.conv2d(x, self.filters, None, 2, padding=1)", "F.upsample(x, scale_factor=2)"),
    *("F.interpolate(x, (3, 4), mode='area')", "F.interpolate(x, scale_factor=2, mode='bicubic')"),
    *("F.grid_sample(x, x[:, :2].permute(0, 2, 3, 1), align_corners=True)", "F.unfold(x, 2, stride=2)"),
)
"""Over windows of 4 x 6 x 8."""

VOLUMES: Final = (
    *("F.avg_pool3d(x, 2)", "F.max_pool3d(x, 2, padding=1)", "F.adaptive_avg_pool3d(x, (2, 2, 1))"),
    *(
        "F.adaptive_max_pool3d(x, 2)",
        "F.conv3d(x, self.cube, padding='same')",
        "F.conv_transpose3d(x, self.other_cube, stride=2)",
    ),
    *("F.dropout3d(x, training=False)", "F.lp_pool3d(x, 2, 2)", "F.interpolate(x, scale_factor=2, mode='trilinear')"),
)
"""Over windows of 2 x 3 x 4 x 5."""

PRODUCTS: Final = (
    *("torch.bmm(x, x.mT)", "torch.mm(x[:, 0], self.square)", "self.left @ x.mT", "x @ self.square"),
    *("torch.addmm(self.row, x[:, 1], self.square)", "torch.addmm(self.row, x[:, 1], self.square, beta=2, alpha=0.5)"),
    *("torch.baddbmm(x @ x.mT, x, x.mT, beta=0.5, alpha=2)", "F.linear(x[:, 0], self.other_square.t(), self.bias)"),
    *("x[:, 2] @ self.last_square.T", "torch.matmul(x, x.mT).softmax(-1)", "torch.einsum('bij,bkj->bik', x, x)"),
)
"""Of matrices of 3 x 4."""

CLASSES: Final = (
    *("nn.CELU(1.5)", "nn.ELU(0.5)", "nn.GLU(1)", "nn.Hardtanh(-0.5, 0.75)", "nn.LeakyReLU(0.2)", "nn.LogSigmoid()"),
    *(
        "nn.LogSoftmax(1)",
        "nn.Mish()",
        "nn.RReLU()",
        "nn.SELU()",
        "nn.Softmax2d()",
        "nn.Softplus(2, 1)",
        "nn.Softsign()",
    ),
    *("nn.Tanh()", "nn.Threshold(0.1, -1)", "nn.AlphaDropout()", "nn.FeatureAlphaDropout()", "nn.Dropout2d()"),
    *("nn.Dropout1d() of x.flatten(2)", "nn.Identity()", "nn.LocalResponseNorm(3, 0.01, 0.5, 2.0)", "nn.RMSNorm(8)"),
    *("nn.SyncBatchNorm(4)", "nn.InstanceNorm1d(4, affine=True) of x.flatten(2)"),
    *("nn.AdaptiveAvgPool1d(7) of x.flatten(2)", "nn.AdaptiveMaxPool1d(7) of x.flatten(2)", "nn.AdaptiveMaxPool2d(4)"),
    *("nn.AvgPool1d(4, 3, 1) of x.flatten(2)", "nn.MaxPool1d(5, ceil_mode=True) of x.flatten(2)"),
    *("nn.Conv1d(4, 6, 3, groups=2) of x.flatten(2)", "nn.ConvTranspose1d(4, 2, 3, 2, 1, 1) of x.flatten(2)"),
    *("nn.ConvTranspose2d(4, 2, 3, 2, 1, 1)", "nn.ChannelShuffle(2)", "nn.PixelShuffle(2)", "nn.PixelUnshuffle(2)"),
    *(
        "nn.CircularPad1d((1, 2)) of x.flatten(2)",
        "nn.CircularPad2d((1, 2, 0, 1))",
        "nn.ConstantPad2d((1, 0, 2, 1), 0.5)",
    ),
    *(
        "nn.ReflectionPad1d((1, 2)) of x.flatten(2)",
        "nn.ReflectionPad2d((1, 2, 0, 1))",
        "nn.ZeroPad1d(1) of x.flatten(2)",
    ),
    *("nn.ReplicationPad1d((1, 2)) of x.flatten(2)", "nn.ReplicationPad2d((1, 2, 0, 1))", "nn.Unflatten(1, (2, 2))"),
    *("nn.Upsample(scale_factor=2, mode='bilinear')", "nn.UpsamplingBilinear2d(scale_factor=2)"),
    *("nn.UpsamplingNearest2d(scale_factor=3)", "nn.Upsample((5, 7))"),
)
"""Of 4 x 6 x 8."""

CLASSES_OF_VOLUMES: Final = (
    *(
        "nn.AdaptiveMaxPool3d(2)",
        "nn.AvgPool3d(2)",
        "nn.MaxPool3d(2, padding=1)",
        "nn.LPPool3d(2, 2)",
        "nn.Dropout3d()",
    ),
    *("nn.ConvTranspose3d(2, 3, 3, 2)", "nn.InstanceNorm3d(2)", "nn.CircularPad3d(1)", "nn.ReflectionPad3d(1)"),
    *("nn.ReplicationPad3d((1, 0, 2, 0, 0, 1))", "nn.ConstantPad3d(1, 0.5)", "nn.ZeroPad3d((0, 1, 0, 1, 1, 0))"),
)
"""Of 2 x 3 x 4 x 5."""

CALLS: Final = {
    "values": (VALUES, "4x2x4"),
    "axes": (AXES, "4x6x8"),
    "reduced": (REDUCED, "4x6x8"),
    "windowed": (WINDOWS, "4x6x8"),
    "volumes": (VOLUMES, "2x3x4x5"),
    "products": (PRODUCTS, "3x4"),
    "looked_up": (("F.embedding(x, self.table)", "F.embedding(x, self.other_table)"), np.arange(4)[None]),
    "classes": (CLASSES, "4x6x8"),
    "classes_of_volumes": (CLASSES_OF_VOLUMES, "2x3x4x5"),
}
"""The calls of each module, and its input."""

PARAMETERS: Final = {
    "slopes": (4,),
    "one": (1,),
    "gains": (4,),
    "shifts": (4,),
    "three": (3,),
    "line": (4, 4, 3),
    "map": (4, 3, 3, 3),
    "filters": (3, 4, 3, 3),
    "other_line": (4, 4, 3),
    "cube": (2, 2, 3, 3, 3),
    "other_cube": (2, 2, 3, 3, 3),
    "square": (4, 4),
    "other_square": (4, 4),
    "last_square": (4, 4),
    "table": (9, 3),
    "other_table": (9, 2),
    "left": (4, 4),
    "row": (4,),
    "bias": (4,),
}


def made(torch: Any, calls: tuple[str, ...]) -> Any:
    """A module whose outputs are those of the calls, one after another."""
    names = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    used = [name for name in PARAMETERS if any(re.search(rf"self\.{name}\b", call) for call in calls)]
    children = {}
    functions = []
    for number, call in enumerate(calls):
        constructor, _, argument = call.partition(" of ")
        if constructor.startswith("nn."):
            children[f"child_{number}"] = eval(constructor, names)
        code = f"self.child_{number}({argument or 'x'})" if constructor.startswith("nn.") else call
        functions.append(compile(code, call, "eval"))

    class Calls(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            for name in used:
                setattr(self, name, torch.nn.Parameter(torch.randn(PARAMETERS[name]) / 2))
            for name, child in children.items():
                setattr(self, name, child)

        def forward(self, x: Any) -> Any:
            return [eval(function, names, {"self": self, "x": x}) for function in functions]

    return Calls()
