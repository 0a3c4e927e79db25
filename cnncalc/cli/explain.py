"""`cnncalc explain`."""

from __future__ import annotations

import click

from cnncalc.cli import common
from cnncalc.cli.output import Output, output_options


@click.command("explain", short_help="The formulas, with the numbers filled in.")
@common.spec_argument
@click.argument("layer", required=False, shell_complete=common.completed_by("layers"))
@common.variant_option
@common.set_option
@common.input_option
@output_options("explanation")
def explain_command(
    spec: str,
    layer: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    output: Output,
) -> None:
    """Every formula of LAYER, with symbols, with numbers, and its result; or SPEC step by step.

    LAYER is a layer's full name, or a scope, which means all of its layers; a SPEC of one layer needs none.

    \b
    cnncalc explain 'conv2d(16, 3, stride=2, padding=1)' --input 3x32x32
    cnncalc explain lenet
    cnncalc explain alexnet conv2
    cnncalc explain resnet50 layer1.0 --input 3x320x320
    cnncalc explain alexnet conv2 -o conv2.tex

    LaTeX has the formulas in align environments, which need amsmath and the width
    of an article's text, 345pt; Markdown has them between $$, as GitHub, Jupyter and
    KaTeX typeset them.

    What the symbols stand for; other names are options, as `cnncalc layers TYPE` tells them:

    \b
    C, H, W, D, L           channels or features; height, width, depth, length
    H_in, H_out             of the layer's input and output
    H_1, H_2, ...           of its first, second and further input
    H alone                 of the network's input, in the closed form
    padding                 on each side; pad_before, pad_after where they differ
    extent                  pixels that a kernel with dilation spans
    size_in, size_out, ...  pixels that a unit of the input or output sees
    stride_in, ...          pixels from what a unit sees to what the next one sees
    padding_in, ...         pixels that unit 0 sees before the input's first one
    x, ^, floor, ceil       times, to the power of, rounded down, rounded up
    MACs, FLOPs             multiply-accumulates; all operations, of one sample
    bytes of a value        4, as of float32
    """
    output.report("explanation", common.load_network(spec, shapes, variant, settings).explain(layer))
