"""`cnncalc run`."""

from __future__ import annotations

import os
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

import click

from cnncalc import CnncalcError
from cnncalc.cli import common
from cnncalc.cli.progress import progress
from cnncalc.errors import did_you_mean
from cnncalc.run_report import DTYPES

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.run_report import LayerRun
    from cnncalc.spec.choice import Choice

FAILED = 1


@click.command("run", short_help="Execute with NumPy and check every shape.")
@common.spec_options
@common.input_option
@click.option(
    "--data",
    "data_files",
    multiple=True,
    metavar="FILE",
    help="Input from an .npy file, with or without a batch axis, or a .png or .jpg; it sets the input size. "
    "NAME=FILE for several inputs.",
)
@click.option("--batch", type=click.IntRange(min=1), help="Random samples.  [default: 1]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Draws weights and input.")
@click.option(
    "--dtype",
    type=click.Choice(DTYPES),
    default="float32",
    show_default=True,
    help="Type to compute in.",
)
@common.format_option("table", "json")
@click.option(
    "-o", "--output", metavar="FILE", help="Write the network's output to FILE, .npy or .png, whole or not at all."
)
def run_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    data_files: tuple[str, ...],
    batch: int | None,
    seed: int,
    dtype: str,
    format_: str,
    as_json: bool,
    output: str | None,
) -> int:
    """Execute SPEC with NumPy, and hold every real shape and weight count against the computed ones.

    Weights, and the input unless --data gives it, are drawn from the seed. The exit status is 1 if any layer is not
    as computed, or makes a value that is not finite of finite ones.

    \b
    cnncalc run --input 1x28x28
    cnncalc run alexnet --json | jq .ok
    cnncalc run net.yaml --data image.npy -o features.npy
    cnncalc run filters:blur --data photo.png -o blurred.png
    """
    if data_files and (shapes or batch):
        raise click.UsageError("--data sets the input size and the batch; leave --input and --batch out")
    from cnncalc import execute, tensors

    if data_files:
        choice = common.load_choice(spec, variant, settings)
        arrays = _arrays(data_files, choice)
        network = _network_for(choice, arrays)
        fits = partial(execute.check_memory, network, dtype=dtype)
        data, batched = tensors.arranged(network, arrays, dtype, fits)
    else:
        network, data, batched = common.load_network(spec, shapes, variant, settings), None, True
    with progress("executing", len(network.nodes), long=_takes_long(network, batch or 1)) as advance:

        def watch(layer: LayerRun) -> None:
            advance(layer.name)

        report, outputs = execute.run(network, data, seed=seed, batch=batch or 1, dtype=dtype, watch=watch)
    if output is not None and outputs:
        _save(output, network, outputs, batched=batched)
    if as_json or format_ == "json":
        from cnncalc.reports import run_json

        text = run_json.render(report, indent=common.indent(None))
    else:
        from cnncalc.reports import run_table

        text = run_table.render(report, width=common.width(None), styled=common.styled(None))
    common.emit(text, None)
    return 0 if report.ok else FAILED


def _arrays(files: tuple[str, ...], choice: Choice) -> dict[str, Any]:
    """The arrays of the files, by the name of the input."""
    from cnncalc import datafiles

    names = list(choice.inputs) or ["input"]
    arrays: dict[str, Any] = {}
    for given in files:
        name, named, path = given.partition("=")
        if not named or os.path.exists(given):
            name, path = names[0], given
        if name in arrays or (len(names) > 1 and path == given):
            raise click.UsageError(f"give --data once, or as NAME=FILE for each of {', '.join(names)}")
        if name not in names:
            raise CnncalcError(f"{choice.spec.name} has no input `{name}`", hint=did_you_mean(name, names, "inputs"))
        channels = choice.inputs[name][0] if name in choice.inputs else None
        arrays[name] = datafiles.read(path, channels, choice.spec.layout)
    return arrays


def _network_for(choice: Choice, arrays: dict[str, Any]) -> Network:
    """The network at the size of the data."""
    from cnncalc.loading import build

    shapes = {}
    for name, array in arrays.items():
        axes = len(choice.inputs[name]) if name in choice.inputs else array.ndim
        shape = array.shape[1:] if array.ndim == axes + 1 else array.shape
        if len(shape) != axes:
            raise CnncalcError(
                f"the data has {array.ndim} axes, and `{name}` has {axes}",
                hint="with or without a batch axis before them",
            )
        shapes[name] = shape
    return build(choice, shapes)


LONG_WORK = 2_000_000_000
"""MACs and parameters from which on a person waits."""


def _takes_long(network: Network, batch: int) -> bool:
    """Whether a person waits long enough to look at a progress bar."""
    weights = sum(prod(shape) for node in network.nodes for shape in node.weight_shapes.values())
    return sum(node.macs for node in network.nodes) * batch + 20 * weights > LONG_WORK


def _save(path: str, network: Network, outputs: dict[str, Any], *, batched: bool) -> None:
    """Write the only output."""
    from cnncalc import datafiles
    from cnncalc.tensors import shown

    if len(outputs) > 1:
        names = ", ".join(outputs)
        raise CnncalcError(f"{network.name} has several outputs: {names}", hint="name one in the spec's `outputs`")
    [output] = outputs.values()
    datafiles.write(path, shown(output, network.layout, batched=batched), network.layout)
