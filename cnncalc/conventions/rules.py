"""What a convention is made of: rules, each a number for an operation and its words, in a table by kind."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.conventions.operations import FUNCTION, MODULE, OPERATOR, UNRUN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cnncalc.conventions.operations import Operation
    from cnncalc.conventions.programs import Program


class Rule(NamedTuple):
    """What an operation counts for, and how a person says it; `known` is false where that is a guess."""

    words: str
    of: Callable[[Operation], int]
    known: bool = True


class Quantity(NamedTuple):
    """A number that a tool prints: the tool's name for it, and the figure of ours that it is held against.

    `rules` has a rule for each kind that counts; under ``F.kind`` for what is called as a function,
    and under ``@kind`` as an operator.
    """

    name: str
    ours: str
    meaning: str
    rules: Mapping[str, Rule]


class ParameterRule(NamedTuple):
    """How a tool counts parameters."""

    words: str
    of: Callable[[Sequence[Operation], Program], int]


class Convention(NamedTuple):
    """How a tool counts.

    It `sees` modules alone, functions too, or all operations. With `exact_types` it misses modules of derived classes.
    `other` is the rule for kinds of PyTorch's that are not in the tables.
    """

    tool: str
    version: str
    quantities: tuple[Quantity, ...]
    parameters: ParameterRule | None
    sees: str
    exact_types: bool
    other: Rule

    def rule(self, quantity: Quantity, operation: Operation) -> Rule:
        """The rule for an operation, which may be that it is not counted, or that nothing is known of it."""
        if operation.call == UNRUN:
            return UNSEEN[UNRUN]
        as_function = operation.is_subclass and self.exact_types
        call = FUNCTION if as_function and operation.call == MODULE else operation.call
        for key in self._keys(operation.kind, call):
            if key in quantity.rules:
                return quantity.rules[key]
        if call != MODULE and (self.sees == MODULES or (self.sees == FUNCTIONS and call != FUNCTION)):
            return UNSEEN_CLASS if as_function else UNSEEN[call]
        return self.other if operation.kind in KNOWN else UNKNOWN

    def _keys(self, kind: str, call: str) -> tuple[str, ...]:
        """The keys under which the rule for such a call may stand, the most specific first."""
        if call == MODULE or self.sees == OPERATIONS:
            return (kind,)
        if call == FUNCTION:
            return (f"F.{kind}",) if self.sees == MODULES else (f"F.{kind}", kind)
        return (f"@{kind}",)


MODULES: Final = "modules"
FUNCTIONS: Final = "functions"
OPERATIONS: Final = "operations"

POOLS: Final = ("max_pool", "avg_pool", "adaptive_avg_pool", "adaptive_max_pool")
NOT_COUNTED: Final = Rule("not counted", lambda _: 0)
UNSEEN: Final = {
    FUNCTION: Rule("not counted: called as a function", lambda _: 0),
    OPERATOR: Rule("not counted: an operator", lambda _: 0),
    UNRUN: Rule("not counted: run in training only", lambda _: 0),
}
UNSEEN_CLASS: Final = Rule("not counted: a class of the program's own", lambda _: 0)
UNKNOWN: Final = Rule("not known to be counted, taken as 0", lambda _: 0, known=False)

UNCOUNTED_PARTS: Final = {"local_response_norm": NOT_COUNTED}
"""Functions of PyTorch's that are made of operations which most tools do not count."""

MACS: Final = Rule("1 per MAC", lambda o: o.macs)
MACS_AND_BIAS: Final = Rule(
    "1 per MAC, 1 per biased output value", lambda o: o.macs + (o.leaving if "bias" in o.weights else 0)
)
TWICE_MACS: Final = Rule("2 per MAC", lambda o: 2 * o.macs)
TWICE_MACS_AND_BIAS: Final = Rule(
    "2 per MAC, 1 per biased output value", lambda o: 2 * o.macs + (o.leaving if "bias" in o.weights else 0)
)


def per_value(times: int) -> Rule:
    """So many for each value of the output.

    >>> per_value(2).words
    '2 per output value'
    """
    return Rule(f"{times} per output value", lambda o: times * o.leaving)


def per_input(times: int) -> Rule:
    """So many for each value of the input.

    >>> per_input(1).words
    '1 per input value'
    """
    return Rule(f"{times} per input value", lambda o: times * o.arriving)


def normalised(affine: int, plain: int) -> Rule:
    """So many for each value with a learnt weight, and so many without.

    >>> normalised(5, 4).words
    '5 per value, 4 without weights'
    """
    words = f"{affine} per value, {plain} without weights"
    return Rule(words, lambda o: (affine if "weight" in o.weights else plain) * o.leaving)


def _batch_normalised(operation: Operation) -> int:
    """2 for a value with known statistics, 5 where they are those of the batch; 1 less without weights."""
    times = 2 if operation.option("track_running_stats") else 5
    return (times if "weight" in operation.weights else times - 1) * operation.leaving


BATCH_NORM: Final = Rule("2 per value, 1 without weights; 3 more without running statistics", _batch_normalised)


def _response_normalised(operation: Operation) -> int:
    """What is patched of the calls that it consists of: a pool over padded channels, two products and a sum."""
    channels, *sizes = operation.output
    padded: int = channels + operation.option("size") - 1
    return padded * prod(sizes) + 3 * operation.leaving


RESPONSE_NORM: Final = Rule("4 per value, 1 per padded value", _response_normalised)

MERGED: Final = Rule("1 per output value and further input", lambda o: o.leaving * max(1, len(o.inputs) - 1))


def by_rank(rule: Rule, rank: int) -> Rule:
    """A rule that holds for maps of one rank only."""
    return Rule(f"{rule.words} ({rank}-D only)", lambda o: rule.of(o) if o.rank == rank else 0)


ALL_PARAMETERS: Final = ParameterRule("all that can be trained", lambda found, _: sum(o.parameters for o in found))

ACTIVATIONS: Final = (
    *("relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "mish", "hardswish"),
    *("hardsigmoid", "hardtanh", "sigmoid", "tanh", "softplus", "softsign", "log_sigmoid", "threshold"),
    *("softmax", "log_softmax", "glu"),
)
MOVES: Final = (
    *("flatten", "unflatten", "reshape", "permute", "squeeze", "slice", "crop", "pad", "concat", "identity", "dropout"),
    *("drop_path", "pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "split", "chunk", "embedding", "constant"),
    "parameter",
)
"""The kinds that move values, or pass them on at inference."""

KNOWN: Final = frozenset(
    {
        *ACTIVATIONS,
        *MOVES,
        "multihead_attention",
        *("lstm", "gru", "rnn"),
        *("conv", "conv_transpose", "linear", "matmul", "batch_norm", "layer_norm", "group_norm", "instance_norm"),
        *(*POOLS, "max_unpool", "upsample"),
        *("add", "subtract", "multiply", "divide", "maximum", "minimum", "average"),
        *("reduce_mean", "reduce_sum", "reduce_max", "reduce_min", "reduce_prod"),
    }
)
"""The kinds that are one call in PyTorch: a tool that has no rule for one of them is known to pass it over."""
