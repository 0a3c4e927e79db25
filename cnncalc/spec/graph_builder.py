"""The graph while a spec is expanded: nodes so far, the shapes of tensors, and the names that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import LayerError
from cnncalc.graph.node import Node
from cnncalc.spec.limits import MAX_LAYERS, MAX_TAKEN
from cnncalc.spec.scopes import OPEN, PLAIN_ARRAYS, PREVIOUS, NameFault, NameTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnncalc.errors import CnncalcError
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape
    from cnncalc.spec.document import Spec
    from cnncalc.spec.entries import Entry
    from cnncalc.spec.evaluation import Evaluator
    from cnncalc.spec.layer_factory import LayerFactory
    from cnncalc.spec.namespace import Namespace
    from cnncalc.spec.scopes import Arrays, Frame, Tensors
    from cnncalc.spec.shared_entries import SharedEntries
    from cnncalc.text_nodes import Scalar, TextNode


class GraphBuilder:
    """Nodes appended one after the other; tensors are numbered, the inputs first."""

    def __init__(self, spec: Spec, inputs: Mapping[str, Shape], factory: LayerFactory, evaluator: Evaluator) -> None:
        self.spec = spec
        self.source = spec.source
        self.inputs = inputs
        self.factory = factory
        self.evaluator = evaluator
        self.budget = evaluator.budget
        self.shapes: list[Shape] = list(inputs.values())
        self.nodes: list[Node] = []
        self.names = NameTable()
        self.known = factory.cache.steps()
        self.follows_sizes = False
        self.shared: SharedEntries | None = None
        self._follow_shares()

    def of_spec(self, spec: Spec, factory: LayerFactory, evaluator: Evaluator) -> GraphBuilder:
        """The builder of the same graph for the part of it that another spec describes."""
        from copy import copy

        other = copy(self)
        other.spec, other.source, other.factory, other.evaluator = spec, spec.source, factory, evaluator
        other._follow_shares()
        return other

    def _follow_shares(self) -> None:
        """Begin to remember earlier entries, where the spec has some that share their arrays."""
        if self.spec.has_shares and self.shared is None:
            from cnncalc.spec.shared_entries import SharedEntries

            self.shared = SharedEntries()

    def add(self, entry: Entry, name: str, layer: Layer, inputs: Tensors, arrays: Arrays) -> Tensors:
        """Append a node, name its output, and return it; raises `CnncalcError` where the layer refuses its inputs."""
        if self.names.tensors.get(name) != OPEN:
            self.check_unused(entry, name)
        if len(self.nodes) >= MAX_LAYERS:
            raise self.source.error(entry.at, f"the network has more than {MAX_LAYERS:,} layers", code="limit")
        shapes = [self.shapes[tensor] for tensor in inputs]
        sees_input = any(map(self.sees_input, inputs))
        try:
            node = Node(name, layer, inputs, len(self.shapes), shapes, self.known, sees_input=sees_input)
        except LayerError as error:
            raise self._refused(error, entry, name, layer, shapes) from None
        if arrays is not PLAIN_ARRAYS:
            from cnncalc.spec.arrays import array_use

            node = node.with_arrays(array_use(node, arrays, self.node_named, self._is_scope))
        self.nodes.append(node)
        self.budget.count_layer()
        self.budget.remember(self.source, entry.at, name)
        self.shapes.append(node.output_shape)
        self.names.bind(name, (node.output,))
        return (node.output,)

    def _refused(self, error: LayerError, entry: Entry, name: str, layer: Layer, shapes: list[Shape]) -> CnncalcError:
        """The error for inputs that a layer cannot take."""
        what = " and ".join(map(self.spec.layout.text, shapes))
        fact = f"`{name}` cannot {f'take {what}' if shapes else 'be'}: {error.fact}"
        of_paths = len(shapes) > 1 and layer.role == "merge" and error.hint is None and error.option is None
        hint = self._paths_hint(entry, layer, shapes) if of_paths else None
        return self.factory.located(error, entry, fact, hint, code="shape", layer=name)

    def add_parts(self, entry: Entry, name: str, layer: Layer, inputs: Tensors, arrays: Arrays) -> Tensors:
        """Append the layers of which a layer is a scope, such as the slices of a `split`, and return all of them."""
        self.check_unused(entry, name)
        self.open(entry, name)
        shape = self.shapes[inputs[0]]
        try:
            parts = layer.parts(shape)
            added = [self.add(entry, f"{name}.{number}", part, inputs, arrays) for number, part in enumerate(parts)]
        except LayerError as error:
            raise self._refused(error, entry, name, layer, [shape]) from None
        outputs = tuple(tensor for tensors in added for tensor in tensors)
        if len(shape) == 1 or self.shapes[outputs[0]][1:] != shape[1:]:  # bounds along an axis that follows the input
            self.follow_sizes()
        return outputs

    def _is_scope(self, name: str) -> bool:
        """Whether a group or block bears a full name, where the spec shares arrays."""
        return self.shared is not None and name in self.shared.spans

    def nodes_within(self, name: str) -> list[Node]:
        """The nodes of a group or block, or of the layer of that name."""
        if self.shared is not None and name in self.shared.spans:
            first, behind = self.shared.spans[name]
            return self.nodes[first:behind]
        node = self.node_named(name)
        return [] if node is None else [node]

    def sees_input(self, tensor: int) -> bool:
        """Whether an input of the network reaches a tensor."""
        return tensor < len(self.inputs) or self.nodes[tensor - len(self.inputs)].sees_input

    def _paths_hint(self, entry: Entry, layer: Layer, shapes: list[Shape]) -> Callable[[], str | None]:
        """The hint for tensors that a layer cannot merge."""

        def hint() -> str | None:
            from cnncalc.spec.advice.paths import paths_hint

            return paths_hint(entry, layer.type_name, shapes)

        return hint

    def open(self, entry: Entry, name: str) -> None:
        """Name a group or block that is about to be expanded, so that it has no output yet."""
        self.budget.remember(self.source, entry.at, name)
        self.names.bind(name, OPEN)
        if self.shared is not None:
            self.shared.begin(name, len(self.nodes))

    def close(self, name: str, output: Tensors) -> None:
        """Let the name of a group or block, which is expanded now, stand for its output."""
        self.names.bind(name, output)
        if self.shared is not None:
            self.shared.end(name, len(self.nodes))

    def node_named(self, name: str) -> Node | None:
        """The node that bears a full name; None where there is none, or a group or block bears it."""
        tensors = self.names.tensors.get(name)
        number = tensors[-1] - len(self.inputs) if tensors else -1
        node = self.nodes[number] if number >= 0 else None
        return node if node is not None and node.name == name else None

    def check_rank(self, entry: Entry, what: str, layer: Layer, rank: int, tensor: int) -> None:
        """Raise `CnncalcError` unless a tensor has the spatial axes that the type is written with: 2 for conv2d."""
        shape = self.shapes[tensor]
        spatial = len(shape) - 1
        if spatial == rank:
            return
        axes = f"{spatial or 'no'} spatial {'axis' if spatial == 1 else 'axes'}"
        from cnncalc.spec.advice.shapes import rank_hint

        before = None if tensor < len(self.inputs) else self.nodes[tensor - len(self.inputs)]
        hint = rank_hint(layer, rank, shape, before, self.spec.layout)
        fact = f"{what}, and {self.spec.layout.text(shape)} with {axes} arrives"
        raise self.source.error(entry.at, fact, hint, code="shape")

    def check_arity(self, entry: Entry, name: str, layer: Layer, inputs: Tensors) -> None:
        """Raise `CnncalcError` for more or fewer inputs than the layer takes."""
        fewest, most = layer.arity
        count = len(inputs)
        if fewest <= count and (most is None or count <= most):
            return
        wanted = f"{fewest} input{'s' * (fewest > 1)}" if most == fewest else f"at least {fewest} inputs"
        arrives = f"{count} arrive{'s' * (count == 1)}: {self.names_of(inputs)}"
        constant = ", `value: 2` stands for a second one" if "value" in layer.options else ""
        several = f"`from: [previous, NAME]` takes several{constant}"
        hint = several if count < fewest else "choose with `from: NAME`"
        raise self.source.error(entry.at, f"`{name}` takes {wanted}, {arrives}", hint, code="shape", layer=name)

    def refer(self, node: TextNode, option: str, frame: Frame, layer: Layer, inputs: Tensors) -> tuple[Layer, Tensors]:
        """A layer with a reference to the earlier one that an option names (`max_unpool`'s `indices`), and its inputs.

        The inputs of the earlier layer come after its own.
        """
        [(item, word)] = self.evaluator.words(node, self.namespace_of(frame, inputs))
        number = self.named_tensors(item, word, frame)[-1] - len(self.inputs)
        if number < 0:
            raise self.source.error(item, f"`{option}` must name a layer, and `{word}` is an input", code="name")
        earlier = self.nodes[number]
        try:
            referring = layer.bound(earlier.layer)
        except LayerError as error:
            raise self.source.error(
                item, f"`{option}`: `{earlier.name}` {error.fact}", error.hint, code="shape"
            ) from None
        return referring, (*inputs, *earlier.inputs)

    def name_of(self, tensor: int) -> str:
        """The name of the input or layer that a tensor is the output of."""
        first = len(self.inputs)
        return list(self.inputs)[tensor] if tensor < first else self.nodes[tensor - first].name

    def names_of(self, tensors: Tensors) -> str:
        """The names of tensors, for an error."""
        return ", ".join(map(self.name_of, tensors))

    def namespace_of(self, frame: Frame, inputs: Tensors | Callable[[], Tensors]) -> Callable[[], Namespace]:
        """A function that makes the names that the expressions of an entry may use; called where there is one.

        `inputs` are the entry's, or a function that looks them up when an expression reads their shape.
        """

        def namespace() -> Namespace:
            """The names, which look the input's shape up when it is read."""
            from cnncalc.spec.entry_names import EntryNames

            def input_shape() -> Shape:
                return self.shapes[(inputs() if callable(inputs) else inputs)[0]]

            def shape_of(word: str) -> Shape:
                tensors = frame.previous if word == PREVIOUS else self.names.find(word, frame.scope)
                return self.shapes[tensors[0]]

            return EntryNames(frame, input_shape, self.spec.layout, shape_of, self.follow_sizes)

        return namespace

    def value(self, node: TextNode, frame: Frame, inputs: Tensors) -> Any:
        """The value of a node as plain Python, its expressions evaluated for an entry with these inputs."""
        return self.evaluator.plain(node, self.namespace_of(frame, inputs))

    def follow_sizes(self) -> None:
        """Record that an expression reads a size, so that options may be others at other input sizes."""
        self.follows_sizes = True

    def full_name(self, entry: Entry, frame: Frame, inputs: Tensors) -> str | None:
        """The full name of a named entry, which must be new; None for one without a name."""
        if entry.name is None:
            return None
        word = self.evaluator.word(entry.name, self.namespace_of(frame, inputs))
        try:
            return self.names.new(word, frame.scope)
        except NameFault as fault:
            in_loop = "index" in frame.values and word == entry.name.text and self.names.is_taken(word, frame.scope)
            hint = f'in a loop, put {{index}} into it: "{word}_{{index}}"' if in_loop else fault.lazy_hint
            raise self.source.error(entry.name, fault.fact, hint, code="name") from None

    def check_unused(self, entry: Entry, name: str) -> None:
        """Raise `CnncalcError` where a name that was made by counting is one that an earlier entry was given."""
        try:
            self.names.unused(name)
        except NameFault as fault:
            raise self.source.error(entry.name or entry.at, fault.fact, fault.lazy_hint, code="name") from None

    def listed_tensors(self, node: TextNode, frame: Frame) -> Tensors:
        """The tensors that a `from` or `outputs` lists."""
        words = self.evaluator.words(node, self.namespace_of(frame, frame.previous))
        if not words:
            hint = "leave it out to take the output of the entry before"
            raise self.source.error(node, "an empty list of names", hint)
        inputs: list[int] = []
        for item, word in words:
            inputs += self.named_tensors(item, word, frame)
            if len(inputs) > MAX_TAKEN:
                break
        self.budget.take(self.source, node, len(inputs))
        return tuple(inputs)

    def named_tensors(self, node: Scalar, word: str, frame: Frame) -> Tensors:
        """The tensors that a name stands for; raises `CnncalcError` at `node`."""
        if word == PREVIOUS:
            return frame.previous
        try:
            return self.names.find(word, frame.scope)
        except NameFault as fault:
            hint = self._name_hint(fault, word, node)
            raise self.source.error(node, fault.fact, hint, code="name") from None

    def full_name_of(self, node: Scalar, word: str, frame: Frame) -> str:
        """The full name of the earlier entry that a word at `node` stands for; raises `CnncalcError`."""
        try:
            return self.names.full_name(word, frame.scope)
        except NameFault as fault:
            hint = self._name_hint(fault, word, node)
            raise self.source.error(node, fault.fact, hint, code="name") from None

    def _name_hint(self, fault: NameFault, word: str, node: Scalar) -> Callable[[], str | None]:
        """The hint for a name that stands for nothing: it may be that of a later layer."""

        def hint() -> str | None:
            from cnncalc.spec.advice.names import missing_output_hint

            return (missing_output_hint(word, node, self.spec) if fault.is_unknown else None) or fault.hint

        return hint
