"""A layer at its place in a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import LayerError
from cnncalc.layers.weights import Values
from cnncalc.shapes import MAX_SIZE

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer
    from cnncalc.layers.weights import Initialiser
    from cnncalc.shapes import Shape


class Node:
    """A layer at its place in the graph: its full name, the numbers and shapes of its inputs, its output's shape."""

    __slots__ = ("input_shapes", "inputs", "layer", "name", "output_shape")

    def __init__(
        self,
        name: str,
        layer: Layer,
        inputs: tuple[int, ...],
        shapes: list[Shape],
        known: dict[object, Shape] | None = None,
    ) -> None:
        """`known` holds the output shapes of the kinds that were checked before, and is added to."""
        self.name = name
        self.layer = layer
        self.inputs = inputs
        self.input_shapes = shapes
        known = {} if known is None else known
        self.output_shape = known.get(self.kind) or known.setdefault(self.kind, self._checked())

    @property
    def kind(self) -> object:
        """The same for nodes that differ in name and wiring alone; what follows from layer and shapes is shared."""
        return (self.layer, *self.input_shapes)

    @property
    def type(self) -> str:
        """The layer's type, with the rank of its input where it has one."""
        rank = len(self.input_shapes[0]) - 1
        return f"{self.layer.type_name}{rank}d" if self.layer.ranked else self.layer.type_name

    def _checked(self) -> Shape:
        """The output's shape, once the layer has accepted the inputs and the given weights fit."""
        output = self.layer.output_shape(self.input_shapes)
        if self.layer.last_step is not None:
            self._check_last_step(self.layer.last_step, output)
        if max(output) > MAX_SIZE:
            raise LayerError(f"its output would have an axis of {max(output)}, and {MAX_SIZE} is the most")
        if self.layer.weight_options or self.layer.inner:
            self._check_weights(output)
        return output

    def _check_last_step(self, activation: Layer, output: Shape) -> None:
        try:
            activation.output_shape([output])
        except LayerError as error:
            fact = f"`activation` {activation.type_name}: {error.fact}"
            raise LayerError(fact, option="activation", hint=error.hint) from None

    def _check_weights(self, output: Shape) -> None:
        shapes: dict[str, Shape] = {}
        for name, given in self.layer.given_weights().items():
            shapes = shapes or {**self._weight_shapes(output), **self.buffer_shapes}
            if isinstance(given, Values) and name in shapes:
                try:
                    given.check(shapes[name])
                except ValueError as error:
                    raise LayerError(f"`{name}` {error}", option=name.partition(".")[0]) from None

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        """The shapes of the trainable arrays, those of the activation as `activation.*`."""
        return self._weight_shapes(self.output_shape)

    def _weight_shapes(self, output: Shape) -> dict[str, Shape]:
        shapes = self.layer.weight_shapes(self.input_shapes)
        activation = self.layer.last_step
        if activation is not None:
            inner = activation.weight_shapes([output])
            shapes |= {f"activation.{name}": shape for name, shape in inner.items()}
        return shapes

    @property
    def buffer_shapes(self) -> dict[str, Shape]:
        """The shapes of the arrays that are kept but not trained."""
        return self.layer.buffer_shapes(self.input_shapes)

    @property
    def given_weights(self) -> dict[str, Values | Initialiser]:
        """The weights that the spec gives, named as in `weight_shapes`."""
        return self.layer.given_weights()

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one sample."""
        return self.layer.macs(self.input_shapes, self.output_shape)

    @property
    def flops(self) -> int:
        """Floating-point operations of one sample, those of the activation included."""
        own = self.layer.flops(self.input_shapes, self.output_shape)
        activation = self.layer.last_step
        return own if activation is None else own + activation.flops([self.output_shape], self.output_shape)
