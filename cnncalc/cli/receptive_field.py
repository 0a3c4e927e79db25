"""`cnncalc receptive-field`."""

from __future__ import annotations

import re
from contextlib import suppress
from math import prod
from typing import TYPE_CHECKING

import click

from cnncalc.cli import common
from cnncalc.cli.output import Output, output_options

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.geometry.index_set import Positions
    from cnncalc.receptive_field.dependency import Unit
    from cnncalc.receptive_field.proof import Proof
    from cnncalc.receptive_field.results import FieldFigures, UnitFigures

FAILED = 1
MOST_DIGITS = 20
LONG = 2**30
"""How many values are computed in about a second."""


@click.command("receptive-field", short_help="What a unit sees of the input, exactly, and its proof.")
@common.spec_options
@click.argument("layer", required=False)
@common.input_option
@click.option(
    "--unit", "place", metavar="Y,X", help="The pixels that can change this unit, counted from 0: X, Y,X or Z,Y,X."
)
@click.option(
    "--verify", "proven", is_flag=True, help="Prove the pixels by executing the network; without --unit, of all units."
)
@output_options("table", "json")
def receptive_field_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    layer: str | None,
    shapes: tuple[str, ...],
    place: str | None,
    proven: bool,
    output: Output,
) -> int:
    """The receptive field of every layer of SPEC, or of LAYER, which may name a scope.

    With --unit, the first and last input pixel on each axis that can change this unit, clipped at every layer on the
    way; LAYER then defaults to the last with a map of more than one position. The unit of a vector is the number of a
    feature. The exit status is 1 if --verify finds a pixel that is not as claimed; a proof that takes hours is refused
    before it starts.

    \b
    cnncalc receptive-field alexnet
    cnncalc receptive-field resnet50 layer3 --unit 4,7 --verify
    cnncalc receptive-field resnet50 layer3 --unit 4,7 --json | jq .interval
    """
    unit = _unit(place)
    network = common.load_network(spec, shapes, variant, settings)
    from cnncalc.geometry.periodic import IrregularError
    from cnncalc.receptive_field.dependency import seen
    from cnncalc.receptive_field.measure import field_figures, unit_figures

    if layer is None and unit is None and not proven:
        output.write(_all(network, field_figures(network), output))
        return 0
    tensor = network.tensor(layer)
    found, proof = None, None
    asked = unit is not None or proven
    if asked or len(network.tensors[tensor].shape) == 1:
        with suppress(*(() if asked else (IrregularError,))):
            pixels = seen(network, tensor, unit)
            found = unit_figures(unit, pixels)
            proof = _proof(network, tensor, unit, pixels) if proven else None
    [figures] = field_figures(network, [tensor])
    output.write(_one(network, (figures, found, proof), output))
    return 0 if proof is None or proof.ok else FAILED


def _proof(network: Network, tensor: int, unit: Unit | None, pixels: dict[str, tuple[Positions, ...]]) -> Proof:
    """The pixels held against the executed network, with a progress bar where that takes long."""
    from cnncalc.cli.progress import progress
    from cnncalc.receptive_field.proof import verify

    executions = sum(positions.total + 1 for axes in pixels.values() for positions in axes)
    values = sum(prod(tensor.shape[1:]) for tensor in network.tensors)
    with progress("proving", executions, long=executions * values > LONG) as advance:
        return verify(network, tensor, unit, pixels, advance)


def _all(network: Network, layers: list[FieldFigures], output: Output) -> str:
    """The receptive fields of all layers, in the form that was asked for."""
    if output.form == "json":
        from cnncalc.reports import receptive_field_json

        return receptive_field_json.render(network, layers, indent=output.indent)
    from cnncalc.reports import receptive_field_text

    return receptive_field_text.render(network, layers, width=output.width, styled=output.medium)


def _one(
    network: Network,
    found: tuple[FieldFigures, UnitFigures | None, Proof | None],
    output: Output,
) -> str:
    """One layer, in the form that was asked for."""
    if output.form == "json":
        from cnncalc.reports import receptive_field_json

        return receptive_field_json.render_one(network, *found, indent=output.indent)
    from cnncalc.reports import receptive_field_text

    return receptive_field_text.render_one(network, *found, width=output.width, styled=output.medium)


def _unit(place: str | None) -> tuple[int, ...] | None:
    """The numbers of `--unit`."""
    if place is None:
        return None
    if not re.fullmatch(r"\s*[0-9]+\s*(,\s*[0-9]+\s*)*", place):
        raise click.UsageError(f"--unit takes numbers from 0 such as 4,7, not {common.cut(place)!r}")
    numbers = place.split(",")
    if max(map(len, numbers)) > MOST_DIGITS:
        raise click.UsageError(f"--unit {place[:MOST_DIGITS]}... is beyond every axis")
    return tuple(map(int, numbers))
