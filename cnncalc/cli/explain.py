"""`cnncalc explain`."""

from __future__ import annotations

import click

from cnncalc.cli import common


@click.command("explain", short_help="The formulas, with the numbers filled in.")
@common.spec_argument
@click.argument("layer", required=False)
@common.variant_option
@common.set_option
@common.input_option
@common.format_option("table", "json")
@common.output_option
def explain_command(
    spec: str,
    layer: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    format_: str,
    as_json: bool,
    output: str | None,
) -> None:
    """Every formula of LAYER, with symbols, with numbers, and its result; or SPEC step by step.

    LAYER is a layer's full name, or a scope, which means all of its layers. Sizes in symbols: C channels, H height, W
    width, D depth, L length; x multiplies, and floor rounds down. The closed form gives the size of the layer's
    output in the size of the network's input.

    \b
    cnncalc explain lenet
    cnncalc explain alexnet conv2
    cnncalc explain resnet50 layer1.0 --input 3x320x320
    """
    from cnncalc.explanation import explain

    found = explain(common.load_network(spec, shapes, variant, settings), layer)
    if as_json or format_ == "json":
        from cnncalc.reports import explanation_json, json

        text = json.dumps(explanation_json.as_object(found), indent=common.indent(output))
    else:
        from cnncalc.reports import explanation

        width, styled = common.width(output), common.styled(output)
        text = explanation.render(found, whole=layer is None, width=width, styled=styled)
    common.emit(text, output)
