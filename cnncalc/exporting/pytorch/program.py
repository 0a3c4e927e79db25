"""A network as a file of PyTorch code."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.exporting.pytorch.helpers import HELPERS
from cnncalc.exporting.pytorch.modules import Body, Modules
from cnncalc.exporting.source.alike import alike, input_names, purpose
from cnncalc.exporting.source.classes import Merged, Parameter, merged
from cnncalc.exporting.source.expressions import Attribute, Call, Code, expression_of, flat, values
from cnncalc.exporting.source.heading import heading
from cnncalc.exporting.source.layout import WIDTH, bracketed, statement
from cnncalc.exporting.source.leaves import all_at_once
from cnncalc.exporting.source.naming import scope_word
from cnncalc.exporting.source.statements import class_name, identifier
from cnncalc.naming import unused

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Sequence

    from cnncalc.exporting.source.expressions import Expression
    from cnncalc.exporting.source.scopes import Scope
    from cnncalc.exporting.source.statements import Statement
    from cnncalc.graph.graph import Graph

_LABELS: Final = {"relu": "ReLU", "relu6": "ReLU6", "silu": "SiLU", "gelu": "GELU"}
OFTEN: Final = 3
"""How often a sequence of modules stands in a program that is a class of its own."""


class ClassOf(NamedTuple):
    """A class of the program: `kept` are the parameters that its forward pass needs.

    The `body` is that of a module or, of a sequence, all that it has.
    """

    name: str
    purpose: str
    body: Body | Call
    parameters: tuple[Parameter, ...]
    kept: frozenset[str]


def pytorch_code(graph: Graph) -> str:
    """A module of Python that builds the network in PyTorch, with the same names of parameters.

    Raises `CnncalcError` that names all layers that PyTorch has no word for.

    >>> import cnncalc
    >>> print(pytorch_code(cnncalc.load([{"relu": None}], input="3x8x8")).splitlines()[-1])
        main()
    """
    modules = Modules(graph)
    if modules.faults:
        raise all_at_once(modules.faults, "PyTorch")
    classes = _classes(modules)
    return _Program(graph, modules, classes).text()


def _classes(modules: Modules) -> list[ClassOf]:
    """The classes, inner ones first; the last is the network. Sequences of one kind in several places are one, too."""
    found = _classes_of(modules, frozenset())
    places = Counter(kind for known in found for kind in _sequences(known.body))
    often = frozenset(kind for kind, count in places.items() if count >= OFTEN)
    return _classes_of(modules, often) if often else found


def _classes_of(modules: Modules, often: Collection[Hashable]) -> list[ClassOf]:
    """The classes, where the sequences that are there `often` are classes."""
    made: dict[str, Expression] = {}
    names = _Names(class_name(modules.graph.name))
    waiting = [scope for scope in modules.called() if scope is not modules.root and scope.name not in modules.aliases]

    def code_of(scope: Scope) -> Body | Call | None:
        chain = modules.sequential(scope, made)
        if chain is None:
            return modules.body(scope, made, input_names(len(scope.inputs)))
        if _sequence(chain) in often:
            return chain
        made[scope.name] = chain
        return None

    groups: Iterator[list[tuple[Scope, Body | Call]]] = alike(waiting, code_of)
    found = [_class_of(modules, group, names, made) for group in groups]
    inputs = [identifier(name) if len(modules.graph.inputs) > 1 else "x" for name in modules.graph.inputs]
    network = modules.body(modules.root, made, inputs)
    return [*found, ClassOf(names.network, "", network, (), frozenset())]


def _sequence(tree: object) -> Hashable:
    """The kinds of the modules in a sequence of several; None for anything else, and for a pair of classes."""
    if not isinstance(tree, Call) or flat(tree.function) != "nn.Sequential":
        return None
    items = [argument.value for argument in tree.arguments]
    kinds = tuple(flat(item.function) for item in items if isinstance(item, Call))
    is_pair = len(kinds) == 2 and not all(kind.startswith("nn.") for kind in kinds)
    return None if len(kinds) < len(items) or len(kinds) < 2 or is_pair else kinds


def _sequences(tree: object) -> Iterator[Hashable]:
    """The kinds of modules in each sequence in the statements of a class."""
    kind = _sequence(tree)
    if kind is not None:
        yield kind
    if isinstance(tree, tuple):
        for part in tree:
            yield from _sequences(part)


def _class_of(
    modules: Modules, group: Sequence[tuple[Scope, Body | Call]], names: _Names, made: dict[str, Expression]
) -> ClassOf:
    """The class of scopes that differ in numbers alone; `made` learns how each is made."""
    scopes, bodies = [scope for scope, _ in group], [body for _, body in group]
    first = bodies[0]
    owners = first.owners if isinstance(first, Body) else ["layer" for _ in values(first)]
    of_made = sum(1 for _ in values(first.made if isinstance(first, Body) else first))
    kept: set[str] = set()

    def reference(name: str, at: int) -> Expression:
        if at < of_made:
            return Code(name)
        kept.add(name)
        return Attribute(Code("self"), name)

    tensors = modules.graph.tensors
    ends = [
        (tensors[scope.inputs[0]].shape[0] if scope.inputs else None, tensors[scope.outputs[0]].shape[0])
        for scope in scopes
    ]
    common: Merged = merged(bodies, owners, ends, reference)
    name = names.of(scopes)
    for scope, arguments in zip(scopes, common.arguments, strict=True):
        made[scope.name] = Call(expression_of(name), arguments)
    return ClassOf(name, purpose(scopes), common.template, common.parameters, frozenset(kept))


class _Names:
    """Gives names to classes, each once."""

    def __init__(self, network: str) -> None:
        self.network = network
        self.taken = {network, "F", "OrderedDict", *HELPERS, *(f"SeparableConv{rank}d" for rank in (1, 2, 3))}

    def of(self, scopes: Sequence[Scope]) -> str:
        """A name for the class of these scopes."""
        words = scope_word(scopes).split("_")
        name = unused(class_name(" ".join(_LABELS.get(word, word) for word in words)), self.taken, joint="")
        self.taken.add(name)
        return name


class _Program:
    """The text of a program."""

    def __init__(self, graph: Graph, modules: Modules, classes: Sequence[ClassOf]) -> None:
        self.graph = graph
        self.modules = modules
        self.classes = classes

    def text(self) -> str:
        """All of it."""
        parts = [*self._helpers(), *("\n".join(self._class(known)) for known in self.classes), self._main()]
        body = "\n\n\n".join(parts)
        return "\n".join([*heading(self.graph, "PyTorch", [self._note(body)]), "", *_imports(body)]) + f"\n\n\n{body}\n"

    @staticmethod
    def _note(body: str) -> str:
        """What the docstring says of weights."""
        note = "Parameters have the names that they have in cnncalc, and in its files of weights: "
        if "Norm" not in body:
            return f"{note}`load_state_dict` takes these."
        return (
            f"{note}`load_state_dict` takes these, with `strict=False` where norms count batches in "
            "`num_batches_tracked`, which the files have not."
        )

    def _helpers(self) -> list[str]:
        used = dict.fromkeys(name for steps in self.modules.written.values() for step in steps for name in step.helpers)
        return [HELPERS[name].strip("\n") for name in used]

    def _class(self, known: ClassOf) -> list[str]:
        is_network = known is self.classes[-1]
        base = "Module" if isinstance(known.body, Body) else "Sequential"
        lines = [f"class {known.name}(nn.{base}):"]
        if known.purpose:
            lines += [f'    """{known.purpose}"""', ""]
        signature = [
            ("", Code("self")),
            *((p.name + ("=" if p.default else ""), _default(p)) for p in known.parameters),
        ]
        lines += _signature("__init__", signature)
        if not isinstance(known.body, Body):
            return [*lines, *statement("", known.body._replace(function=Code("super().__init__")), 8)]
        lines.append("        super().__init__()")
        lines += [f"        self.{p.name} = {p.name}" for p in known.parameters if p.name in known.kept]
        lines += [line for made in known.body.made for line in _statement(made)]
        if is_network:
            lines += self._frozen()
        forward = known.body.forward
        lines += ["", *_signature("forward", [("", Code(name)) for name in ("self", *forward.parameters)])]
        lines += [line for step in forward.statements for line in _statement(step)]
        return [*lines, *_returned(forward.results)]

    def _frozen(self) -> list[str]:
        """The statements that keep weights from being trained."""
        return [
            f"        {flat(self.modules.member(self.modules.root, name))}.requires_grad_(False)"
            for name in self.modules.frozen()
        ]

    def _main(self) -> str:
        name = self.classes[-1].name
        lines = ["def main():", f"    model = {name}().eval()"]
        lines.append("    parameters = sum(p.numel() for p in model.parameters())")
        lines.append('    print(f"{parameters:,} parameters")')
        lines += ["", "", 'if __name__ == "__main__":', "    main()"]
        return "\n".join(lines)


def _default(parameter: Parameter) -> Expression:
    return parameter.default or Code("")


def _signature(name: str, parameters: Sequence[tuple[str, Expression]]) -> list[str]:
    """The head of a method."""
    line = f"    def {name}({', '.join(before + flat(value) for before, value in parameters)}):"
    return [line] if len(line) <= WIDTH else bracketed(f"def {name}(", parameters, "):", 4)


def _statement(step: Statement) -> list[str]:
    """The lines of a statement of a method."""
    return statement(f"{', '.join(step.targets)} = " if step.targets else "", step.value, 8)


def _returned(results: Sequence[Expression]) -> list[str]:
    """The last statement of a method."""
    if len(results) == 1:
        return statement("return ", results[0], 8)
    line = f"        return {', '.join(map(flat, results))}"
    if len(line) <= WIDTH:
        return [line]
    return ["        return (", *(f"            {flat(result)}," for result in results), "        )"]


def _imports(body: str) -> Iterator[str]:
    """The imports of what the code uses."""
    if "OrderedDict(" in body:
        yield "from collections import OrderedDict"
        yield ""
    if re.search(r"\btorch\.", body):
        yield "import torch"
    if re.search(r"\bF\.", body):
        yield "import torch.nn.functional as F"
    yield "from torch import nn"
