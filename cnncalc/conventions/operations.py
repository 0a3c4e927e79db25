"""A network as the calls of which its program in PyTorch consists: modules, functions and operators.

Some layers are several of these: a squeeze-and-excite block is a pool, two convolutions, two activations and a product.
Their MACs and FLOPs add up to those of the layer.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.layers import LAYERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from cnncalc.conventions.programs import Program
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node, Step
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape

MODULE: Final = "module"
FUNCTION: Final = "function"
OPERATOR: Final = "operator"
UNRUN: Final = "not run"

CALLED_AS: Final = {
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "average"), OPERATOR),
    **dict.fromkeys(("reduce_mean", "reduce_sum", "reduce_max", "reduce_min", "reduce_prod"), OPERATOR),
    **dict.fromkeys(("reduce_var", "reduce_std", "reduce_l1", "reduce_l2", "reduce_logsumexp"), OPERATOR),
    **dict.fromkeys(("maximum", "minimum", "concat", "matmul"), FUNCTION),
    **dict.fromkeys(("exp", "log", "sqrt", "rsqrt", "reciprocal", "square", "power", "abs", "neg", "sign"), FUNCTION),
    **dict.fromkeys(("floor", "ceil", "round", "sin", "cos", "erf", "clamp"), FUNCTION),
}
"""How a program calls what PyTorch has no module for; everything else is a module unless told otherwise."""


class Operation(NamedTuple):
    """One call: its kind is that of a layer type, `layer` has the options, and shapes are channels first.

    `is_subclass` says that the module's class is one of the program's own, derived from PyTorch's. `is_folded` marks a
    convolution, and the batch norm that alone reads it, which an exporter makes one of. Weights that an earlier call
    has too are not counted again (`is_counted`).
    """

    kind: str
    layer: Layer
    name: str
    inputs: tuple[Shape, ...]
    output: Shape
    weights: Mapping[str, Shape]
    macs: int
    flops: int
    call: str = MODULE
    is_subclass: bool = False
    is_folded: bool = False
    is_counted: bool = True

    def option(self, name: str) -> Any:
        """The value of one of the layer's options."""
        return getattr(self.layer, name)

    @property
    def label(self) -> str:
        """The kind with its rank, where it has one: `conv2d`."""
        ranked = self.kind in LAYERS and LAYERS[self.kind].ranked
        return f"{self.kind}{self.rank}d" if ranked else self.kind

    @property
    def types(self) -> tuple[str, ...]:
        """What a user may call its type: the kind, the kind with its rank, and the layer's."""
        return (self.kind, self.label, self.layer.type_name)

    @property
    def rank(self) -> int:
        """The spatial axes of the first input."""
        return len(self.inputs[0]) - 1

    @property
    def arriving(self) -> int:
        """The values of the first input."""
        return prod(self.inputs[0])

    @property
    def leaving(self) -> int:
        """The values of the output."""
        return prod(self.output)

    @property
    def parameters(self) -> int:
        """The numbers in its weights."""
        return sum(map(prod, self.weights.values()))


def operations_of(network: Graph, program: Program) -> Iterator[Operation]:
    """The calls of a network, in the order of execution.

    >>> import cnncalc
    >>> from cnncalc.conventions.programs import Program
    >>> gate = cnncalc.load("squeeze_excite(4)", input="8x5x5")
    >>> [found.label for found in operations_of(gate, Program())]
    ['adaptive_avg_pool2d', 'conv2d', 'relu', 'conv2d', 'sigmoid', 'multiply']
    """
    folded = _folded(network)
    for node in network.nodes:
        parts = list(_of_node(node))
        merged = {"conv": len(parts) - 1, "batch_norm": 0} if node.output in folded else {}
        for number, part in enumerate(parts):
            operation = part._replace(kind=_kind(part, program))
            yield operation._replace(
                call=_call(operation, program),
                is_subclass=program.is_subclass(node.name),
                is_folded=merged.get(operation.kind) == number,
                is_counted=node.shares is None,
            )


def _kind(part: Operation, program: Program) -> str:
    """The kind of a call, where the program has another for it than most."""
    if part.name in program.means:
        return "reduce_mean"
    return "chunk" if part.kind in program.chunks else part.kind


def _call(operation: Operation, program: Program) -> str:
    """How the program calls it."""
    if not program.is_run(operation.name):
        return UNRUN
    is_function = program.calls_as_function(operation.name, *operation.types)
    return FUNCTION if is_function else CALLED_AS.get(operation.kind, MODULE)


def _folded(network: Graph) -> set[int]:
    """The tensors of the convolutions that one batch norm alone reads, and of those batch norms."""
    found: set[int] = set()
    for tensor in network.tensors:
        before = tensor.producer
        if before is None or before.layer.type_name not in _CONVOLUTIONS or len(before.steps) > 1:
            continue
        if tensor.number in network.outputs or len(tensor.readers) != 1:
            continue
        (norm,) = tensor.readers
        if norm.layer.type_name == "batch_norm" and norm.buffer_shapes:
            found |= {tensor.number, norm.output}
    return found


_CONVOLUTIONS: Final = ("conv", "depthwise_conv", "separable_conv")


def _of_node(node: Node) -> Iterator[Operation]:
    """The calls that a node consists of."""
    for step in node.steps:
        yield from _PARTS.get(step.layer.type_name, _whole)(node.name, step)


def _whole(name: str, step: Step) -> Iterator[Operation]:
    """A layer that is one call."""
    yield _operation(name, step, _SAME_AS.get(step.layer.type_name, step.layer.type_name))


_SAME_AS: Final = {
    "depthwise_conv": "conv",
    "global_avg_pool": "adaptive_avg_pool",
    "global_max_pool": "adaptive_max_pool",
    **dict.fromkeys(("spatial_dropout", "alpha_dropout", "feature_alpha_dropout", "gaussian_dropout"), "dropout"),
    "gaussian_noise": "identity",
}
"""Our types that are another module of PyTorch's, with certain options."""


def _operation(name: str, step: Step, kind: str, **others: Any) -> Operation:
    """The call that a step is, or a part of it where others are given."""
    inputs, output = step.input_shapes, step.output_shape
    found = {
        "inputs": tuple(inputs),
        "output": output,
        "weights": _weights(step),
        "macs": step.layer.macs(inputs, output),
        "flops": step.layer.flops(inputs, output),
    }
    return Operation(kind, step.layer, name, **{**found, **others})


def _weights(step: Step) -> dict[str, Shape]:
    """The arrays of a layer, of which that of a normalised weight is called as others are."""
    stored = getattr(step.layer, "stored_name", "weight")
    found = step.layer.weight_shapes(step.input_shapes)
    return {"weight" if name == stored else name: shape for name, shape in found.items()}


def _separated(name: str, step: Step) -> Iterator[Operation]:
    """A separable convolution: one channel by channel, and one with kernel 1."""
    weights = dict(step.layer.weight_shapes(step.input_shapes))
    depthwise, pointwise = weights.pop("depthwise_weight"), weights.pop("pointwise_weight")
    between = (depthwise[0], *step.output_shape[1:])
    first = prod(between[1:]) * prod(depthwise)
    whole = _operation(name, step, "conv")
    yield whole._replace(output=between, weights={"weight": depthwise}, macs=first, flops=2 * first)
    yield whole._replace(
        inputs=(between,),
        weights={"weight": pointwise, **weights},
        macs=whole.macs - first,
        flops=whole.flops - 2 * first,
    )


def _gated(name: str, step: Step) -> Iterator[Operation]:
    """A squeeze-and-excite block."""
    shape, weights = step.input_shapes[0], step.layer.weight_shapes(step.input_shapes)
    ones = (1,) * (len(shape) - 1)
    gate = (shape[0], *ones)
    yield _operation(name, step, "adaptive_avg_pool", output=gate, weights={}, macs=0, flops=prod(shape))
    for part, option in (("fc1", "activation"), ("fc2", "scale_activation")):
        weight = weights[f"{part}.weight"]
        after, macs = (weight[0], *ones), prod(weight)
        arrays = {key: weights[f"{part}.{key}"] for key in ("weight", "bias")}
        flops = 2 * macs + weight[0]
        yield _operation(name, step, "conv", inputs=(gate,), output=after, weights=arrays, macs=macs, flops=flops)
        gate = after
        activation = getattr(step.layer, option)
        if activation is not None:
            yield Operation(
                activation.type_name,
                activation,
                name,
                (gate,),
                gate,
                activation.weight_shapes([gate]),
                0,
                activation.flops([gate], gate),
            )
    yield _operation(name, step, "multiply", inputs=(shape, gate), weights={}, macs=0, flops=prod(shape))


def _scaled(name: str, step: Step) -> Iterator[Operation]:
    """A product with a constant or with weights, and a sum where there is a bias."""
    weights, values = dict(step.layer.weight_shapes(step.input_shapes)), prod(step.output_shape)
    bias = weights.pop("bias", None)
    yield _operation(name, step, "multiply", weights=weights, flops=values)
    if bias is not None:
        yield _operation(name, step, "add", weights={"bias": bias}, flops=values)


_PARTS: Final[dict[str, Callable[[str, Step], Iterator[Operation]]]] = {
    "separable_conv": _separated,
    "squeeze_excite": _gated,
    "scale": _scaled,
}
"""Our types that are several calls."""
