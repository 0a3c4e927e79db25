"""Expands the entries of a spec into a graph: loops unrolled, blocks inserted, every shape computed on the way."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.graph.graph import Graph
from cnncalc.spec.document import LAYERS_HINT
from cnncalc.spec.entries import Entry, Group, LayerEntry, Parallel, Residual, Reuse
from cnncalc.spec.entry_walk import EntryWalk, Reached
from cnncalc.spec.graph_builder import GraphBuilder
from cnncalc.spec.limits import MAX_VISITS, Budget
from cnncalc.spec.scopes import ONCE, Frame, Scope, Tensors, entrance
from cnncalc.text_nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnncalc.graph.graph import Origin
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape
    from cnncalc.spec.array_statements import FrozenNames
    from cnncalc.spec.document import Block
    from cnncalc.spec.layer_factory import LayerCache
    from cnncalc.spec.spec_blocks import SpecUse
    from cnncalc.spec.variant import ChosenVariant


class Expansion(EntryWalk):
    """A walk over the entries of a chosen spec, at these input shapes, which adds each layer to the graph.

    It may cost as much as visiting `most` entries; `budget.cost` is what it has cost so far.
    """

    def __init__(
        self,
        origin: Origin,
        choice: ChosenVariant,
        cache: LayerCache,
        inputs: Mapping[str, Shape],
        most: int = MAX_VISITS,
        *,
        around: Expansion | None = None,
    ) -> None:
        """`around` is the expansion of the spec of which this one is a block: both add to one graph."""
        text = len(choice.spec.source.text)
        super().__init__(choice, cache, around.budget if around else Budget(text, choice.spec.entry_count, most))
        self.origin = origin
        self.around = around
        if around is None:
            self._build(GraphBuilder(self.spec, inputs, self.factory, self.evaluator))
        else:
            self.nesting = around.nesting
            self.frozen = around.frozen
            self._build(around.graph.of_spec(self.spec, self.factory, self.evaluator))
        self.first = len(self.graph.nodes)
        """The number of its first node in the graph."""

    def network(self) -> Graph:
        """Expand everything; raises `CnncalcError`, at the place in the spec."""
        inputs = self.graph.inputs
        network_inputs = tuple(range(len(inputs)))
        frame = Frame(Scope("", None, entrance(list(inputs), network_inputs)), ChainMap(self.values), network_inputs)
        outputs = self._noting_uses(frame)
        return Graph(
            self.origin,
            inputs,
            self.graph.nodes,
            outputs,
            scopes=self.graph.names.scopes(),
            follows_sizes=self.graph.follows_sizes,
            entries=self.budget.cost,
        )

    def _noting_uses(self, frame: Frame) -> Tensors:
        """The outputs of the spec; an error is told which blocks it is in."""
        try:
            for block in self.spec.blocks.values():
                self._check_block(block)
            return self._whole(frame)
        except CnncalcError as error:
            self.enclosing.note_uses(error)
            raise

    def _as_block(self, use: SpecUse) -> Tensors:
        """The outputs of the spec where it is a block, or the output of the last layer that is wanted."""
        self.last_name = use.last_name
        try:
            outputs = self._noting_uses(use.frame)
        except Reached as reached:
            return use.without_the_rest(reached.output)
        if self.last_name is not None:
            raise use.unknown_layer()
        return outputs

    def _check_block(self, block: Block) -> None:
        """Raise `CnncalcError` for a block that bears the name of a kind of group; that of a type it hides."""
        if block.name in ("residual", "parallel"):
            raise self.source.error(block.key, f"block `{block.name}` bears the name of a layer type", code="name")

    def _whole(self, frame: Frame) -> Tensors:
        """The outputs of the spec, all of its entries expanded in a frame whose `previous` are the inputs."""
        if self.spec.has_loops or self.spec.blocks or self.spec.has_shares:
            self.enclosing.enter(self.spec.entries[0], self.spec.entries, frame.values)
            self.enclosing.check()
        frozen = self._frozen_names(frame)
        self.frozen = frozen or self.frozen
        outputs = self._sequence(self.spec.entries, frame, frame.previous)
        if len(self.graph.nodes) == self.first:
            fact = "no layer is left of the network, with what `when` leaves out and loops of no rounds"
            raise self.source.error(self.spec.entries[0].at, fact, LAYERS_HINT, code="missing")
        if frozen is not None:
            frozen.check()
        if self.choice.outputs is None:
            return outputs
        return self.graph.listed_tensors(self.choice.outputs, frame.at(outputs))

    def _frozen_names(self, frame: Frame) -> FrozenNames | None:
        """The names under `frozen`, and with them those of the specs around this one."""
        if self.choice.frozen is None:
            return None
        from cnncalc.spec.array_statements import FrozenNames

        words = self.evaluator.words(self.choice.frozen, self.namespace_of(frame, frame.previous))
        return FrozenNames(self.graph, {word: node for node, word in words}, frame.scope, self.frozen)

    def _present(self, entry: Entry, frame: Frame, inputs: Tensors) -> Tensors:
        """The output of an entry that is there, and takes these inputs."""
        if isinstance(entry, LayerEntry):
            return self._layer_or_block(entry, frame, inputs)
        if isinstance(entry, Group):
            return self._group(entry, frame, inputs)
        name = self.graph.full_name(entry, frame, inputs)
        if isinstance(entry, Reuse):
            return self._once_more(entry, name, frame, inputs)
        assert isinstance(entry, (Residual, Parallel))
        return self._paths(entry, name, frame, inputs)

    # Layers and blocks

    def _layer_or_block(self, entry: LayerEntry, frame: Frame, inputs: Tensors) -> Tensors:
        """A layer, or a block."""
        names = self.namespace_of(frame, inputs)
        type_name = self.evaluator.word(entry.kind, names) if entry.kind.dynamic else entry.kind.text
        name = self.graph.full_name(entry, frame, inputs) or frame.scope.next_name(type_name)
        self._remember(name, type_name, frame, self._named_layer, entry, type_name)
        return self._named_layer(entry, type_name, name, frame, inputs)

    def _named_layer(self, entry: LayerEntry, type_name: str, name: str, frame: Frame, inputs: Tensors) -> Tensors:
        """A layer or block under its full name."""
        frame = self._arrays_of(name, frame)
        block = self.spec.blocks.get(type_name)
        if block is not None:
            return self._block(entry, block, name, frame, inputs)
        return self._passed(name, self._layer(entry, type_name, name, frame, inputs))

    def _layer(self, entry: LayerEntry, type_name: str, name: str, frame: Frame, inputs: Tensors) -> Tensors:
        """A layer; one that takes nothing lets pass what arrives."""
        layer, rank = self.factory.layer(entry, type_name, name, self.namespace_of(frame, inputs))
        if layer.arity == (0, 0):
            return self._tensor_of_its_own(entry, name, layer, frame)
        self.graph.check_arity(entry, name, layer, inputs)
        if rank is not None:
            self.graph.check_rank(entry, f"`{name}` is a {type_name}", layer, rank, inputs[0])
        if layer.is_scope:
            return self._close_scope(name, self.graph.add_parts(entry, name, layer, inputs, frame.arrays))
        for option in layer.references:
            layer, inputs = self.graph.refer(entry.options[option][1], option, frame, layer, inputs)
        return self.graph.add(entry, name, layer, inputs, frame.arrays)

    def _tensor_of_its_own(self, entry: LayerEntry, name: str, layer: Layer, frame: Frame) -> Tensors:
        """What is before a layer without inputs, whose output is had by its name alone."""
        if entry.from_ is not None:
            hint = "leave `from` out; later entries take it by its name"
            raise self.source.error(entry.from_, f"`{name}` takes no input", hint, code="shape", layer=name)
        self.graph.add(entry, name, layer, (), frame.arrays)
        return frame.previous

    def _block(self, entry: LayerEntry, block: Block, name: str, frame: Frame, inputs: Tensors) -> Tensors:
        """A block's entries, in a scope of their own that sees nothing around it."""
        self.enclosing.check_nesting(entry, block)
        self.graph.check_unused(entry, name)
        if block.spec is not None:
            return self._spec_block(entry, block, name, frame, inputs)
        from cnncalc.spec.block_use import BlockUse

        use = BlockUse(self.graph, entry, block, name, inputs)
        scope = use.scope()
        values = use.values(frame, scope, self.values)
        self.graph.open(entry, name)
        self.enclosing.enter_block(entry, block, name, values)
        output = self._sequence(block.entries, Frame(scope, values, inputs, frame.arrays), inputs)
        self.enclosing.leave_block()
        return self._close_scope(name, output)

    def _spec_block(self, entry: LayerEntry, block: Block, name: str, frame: Frame, inputs: Tensors) -> Tensors:
        """The outputs of another spec that is a block."""
        from cnncalc.spec.spec_blocks import SpecUse

        use = SpecUse(self, entry, block, name, frame, inputs)
        self.graph.open(entry, name)
        self.enclosing.enter_block(entry, block, name, frame.values)
        inner = Expansion(self.origin, use.choice, use.cache, self.graph.inputs, around=self)
        output = inner._as_block(use)
        if inner.graph.follows_sizes:
            self.graph.follow_sizes()
        self.enclosing.leave_block()
        return self._close_scope(name, output)

    # Groups

    def _group(self, entry: Group, frame: Frame, inputs: Tensors) -> Tensors:
        """The output of a group's entries, or of the last round of a loop, whose rounds take each other's outputs."""
        output = inputs
        for values in self._each_round(entry, frame, inputs):
            output = self._round(entry, frame.within(values=values), output)
        return output

    def _each_round(self, entry: Group, frame: Frame, inputs: Tensors) -> Iterator[dict[str, Any]]:
        """The values of each round in turn; in between, the caller expands the round."""
        rounds = self._rounds(entry, frame, inputs)
        if rounds is ONCE:
            yield from rounds.values
            return
        self.enclosing.enter(entry, entry.layers, frame.values, rounds.number)
        yield from rounds.values
        self.enclosing.leave()

    def _round(self, entry: Group, frame: Frame, inputs: Tensors) -> Tensors:
        """The output of a group's entries in one round, in a scope of the round's name if it has one."""
        self.enclosing.visit(entry)
        name = self.graph.full_name(entry, frame, inputs)
        if name is not None:
            self._remember(name, name.removeprefix(frame.scope.prefix), frame, self._named_round, entry)
        return self._named_round(entry, name, frame, inputs)

    def _named_round(self, entry: Group, name: str | None, frame: Frame, inputs: Tensors) -> Tensors:
        """The output of a group's entries in one round under its full name."""
        return self._close_scope(name, self._sequence(entry.layers, self._open_scope(entry, name, frame), inputs))

    def _paths(self, entry: Residual | Parallel, name: str | None, frame: Frame, inputs: Tensors) -> Tensors:
        """The sum of a residual group's paths, or the merge of a parallel one's."""
        if name is not None:
            self._remember(name, name.removeprefix(frame.scope.prefix), frame, self._named_paths, entry)
        return self._named_paths(entry, name, frame, inputs)

    def _named_paths(self, entry: Residual | Parallel, name: str | None, frame: Frame, inputs: Tensors) -> Tensors:
        """The output of a residual or parallel group under its full name."""
        inner = self._open_scope(entry, name, frame)
        if isinstance(entry, Residual):
            return self._close_scope(name, self._residual(entry, name, inner, inputs))
        return self._close_scope(name, self._parallel(entry, name, inner, inputs))

    def _residual(self, entry: Residual, name: str | None, frame: Frame, inputs: Tensors) -> Tensors:
        """The sum of a group's layers and its shortcut, or the layers alone where there is none."""
        shortcut = entry.shortcut
        if isinstance(shortcut, Scalar):
            shortcut = [] if self.evaluator.flag(shortcut, self.namespace_of(frame, inputs), "shortcut") else None
        merge = self._merge_layer(entry, frame, inputs)
        output = self._sequence(entry.layers, frame, inputs)
        if shortcut is None:
            if merge.activation is not None:
                hint = "put the activation behind the `residual`, as a layer"
                fact = "`activation` is that of the sum, and with `shortcut: false` there is none"
                raise self.source.error(entry.activation or entry.at, fact, hint)
            return output
        return self._add_merge(entry, merge, name, frame, (*output, *self._sequence(shortcut, frame, inputs)))

    def _parallel(self, entry: Parallel, name: str | None, frame: Frame, inputs: Tensors) -> Tensors:
        """The merge of all branches."""
        merge = self._merge_layer(entry, frame, inputs)
        outputs: list[int] = []
        for branch in entry.branches:
            if isinstance(branch, list):
                outputs += self._sequence(branch, frame, inputs)
            else:
                outputs += self._looped_branches(branch, frame, inputs)
        if not outputs:
            raise self.source.error(entry.at, "`parallel` has no branch left to merge", code="missing")
        return self._add_merge(entry, merge, name, frame, tuple(outputs))

    def _looped_branches(self, entry: Group, frame: Frame, previous: Tensors) -> Tensors:
        """The output of each round of a loop among branches, all of which have the same inputs."""
        frame = frame.at(previous)
        if entry.when is not None and not self._is_present(entry, entry.when, frame):
            return ()
        inputs = self._inputs(entry, frame)
        return self._stated(entry, frame, inputs, lambda inner: tuple(self._rounds_side_by_side(entry, inner, inputs)))

    def _rounds_side_by_side(self, entry: Group, frame: Frame, inputs: Tensors) -> Iterator[int]:
        """The outputs of all rounds of a loop, each of which takes the same inputs."""
        for values in self._each_round(entry, frame, inputs):
            yield from self._round(entry, frame.within(values=values), inputs)

    def _merge_layer(self, entry: Residual | Parallel, frame: Frame, inputs: Tensors) -> Layer:
        from cnncalc.spec.merge_layer import merge_layer

        return merge_layer(self.graph, entry, frame, inputs)

    def _add_merge(self, entry: Entry, layer: Layer, name: str | None, frame: Frame, tensors: Tensors) -> Tensors:
        """Add the layer that ends a residual or parallel group, under the group's name."""
        return self.graph.add(entry, name or frame.scope.next_name(layer.type_name), layer, tensors, frame.arrays)
