"""A network as a file of Keras code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.exporting.keras.functions import Functions
from cnncalc.exporting.keras.helpers import HELPERS, loading
from cnncalc.exporting.keras.recurrent import CLASSES, has_one_bias
from cnncalc.exporting.source.alike import alike, input_names, purpose
from cnncalc.exporting.source.classes import Parameter, merged
from cnncalc.exporting.source.expressions import Arg, Call, Code, Display, Unpacked, flat, values
from cnncalc.exporting.source.heading import heading
from cnncalc.exporting.source.layout import WIDTH, bracketed, statement
from cnncalc.exporting.source.leaves import all_at_once
from cnncalc.exporting.source.loops import LEAST, looped
from cnncalc.exporting.source.naming import scope_word
from cnncalc.exporting.source.statements import Statement, identifier
from cnncalc.naming import unused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.exporting.source.expressions import Expression
    from cnncalc.exporting.source.scopes import Scope
    from cnncalc.exporting.source.statements import Steps
    from cnncalc.graph.graph import Graph


class FunctionOf(NamedTuple):
    """A function of the program."""

    name: str
    purpose: str
    body: Steps
    parameters: tuple[Parameter, ...]


def keras_code(graph: Graph) -> str:
    """A module of Python that builds the network in Keras, whose layers have the names of the layers here.

    Raises `CnncalcError` that names all layers that Keras has no word for.

    >>> import cnncalc
    >>> print(keras_code(cnncalc.load([{"relu": None}], input="3x8x8")).splitlines()[-1])
        main()
    """
    functions = Functions(graph)
    if functions.faults:
        raise all_at_once(functions.faults, "Keras")
    return _Program(graph, functions).text()


class _Program:
    """The text of a program."""

    def __init__(self, graph: Graph, functions: Functions) -> None:
        self.graph = graph
        self.functions = functions
        self.calls: dict[str, Call] = {}
        self.taken = {"build", "main", "load_weights", *HELPERS}

    def text(self) -> str:
        """All of it."""
        known = self._merged()
        parts = ["\n".join(self._function(each)) for each in known]
        built = "\n".join(self._build())
        nodes = self.graph.nodes
        loads = loading(
            is_adapted=any(node.layer.type_name == "normalize" and node.buffer_shapes for node in nodes),
            is_recurrent=any(node.layer.type_name in CLASSES for node in nodes),
        )
        parts += [built, loads, self._main()]
        body = "\n\n\n".join(parts)
        helpers = [text.strip("\n") for name, text in HELPERS.items() if f"{name}(" in body]
        body = "\n\n\n".join([*helpers, body])
        note = (
            "Layers have the names that they have in cnncalc. `load_weights` takes an .npz file of weights from there, "
            "in PyTorch's layout. Maps have their channels last, and are flattened as if they had them first."
        )
        if any(has_one_bias(node.layer) for node in nodes):
            note += " Recurrent layers have one bias for two of cnncalc, which is their sum."
        modules = [name for name in ("layers", "ops") if re.search(rf"(?<![\w.]){name}\.\w", body)]
        imports = ["import keras", "import numpy as np", *([f"from keras import {', '.join(modules)}"] * bool(modules))]
        return "\n".join([*heading(self.graph, "Keras", [note]), "", *imports]) + f"\n\n\n{body}\n"

    def _merged(self) -> list[FunctionOf]:
        """The functions of scopes, inner ones first."""

        def code_of(scope: Scope) -> Steps:
            return self.functions.body(scope, self.calls, input_names(len(scope.inputs)))

        return [self._function_of(group) for group in alike(self.functions.functions(), code_of)]

    def _function_of(self, group: Sequence[tuple[Scope, Steps]]) -> FunctionOf:
        """The function of scopes that differ in numbers alone."""
        scopes, bodies = [scope for scope, _ in group], [body for _, body in group]
        owners = [
            re.sub(r"\W", "_", _label(part))
            for part in (*(step.value for step in bodies[0].statements), *bodies[0].results)
            for _ in values(part)
        ]
        tensors = self.graph.tensors
        ends = [(None, tensors[scope.outputs[0]].shape[0]) for scope in scopes]
        common = merged(bodies, owners, ends, lambda name, _: Code(name))
        name = self._name(scopes)
        for scope, arguments in zip(scopes, common.arguments, strict=True):
            self.calls[scope.name] = Call(Code(name), arguments)
        return FunctionOf(name, purpose(scopes), common.template, common.parameters)

    def _name(self, scopes: Sequence[Scope]) -> str:
        # No variable is called like this, as layers seldom are.
        name = unused(f"{identifier(scope_word(scopes)).removesuffix('block').strip('_') or 'basic'}_block", self.taken)
        self.taken.add(name)
        return name

    def _function(self, known: FunctionOf) -> list[str]:
        """The lines of a function."""
        inputs = [("", Code(name)) for name in known.body.parameters]
        required = [("", Code(p.name)) for p in known.parameters if not p.default]
        others = [(f"{p.name}=", p.default) for p in known.parameters if p.default]
        signature: list[tuple[str, Expression]] = [*inputs, *required, *others, ("name=", Code('""'))]
        line = f"def {known.name}({', '.join(before + flat(value) for before, value in signature)}):"
        head = [line] if len(line) <= WIDTH else bracketed(f"def {known.name}(", signature, "):", 0)
        return [*head, f'    """{known.purpose}"""', *_lines(known.body.statements), *_returned(known.body.results)]

    def _build(self) -> list[str]:
        """The function that makes the model."""
        graph = self.graph
        several = len(graph.inputs) > 1
        taken = [identifier(name) for name in graph.inputs] if several else ["inputs"]
        body = self.functions.body(self.functions.root, self.calls, taken)
        lines = ["def build():", '    """The model, with weights that are drawn."""']
        for variable, (name, shape) in zip(taken, graph.inputs.items(), strict=True):
            sizes = Code(str((*shape[1:], shape[0])))
            made = Call(Code("keras.Input"), (Arg(sizes), Arg(Code(f'"{name}"'), "name")))
            lines += statement(f"{variable} = ", made, 4)
        lines += _lines([*self.functions.definitions(), *body.statements])
        outputs = [flat(result) for result in body.results]
        if not all(isinstance(result, Code) for result in body.results):
            (value,) = body.results
            outputs = self._output_names()
            lines += statement(f"{', '.join(outputs)} = ", value, 4)
        returned = Call(Code("keras.Model"), (_listed(taken), _listed(outputs)))
        frozen = [node.name for node in graph.nodes if node.weight_shapes and not node.arrays.is_trained]
        if not frozen:
            return [*lines, *statement("return ", returned, 4)]
        kept = [f'    model.get_layer("{name.replace("/", ".")}").trainable = False' for name in frozen]
        return [*lines, *statement("model = ", returned, 4), *kept, "    return model"]

    def _output_names(self) -> list[str]:
        """Variables for what the last call gives."""
        count = len(self.graph.outputs)
        return ["x"] if count == 1 else [f"x{number + 1}" for number in range(count)]

    def _main(self) -> str:
        lines = ["def main():", "    model = build()", '    print(f"{model.count_params():,} parameters")']
        return "\n".join([*lines, "", "", 'if __name__ == "__main__":', "    main()"])


def _listed(names: Sequence[str]) -> Arg:
    """A name, or a list of several."""
    items = tuple(Code(name) for name in names)
    return Arg(items[0] if len(items) == 1 else Display("[", items))


def _label(part: Expression) -> str:
    """The last part of a layer's name in an expression."""
    names = re.findall(r'name=f?"([^"]*)"', flat(part))
    return names[-1].rpartition(".")[2] if names else "layer"


def _returned(results: Sequence[Expression]) -> list[str]:
    if len(results) == 1:
        return statement("return ", results[0], 4)
    return [f"    return {', '.join(map(flat, results))}"]


def _lines(statements: Sequence[Statement]) -> Iterator[str]:
    """The lines of a function's statements; calls that differ in a number alone are a loop."""
    at = 0
    while at < len(statements):
        length, lines = _loop(statements[at:])
        if not lines:
            step = statements[at]
            lines = statement(f"{', '.join(step.targets)} = ", step.value, 4)
        yield from lines
        at += length


def _numbered(step: Statement) -> tuple[str, int, Call] | None:
    """A call of a function with a name that ends with a number: the name before it, the number, and the rest."""
    value = step.value
    if not isinstance(value, Call) or not value.arguments or value.arguments[-1].name != "name":
        return None
    text = value.arguments[-1].value
    found = re.fullmatch(r'f?"(.*?)(\d+)"', text.text) if isinstance(text, Code) else None
    if found is None or flat(value.arguments[0].value) != step.targets[0] or len(step.targets) > 1:
        return None
    return found[1], int(found[2]), Call(value.function, value.arguments[:-1])


def _loop(statements: Sequence[Statement]) -> tuple[int, list[str]]:
    """How many statements from the first on are one loop, and its lines; none where there is no loop."""
    first = _numbered(statements[0])
    if first is None:
        return 1, []
    run = [first[2]]
    for at, step in enumerate(statements[1:], start=1):
        found = _numbered(step)
        if found is None or found[0] != first[0] or found[1] != first[1] + at or step.targets != statements[0].targets:
            break
        run.append(found[2])
    while len(run) >= LEAST:
        loops = looped(run)
        if len(loops) == 1 and isinstance(loops[0], Unpacked):
            break
        run.pop()
    if len(run) < LEAST:
        return 1, []
    (loop,) = looped(run)
    assert isinstance(loop, Unpacked)
    assert isinstance(loop.element, Call)
    number = f"i + {first[1]}" if first[1] else "i"
    name = Arg(Code(f'f"{first[0]}{{{number}}}"'), "name")
    element = Call(loop.element.function, (*loop.element.arguments, name))
    target = statements[0].targets[0]
    return len(run), [f"    for i in range({len(run)}):", *statement(f"{target} = ", element, 8)]
