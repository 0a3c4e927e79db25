"""The scopes of a network as functions that call layers of Keras."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from cnncalc.exporting.keras.table import layer_call
from cnncalc.exporting.keras.words import word_of
from cnncalc.exporting.source.expressions import Arg, Call, Code, Expression, Infix, flat
from cnncalc.exporting.source.leaves import Leaf, UnwritableError, leaves
from cnncalc.exporting.source.scopes import Scope, scope_tree
from cnncalc.exporting.source.statements import Statement, Steps, identifier, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnncalc.exporting.source.scopes import Unit
    from cnncalc.graph.graph import Graph
    from cnncalc.graph.node import Node

_ACTIVATED: Final = ("layers.Conv", "layers.Dense", "layers.DepthwiseConv", "layers.SeparableConv")
"""How classes begin that take an activation."""


class Functions:
    """The scopes of a graph, and what each of their layers is; `faults` are the layers that Keras has no word for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = {node.name: node for node in graph.nodes}
        self.faults: list[UnwritableError] = []
        self.uses = Counter(node.storage for node in graph.nodes if node.weight_shapes or node.buffer_shapes)
        self.shared = {name: f"{identifier(name)}_layer" for name, count in self.uses.items() if count > 1}
        self.tensors = graph.tensors
        for node in graph.nodes:
            try:
                self._called(node, Arg(Code('"name"'), "name"), [Code("x")] * len(node.inputs))
            except UnwritableError as error:
                self.faults.append(error)
        if not self.faults:
            self.root = scope_tree(graph, self._is_function)
            self.root.settle()

    def _is_function(self, scope: Scope) -> bool:
        """Whether a scope is a function: it has weights that no other layer uses, and not scopes alone."""
        weighted = [node for node in scope.layers if node.weight_shapes or node.buffer_shapes]
        direct = len(scope.name) + 1
        has_layers = any("." not in node.name[direct:] for node in scope.layers)
        return has_layers and bool(weighted) and not any(self.uses[node.storage] > 1 for node in weighted)

    def functions(self) -> list[Scope]:
        """The scopes that are functions, each after those in it."""
        return [scope for scope in self.root.called() if scope is not self.root]

    def body(self, scope: Scope, calls: Mapping[str, Call], names: Sequence[str]) -> Steps:
        """The function that a scope is, whose forward pass takes these names."""
        found = steps(scope, names, lambda unit, inputs: self._applied(unit, inputs, calls, scope), lambda _: False)
        statements = [part for step in found.statements for part in _unnested(step)]
        results = found.results
        if len(results) == 1 and len(scope.outputs) == 1:
            *before, last = _unnested(Statement(("x",), results[0]))
            statements, results = [*statements, *before], (last.value,)
        # A layer that changes nothing at this size is no layer of Keras.
        kept = tuple(step for step in statements if step.targets != (flat(step.value),))
        return found._replace(statements=kept, results=results)

    def _applied(self, unit: Unit, inputs: Sequence[Expression], calls: Mapping[str, Call], scope: Scope) -> Expression:
        """A unit called."""
        path = ".".join(unit.path).replace("/", ".")
        name = Arg(Code(f'f"{{name}}.{path}"' if scope.name else f'"{path}"'), "name")
        if isinstance(unit.content, Scope):
            known = calls[unit.content.name]
            return Call(known.function, (*(Arg(x) for x in inputs), *known.arguments, name))
        node = unit.content
        if node.storage in self.shared:
            made = self._called(node, name, inputs)
            assert isinstance(made, Call)
            return Call(Code(self.shared[node.storage]), made.arguments)
        return self._called(node, name, inputs)

    def definitions(self) -> list[Statement]:
        """The layers that are called more than once, each made once."""
        found = []
        for name, variable in self.shared.items():
            node = self.nodes[name]
            made = self._called(node, Arg(Code(f'"{name.replace("/", ".")}"'), "name"), [Code("x")] * len(node.inputs))
            assert isinstance(made, Call)
            found.append(Statement((variable,), made.function))
        return found

    def _called(self, node: Node, name: Arg, inputs: Sequence[Expression]) -> Expression:
        """The layer of a node made and called, and its activation."""
        has_batch = [self.tensors[number].sees_input for number in node.inputs]
        first, *rest = leaves(node, has_batch)
        found = layer_call(first, name, list(inputs))
        for step in rest:
            found = self._activated(found, step, name)
        if node.storage in self.shared and not (isinstance(found, Call) and isinstance(found.function, Call)):
            raise first.refusal("it shares weights, and takes several layers of Keras", "`-o FILE.onnx` may have it")
        owner = self.nodes.get(node.storage, node)
        if owner is not node and repr(owner.layer) != repr(node.layer):
            raise first.refusal(f"it shares the arrays of `{owner.name}`, and has other options", "write the same")
        return found

    @staticmethod
    def _activated(found: Expression, step: Leaf, name: Arg) -> Expression:
        """A layer with its activation, as an option where the class has one."""
        known_word = word_of(step.layer)
        if isinstance(found, Call) and isinstance(found.function, Call) and known_word is not None:
            made = found.function
            if flat(made.function).startswith(_ACTIVATED):
                word = Arg(Code(f'"{known_word}"'), "activation")
                return Call(Call(made.function, (*made.arguments[:-1], word, made.arguments[-1])), found.arguments)
        assert isinstance(name.value, Code)
        return layer_call(step, Arg(Code(f'{name.value.text[:-1]}.activation"'), "name"), [found])


def _unnested(step: Statement) -> Iterator[Statement]:
    """A statement for each layer that is called, where one is called with what another one gives."""
    value = step.value
    if isinstance(value, Call) and len(value.arguments) >= 1 and len(step.targets) == 1:
        first = value.arguments[0].value
        inner = _call_in(first)
        if inner is not None:
            yield from _unnested(Statement(step.targets, inner))
            rest = (Arg(_with(first, inner, Code(step.targets[0]))), *value.arguments[1:])
            yield Statement(step.targets, Call(value.function, rest))
            return
    yield step


def _call_in(value: Expression) -> Call | None:
    """The call that an expression is, or has among its operands."""
    if isinstance(value, Infix):
        return next(filter(None, map(_call_in, value.operands)), None)
    return value if isinstance(value, Call) else None


def _with(value: Expression, old: Call, new: Code) -> Expression:
    """An expression with another operand instead of a call."""
    if value is old:
        return new
    if isinstance(value, Infix):
        return Infix(value.operator, tuple(_with(part, old, new) for part in value.operands))
    return value
