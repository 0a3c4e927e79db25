"""The graph: layers in the order of execution, wired by tensor, with the shape of each.

Tensors are numbered: the inputs first, then the output of each node in turn. So a node's inputs always have smaller
numbers than its output, and walking the nodes in order is walking them as they are executed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError, did_you_mean
from cnncalc.graph.liveness import dependencies_of
from cnncalc.graph.node import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Protocol, TypedDict

    from cnncalc.graph.node import Node
    from cnncalc.shapes import Layout, Shape

    class Heading(TypedDict):
        """The fields with which every result about a network begins; shapes are as the spec orders axes."""

        name: str
        variant: str | None
        settings: dict[str, Any]
        inputs: dict[str, Shape]
        data_format: str


class Graph:
    """A network of known input size: its layers in the order of execution, and the tensors between them.

    `blueprint` is what it was built from. `inputs` maps the name of each input to its shape, `outputs` are tensor
    numbers; all shapes are channels first. `scopes` maps the names of layers, groups and blocks to the numbers of the
    tensors that leave them. `follows_sizes` says that options follow the size of the input by expressions, so that at
    another size they may be others. `entries` are those of the spec that were visited, loops unrolled: what it costs
    to build the network again.
    """

    def __init__(
        self,
        blueprint: Origin,
        inputs: Mapping[str, Shape],
        nodes: list[Node],
        outputs: Sequence[int],
        *,
        scopes: Mapping[str, tuple[int, ...]] | None = None,
        follows_sizes: bool = False,
        entries: int = 0,
    ) -> None:
        self.blueprint = blueprint
        self.name = blueprint.name
        self.layout = blueprint.layout
        self.inputs = dict(inputs)
        self.nodes = nodes
        self.outputs = tuple(outputs)
        self.scopes = scopes or {}
        self.follows_sizes = follows_sizes
        self.entries = entries or len(nodes)

    @property
    def variant(self) -> str | None:
        """The name of the variant; None where the spec has none."""
        return self.blueprint.variant

    @property
    def settings(self) -> dict[str, Any]:
        """The parameters that were set, by `load` and by `at`.

        >>> import cnncalc
        >>> cnncalc.load("mobilenet", set={"alpha": 0.5}).settings
        {'alpha': 0.5}
        """
        return dict(self.blueprint.settings)

    @property
    def heading(self) -> Heading:
        """The fields with which every result about the network begins.

        >>> import cnncalc
        >>> cnncalc.load("lenet").heading["inputs"]
        {'input': (1, 28, 28)}
        """
        return {
            "name": self.name,
            "variant": self.variant,
            "settings": self.settings,
            "inputs": {name: self.layout.external(shape) for name, shape in self.inputs.items()},
            "data_format": self.layout.name,
        }

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a user should know beside the figures, such as layers whose output nobody uses."""
        doubts = (*self.blueprint.notes, *self.layout.order_doubts(self.inputs, self.blueprint.own_inputs))
        if self.blueprint.in_one_line:
            from cnncalc.graph.notes import position_notes

            doubts = (*doubts, *position_notes(self.nodes))
        unused = [t.name for t in self.tensors if not t.readers and t.number not in self.outputs]
        if not unused:
            return doubts
        from cnncalc.graph.notes import unused_note

        return (*doubts, unused_note(unused))

    def __repr__(self) -> str:
        inputs = ", ".join(self.layout.text(shape) for shape in self.inputs.values())
        layers = len(self.nodes)
        return f"<{type(self).__name__} {self.name}: {layers} layer{'s' * (layers != 1)}, input {inputs}>"

    @cached_property
    def tensors(self) -> list[Tensor]:
        """Every tensor, by number: the inputs first, then the output of each node in turn.

        >>> import cnncalc
        >>> tensor = cnncalc.load("lenet").tensors[1]
        >>> tensor.name, tensor.shape, [node.name for node in tensor.readers]
        ('c1', (6, 28, 28), ['s2'])
        """
        readers: list[list[Node]] = [[] for _ in range(len(self.inputs) + len(self.nodes))]
        for node in self.nodes:
            for number in dict.fromkeys(node.inputs):
                readers[number].append(node)
        inputs = enumerate(self.inputs.items())
        return [
            *(Tensor(number, name, shape, None, readers[number]) for number, (name, shape) in inputs),
            *(Tensor(n.output, n.name, n.output_shape, n, readers[n.output]) for n in self.nodes),
        ]

    def tensor(self, name: str | None = None) -> int:
        """The number of the tensor that a layer, a scope or an input of that name makes; raises `CnncalcError`.

        Without a name that of the last layer, of those that lead to the first output, whose map has more than one
        position, or else of the output itself.

        >>> import cnncalc
        >>> network = cnncalc.load("lenet")
        >>> network.tensors[network.tensor()].name, network.tensor("c1")
        ('s4', 1)
        """
        tensors = self.tensors
        if name is None:
            output = self.outputs[0]
            maps = [
                number
                for number in dependencies_of(tensors, output)
                if max(tensors[number].shape[1:], default=1) > 1 and tensors[number].sees_input
            ]
            return maps[-1] if maps and tensors[maps[-1]].producer else output
        for tensor in tensors:
            if tensor.name == name:
                return tensor.number
        if self.scopes.get(name):
            return self.scopes[name][-1]
        raise self.unknown_layer(name)

    def layers_of(self, name: str | None = None) -> list[int]:
        """The numbers of the layers in a scope, of the layer of that name, or of all; raises `CnncalcError`.

        Of a scope without layers it is the one whose output the scope passes on, if that is no input.

        >>> import cnncalc
        >>> cnncalc.load("lenet").layers_of("c3"), len(cnncalc.load("resnet18").layers_of("layer1"))
        ([2], 14)
        """
        if name is None:
            return list(range(len(self.nodes)))
        tensor = self.tensors[self.tensor(name)]
        inside = f"{name}."
        found = [i for i, node in enumerate(self.nodes) if node.name == name or node.name.startswith(inside)]
        if not found and tensor.producer:
            found = [self.nodes.index(tensor.producer)]
        if not found:
            what = "is an input" if name in self.inputs else f"passes on the input `{tensor.name}`"
            raise CnncalcError(f"`{name}` {what}, and no layer", hint="name a layer, or a scope with layers")
        return found

    def unknown_layer(self, name: str) -> CnncalcError:
        """The error for a name that no layer, scope or input has."""
        scopes = (scope for scope, tensors in self.scopes.items() if tensors)
        known = dict.fromkeys([*(tensor.name for tensor in self.tensors), *scopes])
        hint = did_you_mean(name, known, "layers") or "its summary lists its layers"
        return CnncalcError(f"{self.name} has no layer `{name}`", hint=hint)

    @cached_property
    def parameters(self) -> int:
        """The numbers in all arrays that are trained.

        >>> import cnncalc
        >>> cnncalc.load("lenet").parameters
        61706
        """
        return self._sum(lambda node: node.parameters)

    @cached_property
    def frozen(self) -> int:
        """The numbers in all arrays that could be trained and are not."""
        return self._sum(lambda node: node.frozen)

    @cached_property
    def buffers(self) -> int:
        """The numbers in all arrays that are kept and never trained."""
        return self._sum(lambda node: node.buffers)

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates of one sample."""
        return self._sum(lambda node: node.macs)

    @cached_property
    def flops(self) -> int:
        """Floating-point operations of one sample."""
        return self._sum(lambda node: node.flops)

    def _sum(self, count: Callable[[Node], int]) -> int:
        """The sum of a count over all nodes, computed once for nodes of the same kind."""
        known: dict[object, int] = {}
        total = 0
        for node in self.nodes:
            kind = node.counted_kind
            if kind not in known:
                known[kind] = count(node)
            total += known[kind]
        return total


class Attempt:
    """What came of building at some input: the graph, or the error; and the entries that were visited for it.

    Neither is there where the attempt was given up, as it would have cost more than it may.
    """

    __slots__ = ("cost", "error", "network")

    def __init__(self, network: Graph | None, error: CnncalcError | None, cost: int) -> None:
        self.network = network
        self.error = error
        self.cost = cost


if TYPE_CHECKING:

    class Origin(Protocol):
        """A blueprint: `spec.blueprint.Blueprint` is the one that there is, and this is what of it a graph may ask."""

        @property
        def name(self) -> str:
            """The network's name."""

        @property
        def layout(self) -> Layout:
            """How the spec orders the axes of its shapes."""

        @property
        def variant(self) -> str | None:
            """The name of the variant; None where the spec has none."""

        @property
        def settings(self) -> dict[str, Any]:
            """The parameters that were set."""

        @property
        def own_inputs(self) -> Mapping[str, Shape]:
            """The shapes of the inputs as the spec has them, channels first."""

        @property
        def inputs(self) -> dict[str, Shape]:
            """The shape of each input, channels first: the spec's own, or those given instead."""

        @property
        def notes(self) -> tuple[str, ...]:
            """What is to be known of the spec, whatever the size of the input."""

        @property
        def in_one_line(self) -> bool:
            """Whether the layers were given as calls in one line."""

        @property
        def has_known_types(self) -> bool:
            """Whether all layer types are the program's own."""

        @property
        def relaxed(self) -> Origin:
            """The same without the check of `in_features` and of given weights, which fit one input size alone."""

        def at(self, inputs: Mapping[str, Shape]) -> Graph:
            """The graph at these input shapes, channels first; raises `CnncalcError`, at the place in the spec."""

        def attempt(self, inputs: Mapping[str, Shape], most: int) -> Attempt:
            """As `at`, without raising, given up where more than `most` entries would be visited."""

        def numbers(self) -> Iterator[int]:
            """The numbers in the expressions of the spec, and in the values of its parameters."""
