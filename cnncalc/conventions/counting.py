"""From a network and the name of a tool to both counts, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.conventions import attention, registry
from cnncalc.conventions.operations import UNRUN, operations_of
from cnncalc.conventions.programs import Program
from cnncalc.conventions.results import ConventionReport, KindCount, ParameterCount, QuantityCount
from cnncalc.conventions.rules import OPERATIONS
from cnncalc.errors import CnncalcError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnncalc.conventions.operations import Operation
    from cnncalc.conventions.rules import Convention, Quantity, Rule
    from cnncalc.graph.graph import Graph


NOTHING_KNOWN: Final = Program()


def count_as(
    network: Graph, name: str, functions: Sequence[str] = (), known: Program = NOTHING_KNOWN
) -> ConventionReport:
    """A network as a tool counts it; `known` is what is known of its program.

    `functions` names more layers, scopes or types that the program calls as functions. Raises `CnncalcError` for an
    unknown tool, and for a name that is nothing of the network.

    >>> import cnncalc
    >>> count_as(cnncalc.load("resnet18"), "fvcore").quantities[0].theirs
    1819065856
    """
    convention = registry.find(name)
    program = known._replace(functions=(*known.functions, *functions))
    operations = list(operations_of(network, program))
    _check_names(network, operations, functions)
    parameters = None
    if convention.parameters is not None:
        theirs = convention.parameters.of([each for each in operations if each.is_counted], program)
        parameters = ParameterCount(network.parameters + network.frozen, theirs, convention.parameters.words)
    quantities = tuple(_counted(convention, quantity, operations) for quantity in convention.quantities)
    return ConventionReport(
        **network.heading,
        convention=name,
        tool=convention.tool,
        version=convention.version,
        quantities=quantities,
        parameters=parameters,
        notes=(*network.notes, *_notes(convention, known, operations, quantities)),
    )


def _check_names(network: Graph, operations: Sequence[Operation], names: Sequence[str]) -> None:
    """Raise `CnncalcError` for a name that is neither a layer's nor a scope's nor a type's."""
    for name in names:
        alone = Program(functions=(name,))
        if not any(alone.calls_as_function(found.name, *found.types) for found in operations):
            known = dict.fromkeys(word for found in operations for word in (found.label, found.name))
            hint = did_you_mean(name, known, "types and layers") or "its summary lists its layers"
            raise CnncalcError(f"{network.name} has no layer, scope or type `{name}`", hint=hint)


def _counted(convention: Convention, quantity: Quantity, operations: Sequence[Operation]) -> QuantityCount:
    """What a tool prints, in all and by kind and rule, in the order of their first occurrence."""
    rows: dict[tuple[str, Rule], KindCount] = {}
    for operation in operations:
        rule = convention.rule(quantity, operation)
        key = operation.label, rule
        row = rows.get(key) or KindCount(operation.label, 0, 0, 0, rule.words, rule.known)
        ours = getattr(operation, quantity.ours)
        rows[key] = row._replace(layers=row.layers + 1, ours=row.ours + ours, theirs=row.theirs + rule.of(operation))
    kinds = tuple(rows.values())
    return QuantityCount(
        quantity.name,
        quantity.ours,
        quantity.meaning,
        kinds,
        sum(kind.ours for kind in kinds),
        sum(kind.theirs for kind in kinds),
    )


def _notes(
    convention: Convention, program: Program, operations: Sequence[Operation], quantities: Sequence[QuantityCount]
) -> Iterator[str]:
    """What is known of the program that the graph does not tell, and what is not known."""
    functions = dict.fromkeys(o.label for o in operations if program.calls_as_function(o.name, *o.types))
    if functions and convention.sees != OPERATIONS:
        yield f"torchvision calls these as functions, not as modules: {', '.join(functions)}"
    if any(operation.call == UNRUN for operation in operations):
        yield f"torchvision runs this in training only, so that it is not counted: {', '.join(program.training_only)}"
    yield from attention.notes(convention.tool, operations)
    unknown = dict.fromkeys(kind.kind for quantity in quantities for kind in quantity.kinds if not kind.known)
    if unknown:
        yield f"what {convention.tool} counts is not known, and taken as 0, for: {', '.join(unknown)}"
