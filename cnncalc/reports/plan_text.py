"""The plan of a session as a table for a person, and what it takes in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text, plan_lines
from cnncalc.reports.canvas import Canvas
from cnncalc.reports.style import PLAIN, Style
from cnncalc.reports.table_layout import TableForm, fitted, form_of, left_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.sessions.results import Plan

RIGHT: Final = ("output", "MACs", "weights", "at", "bytes", "ms", "GMAC/s")
"""The columns of figures."""


def render(plan: Plan, style: Style = PLAIN) -> str:
    """The table, the totals, and whether the outputs are those of a pass layer by layer."""
    canvas = Canvas(style)
    canvas.title(number_text.name(plan), _subtitle(plan))
    lost: list[str] = []
    if plan.operations:
        form = fitted(_forms(plan), style)
        canvas.form(form, right=RIGHT)
        lost = left_out(form, filter(None, _columns(plan, None)))
    for note in (*plan_lines.remarks(plan), *lost):
        canvas.note(note)
    kernels = plan_lines.by_kernel(plan)
    if kernels:
        canvas.line()
        canvas.form(fitted(_kernel_forms(kernels), style), right=plan_lines.BY_KERNEL[1:])
    canvas.line()
    sums = _narrowed(plan_lines.totals(plan), canvas.width)
    canvas.table(("", "figure", " ")[: len(sums[0])], sums, right=("figure",), bare=True)
    for line in plan_lines.verdict(plan):
        canvas.line(line)
    return canvas.text()


def _subtitle(plan: Plan) -> str:
    batch = f", batch of {plan.batch_size}" if plan.batch_size > 1 else ""
    weights = "" if plan.weights is None else f", weights of {plan.weights}"
    exact = ", exact" if plan.exact else ""
    return f"{number_text.inputs(plan.inputs)}{batch}, {plan.dtype}, seed {plan.seed}{weights}{exact}"


def _narrowed(sums: list[tuple[str, str, str]], width: int) -> list[tuple[str, ...]]:
    """The totals, without remarks where these have no room."""
    needed = sum(max(map(len, column)) for column in zip(*sums, strict=True)) + 4
    return [total[: 3 if needed <= width else 2] for total in sums]


def _forms(plan: Plan) -> Iterator[TableForm]:
    """From the widest to the narrowest: layers counted, columns left out, kernels and names cut."""
    whole = TableForm(_columns(plan, None))
    yield whole
    yield whole._replace(gap=1)
    for most in (2, 1):
        few = TableForm(_columns(plan, most), gap=1)
        yield few
        yield few.without("at")
        yield few.without("at", "weights")
    few = few.without("at", "weights")
    yield few._replace(least={"layers": 16, "kernel": 20})
    few = few.without("GMAC/s")
    yield few
    yield few._replace(least={"layers": 16, "kernel": 16})
    few = few.without("bytes")
    yield few._replace(least={"layers": 16, "kernel": 12})
    yield few.without("kernel")._replace(least={"layers": 8})
    yield few.without("kernel", "output")._replace(least={"layers": 8})


def _kernel_forms(rows: list[tuple[str, ...]]) -> Iterator[TableForm]:
    """From the widest to the narrowest: columns left out, kernels cut."""
    whole = form_of(plan_lines.BY_KERNEL, rows)
    yield whole
    yield whole._replace(least={"kernel": 20})
    yield whole.without("operations", "GMAC/s")._replace(least={"kernel": 12})


def _columns(plan: Plan, most: int | None) -> dict[str, list[str]]:
    """The texts by heading, with at most so many layers an operation named; without the columns that are empty."""
    operations = plan.operations
    found = {
        "": ["→" if operation.waits else "" for operation in operations],
        "layers": [plan_lines.layers(operation.layers, most) for operation in operations],
        "kernel": [operation.kernel for operation in operations],
        "output": [number_text.tight(operation.output_shape) for operation in operations],
        "MACs": [number_text.short(operation.macs) for operation in operations],
        "weights": [_size(operation.weight_bytes or None) for operation in operations],
        "at": [_size(operation.offset) for operation in operations],
        "bytes": [_size(operation.bytes) for operation in operations],
        "ms": [plan_lines.milliseconds(operation.seconds) for operation in operations],
        "GMAC/s": [plan_lines.samples_rate(plan, operation) for operation in operations],
    }
    return {heading: texts for heading, texts in found.items() if any(texts)}


def _size(count: int | None) -> str:
    return "" if count is None else number_text.short(count, "B")
