"""The rows of a table of two ways to count, as texts: what the formats of that report share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.conventions.results import ConventionReport, KindCount, ParameterCount, QuantityCount

UNITS: Final = {"macs": "MACs", "flops": "FLOPs"}
"""How our figures are called in a heading."""


def headings(report: ConventionReport, quantity: QuantityCount) -> tuple[str, str, str, str, str, str]:
    """The headings of the columns: kind, layers, our figure, the tool's, the difference and the rule."""
    ours, theirs = f"our {UNITS[quantity.compared_with]}", f"{report.convention} {quantity.name}"
    return ("kind", "layers", ours, theirs, "difference", "rule")


def shown(quantity: QuantityCount) -> list[KindCount]:
    """The kinds that either counts, and those of which nothing is known."""
    return [kind for kind in quantity.kinds if kind.ours or kind.theirs or not kind.known]


def cells(
    quantity: QuantityCount, exact: Callable[[int], str] = number_text.exact
) -> list[tuple[str, str, str, str, str, str]]:
    """A row for each kind that is shown, and one for the total; the numbers as `exact` writes them."""
    rows = [(kind.kind, str(kind.layers), kind.ours, kind.theirs, kind.rule) for kind in shown(quantity)]
    total = ("total", "", quantity.ours, quantity.theirs, "")
    return [
        (kind, layers, exact(ours), exact(theirs), number_text.signed(theirs - ours, exact), rule)
        for kind, layers, ours, theirs, rule in [*rows, total]
    ]


def rules(quantity: QuantityCount) -> list[str]:
    """Each rule with the kinds that it is for, for a table without room for it."""
    kinds: dict[str, list[str]] = {}
    for kind in shown(quantity):
        kinds.setdefault(kind.rule, []).append(kind.kind)
    return [f"{', '.join(dict.fromkeys(names))}: {rule}" for rule, names in kinds.items()]


def remarks(quantity: QuantityCount) -> list[str]:
    """What the tool's number is, and the kinds that neither counts."""
    seen = {kind.kind for kind in shown(quantity)}
    uncounted = dict.fromkeys(kind.kind for kind in quantity.kinds if kind.kind not in seen)
    return [
        f"{quantity.name}: {quantity.meaning}",
        *([f"counted by neither: {', '.join(uncounted)}"] if uncounted else []),
    ]


def parameters(found: ParameterCount | None) -> str:
    """Both counts of parameters, in a line."""
    if found is None:
        return "parameters: the tool counts none"
    if not found.difference:
        return f"parameters: {found.theirs:,} as ours: {found.rule}"
    difference = number_text.signed(found.difference)
    return f"parameters: {found.theirs:,}, ours {found.ours:,}, difference {difference}: {found.rule}"


def by_tool(report: ConventionReport) -> str:
    """The tool and its version."""
    return f"as counted by {report.tool} {report.version}"
