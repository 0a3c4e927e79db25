"""`cnncalc solve`."""

from __future__ import annotations

import click

from cnncalc import CnncalcError
from cnncalc.cli import common, streams
from cnncalc.cli.output import Output, output_options


@click.command("solve", short_help="The input sizes that give an output size; the smallest.")
@common.spec_options
@common.input_option
@click.argument("positional", required=False, metavar="[LAYER]", shell_complete=common.completed_by("layers"))
@click.option("--layer", metavar="NAME", help="The same as LAYER.", shell_complete=common.completed_by("layers"))
@click.option("--output", "wanted", metavar="SIZE", help="The wanted output size, such as 55 or 55x27.")
@output_options("solution", names=("-o",))
def solve_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    positional: str | None,
    shapes: tuple[str, ...],
    layer: str | None,
    wanted: str | None,
    output: Output,
) -> None:
    """Which inputs of SPEC give LAYER an output of that SIZE: all of them, as an exact interval for each axis.

    LAYER, which may name a scope, is the last whose size follows the input's unless given. Also the smallest input, the
    sizes at which no layer of the network drops a pixel, and the inputs that fit a linear layer with fixed in_features.

    \b
    cnncalc solve alexnet conv1 --output 55
    cnncalc solve resnet50
    """
    if positional is not None and layer is not None:
        raise click.UsageError(f"give the layer once: LAYER {positional} or --layer {layer}")
    network = common.load_network(spec, shapes, variant, settings, relaxed=True)
    if wanted is None and _is_size(output.path):
        streams.write_notes([f"-o names a file, `{output.path}`; a size is asked for with --output {output.path}"])
    found = network.solve(layer or positional, None if wanted is None else _sizes(wanted))
    output.report("solution", found)


def _sizes(text: str) -> tuple[int, ...]:
    """The size of `--output`, one number for all axes or one for each."""
    from cnncalc.shapes import is_written_shape, parse_shape

    if not is_written_shape(text):
        hint = "-o FILE writes to a file here, as --output is the size" if "." in text else None
        raise CnncalcError(f"--output takes a size such as 55 or 55x27, not {common.shortened(text)!r}", hint=hint)
    try:
        return parse_shape(text)
    except ValueError as error:
        raise CnncalcError(f"--output {error}") from None


def _is_size(path: str | None) -> bool:
    """Whether a file name looks like a size, so that --output was probably meant instead of -o."""
    return path is not None and path.replace("x", "").isdecimal()
