"""Looks for every mistake of a spec with which something is wrong: those that can be told without each other.

A network is built once, and its first mistake ends that. Only then are the entries walked over again, and what is wrong
is kept while the walk goes on. In the place of a layer that cannot be made stands an unknown one, whose output has no
shape; what depends on that shape is passed over in silence, as nobody can know whether it is wrong.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from cnncalc.errors import CnncalcError
from cnncalc.spec.entries import LayerEntry, Unread
from cnncalc.spec.expansion import Expansion
from cnncalc.spec.graph_builder import GraphBuilder
from cnncalc.spec.layer_factory import LayerFactory
from cnncalc.spec.mistakes import Mistakes, UnknowableError
from cnncalc.spec.scopes import NameFault, NameTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.errors import LayerError
    from cnncalc.graph.node import Node
    from cnncalc.layers.base import Layer
    from cnncalc.shapes import Shape
    from cnncalc.spec.blueprint import Blueprint
    from cnncalc.spec.document import Block
    from cnncalc.spec.entries import Entry, Parallel, Residual
    from cnncalc.spec.layer_factory import RankedLayer
    from cnncalc.spec.namespace import Namespace
    from cnncalc.spec.scopes import Arrays, Frame, Scope, Tensors
    from cnncalc.text_nodes import Scalar

NO_SHAPE: Final = cast("Shape", None)
"""Stands for the shape of a tensor that nobody knows."""


def every_mistake(blueprint: Blueprint, first: CnncalcError) -> CnncalcError:
    """The error that tells all mistakes of a spec, of which the first has ended the building of a network."""
    choice = blueprint.choice
    mistakes = Mistakes(choice.mistakes)
    with suppress(CnncalcError, _Over):
        mistakes.add(first)
        if choice.spec.entries:
            _Survey(blueprint, mistakes).network()
    return mistakes.error() if mistakes else first


class _Over(Exception):  # noqa: N818 - no error: the walk ends here
    """A limit is exceeded, or there are very many mistakes already."""


class _Unknown:
    """Stands for a node or layer that cannot be made; it has a name, and all else that is asked of it is unknowable."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __getattr__(self, attribute: str) -> NoReturn:
        raise UnknowableError(f"`{attribute}` of `{self.name}`")


class _Shapes(list["Shape"]):
    """The shapes of tensors; to ask for one that nobody knows raises `UnknowableError`."""

    def __getitem__(self, number: Any) -> Any:
        shape = super().__getitem__(number)
        if shape is NO_SHAPE:
            raise UnknowableError(f"the shape of tensor {number}")
        return shape


class _Names(NameTable):
    """The names so far; where some `are_missing`, it is unknowable whether there is one that is not found."""

    def __init__(self) -> None:
        super().__init__()
        self.are_missing = False

    def find(self, word: str, scope: Scope) -> Tensors:
        """The tensors of a name; raises `NameFault`, or `UnknowableError`."""
        try:
            return super().find(word, scope)
        except NameFault:
            if self.are_missing:
                raise UnknowableError(f"`{word}`") from None
            raise


class _Graph(GraphBuilder):
    """The graph while it is surveyed: what cannot be made stands in it as an unknown node."""

    def __init__(self, survey: _Survey, inputs: dict[str, Shape]) -> None:
        super().__init__(survey.spec, inputs, survey.factory, survey.evaluator)
        self.mistakes = survey.mistakes
        self.keep = survey.keep
        self.shapes = _Shapes(self.shapes)
        self.names: _Names = _Names()

    def add_unknown(self, name: str) -> Tensors:
        """Append an unknown node, and return its output."""
        output = (len(self.shapes),)
        self.budget.count_layer()
        self.nodes.append(cast("Node", _Unknown(name)))
        self.shapes.append(NO_SHAPE)
        if name and not self.names.tensors.get(name):
            self.names.bind(name, output)
        return output

    def add(self, entry: Entry, name: str, layer: Layer, inputs: Tensors, arrays: Arrays) -> Tensors:
        """Append a node, or an unknown one where the layer refuses its inputs."""
        try:
            return super().add(entry, name, layer, inputs, arrays)
        except CnncalcError as error:
            self.keep(error)
            return self.add_unknown(name)

    def full_name(self, entry: Entry, frame: Frame, inputs: Tensors) -> str | None:
        """The full name of a named entry, even one that cannot be its name."""
        try:
            return super().full_name(entry, frame, inputs)
        except CnncalcError as error:
            self.keep(error)
            self.names.are_missing = self.names.are_missing or error.code != "name"
            return f"{frame.scope.prefix}{'' if entry.name is None else entry.name.text}"

    def check_unused(self, entry: Entry, name: str) -> None:
        """Keep it as a mistake where an earlier entry has that name."""
        try:
            super().check_unused(entry, name)
        except CnncalcError as error:
            self.keep(error)

    def named_tensors(self, node: Scalar, word: str, frame: Frame) -> Tensors:
        """The tensors that a name stands for, or an unknown one."""
        try:
            return super().named_tensors(node, word, frame)
        except CnncalcError as error:
            self.keep(error)
            return self.add_unknown("")

    def check_arity(self, entry: Entry, name: str, layer: Layer, inputs: Tensors) -> None:
        """As in the builder, where every input is known."""
        for tensor in inputs:
            self.shapes[tensor]
        super().check_arity(entry, name, layer, inputs)


class _Factory(LayerFactory):
    """Makes layers, and finds all that is wrong with the options of one."""

    def __init__(self, survey: _Survey) -> None:
        super().__init__(survey.spec, survey.cache, survey.evaluator)
        self.keep = survey.keep

    def layer(self, entry: LayerEntry, type_name: str, name: str, names: Callable[[], Namespace]) -> RankedLayer:
        """The layer of an entry; raises `UnknowableError` where something, which is kept, is wrong with it."""
        found = self.kind(entry, type_name)
        values: dict[str, Any] = {}
        for word, (_, node) in entry.options.items():
            try:
                values[word] = self.evaluator.plain(node, names)
            except CnncalcError as error:
                self.keep(error)
        cut = len(values) < len(entry.options)
        faults = list(found[0].faults(values, entry.options))
        whole = [
            fault for fault in faults if not (cut or _is_piece(fault)) or values.get(fault.option or "") is not None
        ]
        for fault in whole if whole or cut else faults:
            self.keep(self.refused(fault, entry, type_name, name))
        if faults or cut:
            raise UnknowableError(f"options of `{name}`")
        return super().layer(entry, type_name, name, names)


def _is_piece(fault: LayerError) -> bool:
    """Whether what seems an option is the rest of a value that YAML cut at a comma, as `5)` is of `(5, 5)`."""
    return fault.code == "unknown-option" and not (fault.option or "").isidentifier()


class _Survey(Expansion):
    """A walk over the entries that goes on where something is wrong."""

    def __init__(self, blueprint: Blueprint, mistakes: Mistakes) -> None:
        inputs = blueprint.inputs or {"input": NO_SHAPE}
        super().__init__(blueprint, blueprint.choice, blueprint.cache, {})
        self.cache = blueprint.cache
        self.mistakes = mistakes
        self.factory: _Factory = _Factory(self)
        self.graph: _Graph
        self._build(_Graph(self, inputs))
        self.graph.names.are_missing = not blueprint.inputs

    def keep(self, error: CnncalcError) -> None:
        """Keep a mistake, with the uses of the blocks that it is in; what is unknowable is none."""
        if isinstance(error, UnknowableError):
            return
        self.enclosing.note_uses(error)
        try:
            self.mistakes.add(error)
        except CnncalcError:
            raise _Over from None

    def _check_block(self, block: Block) -> None:
        try:
            super()._check_block(block)
        except CnncalcError as error:
            self.keep(error)

    def _entry(self, entry: Entry, frame: Frame) -> Tensors:
        if isinstance(entry, Unread):
            return self._unknown()
        return self._attempt(lambda: super(_Survey, self)._entry(entry, frame))

    def _block(self, entry: LayerEntry, block: Block, name: str, frame: Frame, inputs: Tensors) -> Tensors:
        return self._attempt(lambda: super(_Survey, self)._block(entry, block, name, frame, inputs), name)

    def _attempt(self, expand: Callable[[], Tensors], name: str = "") -> Tensors:
        """The output of what is expanded, or an unknown one in its place."""
        nesting, depth = self.nesting, self.enclosing.depth
        try:
            return expand()
        except CnncalcError as error:
            self.keep(error)
            self.nesting = nesting
            self.enclosing.leave_to(depth)
            return self._unknown(name)

    def _unknown(self, name: str = "") -> Tensors:
        """The output of an entry with names that nobody knows."""
        self.graph.names.are_missing = True
        return self.graph.add_unknown(name)

    def _layer(self, entry: LayerEntry, type_name: str, name: str, frame: Frame, inputs: Tensors) -> Tensors:
        if type_name in self.spec.unread_blocks:
            return self._unknown(name)
        try:
            return super()._layer(entry, type_name, name, frame, inputs)
        except CnncalcError as error:
            self.keep(error)
            return self.graph.add_unknown(name)

    def _merge_layer(self, entry: Residual | Parallel, frame: Frame, inputs: Tensors) -> Layer:
        try:
            return super()._merge_layer(entry, frame, inputs)
        except CnncalcError as error:
            self.keep(error)
            return cast("Layer", _Unknown())
