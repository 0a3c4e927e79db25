"""The graph as it grows: tensors, their shapes, the names that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.errors import LayerError
from cnncalc.graph.node import Node
from cnncalc.spec.limits import MAX_LAYERS, MAX_TAKEN
from cnncalc.spec.scopes import OPEN, PREVIOUS, NameFault, NameTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.graph.node import Step
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape
    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry
    from cnncalc.spec.evaluation import Evaluator
    from cnncalc.spec.layer_factory import LayerMaker
    from cnncalc.spec.namespace import Namespace
    from cnncalc.spec.scopes import Frame, Tensors
    from cnncalc.spec.text_nodes import Scalar, TextNode


class GraphBuilder:
    """Nodes appended one after the other; tensors are numbered, the inputs first."""

    def __init__(self, spec: Spec, inputs: Mapping[str, Shape], maker: LayerMaker, evaluator: Evaluator) -> None:
        self.spec = spec
        self.source = spec.source
        self.inputs = inputs
        self.maker = maker
        self.evaluator = evaluator
        self.budget = evaluator.budget
        self.shapes: list[Shape] = list(inputs.values())
        self.nodes: list[Node] = []
        self.names = NameTable()
        self.known: dict[object, tuple[Step, ...]] = {}
        self.follows_sizes = False

    def add(self, entry: Entry, name: str, layer: Layer, taken: Tensors) -> Tensors:
        """Append a node, and name its output."""
        if self.names.tensors.get(name) != OPEN:
            self.unused(entry, name)
        if len(self.nodes) >= MAX_LAYERS:
            raise self.source.error(entry.at, f"the network has more than {MAX_LAYERS:,} layers")
        shapes = [self.shapes[tensor] for tensor in taken]
        try:
            node = Node(name, layer, taken, len(self.shapes), shapes, self.known)
        except LayerError as error:
            what = " and ".join(map(self.spec.layout.text, shapes))
            raise self.maker.wrong(entry, error, f"`{name}` cannot take {what}: {error.fact}") from None
        self.nodes.append(node)
        self.budget.layers += 1
        self.budget.remember(self.source, entry.at, name)
        self.shapes.append(node.output_shape)
        self.names.tensors[name] = (node.output,)
        return (node.output,)

    def open(self, entry: Entry, name: str) -> None:
        """Name a group or block, which has no output yet."""
        self.budget.remember(self.source, entry.at, name)
        self.names.tensors[name] = OPEN

    def check_rank(self, entry: Entry, what: str, layer: Layer, rank: int, tensor: int) -> None:
        """Refuse a tensor whose rank is not that of the type as written."""
        shape = self.shapes[tensor]
        spatial = len(shape) - 1
        if spatial == rank:
            return
        axes = f"{spatial or 'no'} spatial {'axis' if spatial == 1 else 'axes'}"
        hint = f"write `{layer.type_name}`, which takes the rank of its input" if spatial else "it needs a map"
        if tensor < len(self.inputs):
            hint = self.spec.layout.rank_hint(shape, rank) or hint
        raise self.source.error(entry.at, f"{what}, and {self.spec.layout.text(shape)} with {axes} arrives", hint)

    def check_arity(self, entry: Entry, name: str, layer: Layer, taken: Tensors) -> None:
        """Refuse more or fewer tensors than the layer takes."""
        fewest, most = layer.arity
        count = len(taken)
        if fewest <= count and (most is None or count <= most):
            return
        wanted = f"{fewest} input{'s' * (fewest > 1)}" if most == fewest else f"at least {fewest} inputs"
        arrives = f"{count} arrive{'s' * (count == 1)}: {self.listed(taken)}"
        hint = "`from: [previous, NAME]` takes several" if count < fewest else "choose with `from: NAME`"
        raise self.source.error(entry.at, f"`{name}` takes {wanted}, {arrives}", hint)

    def name_of(self, tensor: int) -> str:
        """The name of the input or layer that a tensor is the output of."""
        first = len(self.inputs)
        return list(self.inputs)[tensor] if tensor < first else self.nodes[tensor - first].name

    def listed(self, tensors: Tensors) -> str:
        """The names of tensors, for an error."""
        return ", ".join(map(self.name_of, tensors))

    def sees(self, frame: Frame, taken: Tensors | Callable[[], Tensors]) -> Callable[[], Namespace]:
        """What the expressions of an entry see, made when there is one; `taken` may be found out only then."""

        def arrival() -> Namespace:
            from cnncalc.spec.entry_names import EntryNames

            def arriving() -> Shape:
                return self.shapes[(taken() if callable(taken) else taken)[0]]

            def shape_of(word: str) -> Shape:
                tensors = frame.previous if word == PREVIOUS else self.names.find(word, frame.scope)
                return self.shapes[tensors[0]]

            return EntryNames(frame, arriving, self.spec.layout, shape_of, self.follow_sizes)

        return arrival

    def follow_sizes(self) -> None:
        """Remember that an expression has asked for a size, so that options may be others at other input sizes."""
        self.follows_sizes = True

    def full_name(self, entry: Entry, frame: Frame, taken: Tensors) -> str | None:
        """The full name of a named entry, which must be new; None for one without a name."""
        if entry.name is None:
            return None
        word = self.evaluator.word(entry.name, self.sees(frame, taken))
        try:
            return self.names.new(word, frame.scope)
        except NameFault as fault:
            in_loop = "index" in frame.values and word == entry.name.text and self.names.is_taken(word, frame.scope)
            hint = f'in a loop, put {{index}} into it: "{word}_{{index}}"' if in_loop else fault.later
            raise self.source.error(entry.name, fault.fact, hint) from None

    def unused(self, entry: Entry, name: str) -> None:
        """Refuse a name that was counted out if a written one has taken it."""
        try:
            self.names.unused(name)
        except NameFault as fault:
            raise self.source.error(entry.name or entry.at, fault.fact, fault.later) from None

    def taken(self, node: TextNode, frame: Frame) -> Tensors:
        """The tensors that a `from` or `outputs` names."""
        words = self.evaluator.words(node, self.sees(frame, frame.previous))
        if not words:
            hint = "leave it out to take the output of the entry before"
            raise self.source.error(node, "an empty list of names", hint)
        taken: list[int] = []
        for item, word in words:
            taken += self.found(item, word, frame)
            if len(taken) > MAX_TAKEN:
                break
        self.budget.take(self.source, node, len(taken))
        return tuple(taken)

    def found(self, node: Scalar, word: str, frame: Frame) -> Tensors:
        """The tensors of a name."""
        if word == PREVIOUS:
            return frame.previous
        try:
            return self.names.find(word, frame.scope)
        except NameFault as fault:
            raise self.source.error(node, fault.fact, fault.later) from None
