"""The scopes of a network as modules of PyTorch: what each makes, and its forward pass."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.exporting.pytorch.containers import filled, is_attribute, is_hidden, ordered, ordered_loop
from cnncalc.exporting.pytorch.table import written_layer
from cnncalc.exporting.pytorch.written import Written, method
from cnncalc.exporting.source.expressions import (
    Attribute,
    Call,
    Code,
    Expression,
    call,
    flat,
    values,
)
from cnncalc.exporting.source.leaves import UnwritableError, leaves
from cnncalc.exporting.source.loops import looped
from cnncalc.exporting.source.scopes import Scope, scope_tree
from cnncalc.exporting.source.statements import Statement, Steps, steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnncalc.exporting.source.scopes import Unit
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node

_FLOWING: Final = frozenset(("flatten", "squeeze", "reshape"))
"""Types that stand around the call before them, as norms and activations do."""


class Body(NamedTuple):
    """A class but for its name: what it makes, and its forward pass."""

    made: tuple[Statement, ...]
    forward: Steps

    @property
    def owners(self) -> list[str]:
        """What each literal value belongs to: the attribute that is made, or nothing in particular."""
        found = [
            re.sub(r"\W", "_", statement.targets[0].rpartition(".")[2]) if statement.targets else "layer"
            for statement in self.made
            for _ in values(statement)
        ]
        return found + ["forward" for _ in values(self.forward)]


class Modules:
    """The scopes of a graph, and what each of their layers is; raises `UnwritableError` for all that have none."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = {node.name: node for node in graph.nodes}
        self.written: dict[str, list[Written]] = {}
        self.faults: list[UnwritableError] = []
        tensors = graph.tensors
        for node in graph.nodes:
            try:
                has_batch = [tensors[number].sees_input for number in node.inputs]
                self.written[node.name] = [written_layer(leaf) for leaf in leaves(node, has_batch)]
            except UnwritableError as error:
                self.faults.append(error)
        if not self.faults:
            self.aliases: dict[str, str] = {}
            self.lists: set[str] = set()
            self.dicts: set[str] = set()
            self.root = scope_tree(graph, self._is_module)
            self.root.settle()

    @cached_property
    def _scopes(self) -> dict[str, Scope]:
        return {scope.name: scope for scope in self.root.below()}

    def needs_module(self, node: Node) -> bool:
        """Whether a layer has to be made before it is called."""
        return any(found.module is not None and found.function is None for found in self.written[node.name])

    def _is_module(self, scope: Scope) -> bool:
        """Whether a scope has modules, all of its own or all of one other scope."""
        if self._is_collection(scope):
            return False
        made = [node for node in scope.layers if self.needs_module(node)]
        shared = [node for node in made if not node.storage.startswith(f"{scope.name}.")]
        if not shared:
            return bool(made)
        names = {node.storage.removesuffix(node.name.removeprefix(scope.name)) for node in made}
        if len(names) == 1 and len(shared) == len(made):
            (other,) = names
            if self._are_alike(scope, other):
                self.aliases[scope.name] = other
                return True
        return False

    def _is_collection(self, scope: Scope) -> bool:
        """Whether a scope has numbered modules alone, which are not called in turn: those that use them call them."""
        made = [unit.label for unit in scope.units() if self._is_made(unit)]
        chained = {inner.name: Code("x") for inner in scope.below()}
        return bool(made) and all(map(str.isdigit, made)) and self.sequential(scope, chained) is None

    def _are_alike(self, scope: Scope, other: str) -> bool:
        """Whether a scope computes what another one of that name computes."""
        twins = [node for node in self.graph.nodes if node.name.startswith(f"{other}.")]
        return _wiring(scope.name, scope.layers) == _wiring(other, twins)

    def called(self) -> list[Scope]:
        """The scopes that are modules, each after those in it."""
        return list(self.root.called())

    # What is made

    def sequential(self, scope: Scope, modules: Mapping[str, Expression]) -> Call | None:
        """The scope as `nn.Sequential`, where it is a chain whose names are the numbers in it, or run on in a loop."""
        if scope.name in self.aliases or len(scope.inputs) != 1 or len(scope.outputs) != 1:
            return None
        before, items, labels = scope.inputs, [], []
        for unit in scope.units():
            item = self._item(unit, modules)
            if unit.inputs != before or item is None or len(unit.outputs) != 1:
                return None
            before = unit.outputs
            items.append(item)
            needs = isinstance(unit.content, Scope) or self.needs_module(unit.content)
            labels.append(unit.path if needs else None)
        if before != scope.outputs:
            return None
        if all(path in (None, (str(at),)) for at, path in enumerate(labels)):
            self.lists.add(scope.name)
            return call("nn.Sequential", *looped(items))
        return ordered_loop(labels, items) or ordered(labels, items)

    def _item(self, unit: Unit, modules: Mapping[str, Expression]) -> Expression | None:
        """A unit as an item of a chain; None where it cannot be one."""
        if isinstance(unit.content, Scope):
            return modules.get(unit.content.name)
        written = self.written[unit.content.name]
        if len(written) > 1 or not written[0].has_plain_module or unit.content.storage != unit.content.name:
            return None
        return written[0].module

    def body(self, scope: Scope, modules: Mapping[str, Expression], names: Sequence[str]) -> Body:
        """The class that a scope is, whose forward pass takes these names."""
        made: list[Statement] = []
        containers: set[tuple[str, ...]] = set()
        units = [unit for unit in scope.units() if self._is_made(unit)]
        self._find_lists(scope, units)
        for unit in units:
            for length in range(1, len(unit.path)):
                path = unit.path[:length]
                if path not in containers:
                    containers.add(path)
                    made.append(self._set(scope, path, call(self._container(self._full_name(scope, path)))))
            made += self._made(scope, unit, modules)
        forward = steps(scope, names, lambda unit, inputs: self._applied(scope, unit, inputs), self._nests)
        return Body(tuple(filled(made)), forward)

    def _container(self, name: str) -> str:
        """The class of a scope that is not called."""
        return "nn.ModuleList" if name in self.lists else "nn.ModuleDict" if name in self.dicts else "nn.Module"

    @staticmethod
    def _full_name(scope: Scope, path: Sequence[str]) -> str:
        return ".".join((scope.name, *path) if scope.name else path)

    def _is_made(self, unit: Unit) -> bool:
        """Whether a unit is or has a module of its own."""
        if isinstance(unit.content, Scope):
            return unit.content.name not in self.aliases
        node = unit.content
        return self.needs_module(node) and (node.storage == node.name or node.storage not in self.nodes)

    def _find_lists(self, scope: Scope, units: Sequence[Unit]) -> None:
        """Learn which scopes that are not called are lists: those with modules from 0 on; other numbers are keys."""
        below: dict[tuple[str, ...], list[str]] = {}
        for unit in units:
            for length in range(1, len(unit.path)):
                below.setdefault(unit.path[:length], []).append(unit.path[length])
        for path, labels in below.items():
            if list(dict.fromkeys(labels)) == [str(at) for at in range(len(set(labels)))]:
                self.lists.add(self._full_name(scope, path))
            elif all(map(str.isdigit, labels)):
                self.dicts.add(self._full_name(scope, path))

    def _set(self, scope: Scope, path: Sequence[str], value: Expression) -> Statement:
        """The statement that makes something stand under a path."""
        owner = self.member(scope, self._full_name(scope, path[:-1])) if len(path) > 1 else Code("self")
        if len(path) > 1 and self._full_name(scope, path[:-1]) in self.lists:
            return Statement((), method(owner, "append", value))
        if len(path) > 1 and self._full_name(scope, path[:-1]) in self.dicts:
            return Statement((f'{flat(owner)}["{path[-1]}"]',), value)
        return _set(owner, path[-1], value)

    def _made(self, scope: Scope, unit: Unit, modules: Mapping[str, Expression]) -> Iterator[Statement]:
        """The statements that make a unit's modules."""
        if isinstance(unit.content, Scope):
            yield self._set(scope, unit.path, modules[unit.content.name])
            return
        node = unit.content
        first, *rest = self.written[node.name]
        own = self.member(scope, node.name)
        if first.module is not None and first.function is None:
            yield self._set(scope, unit.path, first.module)
            for name, value in first.after:
                yield Statement((flat(Attribute(own, name)),), value)
        for step in rest:
            if step.function is None and step.module is not None:
                if first.function is not None:
                    yield self._set(scope, unit.path, call("nn.Module"))
                yield Statement((flat(Attribute(own, "activation")),), step.module)

    # What is computed

    def _applied(self, scope: Scope, unit: Unit, inputs: Sequence[Expression]) -> Expression:
        """The forward pass of a unit."""
        if isinstance(unit.content, Scope):
            return call(self.member(scope, self.aliases.get(unit.content.name, unit.content.name)), *inputs)
        node = unit.content
        owner = self.nodes.get(node.storage, node)
        if owner is not node and repr(owner.layer) != repr(node.layer):
            raise UnwritableError(
                f"`{node.name}` ({node.layer.type_name}): shares the arrays of `{owner.name}`, and has other options",
                hint="a module of PyTorch has one set of options: write the same, or export to ONNX",
                layer=node.name,
            )
        own = self.member(scope, owner.name, parameter=self.written[node.name][0].is_parameter)
        first, *rest = self.written[node.name]
        found = first.applied(own, inputs)
        for step in rest:
            found = step.applied(Attribute(own, "activation"), [found])
        return found

    def member(self, scope: Scope, name: str, *, parameter: bool = False) -> Expression:
        """A module, parameter or buffer of that full name, as the scope's forward pass has it."""
        path = name.removeprefix(f"{scope.name}." if scope.name else "").split(".")
        text, done = "self", [scope.name] if scope.name else []
        for label in path:
            if label.isdigit() and ".".join(done) in self.lists:
                text += f"[{label}]"
            elif ".".join(done) in self.dicts:
                text += f'["{label}"]'
            elif is_attribute(label):
                text += f".{label}"
            elif is_hidden(label):
                text += f'.{"_parameters" if parameter and label is path[-1] else "_modules"}["{label}"]'
            elif parameter:
                text = f'getattr({text}, "{label}")'
            else:
                text += f'.get_submodule("{label}")'
            done.append(label)
        return Code(text)

    def _nests(self, unit: Unit) -> bool:
        """Whether a unit stands around the call before it."""
        if isinstance(unit.content, Scope):
            return False
        layer = unit.content.layer
        if len(unit.inputs) != 1:
            return bool(layer.type_name == "add")
        return layer.role in ("norm", "activation") or layer.type_name in _FLOWING

    def frozen(self) -> list[str]:
        """The names of the largest scopes and of the layers whose weights are not trained."""

        def is_frozen(nodes: Iterable[Node]) -> bool:
            weighted = [node for node in nodes if node.weight_shapes]
            return bool(weighted) and not any(node.arrays.is_trained for node in weighted)

        found: list[str] = []
        tops = [scope for scope in self.root.below() if is_frozen(scope.layers)]
        for scope in sorted(tops, key=lambda scope: scope.name.count(".")):
            if not any(scope.name.startswith(f"{name}.") for name in found):
                found.append(scope.name)
        for node in self.graph.nodes:
            inside = any(node.name.startswith(f"{name}.") for name in found)
            if node.storage == node.name and is_frozen([node]) and not inside:
                found.append(node.name)
        return [name for name in found if name not in self.aliases]


def _wiring(name: str, nodes: Sequence[Node]) -> object:
    """What the layers of a scope compute, whatever the scope is called and wherever it stands."""
    own = {node.output: at for at, node in enumerate(nodes)}
    outer: dict[int, int] = {}
    return [
        (
            node.name.removeprefix(name),
            repr(node.layer),
            node.input_shapes,
            [own[n] if n in own else ("input", outer.setdefault(n, len(outer))) for n in node.inputs],
        )
        for node in nodes
    ]


def _set(owner: Expression, label: str, value: Expression) -> Statement:
    """The statement that makes something stand under a name in a module."""
    text = Code(f'"{label}"')
    if isinstance(value, Call) and flat(value.function) in ("torch.tensor", "torch.movedim"):
        return Statement((), method(owner, "register_buffer", text, value, persistent=Code("False")))
    if is_attribute(label):
        return Statement((f"{flat(owner)}.{label}",), value)
    is_parameter = isinstance(value, Call) and flat(value.function) == "nn.Parameter"
    if is_hidden(label):
        return Statement((f'{flat(owner)}.{"_parameters" if is_parameter else "_modules"}["{label}"]',), value)
    return Statement((), method(owner, "register_parameter" if is_parameter else "add_module", text, value))
