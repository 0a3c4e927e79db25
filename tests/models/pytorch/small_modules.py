"""Small modules, each with something that networks do; made of the `torch` that is handed in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tests.models.pytorch.function_calls import CALLS, made

if TYPE_CHECKING:
    from collections.abc import Callable


def _module(torch: Any, forward: Callable[..., Any], /, **children: Any) -> Any:
    """A module with these children and parameters, whose `forward` gets itself and one tensor."""

    class Net(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            for name, child in children.items():
                setattr(self, name, child)

        def forward(self, x: Any) -> Any:
            return forward(self, x)

    return Net()


def _shared(torch: Any) -> Any:
    nn = torch.nn

    def forward(self: Any, x: Any) -> Any:
        x = self.relu(self.conv(x))
        return self.relu(self.conv(x)) + x

    return _module(torch, forward, conv=nn.Conv2d(4, 4, 3, padding=1), relu=nn.ReLU(inplace=True))


def _functional(torch: Any) -> Any:
    functional = torch.nn.functional

    def forward(self: Any, x: Any) -> Any:
        x = functional.max_pool2d(functional.relu(functional.conv2d(x, self.kernel, self.bias, stride=2)), 2)
        x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = functional.pad(x, (1, 0, 2, 1)).mul(0.5).add(1).clamp(min=0)
        return functional.linear(x.mean(dim=(2, 3)), self.weight)

    parameter = torch.nn.Parameter
    return _module(
        torch,
        forward,
        kernel=parameter(torch.randn(6, 3, 3, 3)),
        bias=parameter(torch.randn(6)),
        weight=parameter(torch.randn(5, 6)),
    )


def _attention(torch: Any) -> Any:
    def forward(self: Any, x: Any) -> Any:
        tokens = x.flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(tokens), -1, -1), tokens], dim=1) + self.position
        tokens = self.layer(tokens)
        query, key, value = self.qkv(tokens).reshape(len(tokens), -1, 3, 2, 4).permute(2, 0, 3, 1, 4)
        found = torch.nn.functional.scaled_dot_product_attention(query, key, value)
        again = (query @ key.transpose(-2, -1) * 4**-0.5).softmax(dim=-1) @ value
        return (found + again).transpose(1, 2).flatten(2)[:, 0]

    parameter, nn = torch.nn.Parameter, torch.nn
    return _module(
        torch,
        forward,
        token=parameter(torch.randn(1, 1, 8)),
        position=parameter(torch.randn(1, 17, 8)),
        layer=nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
        qkv=nn.Linear(8, 24),
    )


def _windows(torch: Any) -> Any:
    """Windows of a map beside the samples of a batch, as in Swin."""

    def forward(self: Any, x: Any) -> Any:
        batch, height, width, channels = (x := x.permute(0, 2, 3, 1)).shape
        x = torch.roll(x, (-2, -2), (1, 2)).view(batch, height // 4, 4, width // 4, 4, channels)
        x = x.permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, channels)
        query, key, value = self.qkv(x).reshape(x.shape[0], 16, 3, 2, 3).permute(2, 0, 3, 1, 4).unbind(0)
        table = self.table[self.numbers].view(16, 16, 2).permute(2, 0, 1).unsqueeze(0)
        weights = (query.mul(3**-0.5).matmul(key.transpose(-2, -1)) + table).softmax(-1)
        x = weights.matmul(value).transpose(1, 2).reshape(x.shape[0], 16, channels)
        x = x.view(batch, height // 4, width // 4, 4, 4, channels).permute(0, 1, 3, 2, 4, 5)
        return self.norm(x.reshape(batch, height, width, channels)).permute(0, 3, 1, 2)

    net = _module(
        torch,
        forward,
        qkv=torch.nn.Linear(6, 18),
        table=torch.nn.Parameter(torch.randn(9, 2)),
        norm=torch.nn.LayerNorm(6),
    )
    net.register_buffer("numbers", torch.arange(256) % 9)
    return net


def _parts(torch: Any) -> Any:
    def forward(self: Any, x: Any) -> dict[str, Any]:
        first, second = x.chunk(2, dim=1)
        third, fourth = torch.split(second, [1, 3], dim=1)
        x = torch.cat([first[:, :, ::2, 1:-1], self.gain * fourth[..., ::2, 1:-1]], 1)
        x += torch.linspace(0, 1, x.shape[-1])
        return {"out": torch.stack([x.amax(1), x.sum(1)], 1), "rest": [third.squeeze(1), x.max(dim=2)[0]]}

    return _module(torch, forward, gain=torch.nn.Parameter(torch.randn(3, 1, 1)))


def _normalised(torch: Any) -> Any:
    nn, old, new = torch.nn, torch.nn.utils, torch.nn.utils.parametrizations
    return nn.Sequential(
        old.weight_norm(nn.Conv2d(3, 4, 3)),
        new.weight_norm(nn.Conv2d(4, 4, 3)),
        old.spectral_norm(nn.Conv2d(4, 4, 3)),
        new.spectral_norm(nn.Conv2d(4, 2, 3)),
        nn.InstanceNorm2d(2, affine=True),
        nn.PReLU(2),
        nn.GroupNorm(1, 2),
        nn.Flatten(),
        nn.Linear(128, 3),
        nn.Softmax(dim=1),
    )


def _recurrent(torch: Any) -> Any:
    nn = torch.nn

    def forward(self: Any, x: Any) -> Any:
        x, _ = self.lstm(self.words(x))
        x, _ = self.gru(x.transpose(0, 1))
        return self.head(x[-1])

    return _module(
        torch,
        forward,
        words=nn.Embedding(20, 6),
        lstm=nn.LSTM(6, 5, 2, batch_first=True, bidirectional=True),
        gru=nn.GRU(10, 4),
        head=nn.Linear(4, 2, bias=False),
    )


def _frozen(torch: Any) -> Any:
    nn = torch.nn
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU6(), nn.Conv2d(4, 2, 1))
    net[0].requires_grad_(False)
    return net


def _summed(torch: Any) -> Any:
    """Sums by Einstein's convention, and products by parameters."""

    def forward(self: Any, x: Any) -> Any:
        gates = torch.einsum("bchw,bdhw->bcd", x, x).softmax(-1)
        x = torch.einsum("bcd,bdhw->bchw", gates, x)
        return x.flatten(2) @ self.weight / x.flatten(2).norm(dim=-1, keepdim=True)

    return _module(torch, forward, weight=torch.nn.Parameter(torch.randn(20, 3)))


def _tokens(torch: Any) -> Any:
    """A bias that is looked up by column and kept in a dict, as in LeViT, and batch norm of tokens."""

    def forward(self: Any, x: Any) -> Any:
        x = x.flatten(2).transpose(1, 2)
        x = self.norm(x.flatten(0, 1)).reshape_as(x)
        self.kept["bias"] = self.biases[:, self.numbers]
        weights = (x @ x.transpose(1, 2)).unsqueeze(1) + self.kept["bias"]
        x = torch.addcmul(self.shift, self.gain, (weights.softmax(-1) @ x.unsqueeze(1)).mean(1), value=2)
        return torch.nn.functional.conv1d(x.transpose(1, 2), self.standard(self.kernel))

    parameter = torch.nn.Parameter
    net = _module(
        torch,
        forward,
        norm=torch.nn.BatchNorm1d(6),
        biases=parameter(torch.randn(2, 9)),
        shift=parameter(torch.randn(1, 1, 6)),
        gain=parameter(torch.randn(6)),
        kernel=parameter(torch.randn(4, 6, 2)),
    )
    net.register_buffer("numbers", torch.arange(81).view(9, 9) % 9)
    net.kept = {}
    net.standard = lambda kernel: torch.nn.functional.batch_norm(
        kernel.reshape(1, 4, -1), None, None, training=True, momentum=0.0
    ).reshape_as(kernel)
    return net


def _pools_by_norm(torch: Any) -> Any:
    """Pools whose windows overhang the end, of values of both signs."""
    nn = torch.nn

    def forward(self: Any, x: Any) -> Any:
        near = [pool(x) for pool in self.pools]
        far = torch.nn.functional.lp_pool2d(x, 2, 3, stride=2, ceil_mode=True)
        return [*near, far, self.odd(x.abs() - 0.1), self.long(x.flatten(2))]

    return _module(
        torch,
        forward,
        pools=nn.ModuleList(nn.LPPool2d(power, 2, ceil_mode=True) for power in (1, 2, 4, float("inf"), float("-inf"))),
        odd=nn.LPPool2d(3, 4, 1),
        long=nn.LPPool1d(2, 4, 4, ceil_mode=True),
    )


def _masks(torch: Any) -> Any:
    """Attention with constant masks of every kind, and its weights as an output."""
    nn = torch.nn
    left_out = torch.tensor([[at % 3 == 1 and at != row for at in range(5)] for row in range(5)])
    bias = torch.zeros(5, 5).masked_fill(left_out, float("-inf")) + torch.linspace(0, 1, 5)
    behind = nn.Transformer.generate_square_subsequent_mask(5)
    padding = torch.tensor([False, False, False, True, True])

    def forward(self: Any, x: Any) -> Any:
        options = {"attn_mask": left_out, "need_weights": False}
        first, weights = self.first(x, x, x, attn_mask=bias)
        x = self.encoder(x + first, src_mask=behind, is_causal=True)
        turned = x.transpose(0, 1)
        x = x + self.second(turned, turned, turned, **options)[0].transpose(0, 1)
        x = x + self.first(x, x, x, key_padding_mask=padding.expand(len(x), 5))[0]
        heads = x.unflatten(2, (2, 4)).transpose(1, 2)
        attended = torch.nn.functional.scaled_dot_product_attention
        few = heads[:, :1]
        x = attended(heads, few, few) + attended(heads, heads, heads, ~left_out) + attended(heads, heads, heads, behind)
        return x.transpose(1, 2).flatten(2), weights

    return _module(
        torch,
        forward,
        first=nn.MultiheadAttention(8, 2, batch_first=True),
        second=nn.MultiheadAttention(8, 2, bias=False),
        encoder=nn.TransformerEncoderLayer(8, 2, 8, batch_first=True),
    )


def _states(torch: Any) -> Any:
    """The final states of recurrent layers, those of lower layers and of both directions, too."""
    nn = torch.nn

    def forward(self: Any, x: Any) -> Any:
        x, (last, _) = self.one(x)
        _, both = self.both(x)
        _, (every, _) = self.every(x.transpose(0, 1))
        return torch.cat([last[-1], both[-2], both[-1], every.transpose(0, 1).flatten(1), self.only(x)[1][0]], dim=1)

    return _module(
        torch,
        forward,
        one=nn.LSTM(3, 4, batch_first=True),
        both=nn.GRU(4, 3, batch_first=True, bidirectional=True),
        every=nn.LSTM(4, 2, 2, bidirectional=True),
        only=nn.RNN(4, 2, batch_first=True, nonlinearity="relu"),
    )


def _chosen(torch: Any) -> Any:
    """Values chosen by constant masks."""
    mask = torch.tensor([True, False, True, False])

    def forward(self: Any, x: Any) -> Any:
        del self
        x = torch.where(mask, x, x.flip(-1) * 2).masked_fill(~mask.view(4, 1), 0.5)
        weights = (x @ x.transpose(1, 2)).masked_fill(mask, float("-inf")).softmax(-1)
        return torch.where(mask, torch.tensor(3.0), weights @ x)

    return _module(torch, forward)


def _changed_in_place(torch: Any) -> Any:
    """Parameters that are put together and changed in place before they are used, as in Swin of version 2 and BEiT."""

    def forward(self: Any, x: Any) -> Any:
        functional = torch.nn.functional
        bias = self.bias.clone()
        bias[2:4].zero_()
        bias[:1].mul_(self.gain)
        x = functional.linear(x, self.weight, bias)
        x = functional.linear(x, self.next, torch.cat((self.one, self.none, self.other)))
        gate = self.gate.view(1, -1).sigmoid()
        return (1.0 - gate) * x + self.gate.view(1, -1).sigmoid() * x.flip(-1)

    parameter = torch.nn.Parameter
    net = _module(
        torch,
        forward,
        weight=parameter(torch.randn(6, 6)),
        next=parameter(torch.randn(6, 6)),
        bias=parameter(torch.randn(6)),
        one=parameter(torch.randn(2)),
        other=parameter(torch.randn(2)),
        gate=parameter(torch.randn(6)),
    )
    net.gain = 2.0
    net.register_buffer("none", torch.zeros(2))
    return net


def _many_axes(torch: Any) -> Any:
    """Layers of more axes than tensors have here, windows put together again, and a convolution of a constant."""
    nn = torch.nn

    def forward(self: Any, x: Any) -> Any:
        windows = self.linear(x.view(-1, 4, 2, 2, 2, 3).permute(0, 2, 4, 3, 5, 1)).relu() * 0.5
        windows = windows.permute(0, 5, 1, 3, 2, 4).reshape(x.shape[0], 4, 4, 6)
        places = torch.arange(24.0).view(1, 1, 4, 6) / 24
        again = torch.nn.functional.fold(torch.nn.functional.unfold(windows, 2), (4, 6), 2)
        return self.cut(again + self.places(places))

    return _module(
        torch,
        forward,
        linear=nn.Linear(4, 4),
        places=nn.Conv2d(1, 4, 1),
        cut=nn.ZeroPad2d((-1, 1, 1, -1)),
    )


def _borders(torch: Any) -> Any:
    """Borders that differ by side, and that no maximum is in."""
    nn, functional = torch.nn, torch.nn.functional

    def forward(self: Any, x: Any) -> Any:
        x = self.conv(self.zeros(x))
        x = functional.max_pool2d(functional.pad(x, (1, 0, 0, 1), value=float("-inf")), 3, 2)
        return self.long(x.flatten(2))

    return _module(
        torch,
        forward,
        zeros=nn.ZeroPad2d((1, 0, 1, 0)),
        conv=nn.Conv2d(2, 3, 2),
        long=nn.ConstantPad1d((2, 0), 0.5),
    )


SMALL: Final[dict[str, tuple[Callable[[Any], Any], Any]]] = {
    "shared": (_shared, "4x8x8"),
    "functional": (_functional, "3x17x17"),
    "attention": (_attention, "8x4x4"),
    "windows": (_windows, "6x8x8"),
    "parts": (_parts, "8x6x8"),
    "normalised": (_normalised, "3x16x16"),
    "recurrent": (_recurrent, np.zeros((1, 7), "int64")),
    "frozen": (_frozen, "3x8x8"),
    "tokens": (_tokens, "6x3x3"),
    "summed": (_summed, "3x4x5"),
    "pools_by_norm": (_pools_by_norm, "2x7x6"),
    "masks": (_masks, "5x8"),
    "states": (_states, "5x3"),
    "chosen": (_chosen, "4x4"),
    "changed_in_place": (_changed_in_place, "5x6"),
    "many_axes": (_many_axes, "4x4x6"),
    "borders": (_borders, "2x6x7"),
    **{name: (partial(made, calls=calls), given) for name, (calls, given) in CALLS.items()},
}
"""What makes each module, and its input."""
