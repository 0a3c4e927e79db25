"""From a network and the name of a tool to both counts, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncalc.conventions import registry
from cnncalc.conventions.operations import operations_of
from cnncalc.conventions.programs import program_of
from cnncalc.conventions.results import ConventionReport, KindCount, ParameterCount, QuantityCount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnncalc.conventions.operations import Operation
    from cnncalc.conventions.programs import Program
    from cnncalc.conventions.rules import Convention, Quantity, Rule
    from cnncalc.graph.graph import Graph


def count_as(network: Graph, name: str, functions: Sequence[str] = ()) -> ConventionReport:
    """A network as a tool counts it; `functions` names layers, scopes or types that are called as functions.

    >>> import cnncalc
    >>> count_as(cnncalc.load("resnet18"), "fvcore").quantities[0].theirs
    1819065856
    """
    convention = registry.find(name)
    program = _with_functions(network, program_of(network), functions)
    operations = list(operations_of(network, program))
    parameters = None
    if convention.parameters is not None:
        theirs = convention.parameters.count(operations, program)
        parameters = ParameterCount(network.parameters, theirs, convention.parameters.words)
    quantities = tuple(_counted(convention, quantity, operations) for quantity in convention.quantities)
    return ConventionReport(
        **network.heading,
        convention=name,
        tool=convention.tool,
        version=convention.version,
        quantities=quantities,
        parameters=parameters,
        notes=(*network.notes, *_notes(operations, quantities)),
    )


def _with_functions(network: Graph, program: Program, names: Sequence[str]) -> Program:
    """The program, with other layers that it calls as functions; raises `CnncalcError` for an unknown name."""
    given = program._replace(functions=())
    for name in names:
        alone = given._replace(functions=(name,))
        if not any(map(alone.calls_as_function, network.nodes)):
            raise network.unknown_layer(name)
    return program._replace(functions=(*program.functions, *names))


def _counted(convention: Convention, quantity: Quantity, operations: Sequence[Operation]) -> QuantityCount:
    """What a tool prints, in all and by kind and rule, in the order of their first occurrence."""
    rows: dict[tuple[str, Rule], KindCount] = {}
    for operation in operations:
        rule = convention.rule(quantity, operation)
        key = operation.label, rule
        row = rows.get(key) or KindCount(operation.label, 0, 0, 0, rule.words, rule.known)
        ours = getattr(operation, quantity.ours)
        rows[key] = row._replace(
            layers=row.layers + 1, ours=row.ours + ours, theirs=row.theirs + rule.count(operation)
        )
    kinds = tuple(rows.values())
    return QuantityCount(
        quantity.name,
        quantity.ours,
        quantity.meaning,
        kinds,
        sum(kind.ours for kind in kinds),
        sum(kind.theirs for kind in kinds),
    )


def _notes(operations: Sequence[Operation], quantities: Sequence[QuantityCount]) -> list[str]:
    return []
