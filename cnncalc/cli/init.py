"""`cnncalc init`: a spec to begin with."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import Final

import click

from cnncalc.cli import streams
from cnncalc.cli.output import OTHER_ENDINGS, Output, opened, output_options
from cnncalc.errors import CnncalcError
from cnncalc.text import printable

ENDINGS: Final = (".yaml", ".yml")


@click.command("init", short_help="A small commented spec to begin with.")
@click.argument("name", default="net", required=False)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@output_options("spec", usual="NAME.yaml")
def init_command(name: str, force: bool, output: Output) -> None:
    """Write NAME.yaml, a small commented spec to begin with; NAME is net unless given.

    A file that is there is left alone, unless --force says otherwise. To begin with a known network instead, write a
    bundled one: `cnncalc show resnet18 -o net.yaml`.

    \b
    cnncalc init
    cnncalc init digits
    cnncalc init -o -
    """
    from cnncalc.guide.starter import shell_word, starter
    from cnncalc.interchange.output_files import descriptor

    title, own = _names(name)
    path = output.path or own
    is_open = path == "-" or descriptor(path) is not None
    if not (force or is_open) and os.path.isfile(path):
        hint = "--force replaces it; another NAME, as in `cnncalc init digits`, leaves it alone"
        raise CnncalcError(f"{path} is there already", hint=hint)
    with nullcontext(output) if output.path else opened(Output("yaml", path=path)) as place:
        place.report("spec", starter(title, own if is_open else path))
    if not is_open:
        streams.write_message(f"wrote {printable(path)}\nhint: `cnncalc summary {shell_word(path)}` shows it")


def _names(name: str) -> tuple[str, str]:
    """The name of the network, and that of its file; raises `CnncalcError` where it makes none."""
    stem, ending = os.path.splitext(name)
    if ending.lower() in OTHER_ENDINGS.difference(ENDINGS):
        raise CnncalcError(f"`init` cannot write {ending} files", hint=f"it writes {' and '.join(ENDINGS)}")
    stem, file = (stem, name) if ending.lower() in ENDINGS else (name, f"{name}{ENDINGS[0]}")
    title = os.path.basename(stem)
    if not title:
        raise CnncalcError(f"`init` takes the name of a network, not {name!r}", hint="such as `cnncalc init digits`")
    return title, file
