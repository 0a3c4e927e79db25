"""`cnncalc import`: a model of another program as a spec."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from cnncalc import exit_status
from cnncalc.cli import common, streams
from cnncalc.cli.output import Output, output_options
from cnncalc.errors import CnncalcError, first_of, shape_text
from cnncalc.text import printable

if TYPE_CHECKING:
    from cnncalc import Network
    from cnncalc.models.imported import Imported
    from cnncalc.spec.model_specs import ModelSpec
    from cnncalc.structure.spec_text import Provenance


_SHOWN: Final = 4
"""How many of a network's inputs are told on one line."""


@click.command("import", short_help="A model of ONNX, Keras, darknet or PyTorch as a spec.")
@click.argument("model", metavar="MODEL", shell_complete=common.completed_by("models"))
@common.input_option
@click.option("--flat", is_flag=True, help="A line a layer, without scopes, blocks and loops.")
@click.option(
    "--weights",
    metavar="FILE",
    shell_complete=common.completed_by("weight_files"),
    help="Write the model's weights, too, to .npz or .safetensors; the spec refers to them.",
)
@common.opaque_option
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="An argument of what MODULE:NAME calls, as YAML writes it.",
)
@click.option(
    "--check",
    "is_checked",
    is_flag=True,
    help="Execute an ONNX file by ONNX Runtime, and tell how far each layer is from it; exit status 1 beyond rounding.",
)
@output_options("spec")
def import_command(
    model: str,
    shapes: tuple[str, ...],
    flat: bool,
    weights: str | None,
    opaque: bool,
    settings: tuple[str, ...],
    is_checked: bool,
    output: Output,
) -> int:
    """A model of another program as a spec: readable, with its names, and the same layer by layer.

    MODEL is a file of ONNX, of Keras (.keras, .h5, .json) or of darknet (.cfg). Scopes that are repeated become
    blocks with parameters and loops, wherever these make exactly the layers of the model. Its shapes and parameters
    are held against what the file says of them. Every SPEC of other commands may be such a file, too.

    MODULE:NAME, or FILE.py:NAME, imports Python code and calls it: a PyTorch module, or a class or function that gives
    one. It is recorded in one pass without values, and PyTorch must be installed. No other command executes code.

    \b
    cnncalc import model.onnx -o net.yaml
    cnncalc import det.onnx --input 3x640x640
    cnncalc import model.onnx -o net.yaml --weights net.npz
    cnncalc import model.onnx -o net.yaml --check
    cnncalc import torchvision.models:resnet18 --input 3x224x224
    """
    if is_checked:
        from cnncalc.engines.runtime import engine

        engine()  # where it is not there, nothing is read or written
    if ".py:" in model:
        from cnncalc.models.pytorch.importing import as_target

        model = as_target(model)
    if _is_code(model):
        network, spec = _of_code(model, shapes, settings, opaque=opaque, has_values=weights is not None)
    elif settings:
        raise click.UsageError("--set is for MODULE:NAME: it gives the arguments of what is called")
    else:
        network, spec = _loaded(model, shapes, opaque=opaque)
    imported = spec.imported
    assert imported is not None
    if weights is not None:
        _check_weights(weights, imported, model, output)
    from cnncalc.structure.spec_text import spec_text

    text = spec_text(network, _provenance(model, imported, weights, output), nested=not flat)
    if weights is not None:
        _write_weights(weights, imported)
    output.report("spec", text)
    for line in _report(model, network, spec):
        streams.write_message(line)
    if weights is not None:
        count = len(imported.arrays())
        arrays = f"{count:,} array{'s' * (count != 1)}"
        streams.write_message(f"  wrote {printable(weights)}: {arrays}, {os.path.getsize(weights):,} bytes")
    streams.write_notes(network.notes)
    return _check(network) if is_checked else exit_status.DONE


def _check(network: Network) -> int:
    """Hold the network against the engine that executes its file, and say of each layer how far they are apart."""
    import sys

    from cnncalc.reports import import_check_text
    from cnncalc.reports.style import PLAIN

    found = network.check_import()
    style = PLAIN._replace(width=streams.columns(sys.stderr))
    streams.write_message(import_check_text.render(found, style).rstrip("\n"))
    return exit_status.DONE if found.ok else exit_status.FAILED


def _is_code(word: str) -> bool:
    """Whether a word names something in a module of Python, and no file or bundled spec.

    Raises `CnncalcError` for a program of Python without such a name.
    """
    if ":" not in word or os.path.exists(word):
        if word.endswith(".py") or not os.path.exists(word):
            from cnncalc.models.pytorch.importing import program_error

            error = program_error(word)
            if error is not None:
                raise error
        return False
    from cnncalc.models.pytorch.importing import is_target
    from cnncalc.spec import bundled

    return is_target(word) and bundled.find(word.rpartition(":")[0]) is None


def _of_code(
    target: str, shapes: tuple[str, ...], settings: tuple[str, ...], *, opaque: bool, has_values: bool
) -> tuple[Network, ModelSpec]:
    """The network of a PyTorch module that code makes."""
    from cnncalc.api.modules import from_code
    from cnncalc.spec.model_specs import ModelSpec

    given = common.given_shapes(shapes)
    network = from_code(target, given, common.parsed_settings(settings), weights=has_values, opaque=opaque)
    spec = network.blueprint.spec
    assert isinstance(spec, ModelSpec)
    return network, spec


def _loaded(model: str, shapes: tuple[str, ...], *, opaque: bool) -> tuple[Network, ModelSpec]:
    """The network of a model, and what of it is known; raises `CnncalcError` for what is no model."""
    from cnncalc.api.loading import build
    from cnncalc.spec.model_specs import ModelSpec
    from cnncalc.spec.sources import is_there

    if not is_there(model):
        from cnncalc.spec.advice.files import missing_model_error

        raise missing_model_error(model)
    choice = common.load_choice(model, None, ())
    if not isinstance(choice.spec, ModelSpec):
        raise _no_model(model)
    if opaque:
        choice.spec.keep_opaque()
    network = build(choice, common.given_shapes(shapes))
    spec = choice.at(network.inputs).spec
    assert isinstance(spec, ModelSpec)
    return network, spec


def _no_model(word: str) -> CnncalcError:
    """The error for a spec in place of a model."""
    if os.path.isfile(word):
        hint = "it is read as it is: `cnncalc summary` takes it"
        return CnncalcError(f"{printable(word)} is a spec already", hint=hint)
    from cnncalc.spec import bundled

    if bundled.find(word) is not None:
        return CnncalcError(f"`{word}` is a bundled spec, and no model", hint=f"`cnncalc show {word}` prints it")
    hint = "a file of ONNX, Keras or darknet, such as model.onnx"
    return CnncalcError(f"`{printable(word)}` is a spec, and `import` takes a model", hint=hint)


def _check_weights(path: str, imported: Imported, model: str, output: Output) -> None:
    """Raise `CnncalcError` where no weights can be written."""
    from cnncalc.interchange.weight_writing import check_ending

    check_ending(path)
    if not imported.has_weights:
        raise CnncalcError(
            f"{printable(model)} has no weights: it is a configuration alone", hint="leave --weights out"
        )
    if output.path is not None and os.path.realpath(path) == os.path.realpath(output.path):
        raise click.UsageError("--weights and -o name the same file")


def _write_weights(path: str, imported: Imported) -> None:
    from cnncalc.interchange.output_files import opened, write_errors
    from cnncalc.interchange.weight_writing import write_weights

    with opened(path) as file, write_errors(path):
        write_weights(file, path, imported.arrays())


def _provenance(model: str, imported: Imported, weights: str | None, output: Output) -> Provenance:
    """Where the network comes from."""
    from cnncalc.structure.spec_text import Provenance

    file = "standard input" if model == "-" else os.path.basename(model)
    if os.path.exists(model) and not os.path.isfile(model):
        file = "a pipe"
    comments = (f"sha256 {_sha256(model)} of {printable(file)}",) if os.path.isfile(model) else ()
    if weights is not None and output.path not in (None, "-"):
        weights = os.path.relpath(weights, os.path.dirname(output.path or "") or ".")
    return Provenance(comments, f"{printable(file)}, {printable(imported.description)}", weights)


def _sha256(path: str) -> str:
    """The checksum of a file."""
    import hashlib

    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _report(model: str, network: Network, spec: ModelSpec) -> list[str]:
    """What is said of the import, on standard error."""
    imported = spec.imported
    assert imported is not None
    texts = [f"{name} {shape_text(network.layout.external(shape))}" for name, shape in network.inputs.items()]
    word = "input" if len(texts) == 1 else f"{len(texts):,} inputs:"
    inputs = texts[0] if [*network.inputs] == ["input"] else f"{word} {first_of(texts, _SHOWN)}"
    count = len(network.nodes)
    layers = f"{count:,} layer{'s' * (count != 1)}"
    name = "standard input" if model == "-" else model
    first = f"{printable(name)}: {printable(imported.description)} -> {layers}"
    stored = f" as in {spec.model.medium}" if imported.parameters is not None else ""
    frozen = f"   frozen {network.frozen:,}" if network.frozen else ""
    buffers = f"   buffers {network.buffers:,}" if network.buffers else ""
    return [
        first,
        f"  {inputs}",
        f"  parameters {network.parameters:,}{stored}{frozen}{buffers}   MACs {network.macs:,}",
    ]
