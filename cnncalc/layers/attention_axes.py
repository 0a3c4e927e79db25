"""The axes of what attends and of what is attended to: features, tokens, and places that are kept apart."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, TypeVar

from cnncalc import kernels
from cnncalc.errors import LayerError, value_text
from cnncalc.geometry.access import SAME, Statistic, Whole
from cnncalc.geometry.reading import same_but
from cnncalc.geometry.token_reading import TokenReading, Tokens
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Boolean, Integer, ListOf, Number, option
from cnncalc.symbolic.arithmetic import name_if_unnamed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape

T = TypeVar("T")

QUERY, KEY, VALUE = range(3)
ROLES = {1: ((QUERY, KEY, VALUE),), 2: ((QUERY,), (KEY, VALUE)), 3: ((QUERY,), (KEY,), (VALUE,))}
"""What each of one, two or three inputs is."""


class Attends(CountsAxes):
    """What the forms of attention share: which axes are tokens, and how query, key and value follow from the inputs."""

    arity = (1, 3)

    dim: int | None = option(
        Integer(), default=None, meaning="the axis of the features: channels; -1 for features last", aliases=("axis",)
    )
    attention_axes: tuple[int, ...] | None = option(
        ListOf(Integer()), default=None, meaning="axes of the tokens, the rest is kept apart: all but the features"
    )
    is_causal: bool = option(
        Boolean(),
        default=False,
        meaning="whether a query sees no key behind its own place",
        aliases=("causal", "use_causal_mask"),
    )
    dropout: float = option(
        Number(minimum=0.0, maximum=1.0),
        default=0.0,
        meaning="of training; changes nothing here",
        aliases=("dropout_p", "rate", "attn_drop", "attn_dropout"),
    )

    def sides(self, inputs: Sequence[T]) -> tuple[T, T, T]:
        """What is query, key and value."""
        return inputs[0], inputs[min(1, len(inputs) - 1)], inputs[-1]

    def features_axis(self, shape: Shape) -> int:
        """The axis of the features."""
        return 0 if self.dim is None else self.dim_axis("dim", self.dim, shape)

    def _features(self, shape: Shape) -> int:
        return shape[self.features_axis(shape)]

    def with_features(self, shape: Shape, features: int) -> Shape:
        """The shape with so many features."""
        axis = self.features_axis(shape)
        return (*shape[:axis], features, *shape[axis + 1 :])

    def axes(self, shape: Shape) -> tuple[tuple[int, ...], tuple[int, ...], int]:
        """The axes that are kept apart, those of the tokens, both as the spec orders them, and that of the features."""
        features = self.features_axis(shape)
        others = [axis for axis in self.layout.external(tuple(range(len(shape)))) if axis != features]
        if self.attention_axes is None:
            return (), tuple(others), features
        chosen = self.dim_axes("attention_axes", self.attention_axes, shape)
        if features in chosen:
            fact = f"`attention_axes` {value_text(list(self.attention_axes))} has the axis of the features"
            raise LayerError(fact, option="attention_axes", hint="they are the axes of the tokens")
        kept = tuple(axis for axis in others if axis not in chosen)
        return kept, tuple(axis for axis in others if axis in chosen), features

    def checked_sides(self, inputs: Sequence[Shape]) -> tuple[Shape, Shape, Shape]:
        """Query, key and value; raises `LayerError` where their axes do not go together."""
        query, key, value = self.sides(inputs)
        if min(map(len, inputs)) < 2:
            hint = "it takes channels x tokens, such as 64x196, or a map whose positions are the tokens"
            raise LayerError("it has no tokens: this is a vector", hint=hint)
        if self.attention_axes is not None and len(set(map(len, inputs))) > 1:
            counts = " and ".join(map(str, sorted(set(map(len, inputs)))))
            raise LayerError(f"`attention_axes` are of equally many axes, and the inputs have {counts}")
        for name, side in (("key", key), ("value", value)):
            if self._sizes_kept(side) != self._sizes_kept(query):
                both = f"{self.layout.text(query)} and {self.layout.text(side)}"
                raise LayerError(f"query and {name} differ along an axis that is kept apart: {both}")
        if self.tokens(key) != self.tokens(value):
            raise LayerError(f"the key has {int(self.tokens(key))} tokens, the value {int(self.tokens(value))}")
        return query, key, value

    def _sizes_kept(self, shape: Shape) -> list[int]:
        kept, _, _ = self.axes(shape)
        return [shape[axis] for axis in kept]

    def tokens(self, shape: Shape, name: str = "tokens") -> int:
        """The number of tokens that belong together, by a name for formulas to use."""
        _, tokens, _ = self.axes(shape)
        return name_if_unnamed(prod(shape[axis] for axis in tokens), name)

    def places(self, shape: Shape) -> int:
        """How often tokens attend, each time to others: the product of the axes that are kept apart."""
        return prod(self._sizes_kept(shape))

    def pairs(self, query: Shape, key: Shape, more: int = 0) -> int:
        """The pairs of a query and a key, of which there may be some more."""
        return self.places(query) * self.tokens(query, "queries") * (self.tokens(key, "keys") + more)

    def feature_accesses(self, inputs: Sequence[Shape], output: Shape) -> tuple[Access, Access, Access]:
        """How the features of the output read those of query, key and value."""
        del output
        query, key, value = (Whole(self._features(side)) for side in self.sides(inputs))
        return query, key, value

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """The token of the query, and all of keys and values, or those up to it; what is kept apart in its place."""
        features = self.feature_accesses(inputs, output)
        return [self._reading(roles, features, s, output) for roles, s in zip(ROLES[len(inputs)], inputs, strict=True)]

    def _reading(self, roles: tuple[int, ...], features: Sequence[Access], shape: Shape, output: Shape) -> Reading:
        """How an input of those roles is read; the channels of a value are among those of a key that it also is."""
        kept, tokens, axis = self.axes(shape)
        access = features[KEY if KEY in roles else roles[0]]
        if roles == (QUERY,):
            return same_but(len(shape), {axis: access})
        _, own, place = self.axes(output)
        hulls: list[Access] = [Whole(size) for size in shape]
        for token in tokens if QUERY in roles else ():
            hulls[token] = Statistic(Whole(shape[token]))
        along: dict[int, tuple[Access, int]] = {number: (SAME, number) for number in kept}
        for number in kept:
            hulls[number] = SAME
        along[axis] = access, place
        if axis == place:
            hulls[axis] = access
        before = Tokens(own, output) if self.is_causal else None
        return TokenReading(hulls, along, Tokens(tokens, shape), before=before)

    def working_values(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Query, key and value with their features last, and what comes out before it is laid out."""
        return sum(map(prod, self.sides(inputs))) + prod(output)

    def rows_of(self, sides: Sequence[Array]) -> list[Array]:
        """Each side as tokens in rows ``(N places, tokens, features)``; one sample stands for all of several."""
        samples = max(map(len, sides))
        return [kernels.attention.as_rows(x, *self.axes(x.shape[1:]), samples) for x in sides]

    def laid_out(self, rows: Array, query: Array) -> Array:
        """Rows as a tensor whose tokens are those of the query."""
        return kernels.attention.from_rows(rows, *self.axes(query.shape[1:]), query)
