"""The input of a network from files, or as a list: `--data`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from cnncalc.cli import common, streams
from cnncalc.errors import CnncalcError

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.spec.variant import ChosenVariant

data_option = click.option(
    "--data",
    "data_files",
    multiple=True,
    metavar="FILE",
    shell_complete=common.completed_by("files"),
    help="Input from .npy, .npz, .csv, .png or .jpg, or a list such as '[[1, 3], [4, 6]]', with or without a batch "
    "axis; it sets the spatial sizes, its channels must be the spec's. NAME=FILE for several inputs.",
)


def network_and_data(
    spec: str,
    shapes: tuple[str, ...],
    variant: str | None,
    settings: tuple[str, ...],
    files: tuple[str, ...],
    weights: str | None,
) -> tuple[Network, dict[str, Any] | None]:
    """The network at the size of the data, and the arrays by the name of the input; None where there are no data."""
    if not files:
        return common.load_network(spec, shapes, variant, settings, weights=weights), None
    if shapes:
        raise click.UsageError("--data sets the input size; leave --input out")
    return _with_data(common.load_choice(spec, variant, settings), files, weights)


def _with_data(choice: ChosenVariant, files: tuple[str, ...], weights: str | None) -> tuple[Network, dict[str, Any]]:
    """The network at the size of the data, and the arrays of the files by the name of the input."""
    from cnncalc.interchange.input_files import as_one_channel, read_inputs

    data = read_inputs(_sources(files, list(choice.inputs) or ["input"]), choice)
    try:
        network = _built(choice, data, weights)
    except CnncalcError as error:
        maps = as_one_channel(data, choice)
        if maps is None:
            raise
        network, data = _built(choice, maps, weights, error), maps
    streams.write_notes(network.notes)
    return network, data


def _built(
    choice: ChosenVariant, data: dict[str, Any], weights: str | None, before: CnncalcError | None = None
) -> Network:
    """The network at the size of the data; raises `CnncalcError`, the one before if there was one."""
    from cnncalc.api.loading import build
    from cnncalc.interchange.input_files import shapes_of

    try:
        return build(choice, shapes_of(data, choice), weights=weights)
    except CnncalcError as error:
        raise before or error from None


def _sources(arguments: tuple[str, ...], names: list[str]) -> list[tuple[str | None, str]]:
    """Each file or list, with the name of its input if it has one; a file may have an equals sign in its name."""
    from cnncalc.interchange.input_files import is_archive, is_list

    found: list[tuple[str | None, str]] = []
    for argument in arguments:
        name, named, source = argument.partition("=")
        if not named or is_list(argument) or os.path.exists(argument):
            if len(arguments) > 1 or (len(names) > 1 and not is_archive(argument)):
                raise click.UsageError(f"give --data once, or as NAME=FILE for each of {', '.join(names)}")
            found.append((None, argument))
        else:
            found.append((name, source))
    if len({name for name, _ in found}) < len(found):
        raise click.UsageError(f"give --data once, or as NAME=FILE for each of {', '.join(names)}")
    return found
