"""`cnncalc summary`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnncalc.analysis import DTYPE_BYTES
from cnncalc.cli import common

if TYPE_CHECKING:
    from cnncalc.report import Report


@click.command("summary", short_help="Shapes, parameters, MACs and receptive fields.")
@common.spec_options
@common.input_option
@common.batch_option
@click.option(
    "--dtype",
    type=click.Choice(list(DTYPE_BYTES)),
    default="float32",
    show_default=True,
    help="Type of each value.",
)
@common.format_option("table", "json", "csv", "markdown")
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    help="Fold layers whose names share N parts into one row (table, markdown).",
)
@common.output_option
def summary_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    batch: int,
    dtype: str,
    format_: str,
    as_json: bool,
    depth: int | None,
    output: str | None,
) -> None:
    """Every layer of SPEC: output shape, window, parameters, MACs and receptive field; and the totals.

    \b
    cnncalc summary alexnet
    cnncalc summary net.yaml --input 3x320x320 --batch 8
    cnncalc summary alexnet --json | jq .totals.parameters
    """
    form = "json" if as_json else format_
    if depth is not None and form in ("json", "csv"):
        raise click.UsageError(f"--depth folds rows of the table and of markdown; {form} has every layer")
    report = common.load_network(spec, shapes, variant, settings).report(batch=batch, dtype=dtype)
    common.emit(render(report, form, depth, output), output)


def render(report: Report, form: str, depth: int | None, output: str | None) -> str:
    """The report in the form that was asked for."""
    if form == "json":
        from cnncalc.reports import json

        return json.render(report, indent=common.indent(output))
    if form == "csv":
        from cnncalc.reports import csv

        return csv.render(report)
    if form == "markdown":
        from cnncalc.reports import markdown

        return markdown.render(report, depth=depth)
    from cnncalc.reports import summary_table

    return summary_table.render(report, width=common.width(output), styled=common.styled(output), depth=depth)
