"""`cnncalc compare`."""

from __future__ import annotations

import click

from cnncalc.cli import common, streams
from cnncalc.cli.output import Output, output_options


@click.command("compare", short_help="Networks side by side, and the layers that differ.")
@common.specs_argument
@common.grid_options
@common.batch_option
@common.dtype_option
@click.option(
    "--layers/--no-layers",
    "by_layer",
    default=None,
    help="Which layers of two networks differ.  [default: of two versions of one spec, if at most 40 differ]",
)
@output_options("comparison")
def compare_command(
    specs: tuple[str, ...],
    variants: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    batch: int,
    dtype: str,
    by_layer: bool | None,
    output: Output,
) -> None:
    """Two or more networks side by side: totals, memory, receptive field and depth, with the differences to the first.

    They are several SPECs, or one with several values of --set, --variant or --input, as in `sweep`; of several SPECs
    each is taken at all of these. Of two networks of the same name, or with the same totals, the layers are told that
    are changed, added or removed. They are paired by the names that were given to them, and where these are only
    counted, as `relu_1`, or hardly any is common, by their places.

    \b
    cnncalc compare resnet18 resnet50
    cnncalc compare old.yaml new.yaml --format markdown
    cnncalc compare mobilenet --set alpha=1.0,0.5
    cnncalc compare resnet --variant resnet18,resnet34,resnet50
    cnncalc compare model.onnx resnet18 --layers
    cnncalc compare alexnet --input 3x224x224,3x227x227 --layers
    """
    from cnncalc.comparison.compare import compare

    found = compare(*specs, grid=common.grid(variants, settings, shapes), by_layer=by_layer, batch=batch, dtype=dtype)
    streams.write_notes(note for network in found.networks for note in network.notes)
    output.report("comparison", found)
