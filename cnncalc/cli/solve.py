"""`cnncalc solve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnncalc import CnncalcError, arguments
from cnncalc.cli import common, streams
from cnncalc.cli.budgets import budget_options, given_budgets
from cnncalc.cli.output import Output, output_options
from cnncalc.text import shortened

if TYPE_CHECKING:
    from cnncalc.solve.fitting_results import Fitting


def _step(text: str) -> str:
    """A step as it is written, once it can be read."""
    try:
        arguments.step(text)
    except CnncalcError as error:
        raise click.BadParameter(error.message.replace("`step` takes", "it takes")) from None
    return text


@click.command("solve", short_help="The inputs that give an output size; the parameter that fits.")
@common.spec_options
@common.input_option
@click.argument("positional", required=False, metavar="[LAYER]", shell_complete=common.completed_by("layers"))
@click.option("--layer", metavar="NAME", help="The same as LAYER.", shell_complete=common.completed_by("layers"))
@click.option("--output", "wanted", metavar="SIZE", help="The wanted output size, such as 55 or 55x27.")
@budget_options("Of --set NAME=?: at most COUNT.")
@click.option("--step", type=_step, metavar="NUMBER", help="Of --set NAME=?: between values.  [default: 1 or 0.01]")
@output_options("solution", "fitting", names=("-o",))
def solve_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    positional: str | None,
    shapes: tuple[str, ...],
    layer: str | None,
    wanted: str | None,
    step: str | None,
    output: Output,
    **maxima: str | None,
) -> None:
    """Which inputs of SPEC give LAYER an output of that SIZE: all of them, as an exact interval for each axis.

    LAYER, which may name a scope, is the last whose size follows the input's unless given. Also the smallest input, the
    sizes at which no layer of the network drops a pixel, and the inputs that fit a linear layer with fixed in_features.

    With --set NAME=?, the largest value of that parameter with which the totals stay within --max-macs and the like:
    a whole number, or a multiple of --step.

    \b
    cnncalc solve alexnet conv1 --output 55
    cnncalc solve resnet50
    cnncalc solve mobilenet --set 'alpha=?' --max-macs 300M --step 0.05
    """
    sought, settings = _sought(settings)
    budgets = given_budgets(maxima)
    if sought is not None:
        if wanted is not None or layer is not None or positional is not None:
            raise click.UsageError(f"--set {sought}=? asks for a parameter, and a layer's size is another question")
        output.report("fitting", _fitting(spec, shapes, variant, settings, sought, budgets, step))
        return
    if budgets or step is not None:
        name = "--step" if step is not None else f"--max-{next(iter(budgets)).replace('_', '-')}"
        hint = "as in --set 'width=?' --max-macs 300M; `check` holds a network against budgets"
        raise CnncalcError(f"{name} needs a parameter to solve for", hint=hint)
    if positional is not None and layer is not None:
        raise click.UsageError(f"give the layer once: LAYER {positional} or --layer {layer}")
    network = common.load_network(spec, shapes, variant, settings, relaxed=True)
    if wanted is None and _is_size(output.path):
        streams.write_notes([f"-o names a file, `{output.path}`; a size is asked for with --output {output.path}"])
    found = network.solve(layer or positional, None if wanted is None else _sizes(wanted))
    output.report("solution", found)


def _sought(settings: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """The parameter that is asked for, and the settings of the others."""
    named = [(setting, setting.partition("=")[0].strip()) for setting in settings]
    sought = [name for setting, name in named if setting.partition("=")[2].strip() == common.ASKED]
    if len(sought) > 1:
        raise click.UsageError(f"one parameter can be solved for at a time, not {' and '.join(map(shortened, sought))}")
    others = tuple(setting for setting, name in named if name not in sought)
    return (sought[0] if sought else None), others


def _fitting(
    spec: str,
    shapes: tuple[str, ...],
    variant: str | None,
    settings: tuple[str, ...],
    parameter: str,
    budgets: dict[str, str],
    step: str | None,
) -> Fitting:
    """The largest value of a parameter within budgets; the spec need not be complete without it."""
    from cnncalc.solve.fitting import largest_fitting
    from cnncalc.spec.sources import spec_and_variant

    parsed, named = spec_and_variant(spec, variant)
    others, override = common.parsed_settings(settings), common.given_shapes(shapes)
    found = largest_fitting(parsed, named, parameter, budgets, settings=others, override=override, step=step)
    streams.write_notes(found.notes)
    return found


def _sizes(text: str) -> tuple[int, ...]:
    """The size of `--output`, one number for all axes or one for each."""
    from cnncalc.shapes import is_written_shape, parse_shape

    if not is_written_shape(text):
        hint = "-o FILE writes to a file here, as --output is the size" if "." in text else None
        raise CnncalcError(f"--output takes a size such as 55 or 55x27, not {shortened(text)!r}", hint=hint)
    try:
        return parse_shape(text)
    except ValueError as error:
        raise CnncalcError(f"--output {error}") from None


def _is_size(path: str | None) -> bool:
    """Whether a file name looks like a size, so that --output was probably meant instead of -o."""
    return path is not None and path.replace("x", "").isdecimal()
