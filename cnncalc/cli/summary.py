"""`cnncalc summary`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from cnncalc.cli import common, streams
from cnncalc.cli.output import Output, output_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnncalc.reports.view import View

UNITS: Final = ("auto", "none", "k", "M", "G", "T")
"""How counts are written: `auto` shortens them where the width demands it, `none` has every digit."""

PLOTS: Final = ("parameters", "macs", "memory", "field")
"""What bars may be drawn of."""


def view_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which rows and columns are shown, and how."""
    options = (
        common.full_option,
        common.depth_option,
        click.option(
            "--columns",
            metavar="NAMES",
            shell_complete=common.completed_by("columns"),
            help="Only these, such as layer,output,macs,share,from; the names are those of table, JSON and CSV.",
        ),
        click.option(
            "--sort",
            metavar="COLUMN",
            shell_complete=common.completed_by("orders"),
            help="The largest first, without scopes: by macs, parameters, live, field, ...",
        ),
        click.option(
            "--top",
            type=common.whole_number(1),
            metavar="N",
            help="Only the N largest: by MACs, unless --sort says otherwise.",
        ),
        click.option("--units", type=click.Choice(UNITS), default="auto", help="Prefix of counts; none: every digit."),
        common.width_option,
        click.option("--plot", type=click.Choice(PLOTS), help="Draw bars of it, one a row, instead of the table."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("summary", short_help="Shapes, parameters, MACs and receptive fields.")
@common.spec_options
@common.input_option
@common.batch_option
@common.dtype_option
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
@common.opaque_option
@view_options
@output_options("summary", "convention")
def summary_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    batch: int,
    dtype: str,
    width: int | None,
    convention: str | None,
    functions: tuple[str, ...],
    opaque: bool,
    output: Output,
    **wishes: Any,
) -> None:
    """Every layer of SPEC: output shape, window, parameters, MACs and receptive field; and the totals.

    More than 60 layers are shown as a tree: scopes with the sums of their parts, equal ones once, and a convolution
    with its norm and activation in one row. A pipe gets the same rows with exact figures, as wide as they need.

    \b
    cnncalc summary alexnet
    cnncalc summary net.yaml --input 3x320x320 --batch 8
    cnncalc summary densenet121 --depth 3
    cnncalc summary resnet50 --sort macs --top 10
    cnncalc summary resnet50 --plot memory
    cnncalc summary alexnet --json | jq .totals.parameters
    cnncalc summary resnet50 --as fvcore
    """
    view = _view(output.form, width, **wishes)
    if convention is not None:
        _check_counting(batch, dtype, view)
        network = common.load_network(spec, shapes, variant, settings, opaque=opaque)
        counts = network.count_as(convention, functions)
        streams.write_notes(note for note in counts.notes if note not in network.notes)
        output.report("convention", counts, width=width)
        return
    if functions:
        raise click.UsageError("--functional belongs to --as")
    network = common.load_network(spec, shapes, variant, settings, opaque=opaque)
    report = network.report(batch=batch, dtype=dtype)
    streams.write_notes(note for note in report.notes if note not in network.notes)
    output.report("summary", report, view=view, width=width)


def _view(form: str, width: int | None, *, columns: str | None, **wishes: Any) -> View | None:
    """The view that the options describe, where they agree with each other and with the form; None without any."""
    wishes = {
        name: value
        for name, value in (wishes | {"columns": None if columns is None else tuple(columns.split(","))}).items()
        if value not in (None, False, "auto")
    }
    given = [*wishes, *(["width"] if width is not None else [])]
    if form == "json" and given:
        raise click.UsageError(f"--{given[0]} is for tables; JSON has every layer and every figure")
    if form != "table" and {"plot", "width"} & {*given}:
        name = "plot" if "plot" in wishes else "width"
        raise click.UsageError(f"--{name} is for the table of a terminal, not for {form}")
    if form == "csv" and "units" in wishes:
        raise click.UsageError("--units is for tables that are read; csv has every digit")
    if {"plot", "columns"} <= {*given}:
        raise click.UsageError("--columns is for the table, and --plot draws bars instead")
    if {"full", "depth"} <= {*given}:
        raise click.UsageError("--full has every layer, and --depth folds them")
    if not wishes:
        return None
    from cnncalc.reports.summary_view import check
    from cnncalc.reports.view import View

    view = View(**wishes)
    check(view)
    return view


def _check_counting(batch: int, dtype: str, view: View | None) -> None:
    """Raise `UsageError` for options that --as has no use for."""
    wished = (
        []
        if view is None
        else [name for name, value in view._asdict().items() if value not in (None, False, (), "auto")]
    )
    given = [*(["batch"] if batch != 1 else []), *(["dtype"] if dtype != "float32" else []), *wished]
    if given:
        raise click.UsageError(f"--as counts operations of one sample, by kind: leave --{given[0]} out")
