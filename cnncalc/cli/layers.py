"""`cnncalc layers`."""

from __future__ import annotations

import click

import cnncalc
from cnncalc.cli.common import completed_by
from cnncalc.cli.output import Output, output_options
from cnncalc.guide.topics import WORDS, section


@click.command("layers", short_help="The layer types, and the options of one.")
@click.argument("type_", metavar="[TYPE]", required=False, shell_complete=completed_by("layer_types"))
@output_options("layer_types", "layer_type")
def layers_command(type_: str | None, output: Output) -> None:
    """The layer types, one line each; of TYPE the options, the formulas and an example.

    Of a word such as residual or repeat, which stands among the layers but is no type, what the guide says of it.

    \b
    cnncalc layers
    cnncalc layers conv2d
    cnncalc layers batch_norm --json | jq .options
    """
    if type_ is None:
        output.report("layer_types", cnncalc.layer_types())
    elif type_ in WORDS and output.form == "table":
        output.report("topic", section(type_))
    else:
        output.report("layer_type", cnncalc.layer_types(type_)[0])
