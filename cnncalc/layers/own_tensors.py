"""Tensors of the network's own, which take nothing and are had by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc import kernels
from cnncalc.errors import LayerError, shape_text
from cnncalc.layers.base import Layer
from cnncalc.layers.constants import Numbers
from cnncalc.layers.options import Kind, option
from cnncalc.layers.weights import ArrayOption, Initialiser, Values, Weight
from cnncalc.shapes import MAX_RANK, parse_shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.layers.constants import Constant
    from cnncalc.shapes import Shape

SMALL: Final = Initialiser("normal", deviation=0.02)
"""How learnt tensors are drawn, as position embeddings are (Dosovitskiy et al. 2021)."""


class TensorShape(Kind):
    """A shape as a spec writes it.

    >>> TensorShape()("16x4x4"), TensorShape()([1, 1, 3])
    ((16, 4, 4), (1, 1, 3))
    """

    text = "a shape, such as 3x224x224 or [3, 224, 224]"

    def __call__(self, value: object) -> Shape:
        """The sizes, checked."""
        return parse_shape(value)


class OwnTensor(Layer):
    """What learnt and given tensors share."""

    arity = (0, 0)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """Nothing."""
        del inputs, output
        return []


class Parameter(OwnTensor):
    """A learnt tensor, such as a position embedding, a class token or the scale of a layer.

    It takes nothing and lets what arrives pass by: later entries take it by its name, as in
    `add: {from: [previous, position]}`. Its shape is written as that of any tensor, its array has the channels first.
    It is not there once for each sample of a batch. FLOPs: none.

    >>> Parameter(shape="64x196").output_shape([])
    (64, 196)
    """

    type_name = "parameter"
    bare_array = "weight"
    positional = ("shape",)
    aliases = ("learnable", "learnt_tensor", "class_token", "cls_token")

    shape: tuple[int, ...] = option(TensorShape(), meaning="without the batch", aliases=("size", "sizes"))
    weight: ArrayOption = option(
        Weight(),
        default=True,
        meaning="as the shape; else drawn normally, with deviation 0.02",
        aliases=("initializer",),
    )

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The given one."""
        del inputs
        return self.layout.internal(self.shape)

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The tensor itself."""
        return {"weight": self.output_shape(inputs)}

    def given_weights(self) -> dict[str, Values | Initialiser]:
        """What the spec gives, or values near 0."""
        return {"weight": SMALL, **super().given_weights()}

    def second_moment(self, inputs: Sequence[float]) -> float:
        """Of drawn values the square of their deviation; given ones are taken to be about 1."""
        del inputs
        return SMALL.deviation**2 if self.weight is True else 1.0

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The tensor, once for all samples."""
        del inputs
        return weights["weight"][None]


class ConstantTensor(OwnTensor):
    """A given tensor, such as a grid of coordinates or the anchors of a detector.

    It takes nothing and lets what arrives pass by: later entries take it by its name. The numbers are nested as the
    spec writes shapes, one number is a tensor of one value. They are neither parameters nor buffers. FLOPs: none.

    >>> ConstantTensor(value=[[1, 2, 3]]).output_shape([])
    (1, 3)
    """

    type_name = "constant"
    positional = ("value",)
    aliases = ("const", "given_tensor")

    value: Constant = option(Numbers(), meaning="the tensor, nested as the spec writes shapes")

    def validate(self) -> None:
        """It has as many axes as a tensor can have."""
        if len(self.value.shape) > MAX_RANK + 1:
            fact = f"`value` is {shape_text(self.value.shape)}, and a tensor has at most {MAX_RANK + 1} axes"
            raise LayerError(fact, option="value")

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """That of the numbers."""
        del inputs
        return self.layout.internal(self.value.shape or (1,))

    def second_moment(self, inputs: Sequence[float]) -> float:
        """The mean of the squares."""
        del inputs
        numbers = self.value.flat()
        return sum(float(number) ** 2 for number in numbers) / len(numbers)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """The tensor, once for all samples."""
        del inputs, weights
        return kernels.arrays.as_tensor(self.value.array(), channels_last=self.layout.channels_last)
