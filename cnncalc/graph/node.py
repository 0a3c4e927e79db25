"""Nodes, which are layers at their places in a graph, and the tensors that they give."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from cnncalc.errors import LayerError
from cnncalc.layers.weights import Values
from cnncalc.shapes import MAX_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.geometry.window import AnyWindow
    from cnncalc.layers.base import Layer
    from cnncalc.layers.weights import Initialiser
    from cnncalc.shapes import Shape


class Step:
    """One of the layers that a node executes in turn: its own, and then the activation that is its last step.

    The node has the step's arrays under names that begin with `prefix`. Shapes are channels first.
    """

    __slots__ = ("input_shapes", "layer", "output_shape", "prefix")

    def __init__(self, layer: Layer, prefix: str, input_shapes: Sequence[Shape], output_shape: Shape) -> None:
        self.layer = layer
        self.prefix = prefix
        self.input_shapes = list(input_shapes)
        self.output_shape = output_shape

    def readings(self) -> Sequence[Reading]:
        """How the output reads each input."""
        return self.layer.reads(self.input_shapes, self.output_shape)


class ArrayUse:
    """Whose arrays a node uses: its own or, under the name of their `owner`, those of an earlier one.

    An array is counted once: with the first node of the graph that uses it, which is its owner unless the owner itself
    is not needed there. `is_trained` says whether its weights are.
    """

    __slots__ = ("is_counted", "is_trained", "owner")

    def __init__(self, owner: str | None = None, *, is_counted: bool = True, is_trained: bool = True) -> None:
        self.owner = owner
        self.is_counted = is_counted
        self.is_trained = is_trained


OWN_ARRAYS: Final = ArrayUse()
"""The use of most nodes: arrays of their own, whose weights are trained."""


class Node:
    """A layer at its place in the graph: its full name, its inputs and output, and their shapes, channels first.

    `inputs` and `output` are the numbers of tensors. `steps` are executed in turn: the layer and, where it has one, the
    activation that is its last step. `arrays` says whose arrays it uses. Where no input of the network reaches it
    (`sees_input` is false), its output is the same for all samples, and has no batch.

    >>> import cnncalc
    >>> [(step.layer.type_name, step.prefix) for step in cnncalc.load("lenet").nodes[0].steps]
    [('conv', ''), ('tanh', 'activation.')]
    """

    __slots__ = ("arrays", "input_shapes", "inputs", "layer", "name", "output", "output_shape", "sees_input", "steps")

    def __init__(
        self,
        name: str,
        layer: Layer,
        inputs: tuple[int, ...],
        output: int,
        shapes: list[Shape],
        known: dict[object, tuple[Step, ...]] | None = None,
        *,
        arrays: ArrayUse = OWN_ARRAYS,
        sees_input: bool = True,
    ) -> None:
        """`known` holds the steps of the kinds that were checked before, which nodes share, and is added to."""
        self.name = name
        self.arrays = arrays
        self.sees_input = sees_input
        self.layer = layer
        self.inputs = inputs
        self.output = output
        self.input_shapes = shapes
        known = {} if known is None else known
        self.steps = known.get(self.kind) or known.setdefault(self.kind, self._checked_steps())
        self.output_shape = self.steps[-1].output_shape

    @property
    def kind(self) -> object:
        """The same for nodes that differ in name and wiring alone; what follows from layer and shapes is shared."""
        return (self.layer, *self.input_shapes)

    @property
    def counted_kind(self) -> object:
        """The same for nodes whose figures are equal: those of one kind that use their arrays alike."""
        if self.arrays is OWN_ARRAYS and self.sees_input:
            return self.kind
        return (self.kind, self.arrays.is_counted, self.arrays.is_trained, self.sees_input)

    @property
    def type(self) -> str:
        """The layer's type, with the rank of its input where it has one; a vector's is not written."""
        rank = len(self.input_shapes[0]) - 1 if self.layer.ranked else 0
        return f"{self.layer.type_name}{rank}d" if rank else self.layer.type_name

    @property
    def storage(self) -> str:
        """The name under which its arrays are stored: that of their owner."""
        return self.arrays.owner or self.name

    @property
    def shares(self) -> str | None:
        """The owner of its arrays, where those are counted with another node."""
        return None if self.arrays.is_counted else self.arrays.owner

    def with_arrays(self, arrays: ArrayUse) -> Node:
        """A copy that uses arrays in another way."""
        from copy import copy

        other = copy(self)
        other.arrays = arrays
        return other

    def _checked_steps(self) -> tuple[Step, ...]:
        """The steps, once the layers have accepted their inputs and the given weights fit."""
        output = self.layer.output_shape(self.input_shapes)
        if not _is_shape(output):
            raise LayerError(f"its type gives {repr(output)[:60]} as the output's shape, which is a tuple of integers")
        steps = [Step(self.layer, "", self.input_shapes, output)]
        if self.layer.last_step is not None:
            self._check_last_step(self.layer.last_step, output)
            steps.append(Step(self.layer.last_step, "activation.", [output], output))
        if max(output) > MAX_SIZE:
            raise LayerError(f"its output would have an axis of {max(output)}, and {MAX_SIZE} is the most")
        if self.layer.weight_options or self.layer.inner:
            self._check_weights(steps)
        return tuple(steps)

    def with_steps(self, steps: tuple[Step, ...]) -> Node:
        """A copy that executes these steps, which are not checked, and has the output of the last one."""
        from copy import copy

        other = copy(self)
        other.steps = steps
        other.output_shape = steps[-1].output_shape
        return other

    def _check_last_step(self, activation: Layer, output: Shape) -> None:
        """Raise `LayerError` where the activation refuses the layer's output."""
        try:
            activation.output_shape([output])
        except LayerError as error:
            fact = f"`activation` {activation.type_name}: {error.fact}"
            raise LayerError(fact, option="activation", hint=error.hint) from None

    def _check_weights(self, steps: Sequence[Step]) -> None:
        """Raise `LayerError` where given weights do not fit the arrays that they are for."""
        shapes: dict[str, Shape] = {}
        for name, given in self.layer.given_weights().items():
            shapes = shapes or {**_weight_shapes(steps), **self.buffer_shapes}
            if isinstance(given, Values) and name in shapes:
                try:
                    given.check(shapes[name])
                except ValueError as error:
                    option = name.partition(".")[0]
                    # A normalised weight is stored under another name than that of its option.
                    option = option if option in self.layer.options else "weight"
                    raise LayerError(f"`{name}` {error}", option=option) from None

    @property
    def windows(self) -> tuple[AnyWindow, ...] | None:
        """The window along each spatial axis of the first input; None for a layer without one."""
        return self.layer.windows(self.input_shapes[0]) if self.input_shapes else None

    @property
    def output_size(self) -> int:
        """The values of the output of one sample; 0 where no input reaches it: it is not there for each sample."""
        return prod(self.output_shape) if self.sees_input else 0

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        """The shapes of the trainable arrays, those of the activation as `activation.*`."""
        return _weight_shapes(self.steps)

    @property
    def buffer_shapes(self) -> dict[str, Shape]:
        """The shapes of the arrays that are kept but not trained."""
        return self.layer.buffer_shapes(self.input_shapes)

    @property
    def given_weights(self) -> dict[str, Values | Initialiser]:
        """The weights that the spec gives, named as in `weight_shapes`."""
        return self.layer.given_weights()

    @property
    def parameters(self) -> int:
        """The numbers in the arrays that are trained, where they are counted here."""
        return sum(map(prod, self.weight_shapes.values())) if self._counts_weights(trained=True) else 0

    @property
    def frozen(self) -> int:
        """The numbers in the arrays that could be trained and are not, where they are counted here."""
        return sum(map(prod, self.weight_shapes.values())) if self._counts_weights(trained=False) else 0

    def _counts_weights(self, *, trained: bool) -> bool:
        return self.arrays.is_counted and self.arrays.is_trained is trained

    @property
    def buffers(self) -> int:
        """The numbers in the arrays that are kept and never trained, where they are counted here."""
        return sum(map(prod, self.buffer_shapes.values())) if self.arrays.is_counted else 0

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one sample."""
        return sum(step.layer.macs(step.input_shapes, step.output_shape) for step in self.steps)

    @property
    def flops(self) -> int:
        """Floating-point operations of one sample, those of the activation included."""
        return sum(step.layer.flops(step.input_shapes, step.output_shape) for step in self.steps)


class Tensor:
    """What an input or a node gives: `producer` is that node, None of an input, and `readers` are those that take it.

    The shape has its channels first, and no batch. A tensor that no input reaches (`sees_input` is false) is not there
    once for each sample: it is like a weight, and counts for no activation.
    """

    __slots__ = ("name", "number", "producer", "readers", "shape")

    def __init__(self, number: int, name: str, shape: Shape, producer: Node | None, readers: Sequence[Node]) -> None:
        self.number = number
        self.name = name
        self.shape = shape
        self.producer = producer
        self.readers = readers

    @property
    def sees_input(self) -> bool:
        """Whether an input of the network reaches it."""
        return self.producer is None or self.producer.sees_input

    @property
    def size(self) -> int:
        """The values of one sample; none where no input reaches it."""
        return prod(self.shape) if self.producer is None else self.producer.output_size


def _is_shape(found: object) -> bool:
    """Whether what the type of somebody's own gives is a shape."""
    return isinstance(found, tuple) and bool(found) and all(isinstance(size, int) for size in found)


def _weight_shapes(steps: Sequence[Step]) -> dict[str, Shape]:
    """The shapes of the trainable arrays of all steps, by their names in the node."""
    return {
        step.prefix + name: shape
        for step in steps
        for name, shape in step.layer.weight_shapes(step.input_shapes).items()
    }
