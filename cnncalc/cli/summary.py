"""`cnncalc summary`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnncalc.cli import common
from cnncalc.cli.output import Output, output_options
from cnncalc.summary.analysis import DTYPE_BYTES

if TYPE_CHECKING:
    from cnncalc.summary.results import Report


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
@click.option(
    "--depth",
    type=common.whole(1),
    metavar="N",
    help="Fold layers whose names share N parts into one row (table, markdown).",
)
@output_options("table", "json", "csv", "markdown")
def summary_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    batch: int,
    dtype: str,
    depth: int | None,
    output: Output,
) -> None:
    """Every layer of SPEC: output shape, window, parameters, MACs and receptive field; and the totals.

    \b
    cnncalc summary alexnet
    cnncalc summary net.yaml --input 3x320x320 --batch 8
    cnncalc summary alexnet --json | jq .totals.parameters
    """
    if depth is not None and output.form in ("json", "csv"):
        raise click.UsageError(f"--depth folds rows of the table and of markdown; {output.form} has every layer")
    report = common.load_network(spec, shapes, variant, settings).report(batch=batch, dtype=dtype)
    output.write(render(report, depth, output))


def render(report: Report, depth: int | None, output: Output) -> str:
    """The report in the form that was asked for."""
    if output.form == "json":
        from cnncalc.reports import summary_json

        return summary_json.render(report, indent=output.indent)
    if output.form == "csv":
        from cnncalc.reports import summary_csv

        return summary_csv.render(report)
    if output.form == "markdown":
        from cnncalc.reports import summary_markdown

        return summary_markdown.render(report, depth=depth)
    from cnncalc.reports import summary_text

    return summary_text.render(report, width=output.width, styled=output.medium, depth=depth)
