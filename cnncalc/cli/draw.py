"""The command `draw`: a figure of a network, for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnncalc.arguments import parse_unit
from cnncalc.cli import common, streams
from cnncalc.cli.output import Output, output_options
from cnncalc.drawing.options import AXES, DIRECTIONS, LABELS
from cnncalc.drawing.styles import AUTO, STYLES
from cnncalc.drawing.themes import THEMES
from cnncalc.errors import CnncalcError, nearest, value_text

if TYPE_CHECKING:
    from cnncalc.drawing.results import Drawing


def _labels(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """The words of `--label`."""
    del context, parameter
    words = tuple(word.strip() for word in (value or "").split(",") if word.strip())
    for word in words:
        if word not in LABELS:
            best = nearest(word, LABELS)
            hint = None if best is None else f"did you mean `{best}`?"
            raise CnncalcError(f"--label: {value_text(word)} is not one of {', '.join(LABELS)}", hint=hint)
    return words


def _unit(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    """The numbers of `--unit`."""
    del context, parameter
    try:
        return None if value is None else parse_unit(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("draw", short_help="A figure of the network, for a paper.")
@common.spec_argument
@click.option(
    "--style",
    type=click.Choice([AUTO, *STYLES]),
    default=AUTO,
    show_default=True,
    help="How it is drawn; auto is what suits the network's structure.",
)
@click.option(
    "--scope",
    metavar="NAME",
    shell_complete=common.completed_by("layers"),
    help="Draw the layers of this scope alone.",
)
@click.option(
    "--depth",
    type=common.whole_number(1),
    metavar="N",
    help="Draw scopes as one box each: at 1 the outermost, at 2 those within them, and so on.",
)
@click.option("--unfold", is_flag=True, help="Draw equal scopes one by one, rather than once with how many there are.")
@click.option(
    "--direction",
    type=click.Choice(DIRECTIONS),
    help="Where the data flows to; volumes and levels flow to the right.  [default: the style's]",
)
@click.option("--width", "width", metavar="LENGTH", help="Width of the page: 5.5in, 14cm, 396pt.  [default: as needed]")
@click.option("--theme", type=click.Choice(list(THEMES)), default="blue", show_default=True, help="The colours.")
@click.option("--paper", is_flag=True, help="Fill the page, for a figure that is seen on a dark one, too.")
@click.option(
    "--label",
    "labels",
    metavar="WORDS",
    callback=_labels,
    help=f"What to write beside layers, some of {','.join(LABELS)}.  [default: the style's]",
)
@click.option(
    "--layer",
    metavar="NAME",
    shell_complete=common.completed_by("layers"),
    help="fan, growth: whose unit it is.  [default: the last with a map]",
)
@click.option("--unit", callback=_unit, metavar="N", help="fan, growth: its place Y,X or number along the axis.")
@click.option(
    "--axis", type=click.Choice(AXES), help="fan, growth: along this axis alone.  [default for fan: the last]"
)
@click.option(
    "--picture",
    metavar="FILE",
    shell_complete=common.completed_by("files"),
    help="growth: what the network looks at, PNG or JPEG; takes cnncalc[image].  [default: a drawn one]",
)
@common.variant_option
@common.set_option
@common.input_option
@output_options("drawing", arrays={"png": (".png",)})
def draw_command(
    spec: str,
    style: str,
    scope: str | None,
    depth: int | None,
    unfold: bool,
    direction: str | None,
    width: str | None,
    theme: str,
    paper: bool,
    labels: tuple[str, ...],
    layer: str | None,
    unit: tuple[int, ...] | None,
    axis: str | None,
    picture: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    output: Output,
) -> None:
    """Draw SPEC as a figure: SVG, TikZ for LaTeX, a page of HTML or, with the extra cnncalc[png], PNG.

    Text is 7 points high, and 6 at least: the width of the page is kept by folding and by more columns, not by a
    smaller scale.

    \b
    cnncalc draw alexnet -o alexnet.svg
    cnncalc draw resnet50 --width 5.5in -o resnet50.tex
    cnncalc draw alexnet --style fan --layer conv3 --unit 5 -o fan.svg
    """
    network = common.load_network(spec, shapes, variant, settings)
    drawing = network.draw(
        style,
        scope=scope,
        width=width,
        theme=theme,
        paper=paper,
        labels=labels,
        direction=direction,
        depth=depth,
        unfold=unfold,
        layer=layer,
        unit=unit,
        axis=axis,
        picture=picture,
    )
    streams.write_notes(drawing.notes)
    _write(drawing, output)


def _write(drawing: Drawing, output: Output) -> None:
    """Write the figure in the form that the ending of the file, or `--format`, asks for."""
    if output.array == "png":
        found = drawing.to_png()
        with output.writing() as file:
            file.write(found)
        return
    output.report("drawing", drawing)
    output.point_to_file("net.svg")
