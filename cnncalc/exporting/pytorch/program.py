"""A network as a file of PyTorch code."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from cnncalc.exporting.pytorch.helpers import HELPERS
from cnncalc.exporting.pytorch.modules import Body, Modules, submodule
from cnncalc.exporting.source.classes import Merged, Parameter, merged
from cnncalc.exporting.source.expressions import Attribute, Call, Code, expression_of, flat, skeleton, values
from cnncalc.exporting.source.heading import heading
from cnncalc.exporting.source.layout import WIDTH, bracketed, statement
from cnncalc.exporting.source.leaves import all_at_once
from cnncalc.exporting.source.scopes import Scope
from cnncalc.exporting.source.statements import class_name, identifier
from cnncalc.naming import unused

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from cnncalc.exporting.source.expressions import Expression
    from cnncalc.exporting.source.statements import Statement
    from cnncalc.graph.graph import Graph

_INPUTS: Final = ("x", "y", "z")
_LABELS: Final = {"batch_norm": "Norm", "conv": "Conv", "depthwise_conv": "DepthwiseConv", "relu": "ReLU"}


class ClassOf(NamedTuple):
    """A class of the program: `kept` are the parameters that its forward pass needs."""

    name: str
    purpose: str
    body: Body
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
    """The classes, inner ones first; the last is the network."""
    made: dict[str, Expression] = {}
    names = _Names(class_name(modules.graph.name))
    found: list[ClassOf] = []
    waiting = [scope for scope in modules.called() if scope is not modules.root and scope.name not in modules.aliases]
    for height in sorted({scope.height for scope in waiting}):
        alike: dict[Hashable, list[tuple[Scope, Body]]] = {}
        for scope in (scope for scope in waiting if scope.height == height):
            chain = modules.sequential(scope, made)
            if chain is not None:
                made[scope.name] = chain
                continue
            body = modules.body(scope, made, _parameters(len(scope.inputs)))
            alike.setdefault(skeleton(body), []).append((scope, body))
        found += [_class_of(modules, group, names, made) for group in alike.values()]
    inputs = [identifier(name) if len(modules.graph.inputs) > 1 else "x" for name in modules.graph.inputs]
    network = modules.body(modules.root, made, inputs)
    return [*found, ClassOf(names.network, "", network, (), frozenset())]


def _parameters(count: int) -> list[str]:
    return [*_INPUTS[:count], *(f"x{at}" for at in range(len(_INPUTS) + 1, count + 1))]


def _class_of(
    modules: Modules, group: Sequence[tuple[Scope, Body]], names: _Names, made: dict[str, Expression]
) -> ClassOf:
    """The class of scopes that differ in numbers alone; `made` learns how each is made."""
    scopes, bodies = [scope for scope, _ in group], [body for _, body in group]
    of_made = sum(1 for _ in values(bodies[0].made))
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
    common: Merged = merged(bodies, bodies[0].owners, ends, reference)
    name = names.of(scopes, bodies[0])
    for scope, arguments in zip(scopes, common.arguments, strict=True):
        made[scope.name] = Call(expression_of(name), arguments)
    return ClassOf(name, _purpose(scopes), common.template, common.parameters, frozenset(kept))


def _purpose(scopes: Sequence[Scope]) -> str:
    """The docstring of a class."""
    first, *_, last = scopes[0].name, scopes[-1].name
    text = f"`{first}`."
    if len(scopes) == 2:
        text = f"`{first}` and `{last}`."
    if len(scopes) > 2:
        text = f"`{first}` to `{last}`, {len(scopes)} in all."
    if len(text) > WIDTH - 10:
        text = f"`{first}`" + (f" and {len(scopes) - 1} more." if len(scopes) > 1 else ".")
    return text if len(text) <= WIDTH - 10 else f"{text[: WIDTH - 16]}..."


class _Names:
    """Gives names to classes, each once."""

    def __init__(self, network: str) -> None:
        self.network = network
        self.taken = {network, "F", "OrderedDict", *HELPERS, *(f"SeparableConv{rank}d" for rank in (1, 2, 3))}

    def of(self, scopes: Sequence[Scope], body: Body) -> str:
        """A name for the class of these scopes, by what they are called or, where that is a number, by what they do."""
        stems = Counter(re.sub(r"_?\d+[a-z]?$", "", scope.label) for scope in scopes)
        stem, count = stems.most_common(1)[0]
        name = class_name(stem) if stem and 2 * count > len(scopes) else self._by_content(scopes[0], body)
        name = unused(name, self.taken, joint="")
        self.taken.add(name)
        return name

    @staticmethod
    def _by_content(scope: Scope, body: Body) -> str:
        units = scope.units()
        types = [unit.content.layer.type_name for unit in units if not isinstance(unit.content, Scope)]
        if len(types) == len(units) <= 4:
            return "".join(_LABELS.get(kind) or class_name(kind.replace("_", " ")) for kind in types)
        texts = [flat(step.value) for step in body.forward.statements] + [flat(r) for r in body.forward.results]
        return "ResidualBlock" if any(" + " in text for text in texts) else "Block"


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
        lines = [f"class {known.name}(nn.Module):"]
        if known.purpose:
            lines += [f'    """{known.purpose}"""', ""]
        signature = [
            ("", Code("self")),
            *((p.name + ("=" if p.default else ""), _default(p)) for p in known.parameters),
        ]
        lines += _signature("__init__", signature)
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
        return [f"        {submodule(name)}.requires_grad_(False)" for name in self.modules.frozen()]

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
