"""`cnncalc page`."""

from __future__ import annotations

import click

from cnncalc.cli import common, streams
from cnncalc.cli.output import Output, output_options
from cnncalc.drawing.themes import THEMES


@click.command("page", short_help="A page for a browser: what every unit sees.")
@common.specs_argument
@common.grid_options
@click.option(
    "--picture",
    metavar="FILE",
    shell_complete=common.completed_by("files"),
    help="The picture that units look at, PNG or JPEG, made small and part of the page.  [default: a drawn one]",
)
@click.option(
    "--theme",
    type=click.Choice([name for name in THEMES if name != "dark"]),
    default="blue",
    show_default=True,
    help="The figure's colours; dark ones are the browser's choice.",
)
@output_options("page")
def page_command(
    specs: tuple[str, ...],
    variants: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    picture: str | None,
    theme: str,
    output: Output,
) -> None:
    """A page of HTML about SPEC, in one file that loads nothing, and works offline.

    It has the figure, the layers as a tree with bars, a picture that is dark where the unit under the mouse does not
    see it, each layer's formulas, and the memory over time. Several SPECs, or several values of --set, --variant or
    --input as in `compare`, stand side by side. An address such as net.html#conv3,3,8 opens a layer and a unit.

    \b
    cnncalc page alexnet -o alexnet.html
    cnncalc page resnet18 resnet50 -o resnets.html
    cnncalc page my.yaml --picture cat.jpg -o my.html
    """
    from cnncalc.pages.page import page

    found = page(*specs, grid=common.grid(variants, settings, shapes), picture=picture, theme=theme)
    for network in found.networks:
        streams.write_notes((*network.report.notes, *network.notes))
    output.report("page", found)
    output.point_to_file("net.html")
