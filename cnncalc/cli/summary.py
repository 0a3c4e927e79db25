"""`cnncalc summary`."""

from __future__ import annotations

import click

from cnncalc.cli import common, streams
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
@click.option(
    "--as",
    "convention",
    metavar="TOOL",
    shell_complete=common.completed_by("conventions"),
    help="Count as another tool, beside ours: torchinfo, fvcore, ptflops, ptflops-aten, thop, ultralytics-thop, "
    "calflops, deepspeed, onnx-tool, torch.",
)
@click.option(
    "--functional",
    "functions",
    multiple=True,
    metavar="NAME",
    shell_complete=common.completed_by("layers"),
    help="With --as: a layer, scope or type called as a function (F.relu), not as a module: some tools miss it.",
)
@output_options("summary", "convention")
def summary_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    batch: int,
    dtype: str,
    depth: int | None,
    convention: str | None,
    functions: tuple[str, ...],
    output: Output,
) -> None:
    """Every layer of SPEC: output shape, window, parameters, MACs and receptive field; and the totals.

    \b
    cnncalc summary alexnet
    cnncalc summary net.yaml --input 3x320x320 --batch 8
    cnncalc summary alexnet --json | jq .totals.parameters
    cnncalc summary resnet50 --as fvcore
    """
    if convention is not None:
        _check_counting(batch, dtype, depth)
        network = common.load_network(spec, shapes, variant, settings)
        counts = network.count_as(convention, functions)
        streams.write_notes(note for note in counts.notes if note not in network.notes)
        output.report("convention", counts)
        return
    if functions:
        raise click.UsageError("--functional belongs to --as")
    if depth is not None and output.form in ("json", "csv"):
        raise click.UsageError(f"--depth folds rows of the table, markdown and latex; {output.form} has every layer")
    network = common.load_network(spec, shapes, variant, settings)
    report = network.report(batch=batch, dtype=dtype)
    streams.write_notes(note for note in report.notes if note not in network.notes)
    output.report("summary", report, depth=depth)


def _check_counting(batch: int, dtype: str, depth: int | None) -> None:
    """Raise `UsageError` for options that --as has no use for."""
    for option, is_given in (("--batch", batch != 1), ("--dtype", dtype != "float32"), ("--depth", depth is not None)):
        if is_given:
            raise click.UsageError(f"--as counts operations of one sample, by kind: leave {option} out")
