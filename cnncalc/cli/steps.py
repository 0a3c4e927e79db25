"""`cnncalc steps`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cnncalc.arguments import DRAWN, MOST_SEED, parse_unit
from cnncalc.cli import common, given_data, streams
from cnncalc.cli.output import Output, output_options
from cnncalc.drawing.themes import THEMES
from cnncalc.reports.view import View

if TYPE_CHECKING:
    from cnncalc.steps.results import UnitSteps

ALL = "all"


def _unit(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, ...] | str | None:
    """The unit of `--unit`."""
    del context, parameter
    if value is None or value.strip() == ALL:
        return value and ALL
    try:
        return parse_unit(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}, or {ALL}") from None


def _channels(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    """The channels of `--channels`."""
    del context, parameter
    try:
        return parse_unit(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("steps", short_help="Single values of a layer, product by product.")
@common.spec_argument
@click.argument("layer", required=False, shell_complete=common.completed_by("layers"))
@click.option(
    "--unit",
    metavar="Y,X",
    callback=_unit,
    help="The value of the output to calculate, counted from 0: X, Y,X or Z,Y,X; or all.  [default: the first whose "
    "window lies on the input as a whole; all for .html, a moving .svg and a folder]",
)
@click.option(
    "--channels", metavar="O", callback=_channels, default="0", show_default=True, help="Output channels, such as 0,3."
)
@given_data.data_option
@common.weights_option
@click.option(
    "--seed",
    type=common.whole_number(0, MOST_SEED),
    metavar="N",
    default=0,
    show_default=True,
    help="Draws what is not given.",
)
@click.option(
    "--values",
    "drawn",
    type=click.Choice(DRAWN),
    default=DRAWN[0],
    show_default=True,
    help="What is not given: small whole numbers, the input of LAYER and its weights; or the values that `run` draws.",
)
@click.option("--flip", "turned", is_flag=True, help="Beside it the convolution of mathematics: the kernel turned.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["matrix"]),
    help="As products of matrices: the windows as columns (im2col), and the layer's sparse matrix.",
)
@click.option("--full", is_flag=True, help="Every line, where there are many; JSON and CSV have all.")
@click.option(
    "--theme", type=click.Choice(list(THEMES)), default="blue", show_default=True, help="The colours of .svg and .tex."
)
@common.variant_option
@common.set_option
@common.input_option
@output_options("steps", "matrices", folders="svg")
def steps_command(
    spec: str,
    layer: str | None,
    unit: tuple[int, ...] | str | None,
    channels: tuple[int, ...],
    data_files: tuple[str, ...],
    weights: str | None,
    seed: int,
    drawn: str,
    turned: bool,
    form: str | None,
    full: bool,
    theme: str,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    output: Output,
) -> None:
    """How a value of LAYER's output comes about: the window on the input, every product, the sum.

    LAYER is a layer's full name; a SPEC of one layer needs none. It can be a convolution of any kind, transposed and
    separable ones too, a pool, a fully connected layer, a norm, softmax, an activation or a merge.

    The input of LAYER and its weights are small whole numbers drawn from the seed, unless they are given: so each line
    can be followed by hand. With --data, --weights or --values run the network is executed up to LAYER, in float64, and
    the values are those that `run` has. Numbers that are not short are rounded, and ≈ says that a result is; there are
    as many digits as it takes for each line, as it is written, to round to its result.

    \b
    cnncalc steps 'conv2d(1, 3, stride=2, padding=1)' --input 1x5x5 --unit 0,1
    cnncalc steps 'max_pool2d(2)' --data '[[4, 3], [2, 1]]'
    cnncalc steps lenet c3 --channels 5 -o c3.html
    cnncalc steps resnet18 conv1 --weights resnet18.safetensors --data cat.npy
    cnncalc steps 'conv_transpose2d(1, 3, stride=2)' --input 1x2x2 --as matrix
    """
    network, data = given_data.network_and_data(spec, shapes, variant, settings, data_files, weights)
    given: dict[str, Any] = {"data": data, "seed": seed, "drawn": drawn}
    view = View(full=full, theme=theme)
    if form is not None:
        if turned or unit is not None or output.is_folder:
            raise click.UsageError("--as matrix is of all units at once; leave --unit, --flip and a folder out")
        output.report("matrices", network.layer_matrices(layer, **given), view=view)
        return
    wanted = unit or (ALL if output.form in ("svg", "html") or output.is_folder else None)
    found = network.steps(layer, wanted, channels=channels, turned=turned, **given)
    streams.write_notes(note for note in found.notes if note not in network.notes)
    if output.is_folder:
        output.report_each("steps", {_file_name(step): found._replace(steps=(step,)) for step in found.steps}, view)
        return
    output.report("steps", found, view=view)


def _file_name(step: UnitSteps) -> str:
    """The name of the file of a unit: its index, with as many digits as sort well."""
    return "_".join(f"{number:03}" for number in step.unit)
