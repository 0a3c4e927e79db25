"""Recurrent layers: LSTM, GRU and the plain one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc import kernels
from cnncalc.errors import LayerError
from cnncalc.layers.activations_piecewise import ReLU
from cnncalc.layers.activations_smooth import Sigmoid, Tanh
from cnncalc.layers.options import Boolean, Choice, Integer, option
from cnncalc.layers.recurrent import Recurrent

if TYPE_CHECKING:
    from cnncalc.kernels.recurrence import MakeStep
    from cnncalc.shapes import Shape


class LSTM(Recurrent):
    """Long short-term memory, along a sequence.

    Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000: ``(C, L) -> (D hidden_size, L)`` in D
    directions, or ``(D hidden_size,)`` for `output: last`. `proj_size` has each hidden state multiplied down to as many
    features. Arrays, the order of their gates (i, f, g, o) and two biases are PyTorch's. MACs: at each step, in each
    layer and direction, one for each value of weight_ih, weight_hh and weight_hr. FLOPs: twice the MACs; at each step
    the biases, and 22 for each value of the hidden state: 4 joining the two products, 3 sigmoids of 4, 2 tangents, and
    4 for the cell.

    >>> LSTM(hidden_size=256, bidirectional=True).output_shape([(512, 26)])
    (512, 26)
    """

    type_name = "lstm"
    aliases = ("cu_dnn_lstm", "long_short_term_memory")
    gates = 4
    moment = 0.04

    proj_size: int = option(
        Integer(0),
        default=0,
        meaning="features that the output is projected to; 0 is no projection",
        aliases=("num_proj",),
    )

    def validate(self) -> None:
        """A projection makes the state smaller."""
        if self.proj_size >= self.hidden_size:
            fact = f"`proj_size` {self.proj_size} is not smaller than `hidden_size` {self.hidden_size}"
            raise LayerError(fact, option="proj_size", hint="a projection makes the hidden state smaller; 0 is none")

    @property
    def features(self) -> int:
        """The output features of one direction."""
        return self.proj_size or self.hidden_size

    @property
    def operations(self) -> int:
        """What a step costs for each value of the cell."""
        return 4 + 3 * Sigmoid.operations + 2 * Tanh.operations + 4

    def _arrays(self, arriving: int) -> dict[str, Shape]:
        projection: dict[str, Shape] = {"weight_hr": (self.proj_size, self.hidden_size)} if self.proj_size else {}
        return {**super()._arrays(arriving), **projection}

    def _make_step(self) -> MakeStep:
        return kernels.recurrence.lstm


class GRU(Recurrent):
    """Gated recurrent unit, along a sequence.

    Cho et al. 2014: ``(C, L) -> (D hidden_size, L)`` in D directions, or ``(D hidden_size,)`` for `output: last`.
    Arrays, the order of their gates (r, z, n) and two biases are PyTorch's. The reset gate acts on the state's product,
    as in PyTorch and by default in Keras; with `reset_after: false` on the state before its product, as in the paper,
    which `recurrent_bias: false` implies as in Keras. MACs: at each step, in each layer and direction, one for each
    value of weight_ih and weight_hh. FLOPs: twice the MACs; at each step the biases, and 16 for each value of the
    hidden state: 3 joining the two products, 2 sigmoids of 4, a tangent, the reset, and 3 for the update.

    >>> GRU(hidden_size=16).weight_shapes([(12, 10)])["weight_ih_l0"]
    (48, 12)
    """

    type_name = "gru"
    aliases = ("cu_dnn_gru", "gated_recurrent_unit")
    gates = 3
    moment = 0.16

    reset_after: bool | None = option(
        Boolean(),
        default=None,
        meaning="false resets the state before its product: as `recurrent_bias`",
        aliases=("linear_before_reset",),
    )

    @property
    def operations(self) -> int:
        """What a step costs for each value of the hidden state."""
        return 3 + 2 * Sigmoid.operations + Tanh.operations + 1 + 3

    def _make_step(self) -> MakeStep:
        reset_after = self.recurrent_bias if self.reset_after is None else self.reset_after
        return lambda arrays, samples: kernels.recurrence.gru(arrays, samples, reset_after=reset_after)


class RNN(Recurrent):
    """A plain recurrent layer, along a sequence.

    Elman 1990: ``h = nonlinearity(W_ih x + W_hh h + b)``, ``(C, L) -> (D hidden_size, L)`` in D directions, or
    ``(D hidden_size,)`` for `output: last`. Arrays and two biases are PyTorch's. MACs: at each step, in each layer and
    direction, one for each value of weight_ih and weight_hh. FLOPs: twice the MACs; at each step the biases, and 2 for
    each value of the hidden state, which join the two products and are the nonlinearity.

    >>> RNN(hidden_size=16).macs([(12, 10)], (16, 10))
    4480
    """

    type_name = "rnn"
    positional = ("hidden_size", "num_layers", "nonlinearity", "bias")
    moment = 0.4
    aliases = ("simple_rnn", "elman", "elman_rnn", "vanilla_rnn")

    nonlinearity: str = option(
        Choice("tanh", "relu"), default="tanh", meaning="the function that makes the state", aliases=("activation",)
    )

    @property
    def operations(self) -> int:
        """What a step costs for each value of the hidden state."""
        return 1 + (Tanh if self.nonlinearity == "tanh" else ReLU).operations

    def fan_in(self, name: str, shape: Shape) -> float:
        """With a rectifier so many that the state cannot grow without bound: each weight is at most 1 / hidden_size."""
        bounded = self.nonlinearity == "relu" and name.startswith("weight_hh")
        return 3.0 * shape[1] * shape[1] if bounded else super().fan_in(name, shape)

    def _make_step(self) -> MakeStep:
        function = kernels.elementwise.tanh if self.nonlinearity == "tanh" else kernels.recurrence.relu
        return lambda arrays, samples: kernels.recurrence.rnn(arrays, samples, nonlinearity=function)
