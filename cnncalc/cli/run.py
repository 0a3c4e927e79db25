"""`cnncalc run`."""

from __future__ import annotations

import os
from math import prod
from typing import TYPE_CHECKING, Any, Final

import click

from cnncalc import exit_status
from cnncalc.arguments import MOST_SEED
from cnncalc.cli import common, streams
from cnncalc.cli.output import ARRAYS, Output, output_options
from cnncalc.cli.progress import progress
from cnncalc.dtypes import EXECUTED_DTYPES

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.spec.variant import ChosenVariant

LONG_WORK: Final = 2_000_000_000
"""MACs and weights beyond which a progress bar is shown; to draw a weight takes as long as some 20 MACs."""


@click.command("run", short_help="Execute with NumPy and check every shape.")
@common.spec_options
@common.input_option
@click.option(
    "--data",
    "data_files",
    multiple=True,
    metavar="FILE",
    shell_complete=common.completed_by("files"),
    help="Input from an .npy file, with or without a batch axis, or a .png or .jpg; it sets the spatial sizes, its "
    "channels must be the spec's. NAME=FILE for several inputs.",
)
@click.option("--batch", type=common.whole_number(1), metavar="N", help="Random samples.  [default: 1]")
@click.option(
    "--seed",
    type=common.whole_number(0, MOST_SEED),
    metavar="N",
    default=0,
    show_default=True,
    help="Draws weights and input.",
)
@click.option(
    "--dtype",
    type=click.Choice(EXECUTED_DTYPES),
    default="float32",
    show_default=True,
    help="Type to compute in.",
)
@output_options("run", arrays=ARRAYS)
def run_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    data_files: tuple[str, ...],
    batch: int | None,
    seed: int,
    dtype: str,
    output: Output,
) -> int:
    """Execute SPEC with NumPy, and hold every real shape and weight count against the computed ones.

    Weights, and the input unless --data gives it, are drawn from the seed. The exit status is 1 if any layer is not
    as computed, or makes a value that is not finite of finite ones. With -o FILE.npy or FILE.png the network's output
    goes to FILE. What does not fit in memory, or takes hours, is refused before it starts.

    \b
    cnncalc run --input 1x28x28
    cnncalc run alexnet --json | jq .ok
    cnncalc run net.yaml --data image.npy -o features.npy
    cnncalc run filters:blur --data photo.png -o blurred.png
    """
    if data_files and (shapes or batch):
        raise click.UsageError("--data sets the input size and the batch; leave --input and --batch out")
    if data_files:
        network, data = _with_data(common.load_choice(spec, variant, settings), data_files)
    else:
        network, data = common.load_network(spec, shapes, variant, settings), None
    batch_axis = (batch or 1,) if data is None else _batch_axis(network, data)
    if output.array:
        from cnncalc.interchange.arrays import check_output

        check_output(output.array, network, batch_axis)
    work = network.macs * prod(batch_axis) + 20 * network.parameters
    with progress("executing", lambda _: work > LONG_WORK) as watch:
        report, outputs = network.run(data, batch=batch or 1, seed=seed, dtype=dtype, watch=watch)
    streams.write_notes(note for note in report.notes if note not in network.notes)
    if output.array and outputs:
        _save(output, output.array, network, outputs)
    output.report("run", report)
    return exit_status.DONE if report.ok else exit_status.FAILED


def _with_data(choice: ChosenVariant, files: tuple[str, ...]) -> tuple[Network, dict[str, Any]]:
    """The network at the size of the data, and the arrays of the files by the name of the input."""
    from cnncalc.api import build
    from cnncalc.interchange.input_files import read_inputs, shapes_of

    data = read_inputs(_paths(files, list(choice.inputs) or ["input"]), choice)
    network = build(choice, shapes_of(data, choice))
    streams.write_notes(network.notes)
    return network, data


def _paths(files: tuple[str, ...], names: list[str]) -> dict[str, str]:
    """The path of each file, by the name of the input; a file may have an equals sign in its name."""
    found: dict[str, str] = {}
    for argument in files:
        name, named, path = argument.partition("=")
        if not named or os.path.exists(argument):
            name, path = names[0], argument
        if name in found or (len(names) > 1 and path == argument):
            raise click.UsageError(f"give --data once, or as NAME=FILE for each of {', '.join(names)}")
        found[name] = path
    return found


def _batch_axis(network: Network, data: dict[str, Any]) -> tuple[int, ...]:
    """The batch axis of the first array, if it has one."""
    name, array = next(iter(data.items()))
    return tuple(array.shape[: array.ndim - len(network.inputs[name])])


def _save(output: Output, form: str, network: Network, outputs: dict[str, Any]) -> None:
    """Write the only output."""
    from cnncalc.interchange import arrays

    [array] = outputs.values()
    with output.writing() as file:
        arrays.write(file, form, array, network.layout)
