"""Embeddings: vectors that are looked up by whole numbers, such as those of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError, shape_text
from cnncalc.geometry.reading import PermuteAxes, Rearrangement, RepeatAxis, ReshapeAxes
from cnncalc.layers.activation_option import Activated
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Integer, option
from cnncalc.layers.weights import ArrayOption, Weight
from cnncalc.shapes import MAX_RANK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Embedding(Activated, CountsAxes):
    """A vector of `embedding_dim` features for each whole number from 0 to ``num_embeddings - 1``.

    ``(L,) -> (embedding_dim, L)``, and so for numbers along more axes, to which the features come as channels, or as
    the axis `dim`: PyTorch's order is ``dim: -1``. `run` draws such numbers for the inputs that lead here, and takes no
    others from a file. FLOPs: none, as numbers are looked up and not multiplied.

    >>> Embedding(num_embeddings=1000, embedding_dim=64).output_shape([(12,)])
    (64, 12)
    """

    type_name = "embedding"
    role = "weighted"
    positional = ("num_embeddings", "embedding_dim", "padding_idx")
    aliases = ("embed", "word_embedding", "token_embedding", "embeddings")

    num_embeddings: int = option(
        Integer(1), meaning="how many numbers there are", aliases=("input_dim", "vocab_size", "num_tokens")
    )
    embedding_dim: int = option(
        Integer(1), meaning="features of each", aliases=("output_dim", "embed_dim", "num_output", "units")
    )
    padding_idx: int | None = option(
        Integer(), default=None, meaning="the number of padding, which training leaves alone; changes nothing here"
    )
    dim: int | None = option(
        Integer(), default=None, meaning="the axis that the features become: channels; -1 for the last"
    )
    weight: ArrayOption = option(
        Weight(), default=True, meaning="(num, features)", aliases=("embeddings_initializer", "weights")
    )

    @property
    def index_bound(self) -> int:
        """The number of numbers."""
        return self.num_embeddings

    def validate(self) -> None:
        """A number of padding that there is."""
        if self.padding_idx is not None and not -self.num_embeddings <= self.padding_idx < self.num_embeddings:
            bounds = f"from {-self.num_embeddings} to {self.num_embeddings - 1}"
            raise LayerError(f"`padding_idx` must be {bounds}, not {self.padding_idx}", option="padding_idx")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The input's axes, and the features."""
        written = self._written(inputs[0], self.embedding_dim)
        if len(written) > MAX_RANK + 1:
            raise LayerError(f"{shape_text(written)} would have {len(written)} axes, and {MAX_RANK + 1} are the most")
        return self.layout.internal(written)

    def _written(self, shape: Shape, features: int) -> Shape:
        """The output's shape, as the spec orders axes, with so many features; so are other facts about the axes."""
        sizes = self.layout.external(shape)
        place = self.layout.external((len(shape), *range(len(shape)))).index(len(shape))
        if self.dim is not None:
            if not -len(sizes) - 1 <= self.dim <= len(sizes):
                raise LayerError(f"`dim` must be from {-len(sizes) - 1} to {len(sizes)}, not {self.dim}", option="dim")
            place = self.dim % (len(sizes) + 1)
        return (*sizes[:place], features, *sizes[place:])

    def axis_order(self, shape: Shape) -> tuple[int, ...]:
        """The axis that each axis of the output is of the input's with the features behind them."""
        rank = len(shape)
        return self.layout.internal(self._written(tuple(range(rank)), rank))

    def features_axis(self, shape: Shape) -> int:
        """The axis of the output that the features are."""
        return self.axis_order(shape).index(len(shape))

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """One row for each number."""
        del inputs
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    def fan_in(self, name: str, shape: Shape) -> float:
        """Each value is one of the array's."""
        del name, shape
        return 1.0

    def second_moment(self, inputs: Sequence[float]) -> float:
        """That of the rows."""
        del inputs
        return 1.0

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The number of the same place, for all features."""
        (shape,) = inputs
        written = self._written(shape, 1)
        moves = [
            PermuteAxes(self.layout.external(tuple(range(len(shape))))),
            ReshapeAxes(written),
            PermuteAxes(self.layout.internal(tuple(range(len(written))))),
            RepeatAxis(self.features_axis(shape), output[self.features_axis(shape)]),
        ]
        return [Rearrangement(shape, moves)]

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """All features of what changes."""
        (x,) = inputs
        return kernels.embedding.every_feature(
            x, self.embedding_dim, 1 + self.features_axis(x.shape[1:]), channels_last=self.layout.channels_last
        )

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Look the numbers up."""
        (x,) = inputs
        return kernels.embedding.lookup(
            x, weights["weight"], 1 + self.features_axis(x.shape[1:]), channels_last=self.layout.channels_last
        )
