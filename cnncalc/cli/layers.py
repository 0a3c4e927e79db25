"""`cnncalc layers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnncalc import CnncalcError
from cnncalc.cli.output import Output, output_options
from cnncalc.errors import did_you_mean
from cnncalc.layers import LAYERS, find, spellings, translate

if TYPE_CHECKING:
    from cnncalc.layers.description import Description


@click.command("layers", short_help="The layer types, and the options of one.")
@click.argument("type_", metavar="[TYPE]", required=False)
@output_options("table", "json")
def layers_command(type_: str | None, output: Output) -> None:
    """The layer types, one line each; of TYPE the options, the formulas and an example.

    \b
    cnncalc layers
    cnncalc layers conv2d
    cnncalc layers batch_norm --json | jq .options
    """
    from cnncalc.layers.description import describe

    if type_ is not None:
        text = _one(type_, output)
    else:
        every = [describe(kind) for kind in LAYERS.values()]
        text = _all(every, output)
    output.write(text)


def _all(every: list[Description], output: Output) -> str:
    from cnncalc.reports import layer_types, summary_json

    families = list(dict.fromkeys(known.family for known in every))
    grouped = sorted(every, key=lambda known: families.index(known.family))
    if output.form == "json":
        return summary_json.dumps(list(map(layer_types.line, grouped)), indent=output.indent)
    return layer_types.render_all(grouped, width=output.width, styled=output.medium)


def _one(written: str, output: Output) -> str:
    from cnncalc.layers.description import describe
    from cnncalc.reports import layer_types, summary_json

    found = find(written)
    if found is None:
        ours = translate(written)
        hint = f"it is called `{ours}` here" if ours else did_you_mean(written, spellings())
        raise CnncalcError(f"there is no layer type `{written}`", hint=hint or "`cnncalc layers` lists all of them")
    known = describe(*found)
    if output.form == "json":
        return summary_json.dumps(layer_types.plain(known), indent=output.indent)
    return layer_types.render(known, width=output.width, styled=output.medium)
