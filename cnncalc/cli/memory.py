"""`cnncalc memory`."""

from __future__ import annotations

import click

from cnncalc import exit_status
from cnncalc.cli import common, streams
from cnncalc.cli.budgets import count
from cnncalc.cli.output import Output, output_options
from cnncalc.memory.arena import ALIGN, BEST, PLANS


@click.command("memory", short_help="Where each tensor lies in memory, and what all take.")
@common.spec_options
@common.input_option
@common.batch_option
@common.dtype_option
@click.option(
    "--align",
    type=common.whole_number(1),
    metavar="BYTES",
    default=ALIGN,
    show_default=True,
    help="Each tensor begins at a multiple of it.",
)
@click.option(
    "--by",
    type=click.Choice([BEST, *PLANS]),
    default=BEST,
    show_default=True,
    help="Which tensors are placed first; best: the smaller arena of both.",
)
@click.option(
    "--max",
    "most",
    type=count,
    metavar="COUNT",
    help="The most that the arena may take, such as 256KiB; beyond it the exit status is 1.",
)
@output_options("memory")
def memory_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    batch: int,
    dtype: str,
    align: int,
    by: str,
    most: str | None,
    output: Output,
) -> int:
    """The activations of a network in one piece of memory, the arena: what is alive when, and where it lies.

    A tensor is there from the layer that makes it to the last that reads it; the network's outputs stay to the end.
    Nothing is done in place. The most that is alive at once is what no arena can be smaller than.

    Tensors are placed one after another, each in the lowest gap among those that are there at the same time: by size
    the largest first, as TensorFlow Lite Micro does, by breadth those of the layer at which most is alive first
    (Pisarchyk and Lee 2020, arXiv:2001.03288).

    \b
    cnncalc memory unet
    cnncalc memory mobilenet_v2 --dtype int8 --max 1.5M
    cnncalc memory resnet18 --by size -o arena.json
    """
    network = common.load_network(spec, shapes, variant, settings)
    found = network.memory(batch, dtype, align=align, by=by)
    output.report("memory", found)
    if most is None:
        return exit_status.DONE
    from cnncalc.spec.prefixed_counts import parse_count, written_count

    excess = found.size - parse_count(most)[0]
    if excess <= 0:
        return exit_status.DONE
    streams.write_message(f"the arena takes {found.size:,} bytes, {excess:,} more than --max {written_count(most)}")
    return exit_status.FAILED
