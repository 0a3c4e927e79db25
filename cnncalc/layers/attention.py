"""Attention: what comes of each token is a mean of all tokens, weighed by how queries and keys agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.group_access import grouped, shared_by_heads
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.attention_axes import Attends
from cnncalc.layers.options import Boolean, Integer, Number, option
from cnncalc.layers.weights import BIAS_ALIASES, WEIGHT_ALIASES, ArrayOption, Initialiser, Values, Weight
from cnncalc.symbolic.arithmetic import exact_div

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class ScaledDotProductAttention(Attends):
    """The mean of the values, weighed by the softmax of what queries and keys have in common.

    ``softmax(q k^T scale) v`` (Vaswani et al. 2017) for each of `num_heads` parts of the channels. ``from: [query, key,
    value]``; of two inputs the second is key and value, and one is all three. Tokens are the positions of ``C x L``, or
    of a map, and may be others in number for key and value than for the query. ``(E, L), (E, S), (V, S) -> (V, L)``.
    As PyTorch's function, which has features last and heads before them: ``{dim: -1, attention_axes: 1}``.

    MACs: those of both products, ``L S (E + V)``, in full with `is_causal` too, as every counter has it. FLOPs: twice
    the MACs, and for each of ``num_heads L S`` products one for the scale and 5 for the softmax.

    >>> ScaledDotProductAttention(num_heads=4).output_shape([(32, 14, 14), (32, 49), (64, 49)])
    (64, 14, 14)
    """

    type_name = "scaled_dot_product_attention"
    positional = ("dropout", "is_causal", "scale", "enable_gqa")
    aliases = ("sdpa", "dot_product_attention", "dot_attention")

    num_heads: int = option(Integer(1), default=1, meaning="parts that the channels are cut into", aliases=("heads",))
    scale: float | None = option(
        Number(), default=None, meaning="what products are multiplied by: 1 / sqrt(channels of a head)"
    )
    enable_gqa: bool = option(
        Boolean(), default=False, meaning="whether key and value may have fewer heads, by their channels"
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The query's shape with the channels of the value, and as often as its heads are fewer."""
        query, key, value = self.checked_sides(inputs)
        channels = self._features(query)
        if channels % self.num_heads:
            raise LayerError(f"the query's {channels} channels are no multiple of `num_heads` {self.num_heads}")
        head = exact_div(channels, self.num_heads)
        if self.enable_gqa:
            self._check_groups(self._features(key), head)
        elif self._features(key) != channels:
            raise LayerError(
                f"the query has {channels} channels and the key {self._features(key)}",
                hint="with `enable_gqa: true` the key may have fewer heads",
            )
        groups = self._groups(query, key)
        features = self._features(value)
        if features % groups:
            raise LayerError(f"the value's {features} channels are no multiple of its {groups} heads")
        return self.with_features(query, exact_div(features, groups) * self.num_heads)

    def _check_groups(self, channels: int, head: int) -> None:
        """Raise `LayerError` unless a key of so many channels has heads of the query's size, each for equally many."""
        if channels % head or self.num_heads % (channels // head):
            raise LayerError(
                f"the key has {channels} channels, and the query {self.num_heads} heads of {head}",
                hint=f"the key's channels are {head} a head, and its heads divide {self.num_heads}",
            )

    def _groups(self, query: Shape, key: Shape) -> int:
        """The heads of key and value."""
        if not self.enable_gqa:
            return self.num_heads
        return exact_div(self._features(key) * self.num_heads, self._features(query))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Queries x keys x the channels of both products."""
        query, key, _ = self.sides(inputs)
        return self.pairs(query, key) * (self._features(query) + self._features(output))

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Twice the MACs, the scale and the softmax."""
        query, key, _ = self.sides(inputs)
        return 2 * self.macs(inputs, output) + 6 * self.num_heads * self.pairs(query, key)

    def feature_accesses(self, inputs: Sequence[Shape], output: Shape) -> tuple[Access, Access, Access]:
        """The head's part of query and key, and of the value the channel of the same number in its head."""
        query, key, value = map(self._features, self.sides(inputs))
        after = self._features(output)
        groups = self._groups(inputs[0], self.sides(inputs)[1])
        return (
            grouped(query, after, self.num_heads),
            grouped(key, after, groups),
            shared_by_heads(value, after, groups),
        )

    def second_moment(self, inputs: Sequence[float]) -> float:
        """No more than the value's."""
        return inputs[-1]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What a head's query or key reaches, all channels of it, and the values channel by channel."""
        alike = self.features_axis(inputs[0].shape[1:]) == 0 and all(map(kernels.dependency.channels_alike, inputs))
        shapes = [x.shape[1:] for x in inputs]
        heads, groups = self.num_heads, self._groups(*self.sides(shapes)[:2])
        if alike:
            inputs, heads, groups = [kernels.dependency.distinct_channels(x) for x in inputs], 1, 1
        rows = self.rows_of(self.sides([kernels.dependency.as_floats(x) for x in inputs]))
        found = kernels.dependency.reachable_by_heads(rows, heads, groups, causal=self.is_causal)
        output = self.laid_out(found, inputs[0])
        return kernels.dependency.repeated(output, self.output_shape(shapes)[0]) if alike else output

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Attend."""
        del weights
        query, key, value = self.rows_of(self.sides(inputs))
        scale = (query.shape[-1] // self.num_heads) ** -0.5 if self.scale is None else self.scale
        rows = kernels.attention.scaled_dot_product(
            query, key, value, heads=self.num_heads, scale=scale, causal=self.is_causal
        )
        return self.laid_out(rows, inputs[0])


class MultiheadAttention(Activated, Attends):
    """Attention in several heads, between linear layers of query, key and value, and one of all heads.

    Vaswani et al. 2017: ``softmax(q k^T / sqrt(d)) v`` in each of `num_heads` parts of d channels. Arrays are named and
    laid out as PyTorch's. ``from: [query, key, value]``; of two inputs the second is
    key and value, and one is all three. Tokens are the positions of ``C x L``, or of a map; `attention_axes` names
    axes along which alone tokens attend, as in windows. ``(E, L), (kdim, S), (vdim, S) -> (E, L)``. As Keras' layer,
    which is called with query, value and key, with `key_dim`, `value_dim` and `out_features`.

    MACs: ``L E K + S kdim K + S vdim V`` of the weights before, ``L S (K + V)`` of both products, in full with
    `is_causal` too, and ``L V E`` of the weights behind; K and V are E, or num_heads x key_dim and x value_dim. FLOPs:
    twice the MACs, one for each biased value, and for each of ``num_heads L S`` products one for the scale and 5 for
    the softmax.

    >>> MultiheadAttention(num_heads=4).weight_shapes([(16, 10)])
    {'in_proj_weight': (48, 16), 'in_proj_bias': (48,), 'out_proj.weight': (16, 16), 'out_proj.bias': (16,)}
    """

    type_name = "multihead_attention"
    role = "weighted"
    positional = ("num_heads", "dropout", "bias", "add_bias_kv", "add_zero_attn")
    aliases = ("multi_head_attention", "mha", "self_attention", "cross_attention", "multi_head_self_attention", "mhsa")

    num_heads: int = option(
        Integer(1), meaning="parts that the channels are cut into", aliases=("heads", "n_heads", "nhead")
    )
    embed_dim: int | None = option(
        Integer(1), default=None, meaning="if given, the channels that must arrive", aliases=("d_model", "embed_dims")
    )
    kdim: int | None = option(Integer(1), default=None, meaning="if given, the channels of the key")
    vdim: int | None = option(Integer(1), default=None, meaning="if given, the channels of the value")
    key_dim: int | None = option(
        Integer(1), default=None, meaning="channels of a head: embed_dim / num_heads", aliases=("head_dim", "dim_head")
    )
    value_dim: int | None = option(Integer(1), default=None, meaning="channels of a head of the values: key_dim")
    out_features: int | None = option(
        Integer(1), default=None, meaning="channels that come out: the query's", aliases=("output_shape", "output_dim")
    )
    add_bias_kv: bool = option(Boolean(), default=False, meaning="whether a learnt key and value join the others")
    add_zero_attn: bool = option(Boolean(), default=False, meaning="whether a key and a value of zeros do")
    weight: ArrayOption = option(Weight(), default=True, meaning="of all linear layers", aliases=WEIGHT_ALIASES)
    bias: ArrayOption = option(
        Weight(switch=True), default=True, meaning="of all linear layers", aliases=(*BIAS_ALIASES, "qkv_bias")
    )

    @property
    def _added(self) -> int:
        """The keys and values that are there for every query, whatever arrives."""
        return self.add_bias_kv + self.add_zero_attn

    def widths(self, query: Shape) -> tuple[int, int, int]:
        """The features of all heads of queries and keys, of all heads of values, and of the output."""
        features = self._features(query)
        keys = features if self.key_dim is None else self.num_heads * self.key_dim
        values = keys if self.value_dim is None else self.num_heads * self.value_dim
        return keys, values, features if self.out_features is None else self.out_features

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The query's shape, with `out_features` channels where these are given."""
        query, key, value = self.checked_sides(inputs)
        for name, side in (("embed_dim", query), ("kdim", key), ("vdim", value)):
            self.check_arriving(name, self._features(side))
        if self.key_dim is None and self._features(query) % self.num_heads:
            raise LayerError(
                f"its {self._features(query)} channels are no multiple of `num_heads` {self.num_heads}",
                option="num_heads",
                hint=self._other_features(query),
            )
        return self.with_features(query, self.widths(query)[2])

    def _other_features(self, query: Shape) -> str:
        """What to do about features that heads cannot share: most often they are the last axis, as in PyTorch."""
        if self.dim is None and not self.layout.channels_last and len(query) == 2 and query[1] % self.num_heads == 0:
            return f"features come first; `dim: -1` takes the {query[1]} of the last axis"
        return "`key_dim` gives the heads channels of their own"

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """As PyTorch's: one weight before where all have equally many channels, one each where they do not."""
        query, key, value = self.sides(inputs)
        keys, values, after = self.widths(query)
        rows = 3 * keys if self.value_dim is None else 2 * keys + values
        features = [self._features(side) for side in (query, key, value)]
        shapes: dict[str, Shape] = {"in_proj_weight": (rows, features[0])}
        if len(set(features)) > 1:
            widths = (keys, keys, values)
            shapes = {
                f"{side}_proj_weight": (width, size) for side, width, size in zip("qkv", widths, features, strict=True)
            }
        if self.bias is not False:
            shapes["in_proj_bias"] = (rows,)
        if self.add_bias_kv:
            shapes |= {"bias_k": (1, 1, keys), "bias_v": (1, 1, values)}
        shapes["out_proj.weight"] = (after, values)
        if self.bias is not False:
            shapes["out_proj.bias"] = (after,)
        return shapes

    def given_weights(self) -> dict[str, Values | Initialiser]:
        """What the spec gives, for every weight and every bias of a linear layer."""
        given = super().given_weights()
        arrays = {"weight": [*(f"{side}_proj_weight" for side in ("in", *"qkv")), "out_proj.weight"]}
        arrays["bias"] = ["in_proj_bias", "out_proj.bias"]
        return {name: value for key, value in given.items() for name in arrays.get(key, [key])}

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """0 of all biases, of learnt keys and values too."""
        return 0.0 if "bias" in name else super().initial_mean(name, shape)

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Those of the weights before, of both products, and of the weights behind."""
        del output
        query, key, value = self.sides(inputs)
        keys, values, after = self.widths(query)
        length, count = self.tokens(query, "queries"), self.tokens(key, "keys")
        before = length * self._features(query) * keys
        before += count * self._features(key) * keys + count * self._features(value) * values
        behind = length * values * after
        return self.places(query) * (before + behind) + self.pairs(query, key, self._added) * (keys + values)

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Twice the MACs, the biases, the scale and the softmax."""
        query, key, _ = self.sides(inputs)
        keys, values, after = self.widths(query)
        flops = 2 * self.macs(inputs, output) + 6 * self.num_heads * self.pairs(query, key, self._added)
        if self.bias is not False:
            length, count = self.tokens(query, "queries"), self.tokens(key, "keys")
            flops += self.places(query) * (length * (keys + after) + count * (keys + values))
        return flops

    def working_values(self, inputs: Sequence[Shape], output: Shape) -> int:
        """What attention takes, and queries, keys and values behind their weights."""
        query, key, _ = self.sides(inputs)
        keys, values, _ = self.widths(query)
        rows = self.places(query) * (self.tokens(query) + self.tokens(key)) * (keys + values)
        return super().working_values(inputs, output) + rows

    def second_moment(self, inputs: Sequence[float]) -> float:
        """Weights are drawn so that it is about 1."""
        del inputs
        return 1.0

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What any channel of a query, or of the keys and values that it sees, reaches."""
        shapes = [x.shape[1:] for x in inputs]
        axes = [1 + self.features_axis(shape) for shape in shapes]
        thin = [kernels.dependency.any_along(x, along) for x, along in zip(inputs, axes, strict=True)]
        rows = self.rows_of(self.sides(thin))
        found = kernels.dependency.reachable_by_heads(rows, 1, 1, causal=self.is_causal, before=self._added)
        return kernels.dependency.repeated(self.laid_out(found, inputs[0]), self.widths(shapes[0])[2], axes[0])

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Project, attend in each head, and project."""
        query = inputs[0]
        keys, values, _ = self.widths(query.shape[1:])
        rows = kernels.attention.multihead(
            self.rows_of(self.sides(inputs)),
            kernels.attention.projections(weights, keys, values),
            heads=self.num_heads,
            causal=self.is_causal,
            first=kernels.attention.added_rows(weights, zeros=self.add_zero_attn),
        )
        return self.laid_out(rows, query)
