"""Recurrent layers whose products are convolutions."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.geometry.window import Window
from cnncalc.layers.options import Boolean, Choice, Integer, Padding, Pads, PerAxis, Sizes, option
from cnncalc.layers.recurrence import LSTM
from cnncalc.layers.windowed import Windowed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.geometry.reading import Reading
    from cnncalc.geometry.window import AnyWindow
    from cnncalc.kernels import Array
    from cnncalc.shapes import Shape


class ConvLSTM(Windowed):
    """Long short-term memory of maps, along a sequence of them: its products are convolutions.

    Shi et al. 2015, as Keras has it: ``(C, T, *I) -> (out_channels, T, *O)``, where the first spatial axis is time and
    the window slides over the one or two others, or ``(out_channels, *O)`` for `output: last`. The state is convolved
    with as many taps, without stride and dilation, so that it keeps its size. The gates (i, f, g, o) are stacked in
    weight_ih, weight_hh and one bias, whose layout is that of a convolution. MACs: at each step, for each position
    ``4 out_channels x (C + out_channels) x kernel``. FLOPs: twice the MACs; at each step the biases, and 22 for each
    value of the state, as for `lstm`.

    >>> ConvLSTM(out_channels=16, kernel_size=3, padding="same").output_shape([(3, 10, 64, 64)])
    (16, 10, 64, 64)
    """

    role = "weighted"
    ranked = False
    type_name = "conv_lstm"
    positional = ("out_channels", "kernel_size", "stride", "padding")
    aliases = ("conv_lstm1d", "conv_lstm2d", "conv_lstm3d", "convolutional_lstm")

    out_channels: int = option(Integer(1), meaning="channels of the state", aliases=("filters", "hidden_channels"))
    in_channels: int | None = option(Integer(1), default=None, meaning="if given, the channels that must arrive")
    padding: Pads | str = option(
        Padding("valid", "same", "same_lower"), default=((0, 0),), meaning="zeros around each map", aliases=("pad",)
    )
    dilation: PerAxis = option(
        Sizes(1), default=(1,), meaning="pixels from one tap to the next", aliases=("dilation_rate", "dilations")
    )
    bias: bool = option(Boolean(), default=True, meaning="false leaves out the bias", aliases=("use_bias",))
    output: str = option(
        Choice("sequence", "last"),
        default="sequence",
        meaning="the states of all steps, Keras' return_sequences, or the final one",
    )

    @classmethod
    def _unknown(cls, name: str) -> LayerError:
        """The error for an unknown option; Keras's activations are those inside."""
        error = super()._unknown(name)
        if name in ("activation", "recurrent_activation"):
            error.hint = "its own are fixed, sigmoid and tanh; one behind it is a layer of its own, such as `- relu`"
        return error

    def windows(self, shape: Shape) -> tuple[AnyWindow, ...]:
        """One frame at a time, and the window along each axis of it."""
        first, *others = super().windows(shape[1:])
        padding = first.padding if isinstance(first.padding, str) else (0, 0)
        return (Window(1, padding=padding), first, *others)

    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The states at all times, or that at the last."""
        (shape,) = inputs
        if len(shape) < 3:
            here = "a vector" if len(shape) == 1 else "a sequence of vectors"
            fact = f"it takes a sequence of maps, channels x time x height x width, and this is {here}"
            raise LayerError(fact, hint="`lstm` takes a sequence of vectors" if len(shape) == 2 else None)
        steps, *positions = self.positions(shape)
        self.check_arriving("in_channels", shape[0], shape=shape)
        return (self.out_channels, *positions) if self.output == "last" else (self.out_channels, steps, *positions)

    def weight_shapes(self, inputs: Sequence[Shape]) -> dict[str, Shape]:
        """Weights ``(4 out, in, *kernel)`` and ``(4 out, out, *kernel)``, and the bias ``(4 out,)``."""
        (shape,) = inputs
        rows, kernel = 4 * self.out_channels, self._per_axis("kernel_size", len(shape) - 2)
        shapes: dict[str, Shape] = {
            "weight_ih": (rows, shape[0], *kernel),
            "weight_hh": (rows, self.out_channels, *kernel),
        }
        return {**shapes, "bias_ih": (rows,)} if self.bias else shapes

    def _places(self, shape: Shape) -> int:
        """The times and places of the state."""
        return prod(self.positions(shape))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:
        """At each time and place one for each number of the weights."""
        del output
        shapes = self.weight_shapes(inputs)
        return self._places(inputs[0]) * (prod(shapes["weight_ih"]) + prod(shapes["weight_hh"]))

    def flops(self, inputs: Sequence[Shape], output: Shape) -> int:
        """Twice the MACs; at each time and place the biases, and the operations of each channel of the state."""
        operations = LSTM(hidden_size=1).operations + (4 if self.bias else 0)
        return 2 * self.macs(inputs, output) + self._places(inputs[0]) * self.out_channels * operations

    def reads(self, inputs: Sequence[Shape], output: Shape) -> Sequence[Reading]:
        """All channels of the frames up to its own, in each further back a larger window."""
        from cnncalc.geometry.frame_reading import SpreadFrames

        (shape,) = inputs
        return [SpreadFrames(shape, output, self.windows(shape)[1:], last=self.output == "last")]

    def fan_in(self, name: str, shape: Shape) -> float:
        """For the state's own product larger than that, so that the state does not grow from step to step."""
        return prod(shape[1:]) * (3.0 if name == "weight_hh" else 1.0)

    def initial_mean(self, name: str, shape: Shape) -> float | None:
        """0 of the bias."""
        del name
        return 0.0 if len(shape) == 1 else None

    def second_moment(self, inputs: Sequence[float]) -> float:
        """About that of drawn weights."""
        del inputs
        return LSTM.moment

    def reachable(self, inputs: Sequence[Array]) -> Array:
        """What the steps reach, with weights of 1."""
        (x,) = inputs
        thin = kernels.dependency.as_floats(kernels.dependency.distinct_channels(x))
        states = kernels.recurrence.reachable_maps(thin, self.geometry(x.shape[1:])[1:])
        return kernels.dependency.repeated(self._chosen(states), self.out_channels)

    def _chosen(self, states: Array) -> Array:
        """All states, or the last."""
        return states[:, :, -1] if self.output == "last" else states

    def forward(self, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """Go along the sequence."""
        (x,) = inputs
        arrays: Any = kernels.recurrence.Direction(weights["weight_ih"], weights["weight_hh"], weights.get("bias_ih"))
        return self._chosen(kernels.recurrence.conv_lstm(x, arrays, self.geometry(x.shape[1:])[1:]))
