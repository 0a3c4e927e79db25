"""`cnncalc check`: what a spec expects of itself, and budgets."""

from __future__ import annotations

from typing import Final

import click

import cnncalc
from cnncalc import exit_status
from cnncalc.cli import common, streams
from cnncalc.cli.budgets import budget_options, given_budgets
from cnncalc.cli.output import Output, output_options
from cnncalc.cli.progress import SEVERAL, progress
from cnncalc.dtypes import DTYPE_BYTES
from cnncalc.error_codes import CODES
from cnncalc.errors import CnncalcError

OF_PROGRAMS: Final = ("concise", "github")
"""The formats that have every error, so that none is told beside them."""


@click.command(
    "check",
    short_help="Hold what specs expect of themselves, and budgets.",
    epilog=f"The codes of faults are {', '.join(CODES)}.",
)
@common.specs_argument
@click.option(
    "--variant",
    metavar="NAME",
    help="One of the variants of each SPEC, instead of all.",
    shell_complete=common.completed_by("variants"),
)
@common.set_option
@common.input_option
@budget_options("Fail above COUNT.")
@click.option(
    "--dtype",
    type=click.Choice(list(DTYPE_BYTES)),
    default="float32",
    show_default=True,
    help="Type of each value, for budgets in bytes.",
)
@click.option("--write-expect", is_flag=True, help="First write what each SPEC's figures are into its `expect`.")
@output_options("check")
def check_command(
    specs: tuple[str, ...],
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    output: Output,
    dtype: str,
    write_expect: bool,
    **maxima: str | None,
) -> int:
    """Validate each SPEC, and hold its figures against its `expect` and `budget`, and against budgets given here.

    Of a file with variants every one is checked, unless SPEC or --variant names one. `expect` is held at the spec's own
    input and parameters only. All mistakes of all SPECs are told in one run. The exit status is 2 if any SPEC is bad,
    or else 1 if anything does not hold. For CI, --format github annotates lines, concise has a line for each fault:
    path:line:column: code message.

    \b
    cnncalc check net.yaml
    cnncalc check resnet.yaml --max-parameters 100M --max-weight-bytes 256MiB
    cnncalc check mobilenet_v2 --input 3x160x160 --max-macs 200M --dtype int8
    cnncalc check --format concise models/*.yaml
    cnncalc check net.yaml --write-expect
    """
    budgets = given_budgets(maxima)
    override, parameters = common.given_shapes(shapes), common.parsed_settings(settings)
    if write_expect:
        if override is not None or parameters:
            raise click.UsageError(
                "--write-expect is of a spec's own input and parameters: leave --input and --set out"
            )
        _write_expectations(specs, variant)
    with progress("checking", lambda networks: networks > SEVERAL) as watch:
        report = cnncalc.check(
            *specs, input=override, variant=variant, set=parameters, budgets=budgets, dtype=dtype, watch=watch
        )
    streams.write_notes(report.notes)
    if output.form not in OF_PROGRAMS:
        for error in report.errors:
            streams.write_message(error)
    output.report("check", report)
    if report.is_bad:
        return exit_status.USAGE
    return exit_status.DONE if report.ok else exit_status.FAILED


def _write_expectations(specs: tuple[str, ...], variant: str | None) -> None:
    """Write what is expected into the files of all specs that are right, and say what was changed."""
    from cnncalc.checking.expect_writing import NoEditError, with_expectations

    for spec in specs:
        try:
            written = with_expectations(spec, variant)
        except NoEditError:
            raise
        except CnncalcError:
            continue  # the check tells what is wrong
        if written is None:
            streams.write_notes([f"{spec}: `expect` stays as it is"])
            continue
        written.write()
        streams.write_notes(f"{written.path}: written: {change}" for change in written.changes)
