"""`cnncalc run`."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from cnncalc import CnncalcError
from cnncalc.cli import common, streams
from cnncalc.cli.output import Output, output_options
from cnncalc.cli.progress import progress
from cnncalc.errors import did_you_mean, shape_text
from cnncalc.execution.results import DTYPES

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.execution.results import LayerRun
    from cnncalc.shapes import Shape
    from cnncalc.spec.variant import Choice

FAILED = 1
MOST_SEED = 2**64 - 1


@click.command("run", short_help="Execute with NumPy and check every shape.")
@common.spec_options
@common.input_option
@click.option(
    "--data",
    "data_files",
    multiple=True,
    metavar="FILE",
    help="Input from an .npy file, with or without a batch axis, or a .png or .jpg; it sets the spatial sizes, its "
    "channels must be the spec's. NAME=FILE for several inputs.",
)
@click.option("--batch", type=common.whole(1), metavar="N", help="Random samples.  [default: 1]")
@click.option(
    "--seed",
    type=common.whole(0, MOST_SEED),
    metavar="N",
    default=0,
    show_default=True,
    help="Draws weights and input.",
)
@click.option(
    "--dtype",
    type=click.Choice(DTYPES),
    default="float32",
    show_default=True,
    help="Type to compute in.",
)
@output_options("table", "json", arrays=("npy", "png"))
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
    from cnncalc.execution import executor, tensors

    if data_files:
        choice = common.load_choice(spec, variant, settings)
        arrays = _arrays(data_files, choice)
        network = _network_for(choice, arrays)
        streams.note(network.notes)
        fits = partial(executor.check_memory, network, dtype=dtype)
        data, batched = tensors.arranged(network, arrays, dtype, fits)
    else:
        network, data, batched = common.load_network(spec, shapes, variant, settings), None, True
    size = batch or 1 if data is None else len(next(iter(data.values())))
    if output.array:
        _check_array(output.array, network, (size,) if batched else ())
    with progress("executing", len(network.nodes), long=_takes_long(network, size)) as advance:

        def watch(layer: LayerRun) -> None:
            advance(layer.name)

        report, outputs = executor.run(network, data, seed=seed, batch=batch or 1, dtype=dtype, watch=watch)
    streams.note(note for note in report.notes if note not in network.notes)
    if output.array and outputs:
        _save(output, output.array, network, outputs, batched=batched)
    if output.form == "json":
        from cnncalc.reports import run_json

        text = run_json.render(report, indent=output.indent)
    else:
        from cnncalc.reports import run_text

        text = run_text.render(report, width=output.width, styled=output.medium)
    output.write(text)
    return 0 if report.ok else FAILED


def _arrays(files: tuple[str, ...], choice: Choice) -> dict[str, Any]:
    """The arrays of the files, by the name of the input."""
    from cnncalc.interchange import arrays

    names = list(choice.inputs) or ["input"]
    found: dict[str, Any] = {}
    for given in files:
        name, named, path = given.partition("=")
        if not named or os.path.exists(given):
            name, path = names[0], given
        if name in found or (len(names) > 1 and path == given):
            raise click.UsageError(f"give --data once, or as NAME=FILE for each of {', '.join(names)}")
        if name not in names:
            raise CnncalcError(f"{choice.spec.name} has no input `{name}`", hint=did_you_mean(name, names, "inputs"))
        channels = choice.inputs[name][0] if name in choice.inputs else None
        found[name] = arrays.read(path, channels, choice.spec.layout)
        _check_axes(path, name, found[name], choice)
    return found


def _check_axes(path: str, name: str, array: Any, choice: Choice) -> None:
    """Raise `CnncalcError` unless an array has the axes and the channels of its input; its other sizes are free."""
    own = choice.inputs.get(name)
    if own is None:
        return
    if array.ndim not in (len(own), len(own) + 1):
        fact = f"{path} has {_counted(array.ndim, 'axis', 'axes')}, and `{name}` has {len(own)}"
        raise CnncalcError(fact, hint=f"{_wanted(own, choice)}, with or without a batch axis before it")
    layout = choice.spec.layout
    shape = array.shape[array.ndim - len(own) :]
    found = layout.internal(shape)
    if found[0] == own[0]:
        return
    if len(own) == 1:
        features = _counted(found[0], "feature", "features")
        raise CnncalcError(f"{path} has {features}, and `{name}` takes {own[0]}")
    channels = _counted(own[0], "channel", "channels")
    hint = _order(name, found, own, choice) or f"--data sets the spatial sizes: {_wanted(own, choice)}"
    raise CnncalcError(f"{path} is {shape_text(shape)}, and `{name}` takes {channels}", hint=hint)


def _order(name: str, found: Shape, own: Shape, choice: Choice) -> str | None:
    """The hint where other channels than the spec's are found because either shape is the wrong way round."""
    layout = choice.spec.layout
    spec_means, data_means = layout.turned(own), layout.turned(found, own)
    if spec_means is not None and spec_means[0] == found[0]:
        return f"in the spec {next(layout.doubts({name: own}, {}))}"
    return layout.order_hint(data_means) if data_means is not None and data_means[0] == own[0] else None


def _wanted(own: Shape, choice: Choice) -> str:
    """The shapes that an input takes, as the spec orders their axes.

    >>> from cnncalc.spec.sources import choose
    >>> _wanted((3, 32, 32), choose("lenet", None, {}))
    'give it 3 x H x W'
    """
    letters = {1: "L", 2: "HW", 3: "DHW"}.get(len(own) - 1, "")
    return f"give it {' x '.join(map(str, choice.spec.layout.shown((own[0], *letters))))}"


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _network_for(choice: Choice, arrays: dict[str, Any]) -> Network:
    """The network at the size of the data."""
    from cnncalc.api import build

    shapes = {}
    for name, array in arrays.items():
        axes = len(choice.inputs[name]) if name in choice.inputs else array.ndim
        shapes[name] = array.shape[array.ndim - axes :]
    return build(choice, shapes)


LONG_WORK = 2_000_000_000
"""MACs and parameters from which on a person waits."""


def _takes_long(network: Network, batch: int) -> bool:
    """Whether a person waits long enough to look at a progress bar."""
    return network.macs * batch + 20 * network.parameters > LONG_WORK


def _check_array(form: str, network: Network, batch: tuple[int, ...]) -> None:
    """Raise `CnncalcError` where the network's output will not go into one file of that form."""
    from cnncalc.interchange import arrays

    numbers = dict.fromkeys(network.outputs)
    if len(numbers) > 1:
        names = ", ".join(network.tensors[number].name for number in numbers)
        raise CnncalcError(f"{network.name} has several outputs: {names}", hint="name one in the spec's `outputs`")
    if form == "png":
        [shape] = (network.tensors[number].shape for number in numbers)
        arrays.check_image((*batch, *network.layout.shown(shape)), network.layout)


def _save(output: Output, form: str, network: Network, outputs: dict[str, Any], *, batched: bool) -> None:
    """Write the only output."""
    from cnncalc.execution.tensors import shown
    from cnncalc.interchange import arrays

    [array] = outputs.values()
    with output.writing() as file:
        arrays.write(file, form, shown(array, network.layout, batched=batched), network.layout)
