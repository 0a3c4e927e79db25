"""`cnncalc list` and `cnncalc show`: the bundled architectures."""

from __future__ import annotations

import click

import cnncalc
from cnncalc.cli import streams
from cnncalc.cli.common import completed_by
from cnncalc.cli.output import Output, output_options
from cnncalc.cli.progress import SEVERAL, progress
from cnncalc.spec import bundled


@click.command("list", short_help="The bundled architectures.")
@click.argument("words", nargs=-1)
@output_options("architectures")
def list_command(words: tuple[str, ...], output: Output) -> None:
    """The bundled architectures, or those in whose names or source every one of WORDS occurs.

    Each variant is a SPEC by its own name, such as resnet18. MACs are those at the input that stands beside them.

    \b
    cnncalc list
    cnncalc list mobile keras
    """
    with progress("counting", lambda networks: networks > SEVERAL) as watch:
        found = cnncalc.architectures(*words, watch=watch)
    output.report("architectures", found)


@click.command("show", short_help="The YAML of a bundled architecture, or of a model.")
@click.argument("name", shell_complete=completed_by("bundled_names"))
@output_options("spec")
def show_command(name: str, output: Output) -> None:
    """The YAML of a bundled architecture, to read or to begin one's own with; of a variant, with that one first.

    Of a file of ONNX, Keras or darknet, the spec that `cnncalc import` makes of it.

    \b
    cnncalc show lenet
    cnncalc show resnet18 -o mine.yaml
    """
    model = None if bundled.find(name) else _model_text(name)
    output.report("spec", bundled.text(name) if model is None else model)


def _model_text(name: str) -> str | None:
    """The spec that a model's file is; None for any other file."""
    from cnncalc.spec.sources import is_model

    if not is_model(name):
        return None
    network = cnncalc.load(name)
    streams.write_notes(network.notes)
    return network.to_yaml()
