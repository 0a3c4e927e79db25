"""`cnncalc export`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import click

from cnncalc.arguments import MOST_SEED
from cnncalc.cli import common, streams
from cnncalc.cli.progress import progress
from cnncalc.errors import CnncalcError
from cnncalc.exporting.targets import ENDINGS
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc import Network

LONG_WORK: Final = 50_000_000
"""Weights beyond which a progress bar is shown."""


@click.command("export", short_help="The network as an ONNX file, with its weights, or as code.")
@common.spec_options
@common.input_option
@click.option(
    "-o",
    "--output",
    "path",
    metavar="FILE",
    required=True,
    shell_complete=common.completed_by("files"),
    help="Write to FILE, whole or not at all; its ending says what: .onnx or .py. - is standard output.",
)
@click.option(
    "--to", "target", type=click.Choice(list(ENDINGS)), help="What to write, where the ending does not say it."
)
@common.weights_option
@click.option(
    "--seed",
    type=common.whole_number(0, MOST_SEED),
    metavar="N",
    default=0,
    show_default=True,
    help="Draws the weights, as `run` does, unless they are given.",
)
@click.option("--no-weights", is_flag=True, help="Shapes without values: a small file to look at.")
@click.option("--batch", type=common.whole_number(1), metavar="N", help="Samples that the file takes.  [default: 1]")
@click.option("--dynamic-batch", is_flag=True, help="Let the file take any number of samples.")
@click.option(
    "--opset",
    type=common.whole_number(1, 99),
    metavar="N",
    help="Version of ONNX's operators, 13 to 26.  [default: 20]",
)
@click.option(
    "--dtype",
    type=click.Choice(["float32", "float16"]),
    default="float32",
    show_default=True,
    help="Type of weights and values.",
)
def export_command(
    spec: str,
    variant: str | None,
    settings: tuple[str, ...],
    shapes: tuple[str, ...],
    path: str,
    target: str | None,
    weights: str | None,
    seed: int,
    no_weights: bool,
    batch: int | None,
    dynamic_batch: bool,
    opset: int | None,
    dtype: str,
) -> None:
    """Write SPEC as an ONNX file, for ONNX Runtime, TensorRT, OpenVINO or Netron; or as code for PyTorch or Keras.

    Its weights are those of --weights or of the spec, or drawn from the seed: those that `run` has. Tensors bear the
    names of layers and inputs, and have their channels first, behind the batch; the shape of each is written. An array
    that layers share is there once. Weights beyond 2 GiB go to FILE.data beside FILE. With --no-weights every array
    has its shape and stands for zeros, which any tool takes. A layer that ONNX has no operators for is an error.

    A file that ends with .py is a program for PyTorch or, with `--to keras`, for Keras, that builds the same network at
    this input size, with scopes as classes or functions: its parameters have the names of the layers here. It has no
    weights, and --weights, --seed, --batch and the like are not for it.

    \b
    cnncalc export resnet18 -o resnet18.onnx
    cnncalc export resnet18 --weights resnet18.safetensors -o resnet18.onnx
    cnncalc export mobilenet --dynamic-batch -o mobilenet.onnx
    cnncalc export vgg16 --no-weights -o vgg16.onnx
    cnncalc export net.yaml --input 3x640x640 --opset 17 -o net.onnx
    cnncalc export lenet -o - | python check.py
    cnncalc export resnet18 -o resnet18.py
    cnncalc export resnet18 --to keras -o -
    """
    target = _check_place(path, target)
    if target != "onnx":
        _check_unused(target)
    if dynamic_batch and batch is not None:
        raise click.UsageError("--batch fixes the number of samples, and --dynamic-batch leaves it open")
    if no_weights and weights is not None:
        raise click.UsageError("--no-weights leaves out what --weights names")
    network = common.load_network(spec, shapes, variant, settings, weights=weights)
    with progress("writing", lambda _: not no_weights and network.parameters > LONG_WORK) as watch:
        network.export(
            path,
            to=target,
            seed=seed,
            opset=opset,
            batch=batch or 1,
            dynamic_batch=dynamic_batch,
            weights=not no_weights,
            dtype=dtype,
            watch=watch,
        )
    _tell(network, path, seed, has_weights=not no_weights and target == "onnx")


def _check_unused(target: str) -> None:
    """Raise an error for an option that is given and that code has no use for."""
    context = click.get_current_context()
    for name in ("weights", "seed", "no_weights", "batch", "dynamic_batch", "opset", "dtype"):
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            framework = {"pytorch": "PyTorch", "keras": "Keras"}[target]
            raise click.UsageError(f"{option} is for ONNX files: {framework} code has neither weights nor a batch")


def _check_place(path: str, target: str | None) -> str:
    """What is to be written; raises an error where a file's name does not say it, before any work."""
    from cnncalc.exporting.targets import target_of

    if not path:
        raise click.UsageError("-o takes the name of a file, or - for standard output")
    target = target_of(path, target)
    if path == "-" and target == "onnx" and sys.stdout.isatty():
        raise CnncalcError("an ONNX file is no text, and is not written to a terminal", hint="-o net.onnx")
    return target


def _tell(network: Network, path: str, seed: int, *, has_weights: bool) -> None:
    """Say what was written, and which weights it has."""
    from cnncalc.exporting.targets import is_stream

    if is_stream(path):
        return
    streams.write_message(f"wrote {printable(path)}: {os.path.getsize(path):,} bytes")
    if has_weights and network.blueprint.weights is None and network.parameters + network.frozen:
        streams.write_notes([f"the weights are drawn, from seed {seed}; --weights FILE writes trained ones"])
