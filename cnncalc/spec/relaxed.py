"""Layer types that take any number of features: networks of them can be built at inputs that weights do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.layers.base import Layer
    from cnncalc.layers.weights import Initialiser, Values
    from cnncalc.shapes import Shape

FITTED: Final = ("in_features", "num_features", "normalized_shape")
"""The options that say what must arrive, and may fit one input size alone."""


class RelaxedTypes(Mapping[str, "type[Layer]"]):
    r"""A registry whose types hold nothing against an option of `FITTED`, a user's own types too.

    >>> import cnncalc
    >>> spec = "input: 2x8x8\nlayers: [relu, flatten, {linear: {out_features: 1, in_features: 32}}]"
    >>> from cnncalc.layers import LAYERS
    >>> cnncalc.load(spec, layers=RelaxedTypes(LAYERS)).nodes[-1].input_shapes
    [(128,)]
    """

    def __init__(self, layers: Mapping[str, type[Layer]]) -> None:
        self.layers = layers
        self.known: dict[type[Layer], type[Layer]] = {}

    def __getitem__(self, name: str) -> type[Layer]:
        kind = self.layers[name]
        if not any(name in kind.options for name in FITTED):
            return kind
        if kind not in self.known:
            self.known[kind] = _relaxed(kind)
        return self.known[kind]

    def __contains__(self, name: object) -> bool:
        return name in self.layers

    def __iter__(self) -> Iterator[str]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)


def _relaxed(kind: type[Layer]) -> type[Layer]:
    """A subclass that computes its shape as if no option of `FITTED` and no weights were given; all stay as written.

    Each type has a subclass of its own, as a user's own type may have an `output_shape` of its own.
    """

    def output_shape(self: Layer, inputs: Sequence[Shape]) -> Shape:
        fitted = {name: None for name in FITTED if name in kind.options}
        return kind.output_shape(self.replaced(**fitted), inputs)

    def given_weights(self: Layer) -> dict[str, Values | Initialiser]:
        del self
        return {}

    members = {"output_shape": output_shape, "given_weights": given_weights, "__doc__": kind.__doc__}
    return type(kind.__name__, (kind,), members)
