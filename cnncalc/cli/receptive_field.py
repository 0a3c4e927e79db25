"""`cnncalc receptive-field`."""

from __future__ import annotations

from math import prod

import click

from cnncalc import exit_status
from cnncalc.arguments import parse_unit
from cnncalc.cli import common
from cnncalc.cli.output import Output, output_options
from cnncalc.cli.progress import progress
from cnncalc.reports.view import View

LONG = 2**30
"""How many values are computed in about a second."""


@click.command("receptive-field", short_help="What a unit sees of the input, exactly, and its proof.")
@common.spec_options
@click.argument("layer", required=False, shell_complete=common.completed_by("layers"))
@common.input_option
@click.option(
    "--unit", "place", metavar="Y,X", help="The pixels that can change this unit, counted from 0: X, Y,X or Z,Y,X."
)
@click.option(
    "--verify", "proven", is_flag=True, help="Prove the pixels by executing the network; without --unit, of all units."
)
@common.full_option
@common.depth_option
@common.width_option
@output_options("receptive_fields", "receptive_field")
def receptive_field_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    layer: str | None,
    shapes: tuple[str, ...],
    place: str | None,
    proven: bool,
    full: bool,
    depth: int | None,
    width: int | None,
    output: Output,
) -> int:
    """The receptive field of every layer of SPEC, or of LAYER, which may name a scope.

    With --unit, the first and last input pixel on each axis that can change this unit, clipped at every layer on the
    way; LAYER then defaults to the last with a map of more than one position. The unit of a vector is the number of a
    feature. The exit status is 1 if --verify finds a pixel that is not as claimed; a proof that takes hours is refused
    before it starts.

    \b
    cnncalc receptive-field alexnet
    cnncalc receptive-field densenet121 --depth 3
    cnncalc receptive-field resnet50 layer3 --unit 4,7 --verify
    cnncalc receptive-field resnet50 layer3 --unit 4,7 --json | jq .interval
    """
    unit = _unit(place)
    is_whole = layer is None and unit is None and not proven
    view = _view(output.form, full=full, depth=depth, is_whole=is_whole)
    network = common.load_network(spec, shapes, variant, settings)
    if is_whole:
        output.report("receptive_fields", network.receptive_fields(), view=view, width=width)
        return exit_status.DONE
    values = sum(prod(tensor.shape[1:]) for tensor in network.tensors)
    with progress("proving", lambda executions: executions * values > LONG) as watch:
        found = network.receptive_field(layer, unit, verify=proven, watch=watch)
    output.report("receptive_field", found, width=width)
    return exit_status.DONE if found.proof is None or found.proof.ok else exit_status.FAILED


def _view(form: str, *, full: bool, depth: int | None, is_whole: bool) -> View:
    """Which rows the table of all layers has."""
    name = "full" if full else "depth"
    if (full or depth is not None) and not is_whole:
        raise click.UsageError(f"--{name} is for the table of all layers")
    if (full or depth is not None) and form in ("json", "csv"):
        raise click.UsageError(f"--{name} is for tables; {form} has every layer")
    if full and depth is not None:
        raise click.UsageError("--full has every layer, and --depth folds them")
    return View(full=full, depth=depth)


def _unit(place: str | None) -> tuple[int, ...] | None:
    """The numbers of `--unit`."""
    if place is None:
        return None
    try:
        return parse_unit(place)
    except ValueError as error:
        raise click.UsageError(f"--unit {error}") from None
