"""The classes and functions that exported code defines for what PyTorch has no word for, as text."""

from __future__ import annotations

from typing import Final

_POOL_INDICES: Final = '''
def max_indices(x, kernel_size, stride=None, padding=0, ceil_mode=False):
    """Where in `x` the maximum of each window stands."""
    return F.max_pool{rank}d(
        x,
        kernel_size,
        stride,
        padding,
        ceil_mode=ceil_mode,
        return_indices=True,
    )[1]
'''

_SEPARABLE: Final = '''
class SeparableConv{rank}d(nn.Module):
    """A depthwise convolution and a pointwise one, with one bias at the end."""

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        depth_multiplier=1,
        bias=True,
    ):
        super().__init__()
        if isinstance(kernel_size, int):
            kernel_size = (kernel_size,) * {rank}
        self.options = {{"stride": stride, "padding": padding, "dilation": dilation}}
        inner = in_channels * depth_multiplier
        self.depthwise_weight = nn.Parameter(torch.empty(inner, 1, *kernel_size))
        self.pointwise_weight = nn.Parameter(
            torch.empty(out_channels, inner, *(1,) * {rank})
        )
        nn.init.kaiming_uniform_(self.depthwise_weight)
        nn.init.kaiming_uniform_(self.pointwise_weight)
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None

    def forward(self, x):
        x = F.conv{rank}d(x, self.depthwise_weight, groups=x.shape[1], **self.options)
        return F.conv{rank}d(x, self.pointwise_weight, self.bias)
'''

_SQUEEZE_EXCITE: Final = '''
class {name}(nn.Module):
    """Weighs channels by gates made of their means."""

    def __init__(
        self,
        channels,
        squeeze_channels,
        activation=nn.ReLU,
        scale_activation=nn.Sigmoid,
    ):
        super().__init__()
        self.fc1 = nn.Conv{rank}d(channels, squeeze_channels, 1)
        self.fc2 = nn.Conv{rank}d(squeeze_channels, channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, x):
        gate = F.adaptive_avg_pool{rank}d(x, 1)
        gate = self.activation(self.fc1(gate))
        return x * self.scale_activation(self.fc2(gate))
'''

_CHANNEL_NORM: Final = '''
class Channel{name}(nn.{name}):
    """Normalises over the channels of a map."""

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)
'''

_NORM_OVER: Final = '''
class {name}Over(nn.{name}):
    """Normalises over any axes of a map."""

    def __init__(self, sizes, dims, **options):
        super().__init__(sizes, **options)
        self.dims = dims

    def forward(self, x):
        last = tuple(range(-len(self.dims), 0))
        return super().forward(x.movedim(self.dims, last)).movedim(last, self.dims)
'''

HELPERS: Final = {
    "pad_same": '''
def pad_same(x, kernel_size, stride, dilation=1, value=0.0, lower=False):
    """Pads a map to have ceil(size / stride) windows; the odd pixel goes last."""
    sizes = x.shape[2:]
    options = [
        option if isinstance(option, tuple) else (option,) * len(sizes)
        for option in (kernel_size, stride, dilation)
    ]
    pads = ()
    for size, kernel, step, apart in zip(sizes, *options, strict=True):
        total = (-(-size // step) - 1) * step + apart * (kernel - 1) + 1 - size
        small = max(total, 0) // 2
        large = max(total, 0) - small
        # F.pad begins with the last axis.
        pads = ((large, small) if lower else (small, large)) + pads
    return F.pad(x, pads, value=value)
''',
    "center_crop": '''
def center_crop(x, size):
    """The middle of a map; of the surroundings the odd pixel is cut last."""
    for axis, keep in enumerate(size, start=2):
        x = x.narrow(axis, (x.shape[axis] - keep) // 2, keep)
    return x
''',
    "last_states": '''
def last_states(outputs):
    """The final state of each direction of a recurrence."""
    half = outputs.shape[-1] // 2
    return torch.cat([outputs[:, -1, :half], outputs[:, 0, half:]], dim=1)
''',
    "space_to_depth": '''
def space_to_depth(x, block):
    """Blocks of pixels as channels, the place in the block before the channel."""
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // block, block, w // block, block)
    return x.permute(0, 3, 5, 1, 2, 4).reshape(n, -1, h // block, w // block)
''',
    "depth_to_space": '''
def depth_to_space(x, block):
    """Channels as blocks of pixels, the place in the block before the channel."""
    n, c, h, w = x.shape
    x = x.reshape(n, block, block, c // block**2, h, w)
    return x.permute(0, 3, 4, 1, 5, 2).reshape(n, -1, h * block, w * block)
''',
    "ChannelScale": '''
class ChannelScale(nn.Module):
    """A scale and a shift for each channel."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        shape = (-1, *(1,) * (x.ndim - 2))
        return x * self.weight.view(shape) + self.bias.view(shape)
''',
    "ScaledL2Norm": '''
class ScaledL2Norm(nn.Module):
    """Divides by the Euclidean norm, and multiplies by a weight for each channel."""

    def __init__(self, channels, dim=1, eps=1e-12, value=20.0):
        super().__init__()
        self.dim = dim
        self.eps = eps
        self.weight = nn.Parameter(torch.full((channels,), value))

    def forward(self, x):
        x = F.normalize(x, dim=self.dim, eps=self.eps)
        return x * self.weight.view(-1, *(1,) * (x.ndim - 2))
''',
    "GlobalResponseNorm": '''
class GlobalResponseNorm(nn.Module):
    """Weighs channels by their norms over the map, relative to the mean norm."""

    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.zeros(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        shape = (-1, *(1,) * (x.ndim - 2))
        norm = torch.linalg.vector_norm(x, dim=tuple(range(2, x.ndim)), keepdim=True)
        norm = norm / (norm.mean(1, keepdim=True) + self.eps)
        return x + self.weight.view(shape) * (x * norm) + self.bias.view(shape)
''',
    "Normalize": '''
class Normalize(nn.Module):
    """Subtracts a mean and divides by a deviation, which are stored."""

    def __init__(self, channels):
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.register_buffer("count", torch.zeros(1))

    def forward(self, x):
        shape = (-1, *(1,) * (x.ndim - 2))
        deviation = self.variance.sqrt().clamp(min=1e-7)
        return (x - self.mean.view(shape)) / deviation.view(shape)
''',
    "Standardize": '''
class Standardize(nn.Module):
    """Subtracts a mean and divides by a deviation, which are given."""

    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean), persistent=False)
        self.register_buffer("std", torch.tensor(std), persistent=False)

    def forward(self, x):
        shape = (-1, *(1,) * (x.ndim - 2))
        return (x - self.mean.view(shape)) / self.std.view(shape)
''',
    "SharedPReLU": '''
class SharedPReLU(nn.Module):
    """A learnt slope below 0 for each place, shared along axes of size 1."""

    def __init__(self, shape):
        super().__init__()
        self.weight = nn.Parameter(torch.full(shape, 0.25))

    def forward(self, x):
        return torch.where(x >= 0, x, self.weight * x)
''',
    "DropPath": '''
class DropPath(nn.Module):
    """Leaves out the branch of a sample at random while training."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training or not self.p:
            return x
        kept = torch.rand(len(x), *(1,) * (x.ndim - 1), device=x.device) >= self.p
        return x * kept / (1 - self.p)
''',
    "GaussianNoise": '''
class GaussianNoise(nn.Module):
    """Adds noise while training."""

    def __init__(self, stddev):
        super().__init__()
        self.stddev = stddev

    def forward(self, x):
        return x + self.stddev * torch.randn_like(x) if self.training else x
''',
    "GaussianDropout": '''
class GaussianDropout(nn.Module):
    """Multiplies by noise around 1 while training."""

    def __init__(self, p):
        super().__init__()
        self.deviation = (p / (1 - p)) ** 0.5

    def forward(self, x):
        return x * (1 + self.deviation * torch.randn_like(x)) if self.training else x
''',
    **{f"max_indices{rank}d": _POOL_INDICES.format(rank=rank) for rank in (1, 2, 3)},
    **{f"separable_conv{rank}d": _SEPARABLE.format(rank=rank) for rank in (1, 2, 3)},
    "SqueezeExcite": _SQUEEZE_EXCITE.format(name="SqueezeExcite", rank=2),
    "SqueezeExcite1d": _SQUEEZE_EXCITE.format(name="SqueezeExcite1d", rank=1),
    "SqueezeExcite3d": _SQUEEZE_EXCITE.format(name="SqueezeExcite3d", rank=3),
    **{f"Channel{name}": _CHANNEL_NORM.format(name=name) for name in ("LayerNorm", "RMSNorm")},
    **{f"{name}Over": _NORM_OVER.format(name=name) for name in ("LayerNorm", "RMSNorm")},
}
"""The text of each, by name."""
