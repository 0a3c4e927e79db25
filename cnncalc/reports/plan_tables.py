"""The plan of a session as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.reports import number_text, plan_lines
from cnncalc.reports.table import Document, Record, Table, shape_figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.style import Style
    from cnncalc.sessions.results import Plan

HEADINGS: Final = ("layers", "kernel", "output", "MACs", "weights, bytes", "offset", "bytes", "waits", "ms")

KEYS: Final = (*("layers", "kernel", "macs", "weight_bytes", "offset", "bytes", "first_channel", "waits", "seconds"),)


def tables(plan: Plan, style: Style) -> Document:
    """One row an operation, the time by kernel, and what it takes in all."""
    del style
    exact = number_text.exact
    rows = [
        (
            plan_lines.layers(operation.layers),
            operation.kernel,
            number_text.tight(operation.output_shape),
            exact(operation.macs),
            exact(operation.weight_bytes),
            "" if operation.offset is None else exact(operation.offset),
            "" if operation.bytes is None else exact(operation.bytes),
            "yes" if operation.waits else "no",
            plan_lines.milliseconds(operation.seconds),
        )
        for operation in plan.operations
    ]
    operations = Table(HEADINGS, rows, right=("output", "MACs", "weights, bytes", "offset", "bytes", "ms"))
    kernels = plan_lines.by_kernel(plan)
    by_kernel = [Table(plan_lines.BY_KERNEL, kernels, plan_lines.BY_KERNEL[1:])] * bool(kernels)
    sums = Table(("total", "figure", "remark"), plan_lines.totals(plan), ("figure",), plan_lines.verdict(plan))
    return Document(number_text.name(plan), [operations, *by_kernel, sums])


def records(plan: Plan, style: Style) -> Iterator[Record]:
    """A record an operation."""
    del style
    for operation in plan.operations:
        yield {
            "layers": ", ".join(operation.layers),
            "kernel": operation.kernel,
            **shape_figures("output", operation.output_shape, plan.data_format),
            "macs": operation.macs,
            "weight_bytes": operation.weight_bytes,
            "offset": operation.offset,
            "bytes": operation.bytes,
            "first_channel": operation.first_channel,
            "waits": operation.waits,
            "seconds": operation.seconds,
        }
