"""The scopes of a graph as a tree, and what of it can be a module or a function that is called once."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node


class Unit(NamedTuple):
    """A step in the forward pass of a scope: a layer, or a scope in it that is called as one.

    `path` are the labels from the scope around it, `inputs` and `outputs` numbers of tensors.
    """

    path: tuple[str, ...]
    content: Node | Scope
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def label(self) -> str:
        """The last part of its name."""
        return self.path[-1]


class Scope:
    """The layers whose names begin alike: `layers` in the order of execution, and the scopes right below.

    `is_called` says whether it is a module, or a function, with inputs and outputs of its own; the layers of one that
    is not belong to the forward pass of the scope around it.
    """

    __slots__ = ("_units", "inputs", "is_called", "label", "layers", "name", "outputs", "scopes")

    def __init__(self, name: str) -> None:
        self.name = name
        self.label = name.rpartition(".")[2]
        self.layers: list[Node] = []
        self.scopes: dict[str, Scope] = {}
        self.is_called = True
        self.inputs: tuple[int, ...] = ()
        self.outputs: tuple[int, ...] = ()
        self._units: list[Unit] | None = None

    def __repr__(self) -> str:
        return f"<{self.name or 'network'}: {len(self.layers)} layers>"

    @property
    def height(self) -> int:
        """How deep the scopes below it are nested."""
        return 1 + max((scope.height for scope in self.scopes.values()), default=-1)

    def below(self) -> Iterable[Scope]:
        """All scopes in it, inner ones first."""
        for scope in self.scopes.values():
            yield from scope.below()
            yield scope

    def units(self) -> list[Unit]:
        """The steps of its forward pass in an order in which they can be executed; found once."""
        if self._units is None:
            self._units = self._ordered()
        return self._units

    def settle(self) -> None:
        """Find the steps of this scope and of all that are called in it."""
        for unit in self.units():
            if isinstance(unit.content, Scope):
                unit.content.settle()

    def called(self) -> Iterator[Scope]:
        """The scopes that are called in it, inner ones first, and itself."""
        for unit in self.units():
            if isinstance(unit.content, Scope):
                yield from unit.content.called()
        yield self

    def _ordered(self) -> list[Unit]:
        """The steps; scopes that need each other's layers are no steps, and theirs stand in their place."""
        while True:
            units = self._unordered()
            order, left = _topological(units)
            if order is not None:
                return order
            culprit = next(unit.content for unit in left if isinstance(unit.content, Scope))
            culprit.is_called = False

    def _unordered(self) -> list[Unit]:
        """The steps in the order of their first layers."""
        found: dict[str, Unit] = {}
        skip = len(self.name) + 1 if self.name else 0
        for node in self.layers:
            path = tuple(node.name[skip:].split("."))
            scope = self
            for at, label in enumerate(path[:-1]):
                scope = scope.scopes[label]
                if scope.is_called:
                    found.setdefault(scope.name, Unit(path[: at + 1], scope, scope.inputs, scope.outputs))
                    break
            else:
                found[f"{node.name} "] = Unit(path, node, node.inputs, (node.output,))
        return list(found.values())


def _topological(units: Sequence[Unit]) -> tuple[list[Unit] | None, list[Unit]]:
    """The units in an order in which each finds its inputs, as near as can be to the given; or None, and those left."""
    makers = {number: at for at, unit in enumerate(units) for number in unit.outputs}
    needs = [{makers[n] for n in unit.inputs if n in makers} for unit in units]
    readers: list[list[int]] = [[] for _ in units]
    for at, needed in enumerate(needs):
        for other in needed:
            readers[other].append(at)
    ready = [at for at, needed in enumerate(needs) if not needed]
    heapify(ready)
    missing, order = [len(needed) for needed in needs], []
    while ready:
        at = heappop(ready)
        order.append(units[at])
        for other in readers[at]:
            missing[other] -= 1
            if not missing[other]:
                heappush(ready, other)
    if len(order) == len(units):
        return order, []
    return None, [unit for at, unit in enumerate(units) if missing[at]]


def scope_tree(graph: Graph, is_kept: Callable[[Scope], bool]) -> Scope:
    """The tree of a graph's scopes; those that are not kept, or cannot be called as one, are not called.

    >>> import cnncalc
    >>> tree = scope_tree(cnncalc.load("resnet18"), lambda scope: True)
    >>> [unit.label for unit in tree.units()][:6]
    ['conv1', 'bn1', 'relu_1', 'maxpool', 'layer1', 'layer2']
    """
    root = Scope("")
    for node in graph.nodes:
        root.layers.append(node)
        scope = root
        for label in node.name.split(".")[:-1]:
            name = f"{scope.name}.{label}" if scope.name else label
            scope = scope.scopes.setdefault(label, Scope(name))
            scope.layers.append(node)
    root.inputs, root.outputs = tuple(range(len(graph.inputs))), graph.outputs
    readers = {tensor.number: tensor.readers for tensor in graph.tensors}
    for scope in root.below():
        _connect(scope, readers, graph)
        scope.is_called = is_kept(scope) and bool(scope.outputs) and _is_convex(scope, graph)
    return root


def _connect(scope: Scope, readers: dict[int, Sequence[Node]], graph: Graph) -> None:
    """Set the tensors that go into a scope, in the order of their first use, and those that leave it."""
    own = {node.output for node in scope.layers}
    used = dict.fromkeys(number for node in scope.layers for number in node.inputs if number not in own)
    inside = {id(node) for node in scope.layers}
    scope.inputs = tuple(used)
    scope.outputs = tuple(
        number
        for number in sorted(own)
        if number in graph.outputs or any(id(reader) not in inside for reader in readers[number])
    )


def _is_convex(scope: Scope, graph: Graph) -> bool:
    """Whether nothing that a scope reads depends on what it gives."""
    inside = {node.output for node in scope.layers}
    first, last = min(inside), max(inside)
    tainted: set[int] = set()
    for node in graph.nodes[first - len(graph.inputs) : last - len(graph.inputs) + 1]:
        if node.output in inside:
            if not tainted.isdisjoint(node.inputs):
                return False
        elif any(number in inside or number in tainted for number in node.inputs):
            tainted.add(node.output)
    return True
