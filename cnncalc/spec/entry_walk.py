"""Walks over entries in a row: which of them are there, what they take, and whose arrays the layers in them use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.spec.enclosing import Enclosing
from cnncalc.spec.entries import Entry, Group, Reuse
from cnncalc.spec.evaluation import Evaluator
from cnncalc.spec.layer_factory import LayerFactory
from cnncalc.spec.limits import MAX_NESTING, LimitError
from cnncalc.spec.scopes import ONCE, PLAIN_ARRAYS, Frame, Rounds, Scope, Tensors

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from cnncalc.spec.array_statements import FrozenNames
    from cnncalc.spec.graph_builder import GraphBuilder
    from cnncalc.spec.layer_factory import LayerCache
    from cnncalc.spec.limits import Budget
    from cnncalc.spec.variant import ChosenVariant
    from cnncalc.text_nodes import TextNode


class Reached(Exception):  # noqa: N818 - no error: what comes after it is not wanted
    """The layer or scope is there as far as which a spec is wanted; `output` are the tensors of its name."""

    def __init__(self, output: Tensors) -> None:
        super().__init__()
        self.output = output


class EntryWalk:
    """What is common to entries of all kinds; `Expansion` has what becomes of each kind.

    `frozen` are the full names of what is not trained. The walk ends with `Reached` at what has the full `last_name`.
    """

    def __init__(self, choice: ChosenVariant, cache: LayerCache, budget: Budget) -> None:
        self.choice = choice
        self.values = choice.values
        self.spec = choice.spec
        self.source = self.spec.source
        self.budget = budget
        self.evaluator = Evaluator(self.source, budget)
        self.layers = cache.types
        self.factory = LayerFactory(self.spec, cache, self.evaluator)
        self.enclosing = Enclosing(self.spec, choice.values, budget)
        self.nesting = 0
        self.last_name: str | None = None
        self.around: EntryWalk | None = None
        """The walk over the spec of which this one is a block."""
        self.frozen: FrozenNames | Collection[str] = ()

    def _build(self, graph: GraphBuilder) -> None:
        """Let the nodes be appended to a graph."""
        self.graph = graph
        self.namespace_of = graph.namespace_of

    def _sequence(self, entries: list[Entry], frame: Frame, inputs: Tensors) -> Tensors:
        """The output of entries in a row, of which each is the `previous` of the next."""
        self.nesting += 1
        if entries and self.nesting > MAX_NESTING:
            raise self.source.error(
                entries[0].at, f"more than {MAX_NESTING} groups and blocks in each other", code="limit"
            )
        for entry in entries:
            inputs = self._entry(entry, frame.at(inputs))
        self.nesting -= 1
        return inputs

    def _entry(self, entry: Entry, frame: Frame) -> Tensors:
        """The output of an entry; where its `when` is false, that of the entry before."""
        self.enclosing.visit(entry)
        if entry.when is not None and not self._is_present(entry, entry.when, frame):
            return frame.previous
        inputs = self._inputs(entry, frame)
        return self._stated(entry, frame, inputs, lambda inner: self._present(entry, inner, inputs))

    def _inputs(self, entry: Entry, frame: Frame) -> Tensors:
        """The inputs of an entry: what its `from` lists, or the output of the entry before."""
        return frame.previous if entry.from_ is None else self.graph.listed_tensors(entry.from_, frame)

    def _present(self, entry: Entry, frame: Frame, inputs: Tensors) -> Tensors:
        """The output of an entry that is there, and takes these inputs."""
        raise NotImplementedError

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

    # Scopes

    def _open_scope(self, entry: Entry, name: str | None, frame: Frame) -> Frame:
        """The frame within a group: a new scope if it has a name."""
        frame = self._arrays_of(frame.scope.prefix[:-1] if name is None else name, frame)
        if name is None:
            return frame
        self.graph.open(entry, name)
        return frame.within(scope=Scope(f"{name}.", frame.scope))

    def _close_scope(self, name: str | None, output: Tensors) -> Tensors:
        """A group's output, which its name now stands for."""
        if name is None:
            return output
        self.graph.close(name, output)
        return self._passed(name, output)

    def _passed(self, name: str, output: Tensors) -> Tensors:
        """The output of what bears that full name; raises `Reached` where nothing else is wanted."""
        if name == self.last_name:
            raise Reached(self.graph.names.tensors[name])
        return output

    # Arrays

    def _stated(self, entry: Entry, frame: Frame, inputs: Tensors, expand: Callable[[Frame], Tensors]) -> Tensors:
        """What `expand` gives in the frame of an entry, with what the entry says of the arrays in it."""
        if entry.share is None and entry.trainable is None:
            return expand(frame)
        from cnncalc.spec.array_statements import ArrayStatement

        said = ArrayStatement(self.graph, entry, frame, inputs)
        output = expand(said.frame)
        said.check()
        return output

    def _arrays_of(self, name: str, frame: Frame) -> Frame:
        """The frame of what bears a full name: what is said of its arrays may be said by that name."""
        if frame.arrays is PLAIN_ARRAYS and not self.frozen:
            return frame
        from cnncalc.spec.array_statements import with_scopes
        from cnncalc.spec.arrays import of_name

        # A name with dots opens several scopes at once; what is said of the scope around is known already.
        opened = [part for part in with_scopes(name) if not frame.scope.prefix.startswith(f"{part}.")]
        is_frozen = any(part in self.frozen for part in opened)
        return frame.within(arrays=of_name(frame.arrays, name, is_frozen=is_frozen))

    def _remember(self, name: str, written: str, frame: Frame, expand: Callable[..., Tensors], *known: Any) -> None:
        """Remember how an entry of that full name is expanded, where a later one may be the same once more.

        `expand` takes what is `known`, and then a full name, a frame and the inputs.
        """
        if self.graph.shared is not None and name not in self.graph.shared.entries:
            from functools import partial

            from cnncalc.spec.shared_entries import Remembered

            self.graph.shared.entries[name] = Remembered(written, frame, partial(expand, *known))

    def _once_more(self, entry: Reuse, name: str | None, frame: Frame, inputs: Tensors) -> Tensors:
        """An earlier entry under another name; its expressions see the values that they saw where it stood."""
        from cnncalc.spec.array_statements import remembered

        name, earlier = remembered(self.graph, entry, name, frame)
        try:
            return earlier.expand(name, Frame(earlier.frame.scope, earlier.frame.values, inputs, frame.arrays), inputs)
        except CnncalcError as error:
            self.enclosing.note_copy(error, entry, name)
            raise
