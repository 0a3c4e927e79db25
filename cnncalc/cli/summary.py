"""`cnncalc summary`."""

from __future__ import annotations

import click

from cnncalc.cli import common
from cnncalc.cli.output import Output, output_options
from cnncalc.dtypes import DTYPE_BYTES


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
    type=common.whole_number(1),
    metavar="N",
    help="Fold layers whose names share N parts into one row (table, markdown, latex).",
)
@output_options("summary")
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
        raise click.UsageError(f"--depth folds rows of the table, markdown and latex; {output.form} has every layer")
    report = common.load_network(spec, shapes, variant, settings).report(batch=batch, dtype=dtype)
    output.report("summary", report, depth=depth)
