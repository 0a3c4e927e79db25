"""What the recurrent layers share, which go along a sequence step by step."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar, Final

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.access import Following, Preceding, Whole
from cnncalc.geometry.reading import ByParts, WholeInput, same_but
from cnncalc.layers.counted_axes import CountsAxes
from cnncalc.layers.options import Boolean, Choice, Integer, Number, option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.geometry.access import Access
    from cnncalc.geometry.reading import Reading
    from cnncalc.kernels import Array
    from cnncalc.kernels.recurrence import Direction, MakeStep
    from cnncalc.shapes import Shape

MOST_LAYERS: Final = 1024
"""The most recurrent layers that one layer may stand for."""


class Recurrent(CountsAxes):
    """What the recurrent layers share: a sequence, layers one after another, and one direction or two.

    A subclass says how many `gates` its weights are stacked of and how many `operations` a step costs for each value
    of the hidden state, beside matrix products and biases.
    """

    role = "weighted"
    positional: ClassVar[tuple[str, ...]] = ("hidden_size", "num_layers", "bias")
    gates: ClassVar[int] = 1
    moment: ClassVar[float] = 1.0
    """About the mean square of an output with drawn weights, which the functions inside bound whatever arrives."""

    hidden_size: int = option(
        Integer(1), meaning="features of the hidden state", aliases=("units", "num_units", "num_output", "hidden_dim")
    )
    num_layers: int = option(
        Integer(1, MOST_LAYERS), default=1, meaning="layers, each of which takes the output of the one before"
    )
    bias: bool = option(
        Boolean(), default=True, meaning="false leaves out the biases", aliases=("use_bias", "bias_term")
    )
    recurrent_bias: bool = option(
        Boolean(), default=True, meaning="false leaves out bias_hh, so that there is one bias, as in Keras"
    )
    bidirectional: bool = option(
        Boolean(), default=False, meaning="true also goes from the end to the start, and joins the outputs"
    )
    output: str = option(
        Choice("sequence", "last"),
        default="sequence",
        meaning="the outputs of all steps, Keras' return_sequences, or a vector of the final one of each direction",
    )
    input_size: int | None = option(
        Integer(1), default=None, meaning="if given, the features that must arrive", aliases=("input_dim",)
    )
    dim: int | None = option(
        Integer(),
        default=None,
        meaning="the axis of the features: channels; -1 has them last, as in PyTorch",
        aliases=("axis",),
    )
    dropout: float = option(
        Number(minimum=0, maximum=1),
        default=0.0,
        meaning="share of the values that training drops between layers",
        aliases=("recurrent_dropout",),
    )

    @classmethod
    def _unknown(cls, name: str) -> LayerError:
        """The error for an unknown option; Keras's activations are those inside."""
        error = super()._unknown(name)
        if name in ("activation", "recurrent_activation") and "nonlinearity" not in cls.options:
            error.hint = "its own are fixed, sigmoid and tanh; one behind it is a layer of its own, such as `- relu`"
        return error

    @property
    def direction_suffixes(self) -> tuple[str, ...]:
        """What the names of the arrays of each direction end with."""
        return ("", "_reverse") if self.bidirectional else ("",)

    @property
    def features(self) -> int:
        """The output features of one direction."""
        return self.hidden_size

    @property
    def operations(self) -> int:
        """What a step costs for each value of the hidden state: joining both products, functions, and gating."""
        raise NotImplementedError(f"{self.type_name} has no operations")

    def features_axis(self, shape: Shape) -> int:
        """The axis of the features; the steps go along the other."""
        if len(shape) != 2:
            here = "a vector" if len(shape) == 1 else "a map"
            hint = (
                "`unflatten` cuts a vector into channels and steps"
                if len(shape) == 1
                else "`squeeze` leaves out an axis of size 1, and `flatten` with `start_dim` and `end_dim` joins two"
            )
            raise LayerError(f"it takes a sequence, channels x length, and this is {here}", hint=hint)
        return 0 if self.dim is None else self.dim_axis("dim", self.dim, shape)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The sequence with the features of all directions, or those alone."""
        (shape,) = inputs
        axis = self.features_axis(shape)
        swapped = "the other axis has so many: `dim` says which axis is that of the features"
        self.check_arriving("input_size", shape[axis], swapped if self.input_size == shape[1 - axis] else None)
        features = self.features * len(self.direction_suffixes)
        if self.output == "last":
            return (features,)
        return (features, shape[1]) if axis == 0 else (shape[0], features)

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """The arrays of each layer and direction, with the names, the order and the layout of PyTorch."""
        return {
            f"{name}_l{layer}{suffix}": array
            for layer, arrays in enumerate(self._layers(inputs[0]))
            for suffix in self.direction_suffixes
            for name, array in arrays.items()
        }

    def _layers(self, shape: Shape) -> Iterator[dict[str, Shape]]:
        """The arrays of each layer in one direction; both directions have the same."""
        arriving = shape[self.features_axis(shape)]
        for _ in range(self.num_layers):
            yield self._arrays(arriving)
            arriving = self.features * len(self.direction_suffixes)

    def _arrays(self, arriving: int) -> dict[str, Shape]:
        """The arrays of one layer in one direction, for so many features."""
        rows = self.gates * self.hidden_size
        shapes: dict[str, Shape] = {"weight_ih": (rows, arriving), "weight_hh": (rows, self.features)}
        if self.bias:
            shapes["bias_ih"] = (rows,)
            if self.recurrent_bias:
                shapes["bias_hh"] = (rows,)
        return shapes

    def steps(self, shape: Shape) -> int:
        """The length of the sequence."""
        return shape[1 - self.features_axis(shape)]

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """At each step one for each value of the matrices."""
        del output
        (shape,) = inputs
        matrices = [array for arrays in self._layers(shape) for array in arrays.values() if len(array) > 1]
        return self.steps(shape) * len(self.direction_suffixes) * sum(map(prod, matrices))

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Twice the MACs, and at each step the biases and the operations of each value of the hidden states."""
        (shape,) = inputs
        states = self.steps(shape) * len(self.direction_suffixes)
        biases = sum(array[0] for arrays in self._layers(shape) for array in arrays.values() if len(array) == 1)
        return 2 * self.macs(inputs, output) + states * (biases + self.operations * self.num_layers * self.hidden_size)

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """All features of the step and of those before it; in two directions, or of a final state, all."""
        del output
        (shape,) = inputs
        axis = self.features_axis(shape)
        if self.output == "last":
            return [WholeInput(shape)]
        whole = list(map(Whole, shape))
        if not self.bidirectional:
            return [same_but(2, {axis: whole[axis], 1 - axis: Preceding()})]
        ways: list[Access] = [Preceding(), Following(self.steps(shape))]
        if self.num_layers > 1:
            ways = [whole[1 - axis]] * 2
        parts = [[whole[0], way] if axis == 0 else [way, whole[1]] for way in ways]
        return [ByParts(axis, [self.features] * 2, parts, whole)]

    def fan_in(self, name: str, shape: Shape) -> float:
        """For the state's own product as PyTorch draws it, so that the state does not grow from step to step."""
        return 3.0 * shape[1] if name.startswith("weight_hh") else float(shape[1])

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """0 of the biases."""
        del name
        return 0.0 if len(shape) == 1 else None

    def second_moment(self, inputs: Sequence[float]) -> float:
        """That of the type."""
        del inputs
        return self.moment

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What the steps reach, in each direction, with weights of 1."""
        (x,) = inputs
        axis = self.features_axis(x.shape[1:])
        thin = kernels.dependency.as_floats(x)
        found = kernels.recurrence.reachable(
            thin, layers=self.num_layers, directions=len(self.direction_suffixes), features_axis=1 + axis
        )
        if self.output == "last":
            found = kernels.recurrence.last(found, len(self.direction_suffixes), features_axis=1 + axis)
        return kernels.dependency.repeated_each(found, self.features, 1 if self.output == "last" else 1 + axis)

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Go along the sequence, layer by layer, in each direction."""
        (x,) = inputs
        axis = 1 + self.features_axis(x.shape[1:])
        layers = [
            [self._direction(weights, f"_l{layer}{suffix}") for suffix in self.direction_suffixes]
            for layer in range(self.num_layers)
        ]
        outputs = kernels.recurrence.run(x, layers, self._make_step(), features_axis=axis)
        if self.output == "last":
            return kernels.recurrence.last(outputs, len(self.direction_suffixes), features_axis=axis)
        return outputs

    def _direction(self, weights: Mapping[str, Array], suffix: str) -> Direction:
        """The arrays of one layer in one direction."""
        given = {name: weights.get(name + suffix) for name in ("bias_ih", "bias_hh", "weight_hr")}
        return kernels.recurrence.Direction(weights[f"weight_ih{suffix}"], weights[f"weight_hh{suffix}"], **given)

    def _make_step(self) -> MakeStep:
        """What makes a step of the arrays of a direction."""
        raise NotImplementedError(f"{self.type_name} has no forward pass")
