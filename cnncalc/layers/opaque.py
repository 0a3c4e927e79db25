"""A layer of which nothing is known but what comes out of it: an operator of an imported model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import LayerError
from cnncalc.geometry.reading import UnknownReading
from cnncalc.layers.base import OPAQUE, Layer
from cnncalc.layers.options import Integer, Kind, option, wrong
from cnncalc.layers.own_tensors import TensorShape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class Word(Kind):
    """A word that is not ours, such as the name of an operator.

    >>> Word()("NonMaxSuppression")
    'NonMaxSuppression'
    """

    text = "a word"

    def __call__(self, value: object) -> str:
        """The word, checked."""
        if not isinstance(value, str) or not value:
            raise wrong(self, value)
        return value


class ArrayShapes(Kind):
    """The number of trainable values, or the shapes of arrays by their names; kept as the latter.

    >>> ArrayShapes()({"W": "4x3", "B": [4]}), ArrayShapes()(16), ArrayShapes()(0)
    ({'W': (4, 3), 'B': (4,)}, {'weight': (16,)}, {})
    """

    text = "a number of values, or shapes of arrays by name, such as {W: 64x3}"

    def __call__(self, value: object) -> dict[str, Shape]:
        """The shapes, checked."""
        if isinstance(value, dict):
            if not all(isinstance(name, str) and name and "." not in name for name in value):
                raise wrong(self, value)
            return {name: TensorShape()(shape) for name, shape in value.items()}
        try:
            count = Integer(0)(value)
        except ValueError:
            raise wrong(self, value) from None
        return {"weight": (count,)} if count else {}


class Opaque(Layer):
    """Stands for what is no layer here, such as an imported model's operator: its output has a given shape.

    It takes any inputs. Where its MACs are not given, they and its FLOPs count as 0; what its units see is at most all
    of its inputs. `summary` counts such layers in its totals; `run` and all that asks what a layer does, such as
    `receptive-field` and `solve`, do not pass one.

    >>> Opaque(shape="100x6", operator="NonMaxSuppression").output_shape([(84, 8400)])
    (100, 6)
    """

    type_name = OPAQUE
    positional = ("shape",)
    arity = (1, None)
    is_opaque = True

    shape: tuple[int, ...] = option(TensorShape(), meaning="of the output, without the batch")
    operator: str | None = option(Word(), default=None, meaning="what it is called where it comes from")
    parameters: Mapping[str, Shape] | None = option(ArrayShapes(), default=None, meaning="its trainable arrays")
    known_macs: int | None = option(
        Integer(0), default=None, meaning="its multiply-accumulates, of a product or the like"
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The given one."""
        del inputs
        return self.layout.internal(self.shape)

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The given ones."""
        del inputs
        return dict(self.parameters or {})

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Those that are given."""
        del inputs, output
        return self.known_macs or 0

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Two for each MAC that is given."""
        return 2 * self.macs(inputs, output)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """At most all."""
        del output
        return list(map(UnknownReading, inputs))

    def second_moment(self, inputs: Sequence[float]) -> float:
        """That of values around 1."""
        del inputs
        return 1.0

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """What it computes is not known."""
        del inputs, weights
        raise LayerError("is opaque: what it computes is not known")
