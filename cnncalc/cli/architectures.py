"""`cnncalc list` and `cnncalc show`: the bundled architectures."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from cnncalc import CnncalcError
from cnncalc.cli import common
from cnncalc.cli.output import Output, output_options
from cnncalc.cli.progress import progress
from cnncalc.errors import did_you_mean
from cnncalc.spec import bundled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.reports.table_layout import Form
    from cnncalc.shapes import Shape
    from cnncalc.spec.variant import Choice


class _Row(NamedTuple):
    """One bundled network: the file's name, the variant or else the file's name again, its title and figures."""

    spec: str
    variant: str
    name: str
    input_shape: Shape
    parameters: int
    macs: int


@click.command("list", short_help="The bundled architectures.")
@click.argument("words", nargs=-1)
@output_options("table", "json")
def list_command(words: tuple[str, ...], output: Output) -> None:
    """The bundled architectures, or those in whose names or source every one of WORDS occurs.

    Each variant is a SPEC by its own name, such as resnet18. MACs are those at the input that stands beside them.

    \b
    cnncalc list
    cnncalc list mobile keras
    """
    wanted = [word.lower() for word in words]
    choices = [
        (spec, choice)
        for spec in bundled.names()
        for choice in common.every_choice(spec)
        if _matches(spec, choice, wanted)
    ]
    found: list[_Row] = []
    with progress("counting", len(choices), long=len(choices) > 5) as advance:
        for spec, choice in choices:
            found.append(_counted(spec, choice))
            advance(found[-1].variant)
    if not found:
        raise CnncalcError(
            f"no bundled architecture matches `{' '.join(words)}`", hint="`cnncalc list` shows all of them"
        )
    if output.form == "json":
        from cnncalc.reports import summary_json

        rows = [{"schema_version": summary_json.SCHEMA_VERSION, **row._asdict(), "notes": []} for row in found]
        output.write(summary_json.dumps(rows, indent=output.indent))
        return
    output.write(_table(found, output))


def _matches(spec: str, choice: Choice, words: list[str]) -> bool:
    text = f"{spec} {choice.variant} {choice.spec.name} {choice.reference}".lower()
    return all(word in text for word in words)


def _counted(spec: str, choice: Choice) -> _Row:
    """The figures of one network; a report would also have its receptive fields, which take a quarter of the time."""
    from cnncalc.api import build

    network = build(choice)
    shape = network.layout.shown(next(iter(network.inputs.values())))
    return _Row(spec, choice.variant or spec, network.name, shape, network.parameters, network.macs)


def _table(found: list[_Row], output: Output) -> str:
    """One line a variant, under the name of its file."""
    from cnncalc.reports.canvas import Canvas
    from cnncalc.reports.table_layout import fitted, left_out

    form = fitted(_forms(found), output.width, output.medium)
    canvas = Canvas(output.width, styled=output.medium)
    canvas.form(form, right=("input", "parameters", "params", "MACs"))
    for note in left_out(form, ("file", "input")):
        canvas.note(note)
    return canvas.text()


def _forms(found: list[_Row]) -> Iterator[Form]:
    """From the widest to the narrowest; a SPEC is cut last, since it is what a person types."""
    from cnncalc.reports import number_text
    from cnncalc.reports.table_layout import Form

    before = [None, *(row.spec for row in found)]
    columns = {
        "file": [row.spec if row.spec != last else "" for row, last in zip(found, before, strict=False)],
        "SPEC": [row.variant for row in found],
        "input": [number_text.tight(row.input_shape) for row in found],
    }
    macs = {"MACs": [number_text.short(row.macs) for row in found]}
    exact = Form(columns | {"parameters": [number_text.exact(row.parameters) for row in found]} | macs)
    yield exact
    yield exact._replace(gap=1)
    short = Form(columns | {"params": [number_text.short(row.parameters) for row in found]} | macs)
    yield short
    yield short._replace(gap=1, least={"file": 12})
    yield short.without("file")
    yield short.without("file")._replace(gap=1)
    yield short.without("file", "input")._replace(gap=1, least={"SPEC": 12})


@click.command("show", short_help="The YAML of a bundled architecture.")
@click.argument("name")
@output_options("yaml")
def show_command(name: str, output: Output) -> None:
    """The YAML of a bundled architecture, to read or to begin one's own with.

    \b
    cnncalc show lenet
    cnncalc show resnet18 -o mine.yaml
    """
    found = bundled.find(name)
    if found is None:
        hint = did_you_mean(name, bundled.every_name(), "bundled") or bundled.LISTED
        raise CnncalcError(f"there is no bundled architecture `{name}`", hint=hint)
    with open(found[0], encoding="utf-8") as file:
        output.write(file.read())
