"""Expands the entries of a spec into a graph: loops unrolled, blocks inserted, every shape computed on the way."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.graph.graph import Graph
from cnncalc.layers import find
from cnncalc.spec.document import LAYERS_HINT
from cnncalc.spec.enclosing import Enclosing
from cnncalc.spec.entries import Entry, Group, LayerEntry, Parallel, Residual
from cnncalc.spec.evaluation import Evaluator
from cnncalc.spec.graph_builder import GraphBuilder
from cnncalc.spec.layer_factory import LayerFactory
from cnncalc.spec.limits import MAX_NESTING, MAX_VISITS, Budget, LimitError
from cnncalc.spec.scopes import ONCE, Frame, Rounds, Scope, Tensors, entrance
from cnncalc.spec.text_nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cnncalc.graph.graph import Origin
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape
    from cnncalc.spec.document import Block
    from cnncalc.spec.layer_factory import LayerCache
    from cnncalc.spec.text_nodes import TextNode
    from cnncalc.spec.variant import ChosenVariant


class Expansion:
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
    ) -> None:
        self.origin = origin
        self.choice = choice
        self.values = choice.values
        self.spec = choice.spec
        self.source = self.spec.source
        self.budget = Budget(len(self.source.text), self.spec.entry_count, most)
        self.evaluator = Evaluator(self.source, self.budget)
        self.layers = cache.types
        self.factory = LayerFactory(self.spec, cache, self.evaluator)
        self.graph = GraphBuilder(self.spec, inputs, self.factory, self.evaluator)
        self.namespace_of = self.graph.namespace_of
        self.nesting = 0
        self.enclosing = Enclosing(self.spec, choice.values, self.budget)

    def network(self) -> Graph:
        """Expand everything; raises `CnncalcError`, at the place in the spec."""
        try:
            for block in self.spec.blocks.values():
                self._check_block(block)
            return self._network()
        except CnncalcError as error:
            self.enclosing.note_uses(error)
            raise

    def _check_block(self, block: Block) -> None:
        """Raise `CnncalcError` for a block that bears the name of a type."""
        if find(block.name, self.layers) or block.name in ("residual", "parallel"):
            raise self.source.error(block.key, f"block `{block.name}` bears the name of a layer type", code="name")

    def _network(self) -> Graph:
        """The graph of all entries."""
        inputs = self.graph.inputs
        network_inputs = tuple(range(len(inputs)))
        frame = Frame(Scope("", None, entrance(list(inputs), network_inputs)), ChainMap(self.values), network_inputs)
        if self.spec.has_loops or self.spec.blocks:
            self.enclosing.enter(self.spec.entries[0], self.spec.entries, frame.values)
            self.enclosing.check()
        outputs = self._sequence(self.spec.entries, frame, network_inputs)
        if not self.graph.nodes:
            fact = "no layer is left of the network, with what `when` leaves out and loops of no rounds"
            raise self.source.error(self.spec.entries[0].at, fact, LAYERS_HINT, code="missing")
        if self.choice.outputs is not None:
            outputs = self.graph.listed_tensors(self.choice.outputs, Frame(frame.scope, frame.values, outputs))
        return Graph(
            self.origin,
            inputs,
            self.graph.nodes,
            outputs,
            scopes=self.graph.names.scopes(),
            follows_sizes=self.graph.follows_sizes,
            entries=self.budget.cost,
        )

    def _sequence(self, entries: list[Entry], frame: Frame, inputs: Tensors) -> Tensors:
        """The output of entries in a row, of which each is the `previous` of the next."""
        self.nesting += 1
        if entries and self.nesting > MAX_NESTING:
            raise self.source.error(
                entries[0].at, f"more than {MAX_NESTING} groups and blocks in each other", code="limit"
            )
        for entry in entries:
            inputs = self._entry(entry, Frame(frame.scope, frame.values, inputs))
        self.nesting -= 1
        return inputs

    def _entry(self, entry: Entry, frame: Frame) -> Tensors:
        """The output of an entry; where its `when` is false, that of the entry before."""
        self.enclosing.visit(entry)
        if entry.when is not None and not self._is_present(entry, entry.when, frame):
            return frame.previous
        inputs = self._inputs(entry, frame)
        if isinstance(entry, LayerEntry):
            return self._layer_or_block(entry, frame, inputs)
        if isinstance(entry, Group):
            return self._group(entry, frame, inputs)
        name = self.graph.full_name(entry, frame, inputs)
        inner = self._open_scope(entry, name, frame)
        if isinstance(entry, Residual):
            output = self._residual(entry, name, inner, inputs)
        else:
            assert isinstance(entry, Parallel)
            output = self._parallel(entry, name, inner, inputs)
        return self._close_scope(name, output)

    def _inputs(self, entry: Entry, frame: Frame) -> Tensors:
        """The inputs of an entry: what its `from` lists, or the output of the entry before."""
        return frame.previous if entry.from_ is None else self.graph.listed_tensors(entry.from_, frame)

    def _is_present(self, entry: Entry, when: TextNode, frame: Frame) -> bool:
        """Whether an entry's `when` holds; the names of one that is left out are remembered, for errors.

        Its `from` is looked up only if the condition reads the input's shape: what it names may be left out as well.
        """
        if self.evaluator.flag(when, self.namespace_of(frame, lambda: self._inputs(entry, frame)), "when"):
            return True
        try:
            for name in self._names_left_out(entry, frame):
                self.graph.names.leave_out(name)
                self.budget.remember(self.source, entry.at, name)
        except LimitError:
            raise
        except CnncalcError:
            pass  # it is as if not written, and so is what is wrong with its name
        return False

    def _names_left_out(self, entry: Entry, frame: Frame) -> Iterator[str]:
        """The full names that an entry would have had, one for each round if they differ."""
        if entry.name is None:
            return
        rounds: Iterable[dict[str, Any]] = ({},)
        if isinstance(entry, Group) and (entry.name.dynamic or "{" in entry.name.text):
            rounds = self._rounds(entry, frame, lambda: self._inputs(entry, frame)).values
        for values in rounds:
            self.budget.visit(self.source, entry.at)
            names = self.namespace_of(frame.within(values=values), lambda: self._inputs(entry, frame))
            yield frame.scope.prefix + self.evaluator.word(entry.name, names)

    # Layers and blocks

    def _layer_or_block(self, entry: LayerEntry, frame: Frame, inputs: Tensors) -> Tensors:
        """A layer, or a block."""
        names = self.namespace_of(frame, inputs)
        type_name = self.evaluator.word(entry.kind, names) if entry.kind.dynamic else entry.kind.text
        name = self.graph.full_name(entry, frame, inputs) or frame.scope.next_name(type_name)
        block = self.spec.blocks.get(type_name)
        if block is not None:
            return self._block(entry, block, name, frame, inputs)
        return self._layer(entry, type_name, name, frame, inputs)

    def _layer(self, entry: LayerEntry, type_name: str, name: str, frame: Frame, inputs: Tensors) -> Tensors:
        """A layer."""
        layer, rank = self.factory.layer(entry, type_name, name, self.namespace_of(frame, inputs))
        self.graph.check_arity(entry, name, layer, inputs)
        if rank is not None:
            self.graph.check_rank(entry, f"`{name}` is a {type_name}", layer, rank, inputs[0])
        if layer.is_scope:
            return self._close_scope(name, self.graph.add_parts(entry, name, layer, inputs))
        for option in layer.references:
            layer, inputs = self.graph.refer(entry.options[option][1], option, frame, layer, inputs)
        return self.graph.add(entry, name, layer, inputs)

    def _block(self, entry: LayerEntry, block: Block, name: str, frame: Frame, inputs: Tensors) -> Tensors:
        """A block's entries, in a scope of their own that sees nothing around it."""
        self.enclosing.check_nesting(entry, block)
        self.graph.check_unused(entry, name)
        from cnncalc.spec.block_use import BlockUse

        use = BlockUse(self.graph, entry, block, name, inputs)
        scope = use.scope()
        values = use.values(frame, scope, self.values)
        self.graph.open(entry, name)
        self.enclosing.enter_block(entry, block, name, values)
        output = self._sequence(block.entries, Frame(scope, values, inputs), inputs)
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

    def _rounds(self, entry: Group, frame: Frame, inputs: Tensors | Callable[[], Tensors]) -> Rounds:
        """How many rounds a group has, and the values of each."""
        if entry.repeat is None and entry.loop is None:
            return ONCE
        names = self.namespace_of(frame, inputs)
        from cnncalc.spec import loops

        if entry.repeat is not None:
            return loops.repeat_rounds(entry.repeat, self.evaluator, names)
        assert entry.loop is not None
        return loops.for_rounds(entry.loop, self.evaluator, names)

    def _round(self, entry: Group, frame: Frame, inputs: Tensors) -> Tensors:
        """The output of a group's entries in one round, in a scope of the round's name if it has one."""
        self.enclosing.visit(entry)
        name = self.graph.full_name(entry, frame, inputs)
        return self._close_scope(name, self._sequence(entry.layers, self._open_scope(entry, name, frame), inputs))

    def _open_scope(self, entry: Entry, name: str | None, frame: Frame) -> Frame:
        """The frame within a group: a new scope if it has a name."""
        if name is None:
            return frame
        self.graph.open(entry, name)
        return frame.within(scope=Scope(f"{name}.", frame.scope))

    def _close_scope(self, name: str | None, output: Tensors) -> Tensors:
        """A group's output, which its name now stands for."""
        if name is not None:
            self.graph.names.bind(name, output)
        return output

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

    def _looped_branches(self, entry: Group, frame: Frame, previous: Tensors) -> Iterator[int]:
        """The output of each round of a loop among branches, all of which have the same inputs."""
        frame = Frame(frame.scope, frame.values, previous)
        if entry.when is None or self._is_present(entry, entry.when, frame):
            inputs = self._inputs(entry, frame)
            for values in self._each_round(entry, frame, inputs):
                yield from self._round(entry, frame.within(values=values), inputs)

    def _merge_layer(self, entry: Residual | Parallel, frame: Frame, inputs: Tensors) -> Layer:
        from cnncalc.spec.merge_layer import merge_layer

        return merge_layer(self.graph, entry, frame, inputs)

    def _add_merge(self, entry: Entry, layer: Layer, name: str | None, frame: Frame, tensors: Tensors) -> Tensors:
        """Add the layer that ends a residual or parallel group, under the group's name."""
        return self.graph.add(entry, name or frame.scope.next_name(layer.type_name), layer, tensors)
