"""From a spec to a network: entries expanded, names resolved, every shape computed on the way."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any, Final

from cnncalc.errors import CnncalcError, LayerError, did_you_mean, shown
from cnncalc.graph.graph import Graph
from cnncalc.layers import find
from cnncalc.spec.entries import MERGES, Entry, Group, LayerEntry, Parallel, Residual
from cnncalc.spec.evaluation import Evaluator
from cnncalc.spec.graph_builder import GraphBuilder
from cnncalc.spec.layer_factory import LayerMaker
from cnncalc.spec.limits import MAX_BLOCKS, MAX_NESTING, MAX_VISITS, Budget, LimitError
from cnncalc.spec.scopes import INPUT, ONCE, Frame, Rounds, Scope, Tensors, Values
from cnncalc.spec.text_nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cnncalc.graph.graph import Origin
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape
    from cnncalc.spec.document import Block
    from cnncalc.spec.layer_factory import MadeLayers
    from cnncalc.spec.text_nodes import TextNode
    from cnncalc.spec.variant import ChosenVariant

FIRST_LOOK: Final = 10_000
"""How many entries are visited before it is seen whether they become too many; again at about twice as many."""
MOST_NOTES: Final = 8
"""How many of the uses of blocks around an error are named."""


class Expansion:
    """A walk over the entries of a chosen spec, at these input shapes, which adds to the graph.

    It may cost as much as visiting `most` entries; `budget.cost` is what it has cost so far.
    """

    def __init__(
        self,
        origin: Origin,
        choice: ChosenVariant,
        made: MadeLayers,
        inputs: Mapping[str, Shape],
        most: int = MAX_VISITS,
    ) -> None:
        self.origin = origin
        self.choice = choice
        self.spec = choice.spec
        self.source = self.spec.source
        self.budget = Budget(len(self.source.text), self.spec.written, most)
        self.evaluator = Evaluator(self.source, self.budget)
        self.layers = made.types
        self.maker = LayerMaker(self.spec, made, self.evaluator)
        self.graph = GraphBuilder(self.spec, inputs, self.maker, self.evaluator)
        self.sees = self.graph.sees
        self.active: list[Block] = []
        self.nesting = 0
        self.stretches: list[tuple[Entry, list[Entry], Values, int]] = []
        """The loops and blocks that are being expanded, the outermost first, to be asked how large they become."""
        self.next_look = FIRST_LOOK

    def network(self) -> Graph:
        """Expand everything; raises `CnncalcError`, at the place in the spec."""
        for block in self.spec.blocks.values():
            if find(block.name, self.layers) or block.name in ("residual", "parallel"):
                raise self.source.error(block.key, f"block `{block.name}` bears the name of a layer type")
        inputs = self.graph.inputs
        entrance = _entrance(list(inputs), tuple(range(len(inputs))))
        everything = tuple(range(len(inputs)))
        frame = Frame(Scope("", None, entrance), ChainMap(self.choice.values), everything)
        if self.spec.has_loops or self.spec.blocks:
            self.stretches.append((self.spec.entries[0], self.spec.entries, frame.values, 1))
            self._look_ahead()
        outputs = self._sequence(self.spec.entries, frame, everything)
        if self.choice.outputs is not None:
            outputs = self.graph.taken(self.choice.outputs, Frame(frame.scope, frame.values, outputs))
        return Graph(
            self.origin,
            inputs,
            self.graph.nodes,
            outputs,
            scopes=self.graph.names.scopes(),
            follows_sizes=self.graph.follows_sizes,
            entries=self.budget.cost,
        )

    def _sequence(self, entries: list[Entry], frame: Frame, arriving: Tensors) -> Tensors:
        self.nesting += 1
        if entries and self.nesting > MAX_NESTING:
            raise self.source.error(entries[0].at, f"more than {MAX_NESTING} groups and blocks in each other")
        for entry in entries:
            arriving = self._entry(entry, Frame(frame.scope, frame.values, arriving))
        self.nesting -= 1
        return arriving

    def _entry(self, entry: Entry, frame: Frame) -> Tensors:
        """What leaves an entry; what arrives if its `when` is false."""
        self._visit(entry)
        if entry.when is not None and not self._present(entry, entry.when, frame):
            return frame.previous
        taken = self._taken(entry, frame)
        if isinstance(entry, LayerEntry):
            return self._typed(entry, frame, taken)
        if isinstance(entry, Group):
            return self._group(entry, frame, taken)
        name = self.graph.full_name(entry, frame, taken)
        inner = self._opened(entry, name, frame)
        if isinstance(entry, Residual):
            output = self._residual(entry, name, inner, taken)
        else:
            assert isinstance(entry, Parallel)
            output = self._parallel(entry, name, inner, taken)
        return self._closed(name, output)

    def _visit(self, entry: Entry) -> None:
        """Count an entry or a round of a loop; where they are many, see whether they become too many."""
        self.budget.visit(self.source, entry.at)
        if self.budget.visits >= self.next_look:
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Refuse what the loops and blocks that are being expanded are certain to become."""
        from cnncalc.spec.size_bound import Estimate

        self.next_look = 2 * self.budget.visits + FIRST_LOOK
        estimate = Estimate(self.spec, self.choice.values)
        for stretch in self.stretches:
            estimate.check(*stretch)

    def _taken(self, entry: Entry, frame: Frame) -> Tensors:
        """What an entry takes: what its `from` names, or the output of the entry before."""
        return frame.previous if entry.inputs is None else self.graph.taken(entry.inputs, frame)

    def _present(self, entry: Entry, when: TextNode, frame: Frame) -> bool:
        """Whether an entry's `when` holds; the names of one that is left out are remembered.

        Its `from` is looked up only if the condition asks for what it names, which may be left out as well.
        """
        if self.evaluator.flag(when, self.sees(frame, lambda: self._taken(entry, frame)), "when"):
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
            rounds = self._rounds(entry, frame, lambda: self._taken(entry, frame)).values
        for values in rounds:
            self.budget.visit(self.source, entry.at)
            sees = self.sees(frame.within(values=values), lambda: self._taken(entry, frame))
            yield frame.scope.prefix + self.evaluator.word(entry.name, sees)

    # Layers and blocks

    def _typed(self, entry: LayerEntry, frame: Frame, taken: Tensors) -> Tensors:
        """A layer, or a block."""
        sees = self.sees(frame, taken)
        written = self.evaluator.word(entry.kind, sees) if entry.kind.dynamic else entry.kind.text
        name = self.graph.full_name(entry, frame, taken) or frame.scope.next_name(written)
        block = self.spec.blocks.get(written)
        if block is not None:
            return self._block(entry, block, name, frame, taken)
        layer, rank = self.maker.layer(entry, written, name, sees)
        self.graph.check_arity(entry, name, layer, taken)
        if rank is not None:
            self.graph.check_rank(entry, f"`{name}` is a {written}", layer, rank, taken[0])
        for option in layer.references:
            layer, taken = self._bound(entry, frame, option, layer, taken)
        return self.graph.add(entry, name, layer, taken)

    def _bound(
        self, entry: LayerEntry, frame: Frame, option: str, layer: Layer, taken: Tensors
    ) -> tuple[Layer, Tensors]:
        """A layer that refers to an earlier one, told that one, and its inputs with those of the earlier one."""
        node = entry.options[option][1]
        [(named, word)] = self.evaluator.words(node, self.sees(frame, taken))
        number = self.graph.found(named, word, frame)[-1] - len(self.graph.inputs)
        if number < 0:
            raise self.source.error(named, f"`{option}` must name a layer, and `{word}` is an input")
        earlier = self.graph.nodes[number]
        try:
            bound = layer.bound(earlier.layer)
        except LayerError as error:
            raise self.source.error(named, f"`{option}`: `{earlier.name}` {error.fact}", error.hint) from None
        bound.set_layout(layer.layout)
        return bound, (*taken, *earlier.inputs)

    def _block(self, entry: LayerEntry, block: Block, name: str, frame: Frame, taken: Tensors) -> Tensors:
        """A block's entries, in a scope of their own that sees nothing around it."""
        if block in self.active:
            raise self.source.error(entry.at, f"block `{block.name}` contains itself")
        if len(self.active) >= MAX_BLOCKS:
            raise self.source.error(entry.at, f"more than {MAX_BLOCKS} blocks in each other")
        self.graph.unused(entry, name)
        wanted = block.inputs or [INPUT]
        if len(wanted) != len(taken):
            arrives = f"{len(taken)} arrive{'s' * (len(taken) == 1)}: {self.graph.listed(taken)}"
            hint = f"`from` lists the tensors for {', '.join(wanted)}, in this order"
            raise self.source.error(entry.at, f"`{name}` takes {len(wanted)}, {arrives}", hint)
        scope = Scope(f"{name}.", None, _entrance(wanted, taken))
        values = self._parameters(entry, block, name, frame, taken, scope)
        self.graph.open(entry, name)
        self.active.append(block)
        self.stretches.append((entry, block.entries, values, 1))
        try:
            output = self._sequence(block.entries, Frame(scope, values, taken), taken)
        except CnncalcError as error:
            used = (f"in block `{block.name}`, used here as `{name}`", self.source.place(entry.at))
            error.notes = (*error.notes, used)[:MOST_NOTES]
            raise
        self.active.pop()
        self.stretches.pop()
        return self._closed(name, output)

    def _parameters(
        self, entry: LayerEntry, block: Block, name: str, frame: Frame, taken: Tensors, scope: Scope
    ) -> Values:
        """The values that a block's expressions see: the file's parameters and its own; `scope` is the block's."""
        for word, (key, _) in entry.options.items():
            if word not in block.parameters:
                hint = did_you_mean(word, block.parameters, "parameters") or "it has no parameters"
                raise self.source.error(key, f"`{name}`: block `{block.name}` has no parameter `{word}`", hint)
        values: Values = ChainMap({}, self.choice.values)
        inside = Frame(scope, values, taken)
        for word, (_, default) in block.parameters.items():
            given = entry.options.get(word)
            if given is not None:
                values[word] = self.evaluator.plain(given[1], self.sees(frame, taken))
                continue
            values[word] = self.evaluator.plain(default, self.sees(inside, taken))
            if values[word] is None:
                raise self.source.error(entry.at, f"`{name}`: block `{block.name}` needs `{word}`")
        return values

    # Groups

    def _group(self, entry: Group, frame: Frame, taken: Tensors) -> Tensors:
        """The entries once, or in each round of a loop."""
        output = taken
        for values in self._walked(entry, frame, taken):
            output = self._round(entry, frame.within(values=values), output)
        return output

    def _walked(self, entry: Group, frame: Frame, taken: Tensors) -> Iterator[dict[str, Any]]:
        """The values of each round while it is expanded."""
        rounds = self._rounds(entry, frame, taken)
        if rounds is ONCE:
            yield from rounds.values
            return
        self.stretches.append((entry, entry.layers, frame.values, rounds.number))
        yield from rounds.values
        self.stretches.pop()

    def _rounds(self, entry: Group, frame: Frame, taken: Tensors | Callable[[], Tensors]) -> Rounds:
        """The values of each round."""
        if entry.repeat is None and entry.loop is None:
            return ONCE
        sees = self.sees(frame, taken)
        from cnncalc.spec import loops

        if entry.repeat is not None:
            return loops.repeated(entry.repeat, self.evaluator, sees)
        assert entry.loop is not None
        return loops.walked(entry.loop, self.evaluator, sees)

    def _round(self, entry: Group, frame: Frame, taken: Tensors) -> Tensors:
        self._visit(entry)
        name = self.graph.full_name(entry, frame, taken)
        return self._closed(name, self._sequence(entry.layers, self._opened(entry, name, frame), taken))

    def _opened(self, entry: Entry, name: str | None, frame: Frame) -> Frame:
        """The frame within a group: a new scope if it has a name."""
        if name is None:
            return frame
        self.graph.open(entry, name)
        return frame.within(scope=Scope(f"{name}.", frame.scope))

    def _closed(self, name: str | None, output: Tensors) -> Tensors:
        """A group's output, which its name now stands for."""
        if name is not None:
            self.graph.names.tensors[name] = output
        return output

    def _residual(self, entry: Residual, name: str | None, frame: Frame, taken: Tensors) -> Tensors:
        shortcut = entry.shortcut
        if isinstance(shortcut, Scalar):
            shortcut = [] if self.evaluator.flag(shortcut, self.sees(frame, taken), "shortcut") else None
        merge = self._merging(entry, "add", frame, taken)
        output = self._sequence(entry.layers, frame, taken)
        if shortcut is None:
            if merge.activation is not None:
                hint = "put the activation behind the `residual`, as a layer"
                fact = "`activation` is that of the sum, and with `shortcut: false` there is none"
                raise self.source.error(entry.activation or entry.at, fact, hint)
            return output
        return self._merged(entry, merge, name, frame, (*output, *self._sequence(shortcut, frame, taken)))

    def _parallel(self, entry: Parallel, name: str | None, frame: Frame, taken: Tensors) -> Tensors:
        kind = self._merge(entry.merge, frame, taken) if entry.merge is not None else "concat"
        merge = self._merging(entry, kind, frame, taken)
        outputs: list[int] = []
        for branch in entry.branches:
            if isinstance(branch, list):
                outputs += self._sequence(branch, frame, taken)
            else:
                outputs += self._looped_branches(branch, frame, taken)
        if not outputs:
            raise self.source.error(entry.at, "`parallel` has no branch left to merge")
        return self._merged(entry, merge, name, frame, tuple(outputs))

    def _looped_branches(self, entry: Group, frame: Frame, arriving: Tensors) -> Iterator[int]:
        """The output of each round of a loop among branches, all of which take the same."""
        frame = Frame(frame.scope, frame.values, arriving)
        if entry.when is None or self._present(entry, entry.when, frame):
            taken = self._taken(entry, frame)
            for values in self._walked(entry, frame, taken):
                yield from self._round(entry, frame.within(values=values), taken)

    def _merge(self, node: TextNode, frame: Frame, taken: Tensors) -> str:
        """The type of the layer that `merge` names."""
        merge = str(self.evaluator.plain(node, self.sees(frame, taken)))
        if merge not in MERGES:
            hint = did_you_mean(merge, MERGES, "merges")
            raise self.source.error(node, f"`merge` must be one of {', '.join(MERGES)}, not {shown(merge)}", hint)
        return merge

    def _merging(self, entry: Residual | Parallel, kind: str, frame: Frame, taken: Tensors) -> Layer:
        """The layer that ends a residual or parallel group, with the group's activation."""
        if entry.activation is None:
            return self.maker.plain(kind)
        activation = self.evaluator.plain(entry.activation, self.sees(frame, taken))
        try:
            return self.maker.plain(kind, activation=activation)
        except LayerError as error:
            group = "residual" if isinstance(entry, Residual) else "parallel"
            raise self.maker.wrong(entry, error, f"`{group}`: {error.fact}") from None

    def _merged(self, entry: Entry, layer: Layer, name: str | None, frame: Frame, tensors: Tensors) -> Tensors:
        """Add the layer that ends a residual or parallel group; it bears the group's name."""
        return self.graph.add(entry, name or frame.scope.next_name(layer.type_name), layer, tensors)


def _entrance(names: list[str], tensors: Tensors) -> dict[str, Tensors]:
    """The names of what enters a network or a block; the only one is `input` too."""
    entrance: dict[str, Tensors] = {name: (tensor,) for name, tensor in zip(names, tensors, strict=True)}
    if len(names) == 1:
        entrance.setdefault(INPUT, tensors)
    return entrance
