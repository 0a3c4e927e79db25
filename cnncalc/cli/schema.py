"""`cnncalc schema`: JSON Schemas of specs and of what commands write."""

from __future__ import annotations

import click

from cnncalc.cli.common import completed_by
from cnncalc.cli.output import Output, output_options
from cnncalc.schema.catalogue import schema, subjects


@click.command("schema", short_help="JSON Schemas of specs and of the JSON of commands.")
@click.argument("name", required=False, shell_complete=completed_by("schemas"))
@output_options("schema")
def schema_command(name: str | None, output: Output) -> None:
    """The JSON Schema (2020-12) of specs, or of what a command writes with --json; without NAME, which there are.

    Editors with a YAML language server, such as VS Code with the extension of Red Hat, complete and explain the keys
    of a spec that begins with the line below, as soon as the file of the schema is there.

    \b
    cnncalc schema
    cnncalc schema run | jq .properties.layers
    cnncalc schema spec -o cnncalc.schema.json
    # yaml-language-server: $schema=cnncalc.schema.json
    """
    if name is None:
        output.form = "table"  # the names are no schema: whoever asks for them reads them
        output.report("schemas", subjects())
    else:
        output.report("schema", schema(name))
