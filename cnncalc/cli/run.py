"""`cnncalc run`."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final

import click

from cnncalc import exit_status
from cnncalc.arguments import ENGINES, MOST_SEED, MOST_THREADS
from cnncalc.cli import common, given_data, streams
from cnncalc.cli.output import ARRAYS, Output, output_options
from cnncalc.cli.progress import progress
from cnncalc.dtypes import EXECUTED_DTYPES

if TYPE_CHECKING:
    from cnncalc import Network

LONG_WORK: Final = 2_000_000_000
"""MACs and weights beyond which a progress bar is shown; to draw a weight takes as long as some 20 MACs."""


@click.command("run", short_help="Execute with NumPy and check every shape.")
@common.spec_options
@click.argument("layer", required=False, shell_complete=common.completed_by("layers"))
@common.input_option
@given_data.data_option
@common.weights_option
@click.option("--batch", type=common.whole_number(1), metavar="N", help="Random samples.  [default: 1]")
@click.option(
    "--seed",
    type=common.whole_number(0, MOST_SEED),
    metavar="N",
    default=0,
    show_default=True,
    help="Draws weights and input, unless they are given.",
)
@click.option(
    "--dtype",
    type=click.Choice(EXECUTED_DTYPES),
    default="float32",
    show_default=True,
    help="Type to compute in.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="numpy",
    show_default=True,
    help="What executes it: onnxruntime takes the network as `export` writes it, in float32. It is a package of its "
    "own: pip install 'cnncalc[onnx]'.",
)
@click.option(
    "--compare",
    "compared",
    is_flag=True,
    help="Let NumPy execute every layer too, on the values that the engine gave it. The difference of a layer, "
    "max |a - b| / max |b| with NumPy's b over its output, is a column, and above 0.001 a fault.",
)
@click.option(
    "--threads",
    type=common.whole_number(1, MOST_THREADS),
    metavar="N",
    help="Threads that compute, those of BLAS too.  [default: one for each processor that may be used]",
)
@click.option("--print", "printed", is_flag=True, help="Print values: of LAYER, or of the inputs and every layer.")
@click.option(
    "--plan",
    "planned",
    is_flag=True,
    help="Prepare the network to be run many times, as `session` does from Python, and show what it is run as: the "
    "operations that layers become, their kernels, memory and times, and the least time of a run. Outputs are held "
    "against the pass layer by layer.",
)
@click.option(
    "--exact",
    is_flag=True,
    help="With --plan: each value is summed up from its own window. Else convolutions by Winograd round more than "
    "that, and a value that is not finite spreads to a tile, or to a pair of positions.",
)
@output_options("run", "plan", arrays=ARRAYS)
def run_command(
    spec: str,
    layer: str | None,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    data_files: tuple[str, ...],
    weights: str | None,
    batch: int | None,
    seed: int,
    dtype: str,
    engine: str,
    compared: bool,
    threads: int | None,
    printed: bool,
    planned: bool,
    exact: bool,
    output: Output,
) -> int:
    """Execute SPEC with NumPy, and hold every real shape and weight count against the computed ones.

    It makes one pass and looks at each layer's output. To run a network many times, and fast, is what a session is for,
    which --plan shows and measures: `cnncalc help sessions`.

    Weights, unless --weights or the spec names their file, and the input, unless --data gives it, are drawn from the
    seed. The exit status is 1 if any layer is not as computed, or makes a value that is not finite of finite ones. With
    -o FILE.npy, .npz or .png the output of the network, or of LAYER, goes to FILE; a .png of LAYER is a grid of its
    channels. --print shows small tensors as numbers, of others the range, and draws the maps of LAYER. What does not
    fit in memory, or takes hours, is refused before it starts.

    \b
    cnncalc run --input 1x28x28
    cnncalc run alexnet --json | jq .ok
    cnncalc run net.yaml --data image.npy -o features.npy
    cnncalc run resnet18 --weights resnet18.safetensors --data cat.npy
    cnncalc run filters:blur --data photo.png -o blurred.png
    cnncalc run alexnet conv1 --data photo.jpg -o maps.png
    cnncalc run 'avg_pool2d(2)' --input 1x2x2 --print
    cnncalc run mobilenet_v2 --engine onnxruntime --compare
    cnncalc run resnet50 --plan --threads 1
    """
    _check_plan(layer, engine, planned=planned, exact=exact, printed=printed, compared=compared)
    _check_engine(engine, dtype, compared=compared)
    if data_files and (shapes or batch):
        raise click.UsageError("--data sets the input size and the batch; leave --input and --batch out")
    if printed and output.form not in ("table", "json"):
        raise click.UsageError(f"--print goes with the table and json; {output.form} has a row a layer")
    network, data = given_data.network_and_data(spec, shapes, variant, settings, data_files, weights)
    batch_axis = (batch or 1,) if data is None else _batch_axis(network, data)
    if output.array:
        from cnncalc.interchange import output_arrays

        output_arrays.check(output.array, network, layer, batch_axis)
    work = network.macs * prod(batch_axis) + 20 * network.parameters
    if planned:
        given = {"batch": batch or 1, "seed": seed, "dtype": dtype, "threads": threads, "exact": exact}
        return _plan(output, network, data, work, **given)
    with progress("executing", lambda _: work > LONG_WORK) as watch:
        report, outputs = network.run(
            data,
            batch=batch or 1,
            seed=seed,
            dtype=dtype,
            watch=watch,
            layer=layer,
            values=printed,
            engine=engine,
            compare=compared,
            threads=threads,
        )
    streams.write_notes(note for note in report.notes if note not in network.notes)
    wanted = outputs if layer is None else {name: array for name, array in outputs.items() if name == layer}
    if output.array and wanted:
        _save(output, output.array, network, wanted, layer)
    output.report("run", report)
    if printed and layer in wanted and output.form == "table":
        _draw(output, network, layer, wanted[layer])
    return exit_status.DONE if report.ok else exit_status.FAILED


def _plan(output: Output, network: Network, data: dict[str, Any] | None, work: int, **given: Any) -> int:
    """Write the plan of a session, and its outputs where they are wanted; returns the exit status."""
    with progress("executing", lambda _: work > LONG_WORK) as watch:
        plan, outputs = network.plan(data, watch=watch, **given)
    streams.write_notes(note for note in plan.notes if note not in network.notes)
    if output.array:
        _save(output, output.array, network, outputs, None)
    output.report("plan", plan)
    return exit_status.DONE if plan.ok else exit_status.FAILED


def _check_plan(layer: str | None, engine: str, *, planned: bool, exact: bool, printed: bool, compared: bool) -> None:
    """Raise a usage error for options that do not go with a plan, or without one."""
    if not planned:
        if exact:
            raise click.UsageError(
                "--exact goes with --plan: the pass layer by layer, which is made without, is always exact"
            )
        return
    if layer is not None:
        raise click.UsageError("--plan is of the whole network; leave LAYER out")
    if printed:
        raise click.UsageError("--plan has a row an operation and no values; leave --print out")
    if compared:
        raise click.UsageError("--plan compares with the pass layer by layer; leave --compare out")
    if engine != "numpy":
        raise click.UsageError(f"--plan is of what NumPy executes; {engine} does not tell what it makes of a network")


def _check_engine(engine: str, dtype: str, *, compared: bool) -> None:
    """Raise a usage error for options that do not go together, and `CnncalcError` where the engine is not there."""
    if engine == "numpy":
        if compared:
            raise click.UsageError("--compare goes with --engine onnxruntime: NumPy is what that is compared with")
        return
    if dtype != "float32":
        raise click.UsageError(f"--engine {engine} computes in float32, not in {dtype}")
    from cnncalc.engines import runtime

    runtime.engine()


def _batch_axis(network: Network, data: dict[str, Any]) -> tuple[int, ...]:
    """The batch axis of the first array, if it has one."""
    name, array = next(iter(data.items()))
    return tuple(array.shape[: array.ndim - len(network.inputs[name])])


def _save(output: Output, form: str, network: Network, outputs: dict[str, Any], layer: str | None) -> None:
    """Write the outputs, and say what a picture of them shows."""
    from cnncalc.interchange import output_arrays

    with output.writing() as file:
        note = output_arrays.write(file, form, outputs, network, layer)
    if note:
        streams.write_notes([f"{output.path}: {note}"])


def _draw(output: Output, network: Network, layer: str, array: Any) -> None:
    """Draw the maps of a layer whose values are too many to print."""
    from cnncalc.execution.values import MOST_VALUES
    from cnncalc.interchange import pictures
    from cnncalc.reports.style import DEFAULT_WIDTH

    shape = network.tensors[network.tensor(layer)].shape
    if len(shape) not in (2, 3) or array.size <= MOST_VALUES:
        return
    sample = array[0] if array.ndim > len(shape) else array
    name = f"{layer}, sample 0" if array.size > sample.size else layer
    output.report("maps", pictures.grid(name, sample, network.layout, output.style.width or DEFAULT_WIDTH))
