"""`cnncalc layers`."""

from __future__ import annotations

import click

import cnncalc
from cnncalc.cli.output import Output, output_options


@click.command("layers", short_help="The layer types, and the options of one.")
@click.argument("type_", metavar="[TYPE]", required=False)
@output_options("layer_types", "layer_type")
def layers_command(type_: str | None, output: Output) -> None:
    """The layer types, one line each; of TYPE the options, the formulas and an example.

    \b
    cnncalc layers
    cnncalc layers conv2d
    cnncalc layers batch_norm --json | jq .options
    """
    if type_ is None:
        output.report("layer_types", cnncalc.layer_types())
    else:
        output.report("layer_type", cnncalc.layer_types(type_)[0])
