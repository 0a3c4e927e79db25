"""`cnncalc list` and `cnncalc show`: the bundled architectures."""

from __future__ import annotations

import click

from cnncalc import CnncalcError, library
from cnncalc.cli import common
from cnncalc.errors import did_you_mean


@click.command("list", short_help="The bundled architectures.")
@click.argument("words", nargs=-1)
@common.format_option("table", "json")
@common.output_option
def list_command(words: tuple[str, ...], format_: str, as_json: bool, output: str | None) -> None:
    """The bundled architectures, or those in whose name or title every one of WORDS occurs."""
    found = []
    for name in library.names():
        network = common.load_network(name, ())
        if all(word.lower() in f"{name} {network.name}".lower() for word in words):
            total = network.report().totals
            found.append((name, network, total.parameters, total.macs))
    if as_json or format_ == "json":
        from cnncalc.reports import json

        objects = [
            {
                "spec": name,
                "name": network.name,
                "input_shape": next(iter(network.inputs.values())),
                "parameters": parameters,
                "macs": macs,
            }
            for name, network, parameters, macs in found
        ]
        common.emit(json.dumps(objects, indent=common.indent(output)), output)
        return
    if not found:
        raise CnncalcError("no bundled architecture matches", hint="`cnncalc list` shows all of them")
    from cnncalc.reports import figures
    from cnncalc.reports.table import Canvas

    cells = [
        (name, network.name, figures.tight(next(iter(network.inputs.values()))), *map(figures.exact, counts))
        for name, network, *counts in found
    ]
    canvas = Canvas(common.width(output), styled=common.styled(output))
    canvas.table(("spec", "name", "input", "parameters", "MACs"), cells, right=("input", "parameters", "MACs"))
    common.emit(canvas.text(), output)


@click.command("show", short_help="The YAML of a bundled architecture.")
@click.argument("name")
@common.output_option
def show_command(name: str, output: str | None) -> None:
    r"""The YAML of a bundled architecture, to read or to begin one's own with.

    \b
    cnncalc show lenet
    cnncalc show alexnet -o mine.yaml
    """
    found = library.find(name)
    if found is None:
        hint = did_you_mean(name, library.every_name(), "bundled")
        raise CnncalcError(f"there is no bundled architecture `{name}`", hint=hint)
    with open(found[0], encoding="utf-8") as file:
        common.emit(file.read(), output)
