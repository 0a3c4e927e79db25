"""`cnncalc check`: what a spec expects of itself, and budgets."""

from __future__ import annotations

import click

import cnncalc
from cnncalc import exit_status
from cnncalc.cli import common, streams
from cnncalc.cli.budgets import budget_options, given_budgets
from cnncalc.cli.output import Output, output_options
from cnncalc.cli.progress import SEVERAL, progress


@click.command("check", short_help="Hold what specs expect of themselves, and budgets.")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=common.completed_by("specs"))
@click.option(
    "--variant",
    metavar="NAME",
    help="One of the variants of each SPEC, instead of all.",
    shell_complete=common.completed_by("variants"),
)
@common.set_option
@common.input_option
@budget_options("Fail above COUNT.")
@output_options("check")
def check_command(
    specs: tuple[str, ...],
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    output: Output,
    **maxima: int | None,
) -> int:
    """Validate each SPEC, and hold its totals against its `expect` and against budgets.

    Of a file with variants every one is checked, unless SPEC or --variant names one. `expect` is held at the spec's own
    input and parameters only. A bad SPEC is reported and the others are checked all the same. The exit status is 2 if
    any SPEC is bad, or else 1 if anything does not hold.

    \b
    cnncalc check net.yaml
    cnncalc check resnet.yaml --max-parameters 100M --max-weight-bytes 256MiB
    cnncalc check mobilenet_v2 --input 3x160x160 --max-macs 200M
    """
    budgets = given_budgets(maxima)
    override, parameters = common.given_shapes(shapes), common.parsed_settings(settings)
    with progress("checking", lambda networks: networks > SEVERAL) as watch:
        report = cnncalc.check(*specs, input=override, variant=variant, set=parameters, budgets=budgets, watch=watch)
    streams.write_notes(report.notes)
    for error in report.errors:
        streams.write_message(error)
    output.report("check", report)
    if report.is_bad:
        return exit_status.USAGE
    return exit_status.DONE if report.ok else exit_status.FAILED
